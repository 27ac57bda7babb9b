"""The current campaign and its dates."""

from __future__ import annotations

from organisation.models import Campaign, Milestone


def current_campaign() -> Campaign | None:
    """The newest campaign that has a survey in its schedule. Imported earlier ones have none."""
    return Campaign.objects.filter(milestones__key=Milestone.Key.SURVEY).order_by("-year").first()


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
