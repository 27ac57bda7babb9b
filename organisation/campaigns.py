"""The campaigns and their dates. Which of them a page means is said by the name of the function that it asks.

HR may begin the next campaign as soon as the last one's answers are counted, while the last one's handleplaner still
have years to run. `surveys.campaigns` has the ones that depend on how far a survey has come.
"""

from __future__ import annotations

from datetime import timedelta

from organisation import clock
from organisation.models import Campaign, Milestone

# So long before it opens, the pages for everybody speak of the coming survey.
TOLD_AHEAD = timedelta(days=180)


def measured_campaigns() -> list[Campaign]:
    """Every campaign that has a survey in its schedule, newest first. Imported earlier ones have none."""
    return list(
        Campaign.objects.filter(milestones__key=Milestone.Key.SURVEY).prefetch_related("milestones").order_by("-year")
    )


def newest_campaign() -> Campaign | None:
    """For HR's set-up pages: the one that is being prepared, or the last one."""
    return Campaign.objects.filter(milestones__key=Milestone.Key.SURVEY).order_by("-year").first()


def campaign_of_the_year() -> Campaign | None:
    """For the front page and the wheel: the newest that opens within half a year or has opened, else the only one."""
    found = measured_campaigns()
    soon = clock.today() + TOLD_AHEAD
    for campaign in found:
        survey = milestone(campaign, Milestone.Key.SURVEY)
        if survey is not None and survey.starts <= soon:
            return campaign
    return found[-1] if found else None


def milestones_of(campaign: Campaign) -> dict[str, Milestone]:
    """The schedule by key. Asked once per campaign object."""
    kept: dict[str, Milestone] | None = getattr(campaign, "_milestones_by_key", None)
    if kept is None:
        kept = {milestone.key: milestone for milestone in campaign.milestones.all()}
        campaign._milestones_by_key = kept  # type: ignore[attr-defined]
    return kept


def milestone(campaign: Campaign, key: str) -> Milestone | None:
    """One date or period of the schedule, or None if HR has not set it."""
    return milestones_of(campaign).get(key)
