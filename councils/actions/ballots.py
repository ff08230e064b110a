"""A ballot's life but for the votes: set up, its roll settled, announced, counted, annulled."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from councils.actions.ballot_base import State, as_text, lock_ballot
from councils.actions.base import CouncilRefused, check_version, lock_council, record
from councils.ballot_codes import new_codes
from councils.models import Ballot, BallotBox, Entitled, EntitledDwelling, VoteRule
from councils.rights import Task
from councils.rolls import Drawn, Entry, draw
from councils.workflow import Verb
from grid.models import Staff

FIELDS = (
    "topic", "item", "title", "text", "rule", "unit", "secret", "channels", "opens_at", "closes_at", "names",
)  # fmt: skip
DRAFT, OPEN = (State.DRAFT,), (State.OPEN,)
LONGEST_REASON = 200


@transaction.atomic
def ballot_create(council_id: int, *, by: Staff, at: datetime, **said: Any) -> Ballot:
    """Set up a ballot as a draft; `said` are FIELDS. Raises Council.DoesNotExist, CouncilRefused, ValidationError."""
    turn = lock_council(council_id, Task.BALLOT, by=by, at=at)
    ballot = Ballot(council=turn.council, created_by=by, created_at=at, **said)
    _checked(ballot)
    ballot.save()
    record(turn, Verb.PLAN, _("准备表决：%s") % ballot.title, topic=ballot.topic, data={"ballot": ballot.pk})
    return ballot


@transaction.atomic
def ballot_edit(ballot_id: int, *, by: Staff, at: datetime, seen: int | None = None, **said: Any) -> Ballot:
    """Change a draft. Raises Ballot.DoesNotExist, CouncilRefused, CouncilChanged, ValidationError by field."""
    turn, ballot = lock_ballot(ballot_id, Task.BALLOT, by=by, at=at, states=DRAFT)
    check_version(seen, ballot.version)
    for name, value in said.items():
        setattr(ballot, name, value)
    _checked(ballot)
    _save(ballot, *said)
    record(turn, Verb.EDIT, _("修改表决：%s") % ballot.title, topic=ballot.topic, data={"ballot": ballot.pk})
    return ballot


def _checked(ballot: Ballot) -> None:
    """Raises ValidationError by field for what does not fit together."""
    wrong: dict[str, Any] = {}
    if ballot.council.kind not in ballot.rule.bodies:
        wrong["rule"] = _("“%(body)s”不用这条规则") % {"body": ballot.council.get_kind_display()}
    elif ballot.unit not in ballot.rule.units:
        wrong["unit"] = _("这条规则不是这样算票的")
    if ballot.closes_at <= ballot.opens_at:
        wrong["closes_at"] = _("截止要晚于开始")
    if not ballot.channels:
        wrong["channels"] = _("至少选一种投票方式")
    day = localtime(ballot.opens_at).date()
    if "rule" not in wrong and not _in_force(ballot.rule, day):
        wrong["rule"] = _("%s 那天不用这一版规则") % day
    if wrong:
        raise ValidationError(wrong)


def _in_force(rule: VoteRule, day: date) -> bool:
    begun = rule.valid_from is None or rule.valid_from <= day
    return rule.active and begun and (rule.valid_until is None or rule.valid_until >= day)


@transaction.atomic
def owners_join(ballot_id: int, keys: Sequence[str], *, by: Staff, at: datetime) -> Ballot:
    """Take several owners of a draft's roll for one, who then has one vote with all their area.

    Raises Ballot.DoesNotExist, CouncilRefused.
    """
    turn, ballot = lock_ballot(ballot_id, Task.BALLOT, by=by, at=at, states=DRAFT)
    entries = [entry for entry in draw(ballot, localtime(at).date()).entries if entry.key in set(keys)]
    homes = sorted(pk for entry in entries for pk, _area in entry.dwellings)
    if len(entries) < 2:
        raise CouncilRefused(_("请选两位以上，名单可能刚刚变了"))
    ballot.joined = [group for group in ballot.joined if not set(group) & set(homes)] + [homes]
    _save(ballot, "joined")
    record(turn, Verb.EDIT, _("名单：%s 算一位业主") % "、".join(entry.place for entry in entries), data=_of(ballot))
    return ballot


@transaction.atomic
def owners_part(ballot_id: int, key: str, *, by: Staff, at: datetime) -> Ballot:
    """Undo `owners_join` for the owner with this key. Raises Ballot.DoesNotExist, CouncilRefused."""
    turn, ballot = lock_ballot(ballot_id, Task.BALLOT, by=by, at=at, states=DRAFT)
    kept = [group for group in ballot.joined if f"o{min(group)}" != key]
    if kept == ballot.joined:
        raise CouncilRefused(_("这位业主的几处房屋不是在这里合并的"))
    ballot.joined = kept
    _save(ballot, "joined")
    record(turn, Verb.EDIT, _("名单：不再算一位业主"), data=_of(ballot))
    return ballot


@transaction.atomic
def entry_leave_out(ballot_id: int, key: str, *, by: Staff, at: datetime, reason: str) -> Ballot:
    """Leave one entry off a draft's roll, for a reason that stays on record; an empty reason takes it back.

    Raises Ballot.DoesNotExist, CouncilRefused for an entry that is not there.
    """
    turn, ballot = lock_ballot(ballot_id, Task.BALLOT, by=by, at=at, states=DRAFT)
    drawn = draw(ballot, localtime(at).date())
    entry = next((each for each in drawn.entries + drawn.left_out if each.key == key), None)
    if entry is None:
        raise CouncilRefused(_("名单上没有这一位，可能刚刚变了"))
    reason = reason.strip()[:LONGEST_REASON]
    ballot.left_out = {each: why for each, why in ballot.left_out.items() if each != key}
    if reason:
        ballot.left_out[key] = reason
    _save(ballot, "left_out")
    said = _("名单：%(who)s 不列入，%(why)s") if reason else _("名单：%(who)s 重新列入")
    record(turn, Verb.EDIT, said % {"who": entry.place or entry.name, "why": reason}, data=_of(ballot))
    return ballot


@transaction.atomic
def ballot_announce(ballot_id: int, *, by: Staff, at: datetime, seen: int | None = None) -> Ballot:
    """Fix the rule and the roll of a draft as they are now, and let it open at its time.

    Raises Ballot.DoesNotExist, CouncilChanged, and CouncilRefused with everything that stands in the way.
    """
    turn, ballot = lock_ballot(ballot_id, Task.BALLOT, by=by, at=at, states=DRAFT)
    check_version(seen, ballot.version)
    today = localtime(at).date()
    drawn = draw(ballot, today)
    if found := obstacles(ballot, drawn, at):
        raise CouncilRefused(_("；").join(found))
    ballot.state, ballot.announced_at, ballot.rolled_on = State.OPEN, at, today
    ballot.clauses, ballot.proxies = ballot.rule.clauses, ballot.rule.proxies
    _save(ballot, "state", "announced_at", "rolled_on", "clauses", "proxies")
    BallotBox.objects.create(ballot=ballot, figures=as_text({}))
    _fix_roll(ballot, drawn.entries)
    said = _("公告表决：%(title)s，名单 %(count)d 票") % {"title": ballot.title, "count": len(drawn.entries)}
    record(turn, Verb.ANNOUNCE, said, topic=ballot.topic, data=_of(ballot))
    return ballot


def obstacles(ballot: Ballot, drawn: Drawn, at: datetime) -> list[str]:
    """What has to be put right before a draft can be announced, in the users' words."""
    found = []
    rule = ballot.counting()
    if not drawn.entries:
        found.append(_("名单是空的"))
    if rule.by_area and drawn.without_area:
        places = "、".join(entry.place for entry in drawn.without_area[:3])
        said = _("%(count)d 处没有登记建筑面积（%(places)s…），请先在房屋档案里补上")
        found.append(said % {"count": len(drawn.without_area), "places": places})
    if ballot.closes_at <= at:
        found.append(_("截止时间已经过了，请改投票时间"))
    earliest = at + timedelta(days=ballot.rule.notice_days)
    if ballot.rule.notice_days and ballot.opens_at < earliest:
        said = _("这条规则要提前 %(days)d 天公告，最早 %(when)s 开始投票")
        found.append(said % {"days": ballot.rule.notice_days, "when": f"{localtime(earliest):%Y-%m-%d %H:%M}"})
    if not _in_force(ballot.rule, localtime(ballot.opens_at).date()):
        found.append(_("开始投票那天不用这一版规则，请另选"))
    return found


def _fix_roll(ballot: Ballot, entries: Sequence[Entry]) -> None:
    receipts = new_codes(len(entries))
    codes = new_codes(len(entries)) if Ballot.Channel.ONLINE in ballot.channels else [""] * len(entries)
    rows = Entitled.objects.bulk_create(
        [
            Entitled(
                ballot=ballot, number=number, key=entry.key, name=entry.name, place=entry.place,
                building_id=entry.building_id, area=entry.area, code=code, receipt=receipt,
            )
            for number, (entry, code, receipt) in enumerate(zip(entries, codes, receipts, strict=True), 1)
        ],
        batch_size=1000,
    )  # fmt: skip
    EntitledDwelling.objects.bulk_create(
        [
            EntitledDwelling(ballot=ballot, entitled=row, household_id=household, area=area or 0)
            for row, entry in zip(rows, entries, strict=True)
            for household, area in entry.dwellings
        ],
        batch_size=1000,
    )


@transaction.atomic
def code_renew(ballot_id: int, entitled_id: int, *, by: Staff, at: datetime, reason: str) -> Entitled:
    """Give an entitled one a new code in place of a lost letter's; the old one opens nothing from now on.

    Raises Ballot.DoesNotExist, Entitled.DoesNotExist, CouncilRefused once they voted or without a reason.
    """
    turn, ballot = lock_ballot(ballot_id, Task.BALLOT, by=by, at=at, states=OPEN)
    entitled = Entitled.objects.select_for_update().get(pk=entitled_id, ballot=ballot)
    if not entitled.code:
        raise CouncilRefused(_("这次表决没有网上投票"))
    if hasattr(entitled, "participation") and entitled.participation.channel:
        raise CouncilRefused(_("这一票已经投过了，不用换码"))
    if len(reason.strip()) < 2:
        raise CouncilRefused(_("请写明为什么换码"))
    entitled.code = new_codes(1)[0]
    entitled.save(update_fields=["code"])
    said = _("第 %(number)d 号换发投票码：%(why)s") % {"number": entitled.number, "why": reason.strip()}
    record(turn, Verb.RENEW, said[:LONGEST_REASON], data=_of(ballot))
    return entitled


@transaction.atomic
def ballot_annul(ballot_id: int, *, by: Staff, at: datetime, reason: str) -> Ballot:
    """Make a ballot void, whatever was voted. Raises Ballot.DoesNotExist, CouncilRefused, ValidationError."""
    turn, ballot = lock_ballot(ballot_id, Task.BALLOT, by=by, at=at, states=(State.DRAFT, State.OPEN))
    if len(reason.strip()) < 2:
        raise ValidationError({"reason": _("请写明为什么作废")})
    ballot.state, ballot.ended_at, ballot.annulled_for = State.ANNULLED, at, reason.strip()[:LONGEST_REASON]
    _save(ballot, "state", "ended_at", "annulled_for")
    said = _("表决作废：%(title)s，%(why)s") % {"title": ballot.title, "why": ballot.annulled_for}
    record(turn, Verb.ANNUL, said, topic=ballot.topic, data=_of(ballot))
    return ballot


def _save(ballot: Ballot, *names: str) -> None:
    ballot.version += 1
    ballot.save(update_fields=[*names, "version"])


def _of(ballot: Ballot) -> dict[str, int]:
    return {"ballot": ballot.pk}
