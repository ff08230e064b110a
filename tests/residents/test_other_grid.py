"""A household of one grid × the worker of another: no address of the files opens, writes or tells anything of it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from community_portal.privacy.models import AccessLog
from residents.actions.consents import consent_give
from residents.actions.exporting import content_of, export_create
from residents.actions.facts import household_edit
from residents.actions.watches import watch_start
from residents.forms.tasks import FORMS
from residents.models import CareDecision, Consent, Export, Fault, FileEvent, HouseholdImport, SignDue, Visit
from residents.urls import urlpatterns
from tests.factories import NOW, PHONE, TODAY, Cast, make_petition, make_resident
from tests.petitions.pages import client_of, set_now
from tests.residents.test_signs import LATE, MORNING, START

Parts = Callable[[Cast], dict[str, Any]]
SAID = {"purpose": "visit", "result": "seen", "how": "home", "note": "路过", "living": "vacant", "use": "dwelling"}
WRITTEN = (Visit, FileEvent, AccessLog, CareDecision, Export)


@pytest.fixture
def full(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> Cast:
    """302 of the first grid with everything that a list could tell."""
    set_now(monkeypatch, NOW)
    home, who = cast.household, {"by": cast.worker, "at": START}
    make_resident(home, "欧阳云雀", birth_date=TODAY.replace(year=TODAY.year - 80) + timedelta(days=2), relation="户主")
    facts = {"living": "rented", "owner_name": "赵大六", "owner_phone": "13800000055", "lease_ends_on": TODAY}
    household_edit(home.pk, facts=facts, **who)
    consent_give(home.pk, cast.resident.pk, purpose=Consent.Purpose.WATCH, how=Consent.How.SPOKEN, **who)
    watch_start(home.pk, cast.resident.pk, morning_by=MORNING, evening_by=LATE, face="南面", **who)
    make_petition(cast)
    return cast


def home(cast: Cast) -> dict[str, Any]:
    """The household's key."""
    return {"pk": cast.household.pk}


def place(cast: Cast) -> dict[str, Any]:
    """Its building's."""
    return {"pk": cast.building.pk}


def fault(cast: Cast) -> dict[str, Any]:
    """What does not fit there: two heads."""
    return {"pk": Fault.objects.filter(household=cast.household)[0].pk}


def person(cast: Cast) -> dict[str, Any]:
    """Whoever lives there."""
    return {**home(cast), "resident": cast.resident.pk}


OF_ONE_HOME: dict[str, Parts] = {
    "wall-building": place,
    "household-panel": home,
    "household-file": home,
    "household-owner": home,
    "household-reveal": person,
    "household-paper": lambda cast: {**home(cast), "document": 1},
    "household-watch": home,
    "household-act": lambda cast: {**home(cast), "task": "facts"},
    "visit-new": home,
    "visit-plan": home,
    "visit-photo": lambda cast: {**home(cast), "photo": 1},
    "fault-mended": fault,
}
OF_ANOTHER_PERSON = {"export-detail", "export-file"}
"""A sheet is its writer's alone, whatever the grid (the table of all addresses)."""
NOT_A_WORKERS = {name for name in {str(each.name) for each in urlpatterns} if name.startswith("household-import")} | {
    "export-new", "map-edit", "colours", "colours-css", "watcher",
}  # fmt: skip
"""For clerks and heads, or without an account."""
LISTS = {
    "wall": ("", "?zoom=wall", "?zoom=unit", "?tag=rented"),
    "map": ("", "?by=empty_nest"),
    "resident-search": tuple(
        f"?q={words}" for words in ("欧阳", "欧阳云雀", "ouyang", PHONE, "13800000055", "3号楼2单元302", "302")
    ),
    "visit-round": ("",),
    "visit-overview": ("",),
    "checklists": ("",),
    "sign-round": ("",),
    "data-quality": ("", "?kind=heads"),
    "coming": ("",),
}
WRITES_OF_SEVERAL = {"sign-record", "visit-together"}


def test_every_address_of_the_files_is_tried() -> None:
    tried = {*OF_ONE_HOME, *LISTS, *WRITES_OF_SEVERAL, *OF_ANOTHER_PERSON, *NOT_A_WORKERS}
    assert tried == {str(each.name) for each in urlpatterns}


def written() -> list[int]:
    """How much has been written."""
    return [model.objects.count() for model in (*WRITTEN, HouseholdImport)]


@pytest.mark.parametrize("name", OF_ONE_HOME)
def test_for_the_other_worker_it_does_not_exist(full: Cast, name: str) -> None:
    address, before = reverse(name, kwargs=OF_ONE_HOME[name](full)), written()
    client = client_of(full.colleague)
    looked = client.get(address)
    assert looked.status_code in (302, 404, 405)
    assert "欧阳" not in looked.content.decode()
    if name != "wall-building":
        assert client.post(address, SAID | {"verb": "start", "true": "1"}).status_code in (404, 405)
    assert written() == before


def test_no_form_of_the_file_takes_anything(full: Cast) -> None:
    client, before = client_of(full.colleague), written()
    for task in FORMS:
        address = reverse("household-act", args=[full.household.pk, task.name.lower()])
        assert client.get(address).status_code == 404
        assert client.post(address, SAID).status_code == 404
    assert written() == before


@pytest.mark.parametrize("name", LISTS)
def test_no_list_tells_of_it(full: Cast, name: str) -> None:
    for query in LISTS[name]:
        html = client_of(full.colleague).get(reverse(name) + query).content.decode()
        main = html.split("<main", 1)[-1].replace('value="3号楼2单元302"', "").replace("“3号楼2单元302”", "")
        for told in (f"/households/{full.household.pk}/", "欧*", "赵*", "138****0055", "3号楼2单元302"):
            assert told not in main, (query, told)


@pytest.mark.parametrize("name", ["resident-search", "sign-round", "data-quality", "coming"])
def test_the_lists_tell_it_to_its_own_worker(full: Cast, name: str) -> None:
    html = client_of(full.worker).get(reverse(name) + LISTS[name][0]).content.decode()
    assert f"/households/{full.household.pk}/" in html or "3号楼2单元302" in html


def test_what_is_written_of_several_leaves_it_out(full: Cast) -> None:
    client, before = client_of(full.colleague), written()
    signs = ",".join(str(pk) for pk in SignDue.objects.values_list("pk", flat=True))
    client.post(reverse("sign-record"), {"signs": signs, "fine": "1"})
    assert not SignDue.objects.filter(closed_at__isnull=False).exists()
    said = {"door": [full.household.pk], "result": "nobody"}
    assert client.post(reverse("visit-together"), said).status_code in (302, 404)
    assert written() == before


@pytest.mark.parametrize("query", ["", "?tag=rented"])
def test_nor_does_an_export(full: Cast, query: str) -> None:
    client = client_of(full.colleague)
    assert client.post(reverse("export-new", args=["people"]) + query, {}).status_code == 403
    sheets = {}
    for who in (full.worker, full.colleague):
        sheet = export_create(by=who, at=NOW, kind="households", form="csv", query=query[1:], purpose="上报街道")
        sheets[who.username] = content_of(sheet).decode("utf-8-sig")
    assert ("3号楼" in sheets["worker"], "3号楼" in sheets["colleague"]) == (True, False)
    theirs = Export.objects.filter(by=full.worker).values_list("pk", flat=True)[0]
    assert client.get(reverse("export-detail", args=[theirs])).status_code == 404
    assert client.post(reverse("export-file", args=[theirs])).status_code == 404
