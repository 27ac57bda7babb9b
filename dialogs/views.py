"""The trio's dialogue: invitation, preparation, date and record."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Case, IntegerField, Value, When
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from dialogs import access, guide, selectors, services
from dialogs.access import Standing
from dialogs.forms import AgreementFormSet, DialogueHoldForm, DialoguePlanForm, agreement_rows, with_more_rows
from dialogs.messages import unit_names
from dialogs.models import Agreement, Dialogue
from organisation import clock
from organisation.access import is_hr, members_of, require
from organisation.campaigns import milestone
from organisation.formerrors import show_errors
from organisation.models import Campaign, Milestone, Person
from organisation.sorting import danish
from organisation.templatetags.dates import dk_moment, dk_short
from surveys.campaigns import followed_choice


def _reader(request: HttpRequest) -> Person:
    assert isinstance(request.user, Person)
    return request.user


@login_required
@require_safe
def dialogue_list(request: HttpRequest) -> HttpResponse:
    """The reader's own dialogues; HR's list of all, those without a date first."""
    person, chosen = _reader(request), followed_choice(request)
    campaign = chosen.campaign
    context: dict[str, Any] = {
        "campaign": campaign,
        "campaigns": chosen.campaigns,
        "period": _period(campaign) if campaign else None,
    }
    if campaign is None:
        return render(request, "dialogs/dialogue_list.html", context)
    if is_hr(person):
        rows = access.dialogues_visible_to(person).filter(campaign=campaign)
        counts = dict.fromkeys(Dialogue.State, 0)
        for state in rows.values_list("state", flat=True):
            counts[Dialogue.State(state)] += 1
        undated_first = Case(
            *[When(state=state, then=Value(place)) for place, state in enumerate(Dialogue.State)],
            output_field=IntegerField(),
        )
        page = Paginator(rows.order_by(undated_first, danish("group__name"), "pk"), 100).get_page(
            request.GET.get("side")
        )
        context |= {"counts": counts, "page": page, "dialogues": page.object_list, "is_hr": True}
    else:
        own = list(selectors.dialogues_of(person, campaign))
        context |= {"dialogues": own, "invitations": list(selectors.invitations_to(person))}
    return render(request, "dialogs/dialogue_list.html", context)


@login_required
@require_safe
def dialogue_detail(request: HttpRequest, dialogue: UUID) -> HttpResponse:
    """The trio's page of preparation, or the invitation for those who are invited."""
    person = _reader(request)
    shown = access.dialogue_for(person, dialogue)
    standing = access.standing(person, shown)
    agreements = list(Agreement.objects.filter(dialogue=shown).prefetch_related("plans"))
    context: dict[str, Any] = {
        "dialogue": shown,
        "standing": standing.value,
        "units": unit_names(shown),
        "agreements": agreements,
        "topics": guide.topic_names(shown.topics),
        "questions": guide.REFLECTION,
        "names": guide.TOPICS,
    }
    if standing in (Standing.TRIO, Standing.HR):
        context |= {
            "campaign_units": list(shown.units.all()),
            "members": list(members_of(shown.group)),
            "checklist": guide.CHECKLIST,
            "period": _period(shown.campaign),
            "steps": _steps(shown, agreements),
        }
    return render(request, "dialogs/dialogue_detail.html", context)


@login_required
@require_safe
def dialogue_guide(request: HttpRequest, dialogue: UUID) -> HttpResponse:
    """Programme, spilleregler and vejviser, to print and lay on the table."""
    person = _reader(request)
    shown = access.dialogue_for(person, dialogue)
    if access.standing(person, shown) not in (Standing.TRIO, Standing.HR, Standing.FACILITATOR):
        raise Http404
    return render(
        request,
        "dialogs/dialogue_guide.html",
        {
            "dialogue": shown,
            "units": unit_names(shown),
            "programme": guide.PROGRAMME,
            "rules": guide.RULES,
            "signposts": guide.SIGNPOSTS,
        },
    )


@login_required
def dialogue_plan(request: HttpRequest, dialogue: UUID) -> HttpResponse:
    """Set or move the date. Outside the period it is allowed, and said."""
    person = _reader(request)
    shown = access.dialogue_for(person, dialogue)
    require(access.may_write(person, shown))
    if shown.state == Dialogue.State.HELD:
        messages.warning(request, _("Dialogen er holdt. Datoen kan ikke flyttes."))
        return redirect("dialogs:dialogue_detail", shown.uuid)
    form = DialoguePlanForm(request.POST) if request.method == "POST" else DialoguePlanForm.of(shown)
    if request.method == "POST" and form.is_valid():
        try:
            planned = services.dialogue_plan(
                dialogue=shown,
                planned_at=form.planned_at(),
                place=form.cleaned_data["place"],
                facilitator=form.cleaned_data["facilitator"],
                by=person,
            )
        except ValidationError as error:
            show_errors(form, error)
        else:
            assert planned.planned_at is not None
            _say_planned(request, planned)
            return redirect("dialogs:dialogue_detail", shown.uuid)
    context = {"dialogue": shown, "form": form, "period": _period(shown.campaign), "units": unit_names(shown)}
    return render(request, "dialogs/dialogue_plan.html", context)


@login_required
def dialogue_hold(request: HttpRequest, dialogue: UUID) -> HttpResponse:
    """Write the record of the dialogue, or correct it. «Tilføj flere rækker» keeps everything typed."""
    person = _reader(request)
    shown = access.dialogue_for(person, dialogue)
    require(access.may_write(person, shown))
    if request.method != "POST":
        form, rows = _record_of(shown), agreement_rows(shown)
    elif "more" in request.POST:
        form, rows = with_more_rows(request.POST)
    else:
        form, rows = DialogueHoldForm(request.POST), AgreementFormSet(request.POST, prefix="agreements")
        if form.is_valid() and rows.is_valid():
            try:
                services.dialogue_hold(
                    dialogue=shown,
                    held_on=form.cleaned_data["held_on"],
                    participants=form.cleaned_data["participants"],
                    topics=form.cleaned_data["topics"],
                    agreements=[row.draft() for row in rows.forms],
                    by=person,
                )
            except ValidationError as error:
                show_errors(form, error)
            else:
                messages.success(request, _("Referatet er gemt. Lav nu handleplaner af de aftaler, der kræver det."))
                return redirect("dialogs:dialogue_detail", shown.uuid)
    context = {"dialogue": shown, "form": form, "rows": rows, "units": unit_names(shown)}
    return render(request, "dialogs/dialogue_hold.html", context)


def _record_of(dialogue: Dialogue) -> DialogueHoldForm:
    planned = timezone.localdate(dialogue.planned_at) if dialogue.planned_at else clock.today()
    return DialogueHoldForm(
        initial={
            "held_on": dialogue.held_on or min(planned, clock.today()),
            "participants": dialogue.participants,
            "topics": dialogue.topics,
        }
    )


def _period(campaign: Campaign) -> Milestone | None:
    return milestone(campaign, Milestone.Key.DIALOGUES)


def _say_planned(request: HttpRequest, dialogue: Dialogue) -> None:
    assert dialogue.planned_at is not None
    period, day = _period(dialogue.campaign), timezone.localdate(dialogue.planned_at)
    text = _("Dialogen er sat til %(when)s. Alle i enheden får en invitation.") % {
        "when": dk_moment(dialogue.planned_at)
    }
    messages.success(request, text)
    if period and not period.starts <= day <= (period.ends or period.starts):
        messages.warning(
            request,
            _("Datoen ligger uden for perioden for trivselsdialoger, %(start)s – %(end)s. Tal med HR om det.")
            % {"start": dk_short(period.starts), "end": dk_short(period.ends or period.starts)},
        )


def _steps(dialogue: Dialogue, agreements: list[Agreement]) -> list[dict[str, str]]:
    """Where the trio is: date, meeting, plans."""
    dated, held = dialogue.planned_at is not None or dialogue.held_on is not None, dialogue.held_on is not None
    planned = held and any(agreement.plans.all() for agreement in agreements)
    states = [dated, held, planned]
    now = states.index(False) if False in states else len(states)
    labels = [
        (_("Dato og invitation"), dk_moment(dialogue.planned_at) if dialogue.planned_at else ""),
        (_("Dialogen holdes"), dk_short(dialogue.held_on) if dialogue.held_on else ""),
        (_("Handleplaner"), ""),
    ]
    return [
        {"label": label, "detail": detail, "state": "done" if done else "now" if n == now else ""}
        for n, ((label, detail), done) in enumerate(zip(labels, states, strict=True))
    ]
