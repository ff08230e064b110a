"""How long personal data are kept: rules as data, declared by the apps that hold them, applied in batches.

A rule names the rows whose time is over, and what becomes of them: columns wiped, numbers in free text masked, or the
row deleted. Each row leaves a Tombstone, which is also what keeps a second run from touching it again.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.db.models import Exists, OuterRef, QuerySet, TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from community_portal.privacy.actions import log_access
from community_portal.privacy.fields import BlindIndexField, SealedTextField
from community_portal.privacy.masking import mask_phones_in
from community_portal.privacy.models import AccessLog, Tombstone
from community_portal.privacy.unhurried import unhurried

BATCH = 500


class Act(TextChoices):
    """What a rule does to a row."""

    CLEAR = "clear", gettext_lazy("清空字段")
    PSEUDONYMISE = "pseudonymise", gettext_lazy("清空字段，正文里的号码隐去")
    DELETE = "delete", gettext_lazy("删除整行")


@dataclass(frozen=True)
class Rule:
    """One retention rule.

    `rows` gives the rows whose time was over at an instant (`days` before now); `clear` are columns to wipe (a blind
    index goes with its source), `scrub` columns of free text whose numbers are masked, `beside` does the same for what
    hangs on the rows, given their keys and the instant. `certainty` is V (read in the source), S (secondary), P
    (practice), ? (nobody has checked).
    """

    code: str
    label: str
    model: type[models.Model]
    rows: Callable[[datetime], QuerySet[Any]]
    days: int
    act: Act
    source: str
    certainty: str
    clear: tuple[str, ...] = ()
    scrub: tuple[str, ...] = ()
    beside: Callable[[Sequence[int], datetime], None] | None = field(default=None, repr=False)

    @property
    def kept_days(self) -> int:
        """The days that hold here: settings.RETENTION_DAYS by the rule's code, else its default."""
        return int(settings.RETENTION_DAYS.get(self.code, self.days))

    @property
    def words(self) -> str:
        """The rule in one line, for people."""
        return _("%(label)s保存 %(days)d 天，之后%(act)s") % {
            "label": self.label,
            "days": self.kept_days,
            "act": self.act.label,
        }


_rules: dict[str, Rule] = {}


def register_rule(rule: Rule) -> None:
    """Have a rule applied; the same code again takes its place. Raises FieldDoesNotExist for an unknown column."""
    for name in (*rule.clear, *rule.scrub):
        rule.model._meta.get_field(name)
    _rules[rule.code] = rule


def rules() -> list[Rule]:
    """Every rule, by code."""
    return [_rules[code] for code in sorted(_rules)]


def due(rule: Rule, at: datetime) -> QuerySet[Any]:
    """The rows that a rule would touch at an instant: time over, not touched before."""
    done = Tombstone.objects.filter(model=rule.model._meta.label_lower, rule=rule.code, row_id=OuterRef("pk"))
    return rule.rows(at - timedelta(days=rule.kept_days)).filter(~Exists(done))


def count_due(rule: Rule, at: datetime) -> int:
    """How many rows a rule would touch at an instant."""
    with unhurried():
        return due(rule, at).count()


def apply_rule(rule: Rule, *, at: datetime, told: Callable[[int], None] | None = None, batch: int = BATCH) -> int:
    """Apply one rule to everything that is due, a transaction a batch; returns how many rows, noted in the access log.

    Rows that somebody works on at this moment are left for the next run. Safe to kill and to run twice at once.
    """
    done, after = 0, -1
    while keys := _next(rule, at, after, batch):
        done += _batch(rule, keys, at)
        after = keys[-1]
        if told:
            told(done)
    if done:
        log_access(
            by=None,
            at=at,
            action=AccessLog.Action.RETAIN,
            subject=f"retention:{rule.code}",
            field=",".join((*rule.clear, *rule.scrub))[:64],
            purpose=_("保存期满"),
            detail=_("%(n)d 行，%(words)s") % {"n": done, "words": rule.words},
        )
    return done


def _next(rule: Rule, at: datetime, after: int, batch: int) -> list[int]:
    with unhurried():
        return list(due(rule, at).filter(pk__gt=after).order_by("pk").values_list("pk", flat=True)[:batch])


@transaction.atomic
def _batch(rule: Rule, keys: list[int], at: datetime) -> int:
    locked = rule.model._base_manager.filter(pk__in=keys).select_for_update(skip_locked=True, of=("self",))
    free = set(locked.order_by("pk").values_list("pk", flat=True))
    # Asked again under the lock: somebody may have reopened a row, or another run may have been here.
    rows = list(due(rule, at).filter(pk__in=free).order_by("pk"))
    if not rows:
        return 0
    found = [row.pk for row in rows]
    Tombstone.objects.bulk_create(
        Tombstone(
            model=rule.model._meta.label_lower,
            row_id=row.pk,
            row_key=getattr(row, "row_key", None),
            rule=rule.code,
            act=rule.act,
            fields=",".join((*rule.clear, *rule.scrub))[:200],
            at=at,
        )
        for row in rows
    )
    if rule.beside:
        rule.beside(found, at)
    queryset = rule.model._base_manager.filter(pk__in=found)
    if rule.act == Act.DELETE:
        queryset.delete()
    else:
        _wipe(rule, rows, queryset)
    return len(found)


def _wipe(rule: Rule, rows: list[Any], queryset: QuerySet[Any]) -> None:
    if rule.clear:
        queryset.update(**_emptied(rule.model, rule.clear))
    scrub(rule.model, rows, rule.scrub)


def _emptied(model: type[models.Model], names: Sequence[str]) -> dict[str, Any]:
    """What each column holds when it is wiped: empty text, nothing, or its default; blind indexes go with it."""
    values: dict[str, Any] = {}
    for each in model._meta.local_concrete_fields:
        if each.attname in names:
            text = isinstance(each, SealedTextField | models.CharField | models.TextField)
            values[each.attname] = "" if text else None if each.null else each.get_default()
        elif isinstance(each, BlindIndexField) and each.source in names:
            values[each.attname] = None
    return values


def scrub(model: type[models.Model], rows: Sequence[Any], names: Sequence[str]) -> None:
    """Mask the numbers in free text columns; only rows that had some are written."""
    changed = [row for row in rows if _scrubbed(row, names)]
    if changed and names:
        model._base_manager.bulk_update(changed, names, batch_size=BATCH)


def _scrubbed(row: Any, names: Sequence[str]) -> bool:
    """Mask the columns of one row in memory; whether anything changed."""
    before = [getattr(row, name) for name in names]
    after = [mask_phones_in(text) for text in before]
    for name, text in zip(names, after, strict=True):
        setattr(row, name, text)
    return before != after
