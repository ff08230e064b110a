"""What the portal holds about one person: every app adds its part, the page that answers a resident shows them all.

Privacy knows no scope: `scope` is handed through to the apps (a grid.access.Scope), and a part must show nothing
outside it. An app registers its function in `AppConfig.ready`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from community_portal.privacy.masking import mask_id, mask_phone
from community_portal.privacy.normal import ID_NUMBER, PHONE
from community_portal.privacy.sealing import BlindIndex, blind_index


@dataclass(frozen=True)
class Subject:
    """The person asked about, by what they came with; an index is None for what was not given."""

    phone_index: BlindIndex | None
    id_index: BlindIndex | None
    said: str
    """What was given, masked: 138****8000."""

    @classmethod
    def of(cls, phone: str = "", id_number: str = "") -> "Subject":
        """A person by phone, ID number or both."""
        shown = [mask_phone(phone) if phone else "", mask_id(id_number) if id_number else ""]
        return cls(
            blind_index(PHONE, phone) if phone else None,
            blind_index(ID_NUMBER, id_number) if id_number else None,
            "，".join(each for each in shown if each),
        )


@dataclass(frozen=True)
class Section:
    """One part of the answer: what is held, in rows of facts, where it came from and how long it is kept.

    `subjects` are the access log's names of the rows shown ("petitions.petition:7"), so that the answer can say who
    looked at them.
    """

    title: str
    rows: Sequence[Sequence[tuple[str, str]]]
    origin: str
    kept: str = ""
    subjects: Sequence[str] = ()
    more: int = 0


Source = Callable[[Subject, Any], Section | None]
_sources: list[Source] = []


def register_holdings(source: Source) -> None:
    """Have `source(subject, scope)` asked for each answer; None when it holds nothing. Twice counts once."""
    if source not in _sources:
        _sources.append(source)


def holdings_of(subject: Subject, scope: Any) -> list[Section]:
    """Everything held about a person inside a scope, in the order of registration."""
    return [section for source in _sources if (section := source(subject, scope)) is not None]
