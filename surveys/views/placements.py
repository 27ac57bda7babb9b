"""After freezing: «det er ikke min enhed» from an employee, and HR's named exceptions with their reasons."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from organisation import access
from organisation.campaigns import newest_campaign
from organisation.formerrors import show_errors
from organisation.models import Campaign, PlacementException
from organisation.pickers import PersonField, UnitField
from surveys import placements
from surveys.views.answering import around, door, language_of, shut, words_in

REASON = gettext_lazy("Begrundelse")


class LateForm(forms.Form):
    person = PersonField(
        label=gettext_lazy("Hvem"), help_text=gettext_lazy("Navn, medarbejdernummer eller mailadresse.")
    )
    unit = UnitField(
        label=gettext_lazy("Tæller i"),
        required=False,
        help_text=gettext_lazy("Tomt felt: dér, hvor personen er ansat."),
    )
    reason = forms.CharField(
        label=REASON, max_length=300, help_text=gettext_lazy("For eksempel: ansat 2. april, skal med.")
    )


class DecideForm(forms.Form):
    unit = UnitField(
        label=gettext_lazy("Skal tælle i"), required=False, help_text=gettext_lazy("Lad feltet stå tomt for at afvise.")
    )
    reason = forms.CharField(label=REASON, max_length=300)


def _campaign() -> Campaign:
    campaign = newest_campaign()
    if campaign is None:
        raise Http404
    return campaign


@login_required
@require_safe
def placement_exceptions(request: HttpRequest) -> HttpResponse:
    """Everybody who is not placed as freezing would have it, and those who have asked."""
    access.require_hr(request.user)
    campaign = _campaign()
    rows = PlacementException.objects.filter(campaign=campaign).select_related("person", "unit", "stood_in", "by")
    return render(
        request,
        "surveys/placement_exceptions.html",
        {
            "campaign": campaign,
            "asked": rows.filter(state="asked"),
            "page": Paginator(rows.exclude(state="asked"), 50).get_page(request.GET.get("side")),
        },
    )


@login_required
def late_joiner(request: HttpRequest) -> HttpResponse:
    """Invite one more by hand, with a reason."""
    person = access.require_hr(request.user)
    campaign = _campaign()
    form = LateForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = placements.late_joiner_add(campaign=campaign, by=person, **form.cleaned_data)
        except ValidationError as error:
            show_errors(form, error)
        else:
            words = {"name": made.person.name, "unit": made.unit.name if made.unit else ""}
            messages.success(request, _("%(name)s er inviteret og tæller i %(unit)s.") % words)
            return redirect("surveys:placement_exceptions")
    return render(request, "surveys/late_joiner.html", {"form": form, "campaign": campaign})


@login_required
def wrong_unit_decide(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Move the one who asked, or leave them where they are; either way with a reason."""
    person = access.require_hr(request.user)
    asked = get_object_or_404(
        PlacementException.objects.select_related("person", "stood_in", "campaign"),
        campaign=_campaign(),
        uuid=uuid,
        state="asked",
    )
    form = DecideForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        unit, reason = form.cleaned_data["unit"], form.cleaned_data["reason"]
        try:
            if unit is None:
                placements.wrong_unit_refuse(asked=asked, reason=reason, by=person)
            else:
                placements.wrong_unit_move(asked=asked, unit=unit, reason=reason, by=person)
        except ValidationError as error:
            show_errors(form, error)
        else:
            messages.success(request, _("Afgørelsen er gemt."))
            return redirect("surveys:placement_exceptions")
    return render(request, "surveys/wrong_unit_decide.html", {"form": form, "asked": asked})


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def wrong_unit(request: HttpRequest, code: str) -> HttpResponse:
    """An employee says that it is not their unit, before answering. Goes to HR with the name; no answer does."""
    ticket, why = door(code)
    if ticket is None or why:
        with words_in(language_of(request, None)):
            return shut(request, why, wave=ticket.wave if ticket else None)
    placement = ticket.placement
    language = language_of(request, ticket.wave.questionnaire, placement.person.language)
    with words_in(language):
        context: dict[str, Any] = {
            **around(ticket.wave.questionnaire, language),
            "unit": placement.unit,
            "code": code,
            "wish": "",
            "wrong": "",
            "sent": False,
        }
        if request.method == "POST":
            context["wish"] = request.POST.get("wish", "")[:200]
            try:
                placements.wrong_unit_report(placement=placement, wish=context["wish"])
                context["sent"] = True
            except ValidationError as error:
                context["wrong"] = " ".join(error.messages)
        return render(request, "surveys/wrong_unit.html", context)
