"""Read handleplaner: who signs as what, what was signed, and which trios lack a plan."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from datetime import date

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from actionplans.models import ActionPlan, Activity, Evaluation, SignOff
from dialogs.models import Dialogue
from organisation import clock
from organisation.access import active_on_today, groups_of, members_of, roles_of
from organisation.campaigns import measured_campaigns, milestone
from organisation.models import (
    Campaign,
    CampaignUnit,
    Employment,
    Milestone,
    Person,
    Role,
    WorkEnvironmentGroup,
)
from organisation.sorting import danish
from organisation.tasklist import Task

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


def plans_of_trios(person: Person) -> QuerySet[ActionPlan]:
    """The plans of the trios that the person sits in, of every campaign."""
    return (
        ActionPlan.objects.filter(group__in=groups_of(person))
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


def open_plans(campaigns: Sequence[Campaign], workplaces: Sequence[int]) -> dict[int, int]:
    """Campaign id -> how many handleplaner of the workplaces are not carried out, where there are any. One query."""
    unfinished = Activity.objects.filter(plan=OuterRef("pk"), progress__lt=Activity.Progress.DONE)
    plans = ActionPlan.objects.filter(campaign__in=campaigns, group__workplace__in=workplaces).exclude(
        state=ActionPlan.State.CLOSED
    )
    waiting = plans.filter(Q(state=ActionPlan.State.DRAFT) | Exists(unfinished)).order_by()
    return dict(waiting.values_list("campaign").annotate(n=Count("pk")))


def staff_of(group: WorkEnvironmentGroup) -> QuerySet[Person]:
    """Who may be tovholder by name: everybody employed today in the units that the trio covers."""
    employed = Employment.objects.filter(active_on_today(), unit__work_environment_group=group)
    return Person.objects.filter(pk__in=employed.values("person_id"), is_active=True).order_by(danish("name"))


def tasks_of(person: Person) -> list[Task]:
    """What the handleplaner and the evaluation ask of one person, for «Mine opgaver».

    Handleplaner have three years: those of every campaign count, whichever is being prepared or measured now.
    """
    campaigns = measured_campaigns()
    due = {one.pk: _deadline(one) for one in campaigns}
    kinds = {(role.unit_id, role.kind) for role in roles_of(person) if role.kind in Role.TRIO_KINDS}
    tasks: list[Task] = []
    if kinds:
        tasks += _agreement_tasks(person, due)
        only_tr = {kind for _unit, kind in kinds} == {Role.Kind.TR}
        for plan in plans_of_trios(person):
            if task := _signing_task(plan, person, due.get(plan.campaign_id), only_tr=only_tr):
                tasks.append(task)
    tasks += _activity_tasks(person)
    tasks += _evaluation_tasks(person, campaigns)
    return tasks


def _deadline(campaign: Campaign) -> date | None:
    deadline = milestone(campaign, Milestone.Key.PLAN_DEADLINE)
    return deadline.starts if deadline else None


def _agreement_tasks(person: Person, due: dict[int, date | None]) -> list[Task]:
    """One for every held dialogue with agreements but no plan of the trio yet."""
    trio_plans = ActionPlan.objects.filter(campaign=OuterRef("campaign"), group=OuterRef("group"))
    held = (
        Dialogue.objects.filter(group__in=groups_of(person), state=Dialogue.State.HELD)
        .filter(~Exists(trio_plans))
        .select_related("group")
        .annotate(agreed=Count("agreements"))
        .order_by("pk")
    )
    return [
        Task(
            title=_("Lav handleplan af aftalen") if dialogue.agreed else _("Lav handleplan"),
            url=reverse("dialogs:dialogue_detail", args=[dialogue.uuid])
            if dialogue.agreed
            else reverse("actionplans:plan_create") + f"?trio={dialogue.group.uuid}",
            action=_("Se aftalerne") if dialogue.agreed else _("Skriv planen"),
            when=due.get(dialogue.campaign_id),
            more=dialogue.group.name,
        )
        for dialogue in held
    ]


def _signing_task(plan: ActionPlan, person: Person, due: date | None, *, only_tr: bool) -> Task | None:
    signed = {sign_off.person_id for sign_off in plan.sign_offs.all()}
    detail = reverse("actionplans:plan_detail", args=[plan.uuid])
    if plan.state == ActionPlan.State.CLOSED or person.pk in signed:
        return None
    if not plan.activities.all():
        return Task(
            title=_("Tilføj aktiviteter: %(plan)s") % {"plan": plan.title},
            url=reverse("actionplans:activity_create", args=[plan.uuid]),
            action=_("Tilføj aktivitet"),
            when=due,
            more=plan.group.name,
        )
    if only_tr:
        return Task(
            title=_("Se handleplanen: %(plan)s") % {"plan": plan.title},
            url=detail,
            action=_("Læs planen"),
            when=due,
            more=_("Du er TR og markerer, at du har set den."),
        )
    if plan.state != ActionPlan.State.DRAFT:
        return None  # another leader or AMR of the trio has signed
    return Task(
        title=_("Skriv under: %(plan)s") % {"plan": plan.title},
        url=detail,
        action=_("Læs og skriv under"),
        when=due,
        more=_("Planen gælder, når leder og AMR har skrevet under."),
    )


def _activity_tasks(person: Person) -> list[Task]:
    mine = (
        Activity.objects.filter(owner=person, progress__lt=Activity.Progress.DONE)
        .exclude(plan__state=ActionPlan.State.CLOSED)
        .select_related("plan")
    )
    return [
        Task(
            title=_("Flyt pilen: %(activity)s") % {"activity": activity.what},
            url=reverse("actionplans:plan_detail", args=[activity.plan.uuid]) + "#statuspilen",
            action=_("Flyt pilen"),
            when=activity.deadline,
            more=_("Du er tovholder. Pilen står på «%(stop)s».") % {"stop": activity.get_progress_display()},
        )
        for activity in mine
    ]


def evaluation_begins(campaigns: Sequence[Campaign]) -> Campaign | None:
    """The newest campaign that the committees may evaluate by now."""
    for campaign in campaigns:
        period = milestone(campaign, Milestone.Key.EVALUATION)
        if period is not None and period.starts_moment <= clock.now():
            return campaign
    return None


def _evaluation_tasks(person: Person, campaigns: Sequence[Campaign]) -> list[Task]:
    campaign = evaluation_begins(campaigns)
    period = milestone(campaign, Milestone.Key.EVALUATION) if campaign else None
    chaired = [
        role.committee
        for role in roles_of(person)
        if role.kind in (Role.Kind.MED_CHAIR, Role.Kind.MED_VICE) and role.committee is not None
    ]
    if not chaired or period is None:
        return []
    written = set(
        Evaluation.objects.filter(campaign=campaign, committee__in=chaired).values_list("committee_id", flat=True)
    )
    return [
        Task(
            title=_("Evaluér trivselsmålingen i %(committee)s") % {"committee": committee.name},
            url=reverse("actionplans:evaluation_edit", args=[committee.uuid]),
            action=_("Se evalueringen") if committee.pk in written else _("Skriv evaluering"),
            when=period.ends or period.starts,
            more=_("Processen og udvalgets egen indsats, på et møde i august eller september."),
            done=committee.pk in written,
        )
        for committee in chaired
    ]
