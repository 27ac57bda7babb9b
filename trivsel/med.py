"""What the MED committees follow: dialogues held, handleplaner ready, response rate. Reads across all apps."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from actionplans.models import Evaluation
from actionplans.selectors import open_plans
from actionplans.status import WorkplaceStatus, status_of_workplaces
from organisation import clock
from organisation.access import active_on_today, below, committee_for, committees_of, is_hr
from organisation.campaigns import milestone
from organisation.models import Campaign, Committee, Level, Milestone, Unit
from organisation.sorting import danish
from surveys.campaigns import followed_choice
from surveys.models import Finding, ResponseRate, Wave

# Whose committee it is decides how deep the page looks.
OVER_WORKPLACES = (Level.Kind.DEPARTMENT, Level.Kind.AREA)


@dataclass
class Row:
    """One line of partials/status_table.html: how many of the workplaces are where."""

    label: str
    url: str = ""
    workplaces: int = 0
    held: int = 0
    planned: int = 0
    ready: int = 0
    draft: int = 0
    missing: int = 0

    def add(self, status: WorkplaceStatus) -> None:
        self.workplaces += 1
        self.held += status.held
        self.planned += status.planned
        setattr(self, status.state, getattr(self, status.state) + 1)


@login_required
@require_safe
def committee_list(request: HttpRequest) -> HttpResponse:
    """The reader's committees; for HR all, one afdeling's at a time. Nobody else need know the page."""
    if is_hr(request.user):
        return _committees_for_hr(request)
    committees = list(committees_of(request.user).order_by(danish("name")))
    if not committees:
        raise Http404
    if len(committees) == 1:
        return redirect("trivsel:committee_status", committees[0].uuid)
    return render(request, "trivsel/committee_list.html", {"committees": committees})


def _committees_for_hr(request: HttpRequest) -> HttpResponse:
    committees = Committee.objects.select_related("unit__level").order_by(danish("name"))
    upper = list(committees.exclude(unit__level__kind__in=[Level.Kind.WORKPLACE, Level.Kind.TEAM]))
    chosen = next((c for c in upper if str(c.uuid) == request.GET.get("under")), None)
    lower = (
        committees.filter(unit__path__contains=[chosen.unit_id]).exclude(pk=chosen.pk)
        if chosen and chosen.unit.level.kind != Level.Kind.MUNICIPALITY
        else Committee.objects.none()
    )
    context = {"committees": upper, "chosen": chosen, "lower": list(lower), "is_hr": True}
    return render(request, "trivsel/committee_list.html", context)


@login_required
@require_safe
def committee_status(request: HttpRequest, committee: UUID) -> HttpResponse:
    """How far those below the committee are. Titles and states above ArbejdspladsMED, links to plans in it."""
    shown = committee_for(request.user, committee)
    chosen = followed_choice(request)
    campaign = chosen.campaign
    kind = shown.unit.level.kind
    context: dict[str, Any] = {
        "committee": shown,
        "campaign": campaign,
        "campaigns": chosen.campaigns,
        "today": clock.today(),
    }
    if campaign is None:
        return render(request, "trivsel/committee_status.html", context)
    workplaces = _workplaces_below(shown.unit)
    statuses = status_of_workplaces(campaign, [unit.pk for unit in workplaces])
    whole = Row(label=_("I alt"))
    for status in statuses.values():
        whole.add(status)
    context |= {
        "deadline": milestone(campaign, Milestone.Key.PLAN_DEADLINE),
        "evaluation_opens": milestone(campaign, Milestone.Key.EVALUATION),
        "evaluated": Evaluation.objects.filter(campaign=campaign, committee=shown).exists(),
        "whole": whole,
        "still_open": _still_open(chosen.campaigns, campaign, [unit.pk for unit in workplaces]),
        "sent_to_med": _sent_to_med(shown.unit),
    }
    if kind == Level.Kind.MUNICIPALITY:
        rows = _department_rows(request, shown.unit, workplaces, statuses, campaign)
        rates = _rates(campaign, [shown.unit])
        context |= rows | {"rate": rates.get(shown.unit_id), "kind": "municipality"}
    elif kind in OVER_WORKPLACES:
        rates = _rates(campaign, [shown.unit, *workplaces])
        context |= {
            "rate": rates.get(shown.unit_id),
            "places": [(unit, statuses[unit.pk], rates.get(unit.pk)) for unit in workplaces],
            "kind": "department",
        }
    else:
        rates = _rates(campaign, [shown.unit])
        own = statuses.get(shown.unit_id, WorkplaceStatus())
        context |= {"rate": rates.get(shown.unit_id), "status": own, "kind": "workplace"}
    return render(request, "trivsel/committee_status.html", context)


def _workplaces_below(unit: Unit) -> list[Unit]:
    """The arbejdspladser on and below a unit, in Danish alphabetical order: not a ranking."""
    return list(
        Unit.objects.filter(active_on_today(), below([unit]), level__kind=Level.Kind.WORKPLACE).order_by(
            danish("name"), "pk"
        )
    )


def _department_rows(
    request: HttpRequest,
    unit: Unit,
    workplaces: list[Unit],
    statuses: dict[int, WorkplaceStatus],
    campaign: Campaign,
) -> dict[str, Any]:
    """One row per afdeling, and the workplaces of the one that is opened (`?afdeling=`)."""
    departments = list(
        Unit.objects.filter(active_on_today(), below([unit]), level__kind=Level.Kind.DEPARTMENT).order_by(
            danish("name"), "pk"
        )
    )
    rows = {
        department.pk: Row(department.name, f"?maaling={campaign.year}&afdeling={department.uuid}#afdeling")
        for department in departments
    }
    elsewhere = Row(_("Uden afdeling"))
    inside: dict[int, list[Unit]] = defaultdict(list)
    for workplace in workplaces:
        department_id = next((unit_id for unit_id in workplace.path if unit_id in rows), 0)
        rows.get(department_id, elsewhere).add(statuses[workplace.pk])
        inside[department_id].append(workplace)
    opened = next((d for d in departments if str(d.uuid) == request.GET.get("afdeling")), None)
    return {
        "rows": [*rows.values(), *([elsewhere] if elsewhere.workplaces else [])],
        "opened": opened,
        "places": [(place, statuses[place.pk], None) for place in inside[opened.pk]] if opened else [],
    }


def _rates(campaign: Campaign, units: list[Unit]) -> dict[int, ResponseRate]:
    """Unit id -> its response rate, for the groups that have one. No rate is made for small groups."""
    rates = ResponseRate.objects.filter(
        wave__campaign=campaign,
        wave__kind=Wave.Kind.MAIN,
        unit__unit__in=units,
        percent__isnull=False,
    ).select_related("unit")
    return {rate.unit.unit_id: rate for rate in rates}


def _still_open(campaigns: list[Campaign], shown: Campaign, workplaces: list[int]) -> list[tuple[Campaign, int]]:
    """The other campaigns with handleplaner that are not carried out yet, and how many."""
    counts = open_plans(campaigns, workplaces) if campaigns else {}
    return [(one, counts[one.pk]) for one in campaigns if one.pk != shown.pk and one.pk in counts]


def _sent_to_med(unit: Unit) -> list[Finding]:
    """Physical problems of any campaign that the trios have passed on to MED: title and unit, never who reported."""
    return list(
        Finding.objects.filter(state=Finding.State.MED, unit__path__contains=[unit.pk])
        .select_related("unit")
        .order_by("unit__position", "title")[:100]
    )
