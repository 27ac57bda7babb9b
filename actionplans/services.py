"""What happens to a handleplan: it is written, gets activities, is signed, and its arrows are moved."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from actionplans.models import ActionPlan, Activity, ActivityMove, Evaluation, SignOff
from actionplans.selectors import fingerprint, trio_role_of
from dialogs.models import Agreement
from organisation import clock
from organisation.audit import audit
from organisation.campaigns import milestone
from organisation.cpr import no_cpr
from organisation.models import Campaign, Committee, Milestone, Person, WorkEnvironmentGroup
from surveys.models import Finding

# What is signed. Moving an arrow is not a change of the plan.
CONTENT = ("title", "topic", "problem", "cause", "goal", "follow_up_on", "follow_up_how")


@transaction.atomic
def plan_create(
    *,
    group: WorkEnvironmentGroup,
    campaign: Campaign,
    title: str,
    problem: str,
    goal: str,
    cause: str = "",
    follow_up_on: date,
    follow_up_how: str = "",
    agreement: Agreement | None = None,
    finding: Finding | None = None,
    topic: str = "",
    by: Person,
) -> ActionPlan:
    """Write a handleplan: from an agreement, from a finding on the board, or standing alone. Raises ValidationError."""
    if agreement is not None and agreement.dialogue.group_id != group.pk:
        raise ValidationError(_("Aftalen hører til en anden trio."))
    if finding is not None and finding.unit.unit.work_environment_group_id != group.pk:
        raise ValidationError(_("Meldingen hører til en anden trio."))
    plan = ActionPlan(
        group=group,
        campaign=campaign,
        agreement=agreement,
        finding=finding,
        topic=topic,
        title=title,
        problem=problem,
        cause=cause,
        goal=goal,
        follow_up_on=follow_up_on,
        follow_up_how=follow_up_how,
        created_on=clock.today(),
    )
    no_cpr(title, problem, cause, goal, follow_up_how)
    plan.full_clean()
    plan.save()
    audit("plan_created", plan, actor=by, group=group)
    return plan


@transaction.atomic
def plan_edit(*, plan: ActionPlan, by: Person, **content: Any) -> bool:
    """Change the plan's content. Returns whether signatures were removed because of it. Raises ValidationError."""
    plan = _locked(plan)
    changed = [name for name in CONTENT if name in content and getattr(plan, name) != content[name]]
    if not changed:
        return False
    for name in changed:
        setattr(plan, name, content[name])
    no_cpr(plan.title, plan.problem, plan.cause, plan.goal, plan.follow_up_how)
    plan.full_clean()
    plan.save(update_fields=changed)
    audit("plan_edited", plan, actor=by, group=plan.group, fields=changed)
    return _unsign(plan, by=by)


@transaction.atomic
def activity_add(
    *, plan: ActionPlan, what: str, owner_name: str, deadline: date, owner: Person | None = None, by: Person
) -> Activity:
    """Add a row to Statuspilen. The measures are part of what was signed, so signatures fall away."""
    plan = _locked(plan)
    activity = Activity(plan=plan, what=what, owner=owner, owner_name=owner_name, deadline=deadline)
    no_cpr(what, owner_name)
    activity.full_clean()
    activity.save()
    ActivityMove.objects.create(activity=activity, by=by, progress=activity.progress, at=clock.now())
    audit("activity_added", activity, actor=by, group=plan.group, plan=plan.pk)
    _unsign(plan, by=by)
    return activity


@transaction.atomic
def activity_edit(
    *, activity: Activity, what: str, owner_name: str, deadline: date, owner: Person | None = None, by: Person
) -> bool:
    """Change what, who or when. Returns whether signatures were removed because of it."""
    plan = _locked(activity.plan)
    activity = Activity.objects.select_for_update(of=("self",)).get(pk=activity.pk)
    new = {"what": what, "owner_name": owner_name, "deadline": deadline, "owner": owner}
    changed = [name for name, value in new.items() if getattr(activity, name) != value]
    if not changed:
        return False
    for name in changed:
        setattr(activity, name, new[name])
    no_cpr(what, owner_name)
    activity.full_clean()
    activity.save(update_fields=changed)
    audit("activity_edited", activity, actor=by, group=plan.group, fields=changed)
    return _unsign(plan, by=by)


@transaction.atomic
def activity_move(*, activity: Activity, progress: int, by: Person) -> bool:
    """Move the arrow to one of its five stops (0..4). Returns whether it moved; the same stop twice is no move."""
    if progress not in Activity.Progress.values:
        raise ValidationError(_("Pilen har fem trin."))
    moved = Activity.objects.filter(pk=activity.pk).exclude(progress=progress).update(progress=progress)
    if moved:
        ActivityMove.objects.create(activity=activity, by=by, progress=progress, at=clock.now())
        audit("activity_moved", activity, actor=by, group=activity.plan.group, progress=progress)
    activity.progress = progress
    return bool(moved)


@transaction.atomic
def plan_sign(*, plan: ActionPlan, by: Person, seen: str = "") -> ActionPlan:
    """Sign (leader, AMR) or mark as seen (TR). With both leader and AMR the plan is signed. Signing twice is once.

    `seen` is the fingerprint of what the signer had on the page; a plan changed since then is not signed unread.
    Raises PermissionDenied for others than the trio, ValidationError for a plan that is not ready.
    """
    plan = _locked(plan)
    role = trio_role_of(by, plan.group)
    if role is None:
        raise PermissionDenied
    activities = list(plan.activities.all())
    if not activities:
        raise ValidationError(_("Tilføj mindst én aktivitet, før planen skrives under."))
    if seen and seen != fingerprint(plan, activities):
        raise ValidationError(_("Planen er ændret, siden du åbnede siden. Læs den igen, og skriv så under."))
    _signature, new = SignOff.objects.get_or_create(
        plan=plan, person=by, role=role, defaults={"name": by.name, "at": clock.now()}
    )
    if new:
        audit(
            "plan_seen" if role == SignOff.Role.TR else "plan_signed_off", plan, actor=by, group=plan.group, role=role
        )
    signed = set(plan.sign_offs.values_list("role", flat=True))
    if plan.state == ActionPlan.State.DRAFT and {SignOff.Role.LEADER, SignOff.Role.AMR} <= signed:
        plan.state = ActionPlan.State.SIGNED
        plan.save(update_fields=["state"])
        audit("plan_signed", plan, actor=by, group=plan.group)
    return plan


@transaction.atomic
def evaluation_write(
    *,
    committee: Committee,
    campaign: Campaign,
    went_well: str,
    do_differently: str,
    own_effort: str = "",
    decisions: str = "",
    by: Person,
) -> Evaluation:
    """Write or rewrite the committee's evaluation. Raises PermissionDenied before the milestone opens."""
    if not evaluation_is_open(campaign):
        raise PermissionDenied
    no_cpr(went_well, do_differently, own_effort, decisions)
    texts = {
        "went_well": went_well,
        "do_differently": do_differently,
        "own_effort": own_effort,
        "decisions": decisions,
        "written_by": by,
        "written_on": clock.today(),
    }
    evaluation, new = Evaluation.objects.update_or_create(campaign=campaign, committee=committee, defaults=texts)
    audit("evaluation_written" if new else "evaluation_rewritten", evaluation, actor=by, committee=committee.pk)
    return evaluation


def evaluation_is_open(campaign: Campaign) -> bool:
    """From the first day of the evaluation on. It does not close: late is better than never."""
    period = milestone(campaign, Milestone.Key.EVALUATION)
    return period is not None and period.starts_moment <= clock.now()


def _locked(plan: ActionPlan) -> ActionPlan:
    """The plan as it stands now, held until the transaction ends: nobody signs what another is changing."""
    return ActionPlan.objects.select_for_update(of=("self",)).select_related("group").get(pk=plan.pk)


def _unsign(plan: ActionPlan, *, by: Person) -> bool:
    gone, _per_model = plan.sign_offs.all().delete()
    if plan.state == ActionPlan.State.SIGNED:
        plan.state = ActionPlan.State.DRAFT
        plan.save(update_fields=["state"])
    if gone:
        audit("plan_signatures_removed", plan, actor=by, group=plan.group, count=gone)
    return bool(gone)
