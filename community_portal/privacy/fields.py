"""Model fields for personal data: text that is sealed in the database, and its blind index.

A model with a SealedTextField inherits from `privacy.models.SealedModel`. Name "row_key" too wherever `only()` names a
sealed field, or each reading costs a query more. `bulk_create(update_conflicts=True)` must not name a sealed field in
`update_fields`: the new ciphertext is bound to the new row's key, and the kept row has another.
"""

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.core import checks
from django.core.exceptions import FieldDoesNotExist, FieldError
from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.lookups import Exact, In
from django.db.models.query_utils import DeferredAttribute
from django.utils.translation import gettext as _

from community_portal.privacy.normal import KINDS
from community_portal.privacy.sealing import BlindIndex, SealError, index_of, is_current, is_known, open_sealed, seal

if TYPE_CHECKING:
    _TextBase = models.Field[str, str]
    _BytesBase = models.Field[bytes | None, bytes | None]
else:
    _TextBase, _BytesBase = models.Field, models.Field

ROW_KEY = "row_key"
LOOKUPS = ("isnull",)


class Sealed:
    """A stored value nobody has opened: what `values()` gives, and what a loaded row holds until its field is read."""

    __slots__ = ("blob", "row_key")

    def __init__(self, blob: bytes, row_key: UUID | None = None) -> None:
        self.blob = blob
        self.row_key = row_key

    def __repr__(self) -> str:
        return f"<Sealed: {len(self.blob)} bytes>"

    def __bool__(self) -> bool:
        return bool(self.blob)


class SealedAttribute(DeferredAttribute):
    """Gives and takes plain text; opens the stored bytes at the first reading."""

    field: "SealedTextField"

    def __get__(self, instance: models.Model | None, owner: type[models.Model] | None = None) -> Any:
        if instance is None:
            return self
        name = self.field.attname
        if name not in instance.__dict__:
            instance.refresh_from_db(fields=[name, ROW_KEY])
        kept = instance.__dict__[name]
        if isinstance(kept, Sealed):
            kept = instance.__dict__[name] = self.field.open(instance, kept)
        return kept

    def __set__(self, instance: models.Model, value: object) -> None:
        if isinstance(value, Sealed):
            value = Sealed(value.blob, instance.__dict__.get(ROW_KEY))
        elif not isinstance(value, str):
            raise TypeError(f"{self.field} takes str, not {type(value).__name__}")
        instance.__dict__[self.field.attname] = value


class SealedTextField(_TextBase):
    """Text encrypted at rest, bound to its row and field; never NULL, empty text is empty bytes. Not searchable."""

    description = "Encrypted text"
    descriptor_class = SealedAttribute

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.max_length is not None:
            self.validators.append(MaxLengthValidator(self.max_length))

    def get_internal_type(self) -> str:
        return "BinaryField"

    def check(self, **kwargs: Any) -> list[checks.CheckMessage]:
        return [*super().check(**kwargs), *self._check_options(), *self._check_row_key()]

    def _check_options(self) -> list[checks.CheckMessage]:
        wrong = [name for name in ("null", "unique", "db_index", "primary_key") if getattr(self, name)]
        return [checks.Error(f"A sealed field cannot be {name}.", obj=self, id="privacy.E001") for name in wrong]

    def _check_row_key(self) -> list[checks.CheckMessage]:
        try:
            self.model._meta.get_field(ROW_KEY)
        except FieldDoesNotExist:
            hint = "Inherit from privacy.models.SealedModel."
            return [checks.Error("A sealed field needs a row_key beside it.", hint=hint, obj=self, id="privacy.E002")]
        return []

    def open(self, instance: models.Model, sealed: Sealed) -> str:
        """The text of a stored value of this row; SealError when it is damaged or another row's."""
        return open_sealed(self.model, self.name, sealed.row_key or getattr(instance, ROW_KEY), sealed.blob)

    def from_db_value(self, value: Any, expression: object, connection: BaseDatabaseWrapper) -> Sealed | None:
        return None if value is None else Sealed(bytes(value))

    def pre_save(self, model_instance: models.Model, add: bool) -> Sealed:
        """The bytes to store; a value nobody has opened goes back as it came, unless its key is being replaced."""
        kept = model_instance.__dict__.get(self.attname)
        row_key = getattr(model_instance, ROW_KEY)
        if isinstance(kept, Sealed) and kept.row_key == row_key and (is_current(kept.blob) or not is_known(kept.blob)):
            return kept
        return Sealed(seal(self.model, self.name, row_key, getattr(model_instance, self.attname)))

    def get_db_prep_save(self, value: Any, connection: BaseDatabaseWrapper) -> Any:
        return self.get_db_prep_value(value, connection)

    def get_db_prep_value(self, value: Any, connection: BaseDatabaseWrapper, prepared: bool = False) -> Any:
        """Lets pass only what `pre_save` sealed, and emptiness (to wipe a column); SealError for the rest."""
        if isinstance(value, Sealed):
            return value.blob
        if value in ("", b""):
            return b""
        raise self._unsealed()

    def _unsealed(self) -> SealError:
        return SealError(
            _("%(field)s 是加密字段，只能逐行赋值后保存，不能用 update 或 bulk_update 写入") % {"field": self}
        )

    def get_lookup(self, lookup_name: str) -> Any:
        """Only isnull; FieldError for the rest."""
        if lookup_name not in LOOKUPS:
            raise FieldError(_("%(field)s 是加密字段，不能用于查询；请按它的盲索引字段查找") % {"field": self})
        return super().get_lookup(lookup_name)

    def get_transform(self, lookup_name: str) -> Any:
        """None at all, with the same error."""
        return self.get_lookup(lookup_name)

    def to_python(self, value: Any) -> str:
        return "" if value is None else str(value)

    def value_to_string(self, obj: models.Model) -> str:
        """Refuses: a fixture would carry the plain text."""
        raise SealError(_("%(field)s 是加密字段，不能用 dumpdata 导出；请用 pg_dump 备份") % {"field": self})

    def formfield(self, **kwargs: Any) -> Any:
        options: dict[str, Any] = {"max_length": self.max_length}
        if self.max_length is None:
            options["widget"] = forms.Textarea
        return super().formfield(**{**options, **kwargs})


class BlindIndexField(_BytesBase):
    """16 bytes by which equal numbers are found; filled from the attribute `source` at each save, NULL for none.

    `kind` is one of privacy.normal.KINDS. Search by `filter(phone_index=blind_index("phone", typed))`.
    """

    description = "Blind index of another field"

    def __init__(self, *args: Any, source: str, kind: str, **kwargs: Any) -> None:
        if kind not in KINDS:
            raise ValueError(f"kind must be one of {KINDS}")
        self.source, self.kind = source, kind
        kwargs |= {"null": True, "blank": True, "editable": False}
        kwargs.setdefault("db_index", True)
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        for implied in ("null", "blank", "editable"):
            kwargs.pop(implied, None)
        if not kwargs.pop("db_index", False):
            kwargs["db_index"] = False
        return name, path, args, kwargs | {"source": self.source, "kind": self.kind}

    def get_internal_type(self) -> str:
        return "BinaryField"

    def from_db_value(self, value: Any, expression: object, connection: BaseDatabaseWrapper) -> bytes | None:
        return None if value is None else bytes(value)

    def pre_save(self, model_instance: models.Model, add: bool) -> bytes | None:
        """Computed anew, unless the source was not touched since the row was read and its key is the only one."""
        held = model_instance.__dict__
        source = held.get(self.source)
        untouched = self.source not in held or isinstance(source, Sealed)
        rotating = settings.OLDER_INDEX_KEYS and isinstance(source, Sealed) and is_known(source.blob)
        if add or not untouched or self.attname not in held or rotating:
            setattr(model_instance, self.attname, index_of(self.kind, getattr(model_instance, self.source)))
        return getattr(model_instance, self.attname)


@BlindIndexField.register_lookup
class SameNumber(Exact):
    """Equality with an index; while keys are rotated, with the same number's index under each of them."""

    def as_sql(self, compiler: Any, connection: BaseDatabaseWrapper) -> Any:
        """One value, or a short list that the index on the column serves as well."""
        if not (isinstance(self.rhs, BlindIndex) and self.rhs.older):
            return super().as_sql(compiler, connection)
        return AnyOfNumbers(self.lhs, [self.rhs]).as_sql(compiler, connection)


@BlindIndexField.register_lookup
class AnyOfNumbers(In):
    """Membership in a list of indexes, each under every key in use."""

    def get_prep_lookup(self) -> Any:
        """The list with the older indexes beside the new ones."""
        if isinstance(self.rhs, (list, tuple, set, frozenset)):
            self.rhs = [key for index in self.rhs for key in (index, *getattr(index, "older", ()))]
        return super().get_prep_lookup()
