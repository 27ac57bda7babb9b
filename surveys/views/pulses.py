"""Short surveys: HR plans and cancels them; those whose roles open a unit read its figures after the release."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from organisation.access import require_hr
from organisation.formerrors import show_errors
from organisation.models import Campaign, CampaignUnit
from organisation.pickers import UnitField
from organisation.sorting import danish_key
from surveys import pulses
from surveys.campaigns import running_campaign
from surveys.models import Fact, Pulse, Questionnaire, Wave


class PulseForm(forms.Form):
    occasion = forms.ChoiceField(
        label=gettext_lazy("Hvad skal der spørges om?"), choices=Pulse.Occasion.choices, widget=forms.RadioSelect
    )
    questionnaire = forms.ModelChoiceField(
        label=gettext_lazy("Eget spørgeskema"),
        queryset=Questionnaire.objects.none(),
        required=False,
        empty_label=gettext_lazy("(kun ved egne spørgsmål)"),
        help_text=gettext_lazy("Et spørgeskema, der kun har anonyme spørgsmål."),
    )
    unit = UnitField(
        label=gettext_lazy("Hvem skal spørges?"),
        required=False,
        help_text=gettext_lazy("En enhed med alle under den. Tomt felt: hele kommunen."),
    )
    opens = forms.DateField(
        label=gettext_lazy("Åbner kl. 8 den"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    closes = forms.DateField(
        label=gettext_lazy("Sidste dag"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=gettext_lazy("Lukker kl. 20. Tallene kan ses næste morgen kl. 8, når to har godkendt dem."),
    )

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        own = Questionnaire.objects.exclude(topics__section="B").filter(topics__isnull=False).distinct()
        field = self.fields["questionnaire"]
        field.queryset = own.exclude(key__startswith="pulse-")  # type: ignore[attr-defined]
        field.label_from_instance = lambda row: row.title.get("da") or str(row)  # type: ignore[attr-defined]


def _campaign() -> Campaign:
    """People are asked where the last large survey placed them."""
    campaign = running_campaign()
    if campaign is None:
        raise Http404
    return campaign


def _moment(day: Any, hour: int) -> datetime:
    return datetime.combine(day, time(hour), timezone.get_default_timezone())


@login_required
@never_cache
@require_safe
def pulse_list(request: HttpRequest) -> HttpResponse:
    """HR's list of short surveys, the newest first."""
    require_hr(request.user)
    rows = (
        Pulse.objects.all()
        .select_related("wave__questionnaire")
        .prefetch_related("units", "wave__releases")
        .order_by("-wave__opens_at")
    )
    some = Fact.objects.filter(release__wave__kind=Wave.Kind.PULSE, n__isnull=False)
    shown = set(some.values_list("release_id", flat=True).distinct())
    return render(request, "surveys/pulse_list.html", {"rows": [_row(row, shown) for row in rows]})


def _row(pulse: Pulse, shown: set[int]) -> dict[str, Any]:
    releases = sorted(pulse.wave.releases.all(), key=lambda made: made.number)
    return {
        "pulse": pulse,
        "wave": pulse.wave,
        "title": pulses.title_of(pulse.wave),
        "units": ", ".join(unit.name for unit in pulse.units.all()),
        "release": releases[-1] if releases else None,
        "nothing": bool(releases) and releases[-1].pk not in shown,
    }


@login_required
@never_cache
def pulse_create(request: HttpRequest) -> HttpResponse:
    """Plan a short survey: what, whom, when."""
    person = require_hr(request.user)
    campaign = _campaign()
    form = PulseForm(request.POST or None, initial={"occasion": Pulse.Occasion.DIALOGUE})
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            pulses.pulse_plan(
                campaign=campaign,
                occasion=given["occasion"],
                questionnaire=given["questionnaire"],
                units=_units(campaign, given["unit"]),
                opens_at=_moment(given["opens"], 8),
                closes_at=_moment(given["closes"], 20),
                by=person,
            )
        except ValidationError as error:
            show_errors(form, error)
        else:
            messages.success(request, _("Den korte måling er planlagt. Den åbner og lukker af sig selv."))
            return redirect("surveys:pulse_list")
    return render(request, "surveys/pulse_create.html", {"form": form})


def _units(campaign: Campaign, unit: Any) -> list[CampaignUnit]:
    rows = CampaignUnit.objects.filter(campaign=campaign)
    return list(rows.filter(parent=None) if unit is None else rows.filter(unit=unit))


@login_required
@require_POST
def pulse_cancel(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Take a short survey back before it opens."""
    person = require_hr(request.user)
    wave = get_object_or_404(Wave, uuid=uuid, kind=Wave.Kind.PULSE)
    try:
        pulses.pulse_cancel(wave, by=person)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("Den korte måling er aflyst."))
    return redirect("surveys:pulse_list")


@login_required
@never_cache
@require_safe
def pulse_detail(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The figures of one unit, with the other units that the reader may choose. 404 before the release."""
    wave = get_object_or_404(Wave.objects.select_related("questionnaire", "campaign"), uuid=uuid, kind=Wave.Kind.PULSE)
    units = sorted(pulses.units_read_by(wave, request.user), key=lambda unit: (len(unit.path), danish_key(unit.name)))
    if not units:
        raise Http404
    chosen = next((unit for unit in units if str(unit.uuid) == request.GET.get("enhed")), units[0])
    return render(
        request,
        "surveys/pulse_detail.html",
        {
            "wave": wave,
            "title": pulses.title_of(wave),
            "unit": chosen,
            "units": units,
            "figures": pulses.pulse_figures(wave, chosen, reader=request.user),
        },
    )
