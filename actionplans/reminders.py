"""What the handleplaner say to people: deadlines of activities, missing plans, and the list to the leader's leader."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import timedelta

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from actionplans.models import ActionPlan, Activity
from actionplans.selectors import groups_without_ready_plan
from dialogs.selectors import members_by_group
from organisation import clock, notices
from organisation.access import active_on_today
from organisation.models import Milestone, Person, Role, WorkEnvironmentGroup
from organisation.notices import Draft, in_language_of
from organisation.templatetags.dates import dk_short

SOON = timedelta(days=7)
# A system that was off may be this late with a milestone; later than that the moment is gone.
LATEST = timedelta(days=14)
NUDGES = (Milestone.Key.PLAN_NUDGE_1, Milestone.Key.PLAN_NUDGE_2, Milestone.Key.PLAN_DEADLINE)


def _queue(drafts: Iterable[Draft]) -> int:
    new = notices.not_yet_queued(drafts)
    notices.queue(new)
    return len(new)


def deadline_notices_queue() -> int:
    """Seven days before, on the day, and once it has passed: to the tovholder, or to the trio. Returns how many."""
    today = clock.today()
    activities = list(
        Activity.objects.filter(deadline__lte=today + SOON, progress__lt=Activity.Progress.DONE)
        .exclude(plan__state=ActionPlan.State.CLOSED)
        .select_related("plan", "owner")
        .order_by("pk")
    )
    without_owner = {a.plan.group_id for a in activities if a.owner is None or not a.owner.is_active}
    members = members_by_group(without_owner)
    drafts = []
    for activity in activities:
        if activity.owner is not None and activity.owner.is_active:
            receivers = [activity.owner]
        else:
            receivers = members.get(activity.plan.group_id, [])
        drafts += [_deadline_draft(activity, person) for person in receivers]
    return _queue(drafts)


def _deadline_draft(activity: Activity, person: Person) -> Draft:
    today = clock.today()
    stage = "soon" if activity.deadline > today else "due" if activity.deadline == today else "overdue"
    with in_language_of(person):
        subject = {
            "soon": _("Der er snart deadline i jeres handleplan"),
            "due": _("Der er deadline i dag i jeres handleplan"),
            "overdue": _("En deadline i jeres handleplan er passeret"),
        }[stage]
        body = _("«%(what)s» har deadline %(day)s. Flyt pilen, når I er nået videre.\n\n%(url)s") % {
            "what": activity.what,
            "day": dk_short(activity.deadline),
            "url": settings.BASE_URL + reverse("actionplans:plan_detail", args=[activity.plan.uuid]),
        }
    # The deadline is in the key: a new deadline is a new round of messages.
    key = f"activity_{stage}:{activity.uuid}:{activity.deadline.isoformat()}:{person.pk}"
    return Draft(key, person, f"activity_{stage}", subject, body)


def plan_nudges_queue() -> int:
    """Trios without a plan, or without both signatures, at the two nudges and at the deadline. Returns how many.

    Only the latest milestone reached speaks, so that catching up after a week off is one message and not three.
    """
    now, new = clock.now(), 0
    latest: dict[int, Milestone] = {}
    for due in Milestone.objects.filter(key__in=NUDGES).select_related("campaign").order_by("starts", "at"):
        if due.starts_moment <= now < due.starts_moment + LATEST:
            latest[due.campaign_id] = due
    for due in latest.values():
        groups = list(groups_without_ready_plan(due.campaign))
        members = members_by_group([group.pk for group in groups])
        new += _queue(_nudge_draft(due, group, person) for group in groups for person in members.get(group.pk, []))
    return new


def _nudge_draft(due: Milestone, group: WorkEnvironmentGroup, person: Person) -> Draft:
    with in_language_of(person):
        if group.has_draft:  # type: ignore[attr-defined]
            subject = _("Jeres handleplan mangler underskrift")
            text = _("Trioen «%(group)s» har et udkast til handleplan. Den gælder, når leder og AMR har skrevet under.")
        else:
            subject = _("Jeres handleplan mangler")
            text = _("Trioen «%(group)s» har endnu ikke skrevet en handleplan.")
        body = text % {"group": group.name}
        if due.key == Milestone.Key.PLAN_DEADLINE:
            body += " " + _("Fristen er %(day)s.") % {"day": dk_short(due.starts)}
        body += "\n\n" + settings.BASE_URL + reverse("actionplans:plan_list")
    return Draft(f"plan_nudge:{due.pk}:{group.pk}:{person.pk}", person, "plan_nudge", subject, body)


def escalations_queue() -> int:
    """One message to each leader above trios that still have no signed plan when the milestone comes."""
    now, new = clock.now(), 0
    for due in Milestone.objects.filter(key=Milestone.Key.PLAN_ESCALATION).select_related("campaign"):
        if due.starts_moment <= now < due.starts_moment + LATEST:
            above = _leaders_above(list(groups_without_ready_plan(due.campaign)))
            new += _queue(_escalation_draft(due, person, groups) for person, groups in above)
    return new


def _leaders_above(groups: list[WorkEnvironmentGroup]) -> list[tuple[Person, list[WorkEnvironmentGroup]]]:
    """The nearest leader from the workplace upward who is not in the trio, with the trios below."""
    members = members_by_group([group.pk for group in groups])
    on_the_way = {unit_id for group in groups for unit_id in group.workplace.path}
    leads = {
        role.unit_id: role.person
        for role in Role.objects.filter(
            active_on_today(), kind=Role.Kind.LEADER, unit__in=on_the_way, person__is_active=True
        ).select_related("person")
    }
    told: dict[int, Person] = {}
    waiting: dict[int, list[WorkEnvironmentGroup]] = defaultdict(list)
    for group in groups:
        own = {person.pk for person in members.get(group.pk, [])}
        for unit_id in reversed(group.workplace.path):
            leader = leads.get(unit_id)
            if leader is not None and leader.pk not in own:
                told[leader.pk] = leader
                waiting[leader.pk].append(group)
                break
    return [(told[pk], waiting[pk]) for pk in told]


def _escalation_draft(due: Milestone, person: Person, groups: list[WorkEnvironmentGroup]) -> Draft:
    with in_language_of(person):
        names = "\n".join(f"- {group.workplace.name}: {group.name}" for group in groups)
        body = _("Disse trioer har ikke en handleplan, som leder og AMR har skrevet under:\n\n%(names)s") % {
            "names": names
        }
        subject = _("Handleplaner, der mangler")
    return Draft(f"plan_escalation:{due.pk}:{person.pk}", person, "plan_escalation", subject, body)
