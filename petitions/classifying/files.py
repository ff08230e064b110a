"""Files of messages: reading those to learn from or to classify, and writing the answers beside them. Pure."""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from community_portal.tables.errors import FileRefused
from community_portal.tables.texts import csv_rows, decode

BOM = b"\xef\xbb\xbf"
COLUMNS = {
    "title": ("title", "标题", "主题"),
    "text": ("text", "内容", "诉求内容"),
    "label": ("label", "类别", "分类"),
}
ADDED = ("label", "score", "label_2", "score_2", "label_3", "score_3")


@dataclass(frozen=True)
class MessageFile:
    """A CSV file: its header, its rows (each as long as the header), the parts of a message by column number."""

    header: list[str]
    rows: list[list[str]]
    places: dict[str, int]
    bom: bool

    def part(self, row: Sequence[str], name: str) -> str:
        """The title, text or label of a row, "" without such a column."""
        return row[self.places[name]].strip() if name in self.places else ""


def read_messages(content: bytes, *, labelled: bool) -> MessageFile:
    """Read a CSV file in UTF-8, UTF-16 or GB18030. Raises FileRefused when a column is missing or a row unreadable."""
    rows = [(number, row) for number, row in csv_rows(decode(content)) if row]
    if not rows:
        raise FileRefused(_("文件是空的"))
    header = [str(cell).strip() for cell in rows[0][1]]
    known = [cell.lower() for cell in header]
    places = {
        part: next(known.index(name) for name in names if name in known)
        for part, names in COLUMNS.items()
        if set(names) & set(known)
    }
    if not {"title", "text"} & places.keys() or (labelled and "label" not in places):
        wanted = "title、text、label" if labelled else _("title、text（至少一列）")
        raise FileRefused(
            _("要有这些列：%(wanted)s；读到的是：%(found)s") % {"wanted": wanted, "found": "、".join(header)}
        )
    return MessageFile(header, [_row(number, row, len(header)) for number, row in rows[1:]], places, content[:3] == BOM)


def _row(number: int, row: list[str] | str, width: int) -> list[str]:
    if isinstance(row, str):
        raise FileRefused(_("第 %(row)d 行：%(what)s") % {"row": number, "what": row})
    return [*row[:width], *[""] * (width - len(row))]


def with_answers(file: MessageFile, answers: Iterable[Sequence[tuple[str, float]]]) -> bytes:
    """The same rows in the same order, with the likeliest label, its score and the next two.

    A column of the file that bears one of the new names stays, as `given_…`.
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow([*(f"given_{name}" if name in ADDED else name for name in file.header), *ADDED])
    for row, ranked in zip(file.rows, answers, strict=True):
        best = [*ranked[:3], *[("", 0.0)] * (3 - len(ranked[:3]))]
        writer.writerow([*row, *(cell for label, chance in best for cell in (label, f"{chance:.4f}" if label else ""))])
    return (BOM if file.bom else b"") + text.getvalue().encode()
