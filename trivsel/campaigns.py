"""HR begins a campaign: its name, its first day, and from that a proposal for every other date of the year."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from organisation import access, clock
from organisation.audit import audit
from organisation.campaigns import newest_campaign
from organisation.formerrors import show_errors
from organisation.models import Person
from organisation.year import campaign_begin
from surveys.master.apv2026 import MASTER
from surveys.models import Questionnaire, Wave
from surveys.opening import wave_plan
from surveys.questionnaires import questionnaire_load

DAY = {"type": "date"}
NAMING = [
    (
        Wave.Naming.OPTIONAL,
        gettext_lazy("Medarbejderen vælger selv, om navnet skal med. Sådan gør de fleste."),
    ),
    (Wave.Naming.NAMED, gettext_lazy("Altid med navn, så trioen kan spørge ind.")),
    (Wave.Naming.UNIT, gettext_lazy("Aldrig med navn, kun enheden.")),
]


class NamingField(forms.ChoiceField):
    """Whether physical reports carry a name; told to employees on the form, and locked when the survey opens."""

    def __init__(self, **more: Any) -> None:
        super().__init__(
            label=gettext_lazy("Navn på fysiske meldinger"),
            choices=NAMING,
            widget=forms.RadioSelect,
            help_text=gettext_lazy("Medarbejderne får det at vide, før de skriver. Kan ikke ændres efter åbning."),
            **more,
        )


class CampaignForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("Hvad hedder målingen?"), max_length=120)
    opens_on = forms.DateField(
        label=gettext_lazy("Spørgeskemaet åbner"),
        widget=forms.DateInput(attrs=DAY, format="%Y-%m-%d"),
        help_text=gettext_lazy("Årets andre datoer foreslås ud fra denne. Bagefter retter I dem en for en."),
    )
    employed_by = forms.DateField(
        label=gettext_lazy("Ansat senest"),
        required=False,
        widget=forms.DateInput(attrs=DAY, format="%Y-%m-%d"),
        help_text=gettext_lazy(
            "Kun den, der var ansat denne dag, inviteres. Tomt felt: alle, der er ansat ved åbning."
        ),
    )
    naming = NamingField(initial=Wave.Naming.OPTIONAL)

    def clean_opens_on(self) -> date:
        day: date = self.cleaned_data["opens_on"]
        if day < clock.today() + timedelta(days=1):
            raise ValidationError(_("Vælg en dag, der ligger fremme. Spørgeskemaet kan tidligst åbne i morgen."))
        return day

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        opens, employed = found.get("opens_on"), found.get("employed_by")
        if opens and employed and employed > opens:
            self.add_error("employed_by", _("Dagen skal ligge, før spørgeskemaet åbner."))
        return found


class SurveySettingsForm(forms.Form):
    naming = NamingField()


def may_begin() -> bool:
    """A new campaign can be begun when there is none, or when the newest one's answers have been counted."""
    campaign = newest_campaign()
    if campaign is None:
        return True
    wave = Wave.objects.filter(campaign=campaign, kind=Wave.Kind.MAIN).first()
    return wave is not None and wave.state == Wave.State.OPENED


@transaction.atomic
def campaign_and_survey_begin(*, name: str, opens_on: date, employed_by: date | None, naming: str, by: Person) -> Wave:
    """The campaign, its dates and its planned survey with the newest questionnaire. Raises ValidationError."""
    campaign = campaign_begin(name=name, year=opens_on.year, opens_on=opens_on, employed_by=employed_by, by=by)
    shipped = questionnaire_load(MASTER)
    newest = Questionnaire.objects.filter(key=shipped.key).order_by("-version").first() or shipped
    wave = wave_plan(campaign=campaign, questionnaire=newest, by=by)
    Wave.objects.filter(pk=wave.pk).update(naming=naming)
    return wave


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def campaign_create(request: HttpRequest) -> HttpResponse:
    person = access.require_hr(request.user)
    access.require(may_begin())
    form = CampaignForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            campaign_and_survey_begin(by=person, **form.cleaned_data)
        except ValidationError as error:
            show_errors(form, error)
            if "year" in error.message_dict:
                form.add_error("opens_on", _("Der er allerede en måling det år."))
        else:
            messages.success(
                request, _("Målingen er oprettet. Se datoerne igennem, og ret dem, der skal være anderledes.")
            )
            return redirect("trivsel:hr_campaign")
    status = 422 if request.method == "POST" else 200
    return render(request, "trivsel/campaign_create.html", {"form": form}, status=status)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def survey_settings(request: HttpRequest) -> HttpResponse:
    """What HR may still decide about the survey before it opens."""
    person = access.require_hr(request.user)
    campaign = newest_campaign()
    wave = Wave.objects.filter(campaign=campaign, kind=Wave.Kind.MAIN).first() if campaign else None
    if wave is None:
        raise Http404
    locked = wave.state != Wave.State.PLANNED
    form = SurveySettingsForm(request.POST or None, initial={"naming": wave.naming})
    if request.method == "POST":
        access.require(not locked)
        if form.is_valid():
            with transaction.atomic():
                # Decided by the database: a survey that has just opened keeps what employees were told.
                changed = Wave.objects.filter(pk=wave.pk, state=Wave.State.PLANNED).update(**form.cleaned_data)
                access.require(bool(changed))
                audit("survey_settings_changed", wave, actor=person, **form.cleaned_data)
            messages.success(request, _("Gemt. Medarbejderne får det at vide på skemaet."))
            return redirect("trivsel:hr_campaign")
    return render(
        request,
        "trivsel/survey_settings.html",
        {"form": form, "wave": wave, "locked": locked},
        status=422 if request.method == "POST" else 200,
    )
