from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone
from io import StringIO
from pathlib import Path
from threading import Barrier

import pytest
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.db.models import ProtectedError
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from community_portal.privacy import querysets
from community_portal.privacy.actions import log_access
from community_portal.privacy.anchors import write_anchor
from community_portal.privacy.audit import FIRST, chain_key_of
from community_portal.privacy.models import AccessLog, AccessLogHead
from community_portal.privacy.querysets import verify_chain
from grid.models import Staff
from tests.factories import Cast

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
    assert verify_chain().fault == querysets.CHANGED
    with pytest.raises(
        CommandError, match=f"编号 {entries[2].pk} 处断开：内容被改动.*2025-03-14 12:00:00.*之前的 2 条完整"
    ):
        verify()


@pytest.mark.django_db
def test_verify_tells_an_altered_fingerprint_from_an_altered_entry() -> None:
    entries = [look(number) for number in range(4)]
    tamper("UPDATE privacy_accesslog SET hash = %s WHERE id = %s", "f" * 64, entries[1].pk)
    with pytest.raises(CommandError, match=f"编号 {entries[1].pk} 处断开：指纹被改动.*之前的 1 条完整"):
        verify()


@pytest.mark.django_db
@pytest.mark.parametrize("gone", [0, 2])
def test_verify_names_the_entry_after_a_deleted_one(gone: int) -> None:
    entries = [look(number) for number in range(5)]
    tamper("DELETE FROM privacy_accesslog WHERE id = %s", entries[gone].pk)
    with pytest.raises(CommandError, match=f"编号 {entries[gone + 1].pk} 处断开：它之前的记录被删除"):
        verify()


@pytest.mark.django_db
def test_verify_names_an_entry_that_was_slipped_in() -> None:
    entries = [look(number) for number in range(4)]
    tamper("UPDATE privacy_accesslog SET id = id + 100 WHERE id > %s", entries[1].pk)
    tamper(
        "INSERT INTO privacy_accesslog (id, at, action, subject, field, purpose, detail, previous_hash, hash)"
        " SELECT id + 1, at, action, subject, field, '编造的', detail, %s, %s FROM privacy_accesslog WHERE id = %s",
        "a" * 64,
        "b" * 64,
        entries[1].pk,
    )
    with pytest.raises(CommandError, match=f"编号 {entries[1].pk + 1} 处断开：它是后来插入的.*之前的 2 条完整"):
        verify()


@pytest.mark.django_db
def test_verify_names_the_first_of_two_entries_that_changed_places() -> None:
    entries = [look(number) for number in range(5)]
    low, high = entries[1].pk, entries[3].pk
    for old, new in ((low, -1), (high, low), (-1, high)):
        tamper("UPDATE privacy_accesslog SET id = %s WHERE id = %s", new, old)
    with pytest.raises(CommandError, match=f"编号 {low} 处断开：它不在写入时的位置"):
        verify()


@pytest.mark.django_db
def test_verify_sees_by_itself_that_the_end_was_cut_off() -> None:
    entries = [look(number) for number in range(5)]
    tamper("DELETE FROM privacy_accesslog WHERE id > %s", entries[2].pk)
    with pytest.raises(CommandError, match=f"编号 {entries[2].pk} 处断开：之后少了 2 条.*之前的 3 条完整"):
        verify()
    look(9)
    with pytest.raises(CommandError, match="它之前的记录被删除"):
        verify()


@pytest.mark.django_db
def test_verify_sees_that_the_whole_log_was_emptied() -> None:
    look()
    tamper("DELETE FROM privacy_accesslog")
    with pytest.raises(CommandError, match="访问日志是空的，之后少了 1 条"):
        verify()


@pytest.mark.django_db
def test_the_record_of_the_end_cannot_be_set_back_or_taken_away() -> None:
    entries = [look(number) for number in range(3)]
    tamper("DELETE FROM privacy_accesslog WHERE id = %s", entries[2].pk)
    AccessLogHead.objects.update(entries=2, hash=entries[1].hash)
    with pytest.raises(CommandError, match="末端记录被改动"):
        verify()
    AccessLogHead.objects.all().delete()
    with pytest.raises(CommandError, match="末端记录不见了"):
        verify()


@pytest.mark.django_db
def test_verify_sees_a_missing_end_by_the_noted_head() -> None:
    look(1)
    kept = AccessLogHead.objects.values().get()
    last = look(2)
    tamper("DELETE FROM privacy_accesslog WHERE id = %s", last.pk)
    AccessLogHead.objects.update(entries=kept["entries"], hash=kept["hash"], seal=kept["seal"])
    assert "1 条" in verify()
    with pytest.raises(CommandError, match="末尾的记录被删除"):
        verify(head=last.hash)


@pytest.mark.django_db
def test_the_anchors_outside_the_database_tell_a_log_that_was_set_back(settings: Settings, tmp_path: Path) -> None:
    settings.VAR_DIR = tmp_path
    assert write_anchor(at=NOON) is None
    look(1)
    kept = AccessLogHead.objects.values().get()
    write_anchor(at=NOON)
    last = look(2)
    write_anchor(at=NOON + timedelta(days=1))
    assert "与 2 个锚点一致，最近的是 2025-03-15T12:00:00+08:00" in verify()
    tamper("DELETE FROM privacy_accesslog WHERE id = %s", last.pk)
    AccessLogHead.objects.update(entries=kept["entries"], hash=kept["hash"], seal=kept["seal"])
    with pytest.raises(CommandError, match=f"2025-03-15T12:00:00.* 记下的编号 {last.pk}"):
        verify()
    with pytest.raises(CommandError, match="锚点文件读不了"):
        verify(anchors=str(tmp_path / "elsewhere"))


@pytest.mark.django_db
def test_a_log_of_the_time_before_ends_were_kept_goes_on() -> None:
    entries = [look(number) for number in range(2)]
    AccessLogHead.objects.all().delete()
    look(3)
    assert (verify_chain().fault, verify_chain().entries) == ("", 3)
    assert AccessLogHead.objects.get().entries == 3
    assert AccessLog.objects.order_by("-id")[1].hash == entries[1].hash


@pytest.mark.django_db
def test_a_detail_is_part_of_the_chain() -> None:
    entry = log_access(
        by=None,
        at=NOON,
        action="export",
        subject="export:people",
        field="",
        purpose="核对",
        detail="12 行；3号楼；脱敏",
    )
    assert verify_chain().fault == ""
    tamper("UPDATE privacy_accesslog SET detail = '1 行；3号楼；脱敏' WHERE id = %s", entry.pk)
    assert verify_chain().fault == querysets.CHANGED


class TestPace:
    """Reveals within an hour, of one person."""

    def reveal(self, by: Staff, at: datetime) -> AccessLog:
        return log_access(by=by, at=at, action="reveal", subject="a.b:1", field="phone", purpose="办理诉求")

    def test_one_too_many_is_refused_with_how_long_to_wait_and_not_logged(self, cast: Cast, settings: Settings) -> None:
        settings.REVEALS_PER_HOUR = 3
        for minute in (0, 10, 20):
            self.reveal(cast.worker, NOON + timedelta(minutes=minute))
        with pytest.raises(ValidationError) as caught:
            self.reveal(cast.worker, NOON + timedelta(minutes=30))
        assert "已查看 3 次原文，到了上限。请 30 分钟后再看" in caught.value.message_dict["purpose"][0]
        assert AccessLog.objects.count() == 3

    def test_the_next_hour_and_other_people_and_other_acts_are_free(self, cast: Cast, settings: Settings) -> None:
        settings.REVEALS_PER_HOUR = 1
        self.reveal(cast.worker, NOON)
        self.reveal(cast.deputy, NOON)
        self.reveal(cast.worker, NOON + timedelta(hours=1))
        log_access(by=cast.worker, at=NOON, action="export", subject="export:people", field="", purpose="台账")
        assert verify_chain().entries == 4


@pytest.mark.django_db
def test_the_log_can_be_read_by_administrators_only(cast: Cast, client: Client) -> None:
    log_access(by=cast.worker, at=NOON, action="reveal", subject="a.b:1", field="phone", purpose="上门前联系")
    log_access(by=cast.head, at=NOON, action="export", subject="export:people", field="", purpose="台账", detail="9 行")
    address = reverse("admin:privacy_accesslog_changelist")
    cast.admin.is_superuser = True
    client.force_login(cast.admin)
    page = client.get(address).content.decode()
    assert all(word in page for word in ("上门前联系", "9 行", "查看原文", "导出", cast.head.name))
    found = client.get(address, {"q": cast.worker.username}).content.decode()
    assert "上门前联系" in found
    assert "9 行" not in found
    assert "9 行" not in client.get(address, {"action__exact": "reveal"}).content.decode()
    entry = AccessLog.objects.order_by("id")[0]
    change = reverse("admin:privacy_accesslog_change", args=[entry.pk])
    assert client.get(change).status_code == 200
    assert client.post(change, {"purpose": "别的"}).status_code == 403
    assert client.get(reverse("admin:privacy_accesslog_add")).status_code == 403
    Staff.objects.filter(pk=cast.admin.pk).update(is_superuser=False)
    assert client.get(address).status_code == 403


@pytest.mark.django_db
def test_a_chain_made_with_another_key_does_not_hold() -> None:
    look()
    head = AccessLogHead.objects.get()
    head.chain_key = chain_key_of(b"x" * 32).hex()
    head.save(update_fields=["chain_key"])
    look()
    assert verify_chain().fault == querysets.CHANGED


@pytest.mark.django_db
def test_the_chain_holds_whatever_becomes_of_the_index_key(settings: Settings) -> None:
    look()
    settings.INDEX_KEY = b"x" * 32
    look()
    assert (verify_chain().fault, verify_chain().entries) == ("", 2)


@pytest.mark.django_db
def test_progress_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("community_portal.privacy.querysets.CHUNK", 2)
    for number in range(5):
        look(number)
    heard: list[int] = []
    verify_chain(heard.append)
    assert heard == [2, 4]
