"""A plan of the trio in Afsnit Nord, on 12 May with the reports out."""

from __future__ import annotations

from datetime import date

import pytest

from actionplans import services
from actionplans.models import ActionPlan, Activity
from organisation.models import Campaign
from tests.dialogs.conftest import dialogue, released  # noqa: F401  (fixtures)
from tests.factories import Town


def make_plan(
    campaign: Campaign, town: Town, *, group: str = "nord", by: str = "leader", **fields: object
) -> ActionPlan:
    content: dict[str, object] = {
        "title": "Ro i de travle timer",
        "problem": "For mange opgaver på samme tid mellem kl. 7 og 11",
        "goal": "Alle holder pause",
        "cause": "Vagtskiftet ligger midt i morgenen",
        "follow_up_on": date(2026, 11, 2),
        "follow_up_how": "Vi spørger igen",
    }
    return services.plan_create(
        group=town.group[group],
        campaign=campaign,
        by=town.person[by],
        **(content | fields),  # type: ignore[arg-type]
    )


@pytest.fixture
def plan(town: Town, released: Campaign) -> ActionPlan:  # noqa: F811
    return make_plan(released, town)


@pytest.fixture
def activity(town: Town, plan: ActionPlan) -> Activity:
    """Owned by an employee, due 15 June."""
    return services.activity_add(
        plan=plan,
        what="Fordel morgenens opgaver på tavlen",
        owner_name=town.person["employee"].name,
        owner=town.person["employee"],
        deadline=date(2026, 6, 15),
        by=town.person["leader"],
    )
