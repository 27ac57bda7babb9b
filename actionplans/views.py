"""Handleplaner: the list, one plan with its Statuspil, writing, signing, and the poster."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import segno
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from actionplans import access, drafts, selectors, services
from actionplans.forms import ActivityForm, PlanForm
from actionplans.models import ActionPlan, Activity, SignOff
from dialogs.guide import TOPICS
from dialogs.models import Agreement
from organisation import clock
from organisation.access import groups_of, members_of, require
from organisation.formerrors import show_errors
from organisation.models import Campaign, Person, WorkEnvironmentGroup
from surveys.campaigns import followed_campaign
from surveys.models import Finding


def _reader(request: HttpRequest) -> Person:
    assert isinstance(request.user, Person)
    return request.user


# ---------------------------------------------------------------- reading


@login_required
@require_safe
def plan_detail(request: HttpRequest, plan: UUID) -> HttpResponse:
    """One handleplan. The trio writes, tovholdere move their arrow, everybody else on the workplace reads."""
    shown = access.plan_for(request.user, plan)
    if drafts.is_shut(request, shown):
        return redirect("actionplans:plan_draft", shown.uuid)
    return render(request, "actionplans/plan_detail.html", _plan_context(request, shown))


@login_required
@require_safe
def plan_poster(request: HttpRequest, plan: UUID) -> HttpResponse:
    """Statuspilen as an A3 for the staff room, with a QR code to the live one."""
    shown = access.plan_for(request.user, plan)
    if drafts.is_shut(request, shown):
        return redirect("actionplans:plan_draft", shown.uuid)
    url = settings.BASE_URL + reverse("actionplans:plan_detail", args=[shown.uuid])
    code = segno.make(url, error="m")
    dark = "".join(f"M{x} {y}h1v1h-1z" for y, row in enumerate(code.matrix) for x, bit in enumerate(row) if bit)
    return render(
        request,
        "actionplans/plan_poster.html",
        {
            "plan": shown,
            "qr": {"size": len(code.matrix), "dark": dark},
            "activities": [_arrow_row(activity) for activity in shown.activities.all()],
        },
    )


def _plan_context(request: HttpRequest, plan: ActionPlan, undo: dict[str, Any] | None = None) -> dict[str, Any]:
    person = _reader(request)
    activities = list(plan.activities.select_related("owner"))
    writes = access.may_write(person, plan)
    sign_offs = list(plan.sign_offs.order_by("at"))
    members = list(members_of(plan.group))
    role = selectors.trio_role_of(person, plan.group) if writes else None
    signed = {sign_off.person_id for sign_off in sign_offs}
    return {
        "plan": plan,
        "topic": TOPICS.get(plan.topic, ""),
        "writes": writes,
        "activities": [
            _arrow_row(
                activity,
                url=reverse("actionplans:activity_edit", args=[activity.uuid]) if writes else "",
                move_url=reverse("actionplans:activity_move", args=[activity.uuid])
                if writes or activity.owner_id == person.pk
                else "",
            )
            for activity in activities
        ],
        "sign_offs": sign_offs,
        "waiting": _waiting(members, signed),
        "vacant": _vacant(members),
        "role": role if role and person.pk not in signed and activities else None,
        "seen": selectors.fingerprint(plan, activities),
        "undo": undo or _moved(request, plan, writes),
    }


def _arrow_row(activity: Activity, *, url: str = "", move_url: str = "") -> dict[str, Any]:
    """One row as partials/arrow_table.html wants it: stops are 1..5 there."""
    return {
        "what": activity.what,
        "holder": activity.owner_name,
        "deadline": activity.deadline,
        "progress": activity.progress + 1,
        "done": activity.progress >= Activity.Progress.DONE,
        "url": url,
        "move_url": move_url,
    }


def _waiting(members: list[Any], signed: set[int]) -> list[dict[str, Any]]:
    """Trio members who have neither signed nor seen, each once, with the role they would sign in."""
    names = {kind.value: kind.label for kind in SignOff.Role}
    waiting: dict[int, dict[str, Any]] = {}
    for kind in selectors.SIGNING_ORDER:
        for role in members:
            if role.kind == kind.value and role.person_id not in signed:
                waiting.setdefault(role.person_id, {"person": role.person, "kind": role.kind, "role": names[role.kind]})
    return list(waiting.values())


def _vacant(members: list[Any]) -> list[str]:
    """The roles that must sign but that nobody in the trio holds today."""
    held = {role.kind for role in members}
    return [str(kind.label) for kind in (SignOff.Role.LEADER, SignOff.Role.AMR) if kind.value not in held]


def _moved(request: HttpRequest, plan: ActionPlan, writes: bool) -> dict[str, Any] | None:
    """After a move without script: what was done, and the way back (`?flyttet=<activity>&fra=<stop 1..5>`)."""
    try:
        activity = plan.activities.get(uuid=UUID(request.GET.get("flyttet", "")))
        came_from = int(request.GET.get("fra", ""))
    except (ValueError, Activity.DoesNotExist):
        return None
    if not (writes or activity.owner_id == _reader(request).pk) or not 1 <= came_from <= 5:
        return None
    return _undo(activity, came_from - 1)


def _undo(activity: Activity, came_from: int) -> dict[str, Any]:
    return {
        "text": _("«%(what)s» står nu på «%(stop)s».")
        % {"what": activity.what, "stop": activity.get_progress_display()},
        "url": reverse("actionplans:activity_move", args=[activity.uuid]),
        "value": came_from + 1,
    }


# ---------------------------------------------------------------- writing


@login_required
def plan_create(request: HttpRequest) -> HttpResponse:
    """From an agreement (`?aftale=`), a finding on the board (`?melding=`), or standing alone (`?trio=`)."""
    person = _reader(request)
    trios = list(groups_of(person).order_by("pk"))
    require(bool(trios))
    agreement, finding = _origin(request, trios)
    group = _group_of(request, trios, agreement, finding)
    campaign = _campaign_of(agreement, finding)
    require(campaign is not None)
    assert campaign is not None
    choose = [] if group else trios
    if request.method == "POST":
        form = PlanForm(request.POST, groups=choose)
        if form.is_valid():
            data = dict(form.cleaned_data)
            try:
                plan = services.plan_create(
                    group=data.pop("group", None) or group or trios[0],
                    campaign=campaign,
                    agreement=agreement,
                    finding=finding,
                    by=person,
                    **data,
                )
            except ValidationError as error:
                show_errors(form, error)
            else:
                messages.success(request, _("Planen er gemt som udkast. Tilføj den første aktivitet."))
                return redirect("actionplans:activity_create", plan.uuid)
    else:
        form = PlanForm(groups=choose, initial=_prefilled(campaign, agreement, finding))
    context = {"form": form, "agreement": agreement, "finding": finding, "group": group}
    return render(request, "actionplans/plan_create.html", context)


def _origin(request: HttpRequest, trios: list[WorkEnvironmentGroup]) -> tuple[Agreement | None, Finding | None]:
    """The agreement or finding named in the address, of the reader's own trios; 404 otherwise."""
    if named := request.GET.get("aftale"):
        mine = Agreement.objects.filter(dialogue__group__in=trios).select_related(
            "dialogue__group", "dialogue__campaign"
        )
        return get_object_or_404(mine, uuid=_uuid(named)), None
    if named := request.GET.get("melding"):
        own = Finding.objects.filter(unit__unit__work_environment_group__in=trios)
        return None, get_object_or_404(
            own.select_related("unit__unit__work_environment_group", "campaign"), pk=_uuid(named)
        )
    return None, None


def _campaign_of(agreement: Agreement | None, finding: Finding | None) -> Campaign | None:
    """A plan belongs to the measuring that it follows up."""
    if agreement is not None:
        return agreement.dialogue.campaign
    return finding.campaign if finding is not None else followed_campaign()


def _group_of(
    request: HttpRequest, trios: list[WorkEnvironmentGroup], agreement: Agreement | None, finding: Finding | None
) -> WorkEnvironmentGroup | None:
    """The trio that the plan is for; None when the reader has several to choose from."""
    if agreement is not None:
        return agreement.dialogue.group
    if finding is not None:
        return finding.unit.unit.work_environment_group
    if named := request.GET.get("trio"):
        return get_object_or_404(WorkEnvironmentGroup.objects.filter(pk__in=[g.pk for g in trios]), uuid=_uuid(named))
    return trios[0] if len(trios) == 1 else None


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _prefilled(campaign: Campaign, agreement: Agreement | None, finding: Finding | None) -> dict[str, Any]:
    halfway = date(campaign.year, 11, 1)  # «virker det?» in November (domain.md 5.7)
    initial: dict[str, Any] = {
        "follow_up_on": halfway if halfway > clock.today() else clock.today() + timedelta(days=90)
    }
    if agreement is not None:
        initial |= {"title": agreement.text[:160], "topic": agreement.topic}
    if finding is not None:
        initial |= {"title": finding.title, "topic": "fa", "problem": finding.title}
    return initial


@login_required
def plan_edit(request: HttpRequest, plan: UUID) -> HttpResponse:
    """Change the plan's content; what was signed must then be signed again."""
    person = _reader(request)
    shown = access.plan_for(person, plan)
    require(access.may_write(person, shown))
    if request.method == "POST":
        form = PlanForm(request.POST, new=False)
        if form.is_valid():
            try:
                unsigned = services.plan_edit(plan=shown, by=person, **form.cleaned_data)
            except ValidationError as error:
                show_errors(form, error)
            else:
                _say_saved(request, unsigned)
                return redirect("actionplans:plan_detail", shown.uuid)
    else:
        form = PlanForm(new=False, initial={name: getattr(shown, name) for name in services.CONTENT})
    context = {"plan": shown, "form": form, "signed": shown.sign_offs.exists()}
    return render(request, "actionplans/plan_edit.html", context)


def _say_saved(request: HttpRequest, unsigned: bool) -> None:
    messages.success(request, _("Ændringen er gemt."))
    if unsigned:
        messages.warning(request, _("Underskrifterne er fjernet, fordi planen er ændret. Skriv under igen."))


@login_required
def activity_create(request: HttpRequest, plan: UUID) -> HttpResponse:
    """Add a row to Statuspilen."""
    person = _reader(request)
    shown = access.plan_for(person, plan)
    require(access.may_write(person, shown))
    staff, signed = list(selectors.staff_of(shown.group)), shown.sign_offs.exists()
    first = not shown.activities.exists()
    if request.method == "POST":
        form = ActivityForm(request.POST, staff=staff)
        if form.is_valid():
            try:
                services.activity_add(plan=shown, owner=form.owner(), by=person, **form.cleaned_data)
            except ValidationError as error:
                show_errors(form, error)
            else:
                _say_saved(request, signed)
                if "another" in request.POST:
                    return redirect("actionplans:activity_create", shown.uuid)
                return redirect("actionplans:plan_detail", shown.uuid)
    else:
        agreed = shown.agreement if first else None
        form = ActivityForm(
            staff=staff,
            initial={"what": agreed.text, "owner_name": agreed.owner} if agreed else {},
        )
    context = {"plan": shown, "form": form, "staff": staff, "signed": signed, "first": first}
    return render(request, "actionplans/activity_create.html", context)


@login_required
def activity_edit(request: HttpRequest, activity: UUID) -> HttpResponse:
    """Change what is done, by whom, or when."""
    person = _reader(request)
    shown = access.activity_for(person, activity)
    require(access.may_write(person, shown.plan))
    staff, signed = list(selectors.staff_of(shown.plan.group)), shown.plan.sign_offs.exists()
    if request.method == "POST":
        form = ActivityForm(request.POST, staff=staff, activity=shown)
        if form.is_valid():
            try:
                unsigned = services.activity_edit(activity=shown, owner=form.owner(), by=person, **form.cleaned_data)
            except ValidationError as error:
                show_errors(form, error)
            else:
                _say_saved(request, unsigned)
                return redirect("actionplans:plan_detail", shown.plan.uuid)
    else:
        initial = {name: getattr(shown, name) for name in ("what", "owner_name", "deadline")}
        form = ActivityForm(staff=staff, activity=shown, initial=initial)
    context = {"plan": shown.plan, "activity": shown, "form": form, "staff": staff, "signed": signed}
    return render(request, "actionplans/activity_edit.html", context)


@require_POST
@login_required
def activity_move(request: HttpRequest, activity: UUID) -> HttpResponse:
    """Move the arrow to stop 1..5. With HTMX the table comes back, without it the whole page."""
    person = _reader(request)
    shown = access.activity_for(person, activity)
    require(access.may_move(person, shown))
    came_from = shown.progress
    try:
        stop = int(request.POST.get("progress", ""))
        services.activity_move(activity=shown, progress=stop - 1, by=person)
    except (ValueError, ValidationError):
        messages.error(request, _("Vælg et af pilens fem trin."))
        return redirect("actionplans:plan_detail", shown.plan.uuid)
    if request.htmx:  # type: ignore[attr-defined]
        plan = access.plan_for(person, shown.plan.uuid)
        context = _plan_context(request, plan, _undo(shown, came_from))
        response = render(request, "actionplans/plan_detail.html#statuspil", context)
        patch_vary_headers(response, ["HX-Request"])
        return response
    detail = reverse("actionplans:plan_detail", args=[shown.plan.uuid])
    return redirect(f"{detail}?flyttet={shown.uuid}&fra={came_from + 1}#statuspilen")


@require_POST
@login_required
def plan_sign(request: HttpRequest, plan: UUID) -> HttpResponse:
    """Sign, or mark as seen."""
    person = _reader(request)
    shown = access.plan_for(person, plan)
    require(access.may_write(person, shown))
    try:
        signed = services.plan_sign(plan=shown, by=person, seen=request.POST.get("seen", ""))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        if signed.state == ActionPlan.State.SIGNED:
            messages.success(request, _("Tak. Leder og AMR har skrevet under, og planen gælder."))
        else:
            messages.success(request, _("Tak, det er noteret."))
    return redirect("actionplans:plan_detail", shown.uuid)
