"""Rotating keys in a process of its own, killed in the middle, while others read, search and write."""

import base64
import os
from pathlib import Path

import pytest
from django.conf import settings as portal
from django.db import connection, transaction
from pytest_django import Settings

from community_portal.privacy.models import KeyRotation
from community_portal.privacy.querysets import verify_chain
from community_portal.privacy.rotation import key_counts
from grid.access import scope_of
from petitions.models import Petition
from petitions.querysets import matching, visible_to
from tests.factories import TODAY, Cast, make_petition
from tests.processes import Process

COUNT, ROWS = 12, 3
NEW = os.urandom(32)


def text_of(key: bytes) -> str:
    return base64.b64encode(key).decode()


def rotating(log: Path, *options: str) -> Process:
    """`manage.py rotate_keys` with a new key of each kind before the old ones."""
    keys = [("new", NEW), *(pair for pair in portal.DATA_KEYS if pair[0] != "new")]
    index = [NEW, *(key for key in (portal.INDEX_KEY, *portal.OLDER_INDEX_KEYS) if key != NEW)]
    return Process(
        ["manage.py", "rotate_keys", "--rows", str(ROWS), *options],
        log,
        PORTAL_DATA_KEYS=",".join(f"{name}:{text_of(key)}" for name, key in keys),
        PORTAL_INDEX_KEY=",".join(map(text_of, index)),
    )


def phone(number: int) -> str:
    return f"1390000{number:04d}"


def all_found(cast: Cast) -> bool:
    """Whether a search by each phone finds its petition, and the petition opens."""
    visible = visible_to(scope_of(cast.head, TODAY))
    return all([row.caller_phone for row in matching(visible, phone(n))] == [phone(n)] for n in range(COUNT))


@pytest.mark.parametrize("options", [(), ("--index",)])
def test_killed_in_the_middle_it_goes_on_and_nothing_is_missing_meanwhile(
    transactional_db: None, cast: Cast, settings: Settings, tmp_path: Path, options: tuple[str, ...]
) -> None:
    made = [make_petition(cast, caller_phone=phone(n)) for n in range(COUNT)]
    before = list(Petition.objects.order_by("pk").values_list("caller_phone_index", flat=True))
    settings.DATA_KEYS = [("new", NEW), *settings.DATA_KEYS]
    settings.INDEX_KEY, settings.OLDER_INDEX_KEYS = NEW, [settings.INDEX_KEY]
    first = rotating(tmp_path / "first.log", *options)
    # A row that a worker holds keeps the run in the middle of the table until it is killed.
    with transaction.atomic():
        Petition.objects.select_for_update().get(pk=made[COUNT // 2].pk)
        first.wait_until(
            KeyRotation.objects.filter(model="petitions.petition", last_pk__gte=made[COUNT // 2 - 1].pk).exists
        )
        first.kill()
        assert all_found(cast)
    late = make_petition(cast, caller_phone="13911112222")
    assert all_found(cast)

    second = rotating(tmp_path / "second.log", *options)
    assert second.process.wait(60) == 0, second.log.read_text()
    assert not KeyRotation.objects.exists()
    assert all_found(cast)
    assert Petition.objects.get(pk=late.pk).caller_phone == "13911112222"
    if options:
        settings.OLDER_INDEX_KEYS = []
        after = list(Petition.objects.order_by("pk").values_list("caller_phone_index", flat=True))
        assert not set(before) & set(after)
    else:
        settings.DATA_KEYS = settings.DATA_KEYS[:1]
        assert set(key_counts(Petition)["caller_phone"]) == {"AES-256-GCM:new"}
    assert all_found(cast)
    assert verify_chain().fault == ""
    connection.close()
