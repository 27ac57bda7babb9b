"""Which campaign a page means, where that depends on how far a survey has come, and the choice of another one.

The next campaign is often planned while the last one's handleplaner are still being carried out. What is being
prepared must not hide what is being followed.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest

from organisation.campaigns import measured_campaigns
from organisation.models import Campaign
from surveys.models import Release, Wave


def main_waves(campaigns: list[Campaign]) -> dict[int, Wave]:
    """Campaign id -> its large survey, with `came_out`: whether its reports have ever been out. One query."""
    out = Release.objects.filter(wave=OuterRef("pk"), released_at__isnull=False)
    waves: QuerySet[Wave] = Wave.objects.filter(campaign__in=campaigns, kind=Wave.Kind.MAIN)
    return {wave.campaign_id: wave for wave in waves.select_related("questionnaire").annotate(came_out=Exists(out))}


@dataclass(frozen=True)
class Campaigns:
    """All campaigns, newest first, and which of them have begun and come out. Two queries."""

    all: list[Campaign]
    waves: dict[int, Wave]

    @property
    def opened(self) -> list[Campaign]:
        """Those whose survey has opened."""
        return [c for c in self.all if c.pk in self.waves and self.waves[c.pk].state != Wave.State.PLANNED]

    @property
    def running(self) -> Campaign | None:
        """The newest whose survey has opened; before the first has, the one that will."""
        return next(iter(self.opened), next(iter(self.all), None))

    @property
    def followed(self) -> Campaign | None:
        """The newest whose reports have been out, also where they were withdrawn since; before any has, the running."""
        return next(iter(self.came_out), self.running)

    @property
    def came_out(self) -> list[Campaign]:
        """Those whose reports have been out."""
        return [c for c in self.all if c.pk in self.waves and self.waves[c.pk].came_out]  # type: ignore[attr-defined]


def campaigns() -> Campaigns:
    found = measured_campaigns()
    return Campaigns(found, main_waves(found))


def running_campaign() -> Campaign | None:
    """For the response rate and the short surveys."""
    return campaigns().running


def followed_campaign() -> Campaign | None:
    """For reports, dialogues, handleplaner and what the committees follow."""
    return campaigns().followed


@dataclass(frozen=True)
class Choice:
    """The campaign a page shows, and those that the reader may turn to (partials/campaigns.html)."""

    campaign: Campaign | None
    campaigns: list[Campaign]


def choice(request: HttpRequest, default: Campaign | None, among: list[Campaign]) -> Choice:
    """The one of `?maaling=2026`, or the default."""
    offered = among if default is None or default in among else [default, *among]
    year = request.GET.get("maaling", "")
    named = next((campaign for campaign in offered if str(campaign.year) == year), None)
    return Choice(named or default, offered if len(offered) > 1 else [])


def followed_choice(request: HttpRequest) -> Choice:
    """The campaign that is followed, or another one that has opened."""
    found = campaigns()
    return choice(request, found.followed, found.opened)
