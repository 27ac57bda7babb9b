"""Who may read, write and move in a handleplan, and who reads an evaluation."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.shortcuts import get_object_or_404

from actionplans.models import ActionPlan, Activity
from organisation.access import committees_of, groups_of, is_hr, is_member, own_units, roles_of
from organisation.models import Committee, Role


def plans_visible_to(person: Any) -> QuerySet[ActionPlan]:
    """HR, the trio, ArbejdspladsMED of the workplace, everybody employed on the workplace, and a tovholder.

    AfdelingsMED and KommuneMED see status and title on the status page, and no plan (domain.md 2.3).
    """
    plans = ActionPlan.objects.select_related("group__workplace", "campaign", "agreement__dialogue", "finding")
    return plans if is_hr(person) else plans.filter(_by_other_right(person)).distinct()


def _by_other_right(person: Any) -> Q:
    """What opens a plan besides being HR."""
    # The units where the person is employed and those above them: the arbejdsplads is among these.
    above = {unit_id for path in own_units(person).values_list("path", flat=True) for unit_id in path}
    return (
        Q(group__in=groups_of(person))
        | Q(group__workplace__in=committees_of(person).values("unit"))
        | Q(group__workplace__in=above)
        | Q(activities__owner=person)
    )


def plan_for(person: Any, uuid: UUID) -> ActionPlan:
    """The plan, or 404 for those who need not know about it."""
    return get_object_or_404(plans_visible_to(person), uuid=uuid)


def needs_reason(person: Any, plan: ActionPlan) -> bool:
    """The trio's drafts are its own: HR reads one for a reason that leaves a trace (domain.md 6.1)."""
    if plan.state != ActionPlan.State.DRAFT or not is_hr(person):
        return False
    return not ActionPlan.objects.filter(_by_other_right(person), pk=plan.pk).exists()


def may_write(person: Any, plan: ActionPlan) -> bool:
    """Only the trio itself."""
    return is_member(person, plan.group)


def activity_for(person: Any, uuid: UUID) -> Activity:
    """An activity of a plan that the person may see; 404 otherwise."""
    activities = Activity.objects.select_related("plan__group", "owner")
    return get_object_or_404(activities.filter(plan__in=plans_visible_to(person).values("pk")), uuid=uuid)


def may_move(person: Any, activity: Activity) -> bool:
    """The trio, and the one who holds the activity."""
    return activity.owner_id == person.pk or may_write(person, activity.plan)


def may_evaluate(person: Any, committee: Committee) -> bool:
    """The chair and the vice chair write for the committee."""
    writers = (Role.Kind.MED_CHAIR, Role.Kind.MED_VICE)
    return any(role.kind in writers and role.committee_id == committee.pk for role in roles_of(person))
