from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone
from io import StringIO
from threading import Barrier

import pytest
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.db.models import ProtectedError

from community_portal.privacy.actions import log_access
from community_portal.privacy.audit import FIRST
from community_portal.privacy.models import AccessLog
from community_portal.privacy.querysets import CHANGED, TORN, verify_chain

NOON = datetime(2025, 3, 14, 12, tzinfo=timezone(timedelta(hours=8)))


def look(number: int = 1, purpose: str = "回访居民") -> AccessLog:
    """One entry about petition `number`."""
    return log_access(
        by=None, at=NOON, action="reveal", subject=f"petitions.petition:{number}", field="phone", purpose=purpose
    )


def tamper(statement: str, *values: object) -> None:
    """What someone with the database's password could do."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE privacy_accesslog DISABLE TRIGGER append_only")
        cursor.execute(statement, values)
        cursor.execute("ALTER TABLE privacy_accesslog ENABLE TRIGGER append_only")


def verify(**options: str) -> str:
    out = StringIO()
    call_command("verify_audit_log", stdout=out, **options)
    return out.getvalue()


@pytest.mark.django_db
def test_an_entry_says_who_when_what_and_why() -> None:
    staff = get_user_model().objects.create(username="audited")
    log_access(by=staff, at=NOON, action="export", subject="residents.resident:7", field="", purpose=" 疫苗登记 ")
    entry = AccessLog.objects.get()
    assert (entry.staff, entry.at, entry.action, entry.purpose) == (staff, NOON, "export", "疫苗登记")
    assert str(entry) == "export residents.resident:7"
    with pytest.raises(ProtectedError):
        staff.delete()


@pytest.mark.django_db
def test_each_entry_carries_the_one_before() -> None:
    entries = [look(number) for number in range(3)]
    assert [entry.previous_hash for entry in entries] == [FIRST, entries[0].hash, entries[1].hash]
    assert verify_chain().entries == 3
    assert verify_chain().head == entries[2].hash


@pytest.mark.django_db
@pytest.mark.parametrize("purpose", ["", " ", "查", " 查 ", "长" * 501])
def test_without_a_purpose_nothing_is_logged(purpose: str) -> None:
    with pytest.raises(ValidationError) as caught:
        look(purpose=purpose)
    assert "用途" in caught.value.message_dict["purpose"][0]
    assert not AccessLog.objects.exists()


@pytest.mark.django_db
def test_the_zone_of_the_instant_does_not_matter() -> None:
    log_access(by=None, at=NOON.astimezone(UTC), action="reveal", subject="a.b:1", field="phone", purpose="核对")
    assert verify_chain().broken is None


@pytest.mark.django_db
@pytest.mark.parametrize("change", [lambda rows: rows.update(purpose="别的"), lambda rows: rows.delete()])
def test_the_database_refuses_changes(change: object) -> None:
    look()
    with pytest.raises(IntegrityError, match="只能追加"), transaction.atomic():
        change(AccessLog.objects.all())  # type: ignore[operator]
    assert AccessLog.objects.get().purpose == "回访居民"


@pytest.mark.django_db
def test_the_database_refuses_a_second_branch() -> None:
    first = look()
    first.pk, first.hash = None, "f" * 64
    with pytest.raises(IntegrityError, match="previous_hash"), transaction.atomic():
        first.save(force_insert=True)


@pytest.mark.django_db
def test_an_undone_transaction_leaves_the_chain_whole() -> None:
    look(1)
    with transaction.atomic():
        look(2)
        transaction.set_rollback(True)
    look(3)
    assert (verify_chain().entries, verify_chain().broken) == (2, None)


@pytest.mark.django_db(transaction=True)
def test_eight_writers_at_once_make_one_chain() -> None:
    together = Barrier(8)

    def write(worker: int) -> None:
        try:
            together.wait()
            for number in range(5):
                look(worker * 100 + number)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, range(8)))
    assert (verify_chain().entries, verify_chain().broken) == (40, None)
    assert len(set(AccessLog.objects.values_list("subject", flat=True))) == 40


@pytest.mark.django_db
def test_verify_counts_and_gives_the_head() -> None:
    assert verify() == f"访问日志完整：0 条，末条指纹 {FIRST}\n"
    look(1)
    head = look(2).hash
    assert verify() == f"访问日志完整：2 条，末条指纹 {head}\n"
    assert "完整" in verify(head=head)
    look(3)
    assert "3 条" in verify(head=head)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "assignment",
    ["purpose = '别的'", "at = at + interval '1 microsecond'", "subject = 'x:1'", "action = 'x'", "field = ''"],
)
def test_verify_names_an_altered_entry(assignment: str) -> None:
    entries = [look(number) for number in range(5)]
    tamper(f"UPDATE privacy_accesslog SET {assignment} WHERE id = %s", entries[2].pk)
    assert verify_chain().fault == CHANGED
    with pytest.raises(
        CommandError, match=f"编号 {entries[2].pk} 处断开：内容被改动.*2025-03-14 12:00:00.*之前的 2 条完整"
    ):
        verify()


@pytest.mark.django_db
@pytest.mark.parametrize("gone", [0, 2])
def test_verify_names_the_entry_after_a_deleted_one(gone: int) -> None:
    entries = [look(number) for number in range(5)]
    tamper("DELETE FROM privacy_accesslog WHERE id = %s", entries[gone].pk)
    assert verify_chain().fault == TORN
    with pytest.raises(CommandError, match=f"编号 {entries[gone + 1].pk} 处断开：它之前的记录被删除"):
        verify()


@pytest.mark.django_db
def test_verify_sees_a_missing_end_by_the_noted_head() -> None:
    look(1)
    last = look(2)
    tamper("DELETE FROM privacy_accesslog WHERE id = %s", last.pk)
    assert "1 条" in verify()
    with pytest.raises(CommandError, match="末尾的记录被删除"):
        verify(head=last.hash)


@pytest.mark.django_db
def test_a_chain_made_with_another_key_does_not_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(settings, "INDEX_KEY", b"x" * 32)
        look()
    assert verify_chain().fault == CHANGED


@pytest.mark.django_db
def test_progress_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("community_portal.privacy.querysets.CHUNK", 2)
    for number in range(5):
        look(number)
    heard: list[int] = []
    verify_chain(heard.append)
    assert heard == [2, 4]
