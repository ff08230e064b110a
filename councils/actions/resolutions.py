"""Resolutions: written, passed, carried out task by task, and told back to everybody who raised the matter."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import Max
from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from councils.actions.base import CouncilChanged, CouncilRefused, Turn, check_version, clerks_of, lock_council, record
from councils.actions.clocks import Outcome, close_clocks, closing_of, start_clock
from councils.actions.seats import present_at
from councils.actions.settling import decide_now, settle_now
from councils.ballot_rules import Outcome as BallotOutcome
from councils.meeting_rules import quorum_of
from councils.models import AgendaItem, Ballot, ClockKind, Convention, Duty, Resolution, ResolutionTask, Topic
from councils.rights import Task
from councils.workflow import MeetingState, ResolutionState, TopicState, Verb
from grid.models import Organisation, Staff

State = ResolutionTask.State
TITLE_LENGTH = 80


@dataclass(frozen=True)
class Job:
    """A task to give: what, who answers for it, who does it, until which day (inclusive)."""

    text: str
    staff: Staff
    due_on: date
    organisation: Organisation | None = None
    who: str = ""


def resolution_path(resolution: Resolution) -> str:
    """A resolution's page for staff."""
    return reverse("resolution-detail", args=[resolution.pk])


def lock_resolution(
    resolution_id: int, task: Task, *, by: Staff, at: datetime, version: int | None = None
) -> tuple[Turn, Resolution]:
    """Lock the council and the resolution. Raises Council.DoesNotExist, CouncilRefused, CouncilChanged."""
    council_id = Resolution.objects.values_list("council_id", flat=True).get(pk=resolution_id)
    turn = lock_council(council_id, task, by=by, at=at)
    resolution = Resolution.objects.select_for_update(of=("self",)).select_related("topic", "meeting", "ballot").get(
        pk=resolution_id
    )  # fmt: skip
    resolution.council = turn.council
    check_version(version, resolution.version)
    return turn, resolution


@transaction.atomic
def resolution_draft(
    council_id: int, *, by: Staff, at: datetime, title: str, text: str, item: AgendaItem | None = None,
    topic: Topic | None = None, ballot: Ballot | None = None, convention: str = "", in_force_on: date | None = None,
) -> Resolution:  # fmt: skip
    """Write a resolution down, with the next number of the council's year; `convention` makes it a version of one.

    Raises CouncilRefused for a topic, item or ballot of another council, and for an item that has one already.
    """
    turn = lock_council(council_id, Task.RESOLVE, by=by, at=at)
    meeting = item.meeting if item else None
    for own in (meeting, topic, ballot):
        if own is not None and own.council_id != turn.council.pk:
            raise CouncilRefused(_("请选本议事组织的会议、议题和表决"))
    if item and Resolution.objects.filter(item=item).exists():
        raise CouncilRefused(_("这项议程已经有决议"))
    year = localtime(at).year
    last = Resolution.objects.filter(council=turn.council, year=year).aggregate(last=Max("serial"))["last"]
    kept = Convention.objects.get_or_create(council=turn.council, name=convention.strip())[0] if convention else None
    resolution = Resolution.objects.create(
        council=turn.council, meeting=meeting, item=item, topic=topic or (item.topic if item else None), ballot=ballot,
        convention=kept, year=year, serial=(last or 0) + 1, title=title.strip()[:TITLE_LENGTH], text=text.strip(),
        in_force_on=in_force_on,
    )  # fmt: skip
    record(turn, Verb.DECIDE, _("拟稿 %s") % resolution.number, resolution=resolution)
    return resolution


@transaction.atomic
def resolution_write(
    resolution_id: int, *, by: Staff, at: datetime, title: str, text: str,
    duties: Sequence[tuple[str, str]] | None = None, version: int | None = None,
) -> Resolution:  # fmt: skip
    """Change a draft: title, text, standing duties as (what, who). What was passed is changed by another resolution."""
    turn, resolution = lock_resolution(resolution_id, Task.RESOLVE, by=by, at=at, version=version)
    if resolution.state != ResolutionState.DRAFT:
        raise CouncilRefused(_("已经议定的决议不能改，需要再议后形成新的决议"))
    resolution.title, resolution.text = title.strip()[:TITLE_LENGTH], text.strip()
    resolution.version += 1
    resolution.save()
    if duties is not None:
        resolution.duties.all().delete()
        Duty.objects.bulk_create(
            Duty(resolution=resolution, position=position, what=what, who=who)
            for position, (what, who) in enumerate(duties, 1)
        )
    record(turn, Verb.EDIT, resolution=resolution)
    return resolution


@transaction.atomic
def resolution_pass(resolution_id: int, *, by: Staff, at: datetime, version: int | None = None) -> Resolution:
    """It holds from now on: its tasks' clocks start, its topic is being carried out.

    Raises CouncilRefused while its meeting had no quorum or its ballot was not passed; the reason has the figures.
    """
    turn, resolution = lock_resolution(resolution_id, Task.RESOLVE, by=by, at=at, version=version)
    if resolution.state != ResolutionState.DRAFT:
        raise CouncilChanged(_("这份决议已经是“%s”") % resolution.get_state_display())
    if not resolution.text:
        raise CouncilRefused(_("请写决议的正文"))
    _check_basis(resolution)
    resolution.state, resolution.decided_on = ResolutionState.PASSED, localtime(at).date()
    resolution.in_force_on = resolution.in_force_on or resolution.decided_on
    resolution.version += 1
    resolution.save()
    topic = resolution.topic
    if topic and topic.state == TopicState.LISTED:
        topic = Topic.objects.select_for_update(of=("self",)).get(pk=topic.pk)
        topic.council = turn.council
        decide_now(turn, topic, resolution.number)
    for task in resolution.tasks.filter(state=State.OPEN):
        _give(turn, resolution, task)
    record(turn, Verb.DECIDE, f"{resolution.number} {resolution.title}", resolution=resolution)
    return resolution


def _check_basis(resolution: Resolution) -> None:
    """A meeting that was valid, or a ballot that was passed, stands behind every resolution."""
    ballot, meeting = resolution.ballot, resolution.meeting
    if ballot is not None:
        if ballot.state != Ballot.State.CLOSED or ballot.outcome != BallotOutcome.PASSED:
            raise CouncilRefused(_("“%s”还没有通过，不能形成决议") % ballot.title)
        return
    if meeting is None:
        raise CouncilRefused(_("决议要有会议或表决作依据"))
    quorum = quorum_of(meeting.rule, meeting.entitled, present_at(meeting))
    if meeting.state not in (MeetingState.OPEN, MeetingState.HELD, MeetingState.CONFIRMED) or not quorum.met:
        raise CouncilRefused(_("%s，不能形成决议") % quorum.words)


@transaction.atomic
def task_give(resolution_id: int, job: Job, *, by: Staff, at: datetime) -> ResolutionTask:
    """Add a task; of a resolution that holds already its clock starts at once. Raises CouncilRefused."""
    turn, resolution = lock_resolution(resolution_id, Task.RESOLVE, by=by, at=at)
    if resolution.state not in (ResolutionState.DRAFT, ResolutionState.PASSED):
        raise CouncilRefused(_("这份决议已是“%s”，不能再加任务") % resolution.get_state_display())
    if job.due_on < localtime(at).date():
        raise CouncilRefused(_("期限不能早于今天"))
    last = resolution.tasks.aggregate(last=Max("position"))["last"]
    task = ResolutionTask.objects.create(
        resolution=resolution, position=(last or 0) + 1, text=job.text.strip()[:200], staff=job.staff,
        organisation=job.organisation, who=job.who.strip(), due_on=job.due_on,
    )  # fmt: skip
    if resolution.state == ResolutionState.PASSED:
        _give(turn, resolution, task)
    record(turn, Verb.ASSIGN, _("%(text)s，%(who)s，%(day)s 前") % {
        "text": task.text, "who": job.staff.name, "day": task.due_on,
    }, resolution=resolution)  # fmt: skip
    return task


def _give(turn: Turn, resolution: Resolution, task: ResolutionTask) -> None:
    task.resolution = resolution
    start_clock(ClockKind.TASK, at=turn.at, task=task, until=closing_of(task.due_on))
    turn.tell_staff(
        [task.staff_id], _("决议任务：%s") % task.text, _("%s 前完成") % task.due_on, resolution_path(resolution)
    )


def _lock_task(
    task_id: int, right: Task, *, by: Staff, at: datetime, version: int | None, states: Sequence[str]
) -> tuple[Turn, Resolution, ResolutionTask]:
    resolution_id = ResolutionTask.objects.values_list("resolution_id", flat=True).get(pk=task_id)
    turn, resolution = lock_resolution(resolution_id, right, by=by, at=at)
    task = ResolutionTask.objects.select_for_update(of=("self",)).select_related("staff").get(pk=task_id)
    task.resolution = resolution
    check_version(version, task.version)
    if task.state not in states:
        raise CouncilChanged(_("这项任务现在是“%s”") % task.get_state_display())
    return turn, resolution, task


@transaction.atomic
def task_report(task_id: int, *, by: Staff, at: datetime, text: str, version: int | None = None) -> ResolutionTask:
    """Whoever does it says that it is done: the clock stops, and somebody else is asked to accept it."""
    turn, resolution, task = _lock_task(task_id, Task.WORK, by=by, at=at, version=version, states=[State.OPEN])
    if resolution.state != ResolutionState.PASSED:
        raise CouncilRefused(_("决议还没有议定"))
    if not text.strip():
        raise CouncilRefused(_("请写明办了什么"))
    task.state, task.reported_at = State.REPORTED, at
    task.version += 1
    task.save()
    close_clocks(at, Outcome.MET, task=task)
    turn.tell_staff(clerks_of(turn.council, at), _("请验收：%s") % task.text, text, resolution_path(resolution))
    record(turn, Verb.REPORT, f"{task.text}：{text}", resolution=resolution, data={"task": task.pk})
    return task


@transaction.atomic
def task_accept(
    task_id: int, *, by: Staff, at: datetime, good: bool, text: str = "", version: int | None = None
) -> ResolutionTask:
    """Accept what was reported done, or send it back with a reason and its clock. Nobody accepts their own work.

    With the last task accepted the resolution is carried out, and everybody who raised the matter is told.
    """
    turn, resolution, task = _lock_task(task_id, Task.RESOLVE, by=by, at=at, version=version, states=[State.REPORTED])
    if task.staff_id == by.pk:
        raise CouncilRefused(_("自己办的事要由别人验收"))
    if not good and not text.strip():
        raise CouncilRefused(_("请写明哪里没办好"))
    task.version += 1
    if good:
        task.state, task.accepted_at, task.accepted_by = State.ACCEPTED, at, by
    else:
        task.state, task.reported_at = State.OPEN, None
        start_clock(ClockKind.TASK, at=at, task=task, until=max(closing_of(task.due_on), at))
        turn.tell_staff([task.staff_id], _("没有通过验收：%s") % task.text, text, resolution_path(resolution))
    task.save()
    said = _("通过") if good else _("没有通过")
    record(turn, Verb.ACCEPT, f"{task.text}：{said}{'，' if text.strip() else ''}{text.strip()}",
           resolution=resolution, data={"task": task.pk, "good": good})  # fmt: skip
    if good:
        _finish_when_done(turn, resolution)
    return task


@transaction.atomic
def task_drop(task_id: int, *, by: Staff, at: datetime, text: str, version: int | None = None) -> ResolutionTask:
    """A task that is not to be done any more, with the reason."""
    turn, resolution, task = _lock_task(
        task_id, Task.RESOLVE, by=by, at=at, version=version, states=[State.OPEN, State.REPORTED]
    )
    if not text.strip():
        raise CouncilRefused(_("请写明为什么不再办"))
    task.state = State.DROPPED
    task.version += 1
    task.save()
    close_clocks(at, Outcome.CANCELLED, task=task)
    record(turn, Verb.CANCEL, f"{task.text}：{text}", resolution=resolution, data={"task": task.pk})
    if resolution.state == ResolutionState.PASSED:
        _finish_when_done(turn, resolution)
    return task


@transaction.atomic
def resolution_finish(resolution_id: int, *, by: Staff, at: datetime, version: int | None = None) -> Resolution:
    """A resolution without open tasks is carried out."""
    turn, resolution = lock_resolution(resolution_id, Task.RESOLVE, by=by, at=at, version=version)
    if resolution.state != ResolutionState.PASSED:
        raise CouncilChanged(_("这份决议现在是“%s”") % resolution.get_state_display())
    if resolution.tasks.filter(state__in=[State.OPEN, State.REPORTED]).exists():
        raise CouncilRefused(_("还有没完成的任务"))
    _done(turn, resolution)
    return resolution


def _finish_when_done(turn: Turn, resolution: Resolution) -> None:
    if not resolution.tasks.filter(state__in=[State.OPEN, State.REPORTED]).exists():
        _done(turn, resolution)


def _done(turn: Turn, resolution: Resolution) -> None:
    """All who raised the matter hear of it: proposers, those whose topics were merged, the petitions' callers."""
    resolution.state, resolution.done_at = ResolutionState.DONE, turn.at
    resolution.version += 1
    resolution.save()
    record(turn, Verb.SETTLE, _("%s 已落实") % resolution.number, resolution=resolution)
    topic = resolution.topic
    if topic is None or topic.state != TopicState.DECIDED:
        return
    topic = Topic.objects.select_for_update(of=("self",)).get(pk=topic.pk)
    topic.council = turn.council
    words = _("%(number)s“%(title)s”已落实") % {"number": resolution.number, "title": resolution.title}
    for merged in topic.merged_from.all():
        turn.tell_resident(merged.proposer_phone, _("您提的议题 %s 有结果了") % merged.number, words)
    for petition in topic.petitions.all():
        turn.tell_resident(petition.caller_phone, _("您的诉求 %s 议定的事有结果了") % petition.number, words)
    settle_now(turn, topic, words)


@transaction.atomic
def resolution_revoke(
    resolution_id: int, *, by: Staff, at: datetime, text: str, version: int | None = None
) -> Resolution:
    """It no longer holds; its open clocks stop. Raises CouncilRefused without a reason."""
    turn, resolution = lock_resolution(resolution_id, Task.RESOLVE, by=by, at=at, version=version)
    if resolution.state == ResolutionState.REVOKED:
        raise CouncilChanged(_("这份决议已经废止"))
    if not text.strip():
        raise CouncilRefused(_("请写明为什么废止"))
    for task in resolution.tasks.filter(state=State.OPEN):
        close_clocks(at, Outcome.CANCELLED, task=task)
    resolution.state, resolution.revoked_on = ResolutionState.REVOKED, localtime(at).date()
    resolution.decided_on = resolution.decided_on or resolution.revoked_on
    resolution.version += 1
    resolution.save()
    record(turn, Verb.REVOKE, text, resolution=resolution)
    return resolution
