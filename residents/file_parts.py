"""What a household's file is made of on its page: people, their tags, whom to call; masked plain values."""

from dataclasses import dataclass, field
from datetime import date

from residents.models import Consent, Document


@dataclass(frozen=True, slots=True)
class TagLine:
    """One tag with its reason; `row` can be taken back, `off` is an override that hides a derived tag."""

    name: str
    reason: str
    origin: str
    row: int | None = None
    off: bool = False

    @property
    def key(self) -> str:
        """`row` for an address."""
        return str(self.row)


@dataclass(frozen=True, slots=True)
class Contact:
    """Somebody to call; `phone` is open once it was asked for."""

    pk: int
    name: str
    relation: str
    phone: str

    @property
    def key(self) -> str:
        """`pk` for an address."""
        return str(self.pk)


@dataclass(slots=True)
class FilePerson:
    """A person of the household as one reader sees them, with what belongs to them; `born` is said in words."""

    pk: int
    name: str
    relation: str
    sex: str
    age: int
    birth_date: date
    born: str
    phone: str
    other_phone: str
    id_number: str
    elsewhere: bool
    registered_at: str
    moved_in: date | None
    moved_out: date | None
    left_by: str
    revealed: bool = False
    tags: list[TagLine] = field(default_factory=list)
    contacts: list[Contact] = field(default_factory=list)
    consents: list[Consent] = field(default_factory=list)
    documents: list[Document] = field(default_factory=list)

    @property
    def query(self) -> str:
        """Names the person in an address."""
        return f"who={self.pk}"

    @property
    def slot(self) -> str:
        """Where on the page forms about the person open."""
        return f"person{self.pk}"
