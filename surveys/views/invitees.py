"""Before opening, in HR's hands: who is invited, which small units share a report, and a trial of the release."""

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
from django.views.decorators.http import require_POST, require_safe

from organisation import access, report_groups
from organisation import invitees as rules
from organisation.campaigns import newest_campaign
from organisation.formerrors import show_errors
from organisation.models import Campaign, Employment, PlacementException, ReportGroup, Unit
from organisation.sorting import danish_key
from organisation.templatetags.dates import dk_number
from surveys import planner
from surveys.dry_run import DryRun, Line
from surveys.dry_run import dry_run as try_release

RULE_WORDS = {
    rules.INACTIVE: gettext_lazy("er ikke aktive længere"),
    rules.TOO_LATE: gettext_lazy("er ansat efter skæringsdatoen"),
    rules.LEAVE: gettext_lazy("er på barsel, orlov eller langtidssyge"),
    rules.HOURS: gettext_lazy("er ansat til for få timer om ugen"),
    rules.TITLE: gettext_lazy("har en stilling, der ikke inviteres"),
}
TITLES = 60  # the most common titles that the form offers
SMALL = 30  # small units on one page


class RulesForm(forms.Form):
    employed_by = forms.DateField(
        label=gettext_lazy("Ansat senest"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=gettext_lazy("Skæringsdatoen: den, der er ansat senere, inviteres ikke. Tomt felt: alle."),
    )
    least_hours = forms.DecimalField(
        label=gettext_lazy("Mindst timer om ugen"),
        required=False,
        min_value=0,
        max_value=60,
        max_digits=4,
        decimal_places=2,
        help_text=gettext_lazy("Tomt felt: alle, også timelønnede."),
    )
    invited_leave = forms.MultipleChoiceField(
        label=gettext_lazy("Inviteres, selv om de er fraværende"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    left_out_titles = forms.MultipleChoiceField(
        label=gettext_lazy("Stillinger, der ikke inviteres"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("For eksempel vikarer fra et bureau. Tallet er ansatte med stillingen."),
    )
    leaders_one_level_up = forms.BooleanField(
        label=gettext_lazy("Ledere tæller i gruppen over den enhed, de leder"),
        required=False,
        help_text=gettext_lazy("Ellers er lederens svar en del af den rapport, som lederen selv læser."),
    )

    def __init__(self, *args: Any, found: rules.Invitees, campaign: Campaign, **more: Any) -> None:
        super().__init__(*args, **more)
        leave = [choice for choice in Employment.Leave.choices if choice[0]]
        self._choices("invited_leave", [(key, f"{word} ({dk_number(found.on_leave[key])})") for key, word in leave])
        common = {title for title, _n in found.titles.most_common(TITLES) if title} | set(campaign.left_out_titles)
        self._choices(
            "left_out_titles",
            [(title, f"{title} ({dk_number(found.titles[title])})") for title in sorted(common, key=danish_key)],
        )

    def _choices(self, name: str, choices: list[tuple[str, str]]) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined]


class ReportGroupForm(forms.Form):
    neighbour = forms.ModelChoiceField(
        label=gettext_lazy("Del rapport med"), queryset=Unit.objects.none(), widget=forms.RadioSelect, empty_label=None
    )
    name = forms.CharField(
        label=gettext_lazy("Samlerapportens navn"),
        required=False,
        max_length=160,
        help_text=gettext_lazy("Tomt felt: enhedernes navne."),
    )

    def __init__(self, *args: Any, small: report_groups.SmallUnit, **more: Any) -> None:
        super().__init__(*args, **more)
        counts = {unit.pk: invited for unit, invited in small.neighbours}
        field = self.fields["neighbour"]
        field.queryset = Unit.objects.filter(pk__in=counts)  # type: ignore[attr-defined]
        field.label_from_instance = lambda unit: _("%(name)s: %(n)d inviterede, i alt %(sum)d") % {  # type: ignore[attr-defined]
            "name": unit.name, "n": counts[unit.pk], "sum": counts[unit.pk] + small.invited}  # fmt: skip


def _campaign() -> Campaign:
    campaign = newest_campaign()
    if campaign is None:
        raise Http404
    return campaign


@login_required
def invitees(request: HttpRequest) -> HttpResponse:
    """The rules with a count each, where people count, and the units that are too small for a report."""
    person = access.require_hr(request.user)
    campaign = _campaign()
    units = rules.active_units()
    found = rules.invitees_of(campaign, units)
    initial = {
        "employed_by": campaign.employed_by,
        "least_hours": campaign.least_hours,
        "invited_leave": campaign.invited_leave,
        "left_out_titles": campaign.left_out_titles,
        "leaders_one_level_up": campaign.leaders_one_level_up,
    }
    form = RulesForm(request.POST or None, found=found, campaign=campaign, initial=initial)
    if request.method == "POST":
        access.require(campaign.frozen_at is None)
        if form.is_valid():
            try:
                rules.rules_set(campaign=campaign, by=person, **form.cleaned_data)
            except ValidationError as error:
                show_errors(form, error)
            else:
                messages.success(request, _("Reglerne er gemt. Tallene er talt om."))
                return redirect("surveys:invitees")
    small = report_groups.small_units(campaign, units, found.placed()) if campaign.frozen_at is None else []
    return render(
        request,
        "surveys/invitees.html",
        {
            "campaign": campaign,
            "form": form,
            "found": found,
            "invited": len(found.places) if campaign.frozen_at is None else campaign.placements.count(),
            "left_out": [(RULE_WORDS[key], found.left_out[key]) for key in rules.RULES if found.left_out[key]],
            "small": Paginator([row for row in small if row.group is None], SMALL).get_page(request.GET.get("side")),
            "groups": ReportGroup.objects.filter(campaign=campaign).prefetch_related("members__unit").order_by("pk"),
            "asked": PlacementException.objects.filter(campaign=campaign, state="asked").count(),
        },
    )


@login_required
def report_group_create(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Choose the neighbour that a small unit shares its report with."""
    person = access.require_hr(request.user)
    campaign = _campaign()
    access.require(campaign.frozen_at is None)
    units = rules.active_units()
    placed = rules.invitees_of(campaign, units).placed()
    small = next((row for row in report_groups.small_units(campaign, units, placed) if row.unit.uuid == uuid), None)
    if small is None:
        raise Http404
    form = ReportGroupForm(request.POST or None, small=small)
    if request.method == "POST" and form.is_valid():
        neighbour = form.cleaned_data["neighbour"]
        try:
            group = report_groups.report_group_make(
                campaign=campaign, units=[small.unit, neighbour], name=form.cleaned_data["name"], by=person
            )
        except ValidationError as error:
            show_errors(form, error)
        else:
            messages.success(request, _("«%(name)s» får én samlet rapport.") % {"name": group.name})
            return redirect("surveys:invitees")
    return render(request, "surveys/report_group_create.html", {"form": form, "small": small})


@login_required
@require_POST
def report_group_dissolve(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Take a report group away again."""
    person = access.require_hr(request.user)
    group = get_object_or_404(ReportGroup, campaign=_campaign(), uuid=uuid)
    try:
        report_groups.report_group_dissolve(group=group, by=person)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("Samlerapporten er opløst."))
    return redirect("surveys:invitees")


class RateForm(forms.Form):
    svarprocent = forms.IntegerField(
        label=gettext_lazy("Forventet svarprocent"), min_value=1, max_value=100, initial=80
    )


@login_required
@require_safe
def dry_run(request: HttpRequest) -> HttpResponse:
    """Try the release: which units get their own report, which roll up and to where."""
    access.require_hr(request.user)
    campaign = _campaign()
    form = RateForm(request.GET if "svarprocent" in request.GET else {"svarprocent": 80})
    rate = form.cleaned_data["svarprocent"] if form.is_valid() else 80
    try:
        tried = try_release(campaign, rate=rate)
    except planner.TownError:
        tried = DryRun(rate, False, 0, 0)
    chosen = _chosen(tried, request.GET.get("enhed", ""))
    children = tried.under(chosen.key) if chosen else []
    return render(
        request,
        "surveys/dry_run.html",
        {
            "campaign": campaign,
            "form": form,
            "tried": tried,
            "chosen": chosen,
            "children": children,
            "above": _line(tried, chosen.parent) if chosen else None,
            "rolled_up": Paginator(tried.rolled_up, 50).get_page(request.GET.get("side")),
            "query": f"svarprocent={rate}",
            "kept": f"svarprocent={rate}&enhed={chosen.key}&" if chosen else "",
        },
    )


def _chosen(tried: DryRun, text: str) -> Line | None:
    """The unit whose children are listed: the one asked for, else the top."""
    asked = _line(tried, int(text)) if text.lstrip("-").isdigit() and len(text) < 19 else None
    return asked or next(iter(tried.lines), None)


def _line(tried: DryRun, key: int | None) -> Line | None:
    return next((line for line in tried.lines if key is not None and line.key == key), None)
