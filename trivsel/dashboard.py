"""What the front pages show, read across all apps. Reads selectors only and owns no model."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from actionplans import selectors as actionplans
from dialogs import selectors as dialogs
from organisation import clock
from organisation.campaigns import milestone
from organisation.models import Campaign, CampaignUnit, Milestone, Person, WorkEnvironmentGroup
from organisation.tasklist import Task
from organisation.wheel import WheelMark
from surveys import tasklist as surveys
from surveys.access import released
from surveys.campaigns import Choice
from trivsel import personal

WHEEL_KINDS = {
    Milestone.Key.SURVEY: "answering",
    Milestone.Key.DIALOGUES: "dialogue",
    Milestone.Key.EVALUATION: "evaluation",
    Milestone.Key.IMPLEMENTATION: "onward",
}


def wheel_marks(campaign: Campaign | None) -> list[WheelMark]:
    """The milestones that HR shows on the wheel, in order."""
    if campaign is None:
        return []
    marks = []
    for row in campaign.milestones.all():
        if not row.on_wheel:
            continue
        kind = WHEEL_KINDS.get(Milestone.Key(row.key), "point")
        marks.append(WheelMark(start=row.starts, end=row.ends, text=row.label, kind=kind))
    return marks


def survey_period(campaign: Campaign | None) -> Milestone | None:
    return milestone(campaign, Milestone.Key.SURVEY) if campaign else None


@dataclass(frozen=True)
class Row:
    """A task as `partials/task_row.html` takes it."""

    date: Any
    what: str
    why: str
    url: str
    action: str
    now: bool = False
    primary: bool = False
    when: str = ""
    distance: str = ""


def tasks_of(person: Any) -> list[Task]:
    """Everything due for one person, soonest first; what has no date comes last."""
    tasks = [
        *surveys.tasks_of(person),
        *dialogs.tasks_of(person),
        *actionplans.tasks_of(person),
        *personal.tasks_of(person),
    ]
    return sorted(tasks, key=lambda task: (task.done, task.when is None, task.when or clock.today(), task.title))


def grouped(tasks: list[Task]) -> list[dict[str, Any]]:
    """Nu (this week or overdue), I denne måned (30 days), Senere. Only the first row carries the primary button."""
    today = clock.today()
    limits = [today + timedelta(days=7), today + timedelta(days=30)]
    groups: list[dict[str, Any]] = [
        {"name": _("Nu"), "tasks": [], "show_count": False},
        {"name": _("I denne måned"), "tasks": [], "show_count": True},
        {"name": _("Senere"), "tasks": [], "show_count": True},
    ]
    for number, task in enumerate(task for task in tasks if not task.done):
        place = next((i for i, limit in enumerate(limits) if task.when and task.when <= limit), 2)
        groups[place]["tasks"].append(_row(task, now=place == 0, primary=number == 0))
    return groups


def finished(tasks: list[Task]) -> list[Row]:
    """What is done this year, for the folded list."""
    return [_row(task) for task in tasks if task.done]


def _row(task: Task, *, now: bool = False, primary: bool = False) -> Row:
    return Row(
        date=task.when,
        what=task.title,
        why=task.more,
        url=task.url,
        action=task.action,
        now=now,
        primary=primary,
        when="" if task.when else _("Når I kan"),
        distance="" if task.when else " ",
    )


def lead(person: Person | Any, tasks: list[Task]) -> str:
    """The one sentence under the heading."""
    soon = clock.today() + timedelta(days=7)
    waiting = [task for task in tasks if not task.done]
    now = sum(1 for task in waiting if task.when and task.when <= soon)
    if not waiting:
        return _("Hej %(name)s. Der er ikke noget, du skal lige nu.") % {"name": person.given_name}
    if not now:
        return _("Hej %(name)s. Intet haster i denne uge.") % {"name": person.given_name}
    return ngettext("Hej %(name)s. Én ting i denne uge.", "Hej %(name)s. %(n)s ting i denne uge.", now) % {
        "name": person.given_name,
        "n": now,
    }


def group_room(group: WorkEnvironmentGroup, chosen: Choice) -> dict[str, Any]:
    """The units of a trio in the chosen campaign, and whether reports are out."""
    campaign = chosen.campaign
    units = (
        CampaignUnit.objects.filter(campaign=campaign, unit__work_environment_group=group).order_by("position")
        if campaign
        else CampaignUnit.objects.none()
    )
    return {
        "campaign": campaign,
        "campaigns": chosen.campaigns,
        "released": released(campaign) is not None,
        "units": units,
        "workplace_unit": CampaignUnit.objects.filter(campaign=campaign, unit=group.workplace).first()
        if campaign
        else None,
        "dialogue": dialogs.dialogue_of(group, campaign) if campaign else None,
        "deadline": milestone(campaign, Milestone.Key.PLAN_DEADLINE) if campaign else None,
    }
