"""Photos, papers and voice notes of petitions: what is taken, what is shown to whom, and how they go again."""

import zipfile
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from PIL import Image
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from community_portal.privacy.retention import apply_rule, rules
from petitions.actions.base import ActionRefused
from petitions.actions.files import petition_attach, petition_detach
from petitions.actions.handling import petition_accept
from petitions.files import IN_ALL, FileRefused, Ready, read_upload
from petitions.form_tokens import new_token
from petitions.models import Petition, PetitionFile
from petitions.personal import FILES
from tests.factories import NOW, Cast, make_petition

PDF = b"%PDF-1.7\n%\xe2\xe3\n1 0 obj"
GPS_IFD, LATITUDE = 0x8825, 2


@pytest.fixture(autouse=True)
def _folder(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path
    settings.PUBLIC_FORM_MIN_SECONDS = 0


def photo(name: str = "现场.jpg", size: tuple[int, int] = (640, 480)) -> SimpleUploadedFile:
    """A photo as a phone sends it, with the place where it was taken."""
    picture, out = Image.new("RGB", size, "red"), BytesIO()
    exif = picture.getexif()
    exif.get_ifd(GPS_IFD)[LATITUDE] = (39.0, 52.0, 1.0)
    picture.save(out, "JPEG", exif=exif)
    return SimpleUploadedFile(name, out.getvalue(), content_type="application/x-msdownload")


def archive(*names: str) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        for name in names:
            packed.writestr(name, "x")
    return out.getvalue()


def sent(content: bytes, name: str = "a.bin") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


# What is taken


def test_a_photo_is_drawn_anew_without_its_place() -> None:
    ready = read_upload(photo(size=(4000, 3000)))
    assert (ready.kind, ready.type, ready.label) == ("picture", "image/jpeg", "现场.jpg")
    drawn = Image.open(BytesIO(ready.content))
    assert not dict(drawn.getexif())
    assert max(drawn.size) == 2000


@pytest.mark.parametrize(
    ("content", "kind", "type_"),
    [
        (PDF, "document", "application/pdf"),
        (archive("[Content_Types].xml", "word/document.xml"), "document", "wordprocessingml.document"),
        (archive("[Content_Types].xml", "xl/workbook.xml"), "document", "spreadsheetml.sheet"),
        (b"ID3\x03" + b"\0" * 20, "voice", "audio/mpeg"),
        (b"#!AMR\n" + b"\0" * 20, "voice", "audio/amr"),
        (b"RIFF\0\0\0\0WAVEfmt ", "voice", "audio/wav"),
        (b"\0\0\0\x1cftypM4A \0\0", "voice", "audio/mp4"),
    ],
)
def test_the_kind_is_told_by_the_content(content: bytes, kind: str, type_: str) -> None:
    ready = read_upload(sent(content, "photo.jpg"))
    assert ready.kind == kind
    assert ready.type.endswith(type_)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "是空的"),
        (b"x" * (10 * 1024 * 1024 + 1), "超过 10 MB"),
        (b"MZ\x90\0 this is a program", "打不开"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "打不开"),
        (b"<html><script>1</script>", "打不开"),
        (archive("a.txt"), "压缩包"),
        (archive("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"), "带宏"),
        (b"PK\x03\x04broken", "文件损坏"),
    ],
)
def test_anything_else_is_refused_with_the_reason(content: bytes, words: str) -> None:
    with pytest.raises(FileRefused, match=words):
        read_upload(sent(content, "a.jpg"))


# From the resident


def ask(client: Client, cast: Cast, files: list[SimpleUploadedFile], **over: Any) -> Any:
    values = {
        "text": "门禁坏了",
        "where": "3号楼",
        "contact": "none",
        "token": new_token(timezone.now()),
        "website": "",
    }
    url = reverse("ask", args=[cast.community.code])
    return client.post(url, {**values, **over, "attached": files}, follow=True)


def test_a_resident_sends_photos_with_the_request_and_sees_them(client: Client, cast: Cast) -> None:
    shown = ask(client, cast, [photo(), sent(PDF, "通知.pdf")])
    petition = Petition.objects.get()
    assert shown.redirect_chain[0][0] == reverse("ask-done", args=[petition.number, petition.query_code])
    assert [row.kind for row in petition.files.all()] == ["picture", "document"]
    page = client.get(reverse("track-detail", args=[petition.number, petition.query_code])).content.decode()
    picture, _paper = petition.files.all()
    for row in petition.files.all():
        there = reverse("track-file", args=[petition.number, petition.query_code, row.name])
        assert there in page
        answer = client.get(there)
        assert answer.status_code == 200
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert "no-store" in answer["Cache-Control"]
    assert "通知.pdf" in page
    small = client.get(reverse("track-file", args=[petition.number, petition.query_code, picture.name]) + "?small")
    assert max(Image.open(BytesIO(small.content)).size) == 320
    assert client.get(there.replace(petition.query_code, "AAAAAA")).status_code == 404


def test_the_same_form_sent_twice_keeps_its_files_once(client: Client, cast: Cast) -> None:
    token = new_token(timezone.now())
    for _again in range(2):
        ask(client, cast, [photo()], token=token)
    assert (Petition.objects.count(), PetitionFile.objects.count()) == (1, 1)


def test_what_cannot_be_taken_is_named_and_nothing_is_filed(client: Client, cast: Cast) -> None:
    page = ask(client, cast, [photo(), sent(b"MZ", "virus.exe")]).content.decode()
    assert "“virus.exe”打不开" in page
    assert "门禁坏了" in page
    page = ask(client, cast, [photo() for _ in range(6)]).content.decode()
    assert "一次最多 5 个，这里选了 6 个" in page
    assert not Petition.objects.exists()


def test_a_resident_adds_a_photo_later_and_the_handler_hears_of_it(client: Client, cast: Cast) -> None:
    petition = make_petition(cast)
    url = reverse("track-supplement", args=[petition.number, petition.query_code])
    page = client.post(url, {"text": "", "attached": [photo()]}, follow=True).content.decode()
    assert "已补充" in page
    assert "补充：照片 1 个" in page
    assert petition.files.get().shown
    assert "请写一下要补充什么，或选照片" in client.post(url, {"text": ""}).content.decode()


# From the worker


def accepted(cast: Cast) -> Petition:
    """A petition that the worker has signed in."""
    petition = make_petition(cast)
    return petition_accept(petition.pk, by=cast.worker, at=NOW)


def attach(cast: Cast, petition: Petition, **over: Any) -> PetitionFile:
    petition_attach(petition.pk, [read_upload(photo())], by=cast.worker, at=NOW, **over)
    row = petition.files.order_by("id").last()
    assert row is not None
    return row


def test_a_worker_adds_photos_that_only_those_inside_see(client: Client, cast: Cast) -> None:
    petition = accepted(cast)
    client.force_login(cast.worker)
    url = reverse("petition-files", args=[petition.number])
    said = {"attached": [photo(), photo("二.jpg")], "stage": "before", "text": "门轴断了"}
    page = client.post(url, said, follow=True).content.decode()
    assert "已保存 2 个" in page
    assert "门轴断了" in page
    rows = list(petition.files.all())
    there = reverse("petition-file", args=[petition.number, rows[0].name])
    assert there in page
    assert client.get(there)["Content-Type"] == "image/jpeg"
    assert (cast_sees(cast.head, there), cast_sees(cast.outsider, there), cast_sees(cast.colleague, there)) == (
        200, 404, 404,
    )  # fmt: skip
    track = [petition.number, petition.query_code]
    assert client.get(reverse("track-file", args=[*track, rows[0].name])).status_code == 404
    shown = attach(cast, petition, stage="after", shown=True)
    assert client.get(reverse("track-file", args=[*track, shown.name])).status_code == 200
    assert "处理后的照片" in client.get(reverse("track-detail", args=track)).content.decode()


def cast_sees(staff: Any, path: str) -> int:
    client = Client()
    client.force_login(staff)
    return client.get(path).status_code


def test_a_file_of_another_petition_is_not_found_under_this_one(client: Client, cast: Cast) -> None:
    one, other = accepted(cast), make_petition(cast)
    row = attach(cast, one)
    client.force_login(cast.worker)
    assert client.get(reverse("petition-file", args=[other.number, row.name])).status_code == 404


def test_files_are_encrypted_and_removed_with_their_key(
    client: Client, cast: Cast, tmp_path: Path, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    petition = accepted(cast)
    row = attach(cast, petition)
    [stored] = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert b"JFIF" not in stored.read_bytes()
    client.force_login(cast.worker)
    url = reverse("petition-file-remove", args=[petition.number, row.name])
    assert "请写明情况或理由" in client.post(url, {"text": ""}, follow=True).content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        page = client.post(url, {"text": "拍到了邻居"}, follow=True).content.decode()
    assert "删除照片或文件：拍到了邻居" in page
    assert not stored.exists()
    row.refresh_from_db()
    assert (row.key, row.label) == ("", "")
    assert client.get(reverse("petition-file", args=[petition.number, row.name])).status_code == 404
    with pytest.raises(ActionRefused, match="已经删除了"):
        petition_detach(petition.pk, row.name, by=cast.worker, at=NOW, text="再删一次")


def test_one_petition_holds_so_many_and_no_more(cast: Cast) -> None:
    petition = accepted(cast)
    ready = [Ready("voice", "audio/mpeg", "a.mp3", b"ID3") for _ in range(IN_ALL)]
    petition_attach(petition.pk, ready, by=cast.worker, at=NOW)
    with pytest.raises(ActionRefused, match="最多放 40 个"):
        attach(cast, petition)
    assert petition.files.count() == IN_ALL


def test_the_files_of_a_filed_petition_go_when_their_time_is_over(
    cast: Cast, tmp_path: Path, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    petition = accepted(cast)
    row = attach(cast, petition)
    Petition.objects.filter(pk=petition.pk).update(state="closed", closed_at=NOW)
    [rule] = [rule for rule in rules() if rule.code == FILES]
    assert apply_rule(rule, at=NOW + timedelta(days=rule.kept_days - 1)) == 0
    with django_capture_on_commit_callbacks(execute=True):
        assert apply_rule(rule, at=NOW + timedelta(days=rule.kept_days + 1)) == 1
    row.refresh_from_db()
    assert row.key == ""
    assert row.removed_at
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]
