"""Read handleplaner: who signs as what, what was signed, and which trios lack a plan."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence

from django.db.models import Exists, OuterRef, QuerySet

from actionplans.models import ActionPlan, Activity, SignOff
from organisation.access import active_on_today, groups_of, members_of
from organisation.models import Campaign, CampaignUnit, Employment, Person, WorkEnvironmentGroup
from organisation.sorting import danish

# A plan that holds: both have signed, or it is already carried out.
READY = (ActionPlan.State.SIGNED, ActionPlan.State.CLOSED)
SIGNING_ORDER = (SignOff.Role.LEADER, SignOff.Role.AMR, SignOff.Role.TR)


def trio_role_of(person: Person, group: WorkEnvironmentGroup) -> str | None:
    """The role in which a person signs the trio's plans: leader before AMR before TR. None: not in the trio."""
    held = set(members_of(group).filter(person=person).values_list("kind", flat=True))
    return next((role.value for role in SIGNING_ORDER if role.value in held), None)


def fingerprint(plan: ActionPlan, activities: Sequence[Activity]) -> str:
    """What a signature stands for: the plan's content and its measures, without where the arrows are."""
    content = [
        plan.title,
        plan.topic,
        plan.problem,
        plan.cause,
        plan.goal,
        plan.follow_up_on.isoformat(),
        plan.follow_up_how,
        [[a.pk, a.what, a.owner_name, a.deadline.isoformat()] for a in sorted(activities, key=lambda a: a.pk)],
    ]
    return hashlib.sha256(json.dumps(content, ensure_ascii=False).encode()).hexdigest()[:32]


def plans_of_trios(person: Person, campaign: Campaign) -> QuerySet[ActionPlan]:
    """The plans of the trios that the person sits in."""
    return (
        ActionPlan.objects.filter(campaign=campaign, group__in=groups_of(person))
        .select_related("group__workplace")
        .prefetch_related("activities", "sign_offs")
        .order_by("follow_up_on", "pk")
    )


def measured_groups(campaign: Campaign) -> QuerySet[WorkEnvironmentGroup]:
    """The trios that have a unit in the campaign: those who owe a handleplan."""
    measured = CampaignUnit.objects.filter(campaign=campaign, unit__work_environment_group=OuterRef("pk"))
    return WorkEnvironmentGroup.objects.filter(Exists(measured)).select_related("workplace")


def groups_without_ready_plan(campaign: Campaign) -> QuerySet[WorkEnvironmentGroup]:
    """Trios with no plan that both leader and AMR have signed; `has_draft` says whether there is one in the making."""
    plans = ActionPlan.objects.filter(campaign=campaign, group=OuterRef("pk"))
    return (
        measured_groups(campaign)
        .filter(~Exists(plans.filter(state__in=READY)))
        .annotate(has_draft=Exists(plans))
        .order_by("pk")
    )


def staff_of(group: WorkEnvironmentGroup) -> QuerySet[Person]:
    """Who may be tovholder by name: everybody employed today in the units that the trio covers."""
    employed = Employment.objects.filter(active_on_today(), unit__work_environment_group=group)
    return Person.objects.filter(pk__in=employed.values("person_id"), is_active=True).order_by(danish("name"))
