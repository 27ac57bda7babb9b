"""The handleplaner one may read, and for HR the trios that still owe one."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from actionplans import access, selectors
from dialogs.models import Agreement
from organisation.access import groups_of, is_hr
from organisation.campaigns import milestone
from organisation.models import Milestone, Person
from surveys.campaigns import followed_choice
from surveys.models import Finding


@login_required
@require_safe
def plan_list(request: HttpRequest) -> HttpResponse:
    """The plans of one's trio and workplace, of every campaign; for HR the trios that still owe one in the chosen."""
    assert isinstance(request.user, Person)
    person, chosen = request.user, followed_choice(request)
    campaign = chosen.campaign
    context: dict[str, Any] = {"campaign": campaign}
    if campaign is None:
        return render(request, "actionplans/plan_list.html", context)
    context["deadline"] = milestone(campaign, Milestone.Key.PLAN_DEADLINE)
    if is_hr(person):
        owing = selectors.groups_without_ready_plan(campaign)
        page = Paginator(owing, 100).get_page(request.GET.get("side"))
        total = selectors.measured_groups(campaign).count()
        context |= {"campaigns": chosen.campaigns}
        context |= {"is_hr": True, "page": page, "total": total, "ready": total - page.paginator.count}
        return render(request, "actionplans/plan_list.html", context)
    trios = list(groups_of(person))
    own = {group.pk for group in trios}
    plans = list(
        access.plans_visible_to(person)
        .prefetch_related("activities", "sign_offs")
        .order_by("-campaign__year", "follow_up_on", "pk")
    )
    context |= {
        "trios": trios,
        "several": len({plan.campaign_id for plan in plans}) > 1,
        "own_plans": [plan for plan in plans if plan.group_id in own],
        "other_plans": [plan for plan in plans if plan.group_id not in own],
        "agreements": list(
            Agreement.objects.filter(dialogue__group__in=own, plans=None).select_related("dialogue__group")
        ),
        "findings": list(
            Finding.objects.filter(
                unit__unit__work_environment_group__in=own,
                state=Finding.State.PLAN,
                plans=None,
            ).select_related("unit")
        ),
    }
    return render(request, "actionplans/plan_list.html", context)
