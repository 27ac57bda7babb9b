"""The nightly response rate of one's own scope."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from organisation.models import CampaignUnit, Level
from surveys import access
from surveys.campaigns import campaigns, choice
from surveys.models import ResponseRate, Wave

MOST = 60  # rows on one page; a longer list stays on the arbejdspladser


@login_required
@never_cache
@require_safe
def response_rates(request: HttpRequest) -> HttpResponse:
    found = campaigns()
    chosen = choice(request, found.running, found.opened)
    campaign = chosen.campaign
    units = access.rate_units_for(request.user, campaign) if campaign else CampaignUnit.objects.none()
    if campaign is None:
        access.release_reader(request.user)
    wave = Wave.objects.filter(campaign=campaign, kind=Wave.Kind.MAIN).first() if campaign else None
    rates = (
        ResponseRate.objects.filter(wave=wave, unit__in=units).select_related("unit__parent").order_by("unit__position")
        if wave
        else ResponseRate.objects.none()
    )
    rows = list(rates[: MOST + 1])
    shortened = len(rows) > MOST
    if shortened:
        rows = list(rates.exclude(unit__level_kind=Level.Kind.TEAM))
    listed = {rate.unit.unit_id for rate in rows}
    return render(
        request,
        "surveys/response_rates.html",
        {
            "wave": wave,
            "campaign": campaign,
            "campaigns": chosen.campaigns,
            "rows": [
                {
                    "rate": rate,
                    # Below the groups that are listed: those between may have no rate of their own.
                    "depth": sum(1 for step in rate.unit.path[:-1] if step in listed),
                    "under": rate.unit.parent.name if rate.unit.parent else "",
                }
                for rate in rows
            ],
            "counted_on": max((rate.counted_on for rate in rows if rate.counted_on), default=None),
            "shortened": shortened,
        },
    )
