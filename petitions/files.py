"""Photos, papers and voice notes of a petition: what may come in, told by its content, and how much of it.

A picture is drawn anew (no place, no camera); everything is stored encrypted, each file with a key of its own.
"""

import zipfile
from dataclasses import dataclass
from io import BytesIO
from typing import IO

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from residents import photos

AT_ONCE = 5
IN_ALL = 40
MOST_BYTES = 10 * 1024 * 1024
LABEL_LENGTH = 120
PICTURE, DOCUMENT, VOICE = "picture", "document", "voice"
ACCEPT = "image/jpeg,image/png,image/webp,audio/*,.pdf,.docx,.xlsx"
"""For the file chooser of a browser; what counts is the content."""
JPEG_TYPE = "image/jpeg"
PDF_TYPE = "application/pdf"
OFFICE = "application/vnd.openxmlformats-officedocument."
OFFICE_TYPES = {
    "word/document.xml": f"{OFFICE}wordprocessingml.document",
    "xl/workbook.xml": f"{OFFICE}spreadsheetml.sheet",
}
ENDINGS = {JPEG_TYPE: ".jpg", PDF_TYPE: ".pdf", **dict(zip(OFFICE_TYPES.values(), (".docx", ".xlsx"), strict=True))}
VOICES = (
    (0, b"ID3", "audio/mpeg", ".mp3"),
    (0, b"\xff\xfb", "audio/mpeg", ".mp3"),
    (0, b"\xff\xf3", "audio/mpeg", ".mp3"),
    (0, b"#!AMR", "audio/amr", ".amr"),
    (8, b"WAVE", "audio/wav", ".wav"),
    (0, b"OggS", "audio/ogg", ".ogg"),
    (4, b"ftypM4A", "audio/mp4", ".m4a"),
    (0, b"\x1aE\xdf\xa3", "audio/webm", ".webm"),
)
ENDINGS |= {kind: ending for _at, _mark, kind, ending in VOICES}
MARK_BYTES = 16


class FileRefused(Exception):
    """What was sent cannot be kept; the text says why."""


@dataclass(frozen=True)
class Ready:
    """A file that may be kept: what it is, its type for browsers, the name it came under, and its bytes."""

    kind: str
    type: str
    label: str
    content: bytes


def read_upload(sent: UploadedFile) -> Ready:
    """A file as it may be kept. Raises FileRefused for one that is too large or of no kind that is taken."""
    assert sent.file is not None
    size = sent.size or 0
    if size > MOST_BYTES:
        raise FileRefused(_("超过 10 MB"))
    if not size:
        raise FileRefused(_("是空的"))
    stream: IO[bytes] = sent.file
    mark = stream.read(MARK_BYTES)
    stream.seek(0)
    label = (sent.name or "").strip()[-LABEL_LENGTH:]
    if mark.startswith(b"%PDF-"):
        return Ready(DOCUMENT, PDF_TYPE, label, stream.read())
    if mark.startswith(b"PK\x03\x04"):
        content = stream.read()
        return Ready(DOCUMENT, _office_type(content), label, content)
    for at, expected, kind, _ending in VOICES:
        if mark[at : at + len(expected)] == expected:
            return Ready(VOICE, kind, label, stream.read())
    try:
        return Ready(PICTURE, JPEG_TYPE, label, photos.redraw(stream, size))
    except photos.PhotoRefused as error:
        raise FileRefused(_("打不开：可以传 JPG、PNG、WebP 照片，PDF、Word、Excel 文件，录音")) from error


def _office_type(content: bytes) -> str:
    """The type of a Word or Excel file without macros. Raises FileRefused for any other archive."""
    try:
        names = set(zipfile.ZipFile(BytesIO(content)).namelist())
    except zipfile.BadZipFile as error:
        raise FileRefused(_("文件损坏，打不开")) from error
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise FileRefused(_("带宏，不能收；请另存为不带宏的文件"))
    for name, kind in OFFICE_TYPES.items():
        if name in names and "[Content_Types].xml" in names:
            return kind
    raise FileRefused(_("是压缩包，请把里面的文件取出来再传"))
