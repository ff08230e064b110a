"""Real files, when they lie beside the checkout; nothing of them is in the repository."""

from pathlib import Path

from petitions.actions.importing import import_create, import_run, summary
from petitions.importing.table import read_table
from petitions.models import ImportBatch, Petition, PetitionClock
from tests.factories import NOW, Cast

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
REPLIED, HOTLINE = DATA / "messages_replied.csv", DATA / "hotline_orders_dev.json"
OPEN_HOTLINE_ORDERS = 9


def load(cast: Cast, path: Path) -> ImportBatch:
    batch = import_create(
        by=cast.head, division=cast.community, file_name=path.name, content=path.read_bytes(), system="", at=NOW
    )
    return import_run(batch.pk, now=lambda: NOW)


if REPLIED.exists():

    def test_every_replied_message_goes_in_as_history_and_only_once(cast: Cast) -> None:
        total = len(read_table(REPLIED.read_bytes()).rows)
        first, again = load(cast, REPLIED), load(cast, REPLIED)
        assert (first.added, summary(first)["errors"], again.added, again.known) == (total, 0, 0, total)
        assert Petition.objects.filter(state="closed").exclude(answer="").count() == total
        assert not PetitionClock.objects.exists()


if HOTLINE.exists():

    def test_hotline_orders_run_from_now(cast: Cast) -> None:
        first, again = load(cast, HOTLINE), load(cast, HOTLINE)
        assert (first.added, again.added) == (OPEN_HOTLINE_ORDERS, 0)
        clocks = PetitionClock.objects.filter(closed_at__isnull=True)
        assert (clocks.count(), {clock.started_at for clock in clocks}) == (OPEN_HOTLINE_ORDERS * 3, {NOW})
