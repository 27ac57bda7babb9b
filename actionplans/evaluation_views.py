"""The committees' evaluation in August and September."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from actionplans import access, selectors, services
from actionplans.forms import EvaluationForm
from actionplans.models import Evaluation
from organisation.access import committee_for, require, require_hr
from organisation.campaigns import milestone
from organisation.formerrors import show_errors
from organisation.models import Committee, Milestone, Person
from organisation.sorting import danish
from surveys.campaigns import Choice, campaigns, choice


def _choice(request: HttpRequest) -> Choice:
    """The newest campaign that may be evaluated by now, or another one that has opened."""
    found = campaigns()
    return choice(request, selectors.evaluation_begins(found.all) or found.followed, found.opened)


@login_required
@require_safe
def evaluation_list(request: HttpRequest) -> HttpResponse:
    """HR's overview of what the committees have written."""
    require_hr(request.user)
    chosen = _choice(request)
    campaign = chosen.campaign
    evaluations = (
        Evaluation.objects.filter(campaign=campaign)
        .select_related("committee__unit__level", "written_by")
        .order_by(danish("committee__name"))
    )
    page = Paginator(evaluations, 50).get_page(request.GET.get("side"))
    return render(
        request,
        "actionplans/evaluation_list.html",
        {
            "campaign": campaign,
            "campaigns": chosen.campaigns,
            "period": milestone(campaign, Milestone.Key.EVALUATION) if campaign else None,
            "page": page,
            "written": page.paginator.count,
            "committees": Committee.objects.count(),
        },
    )


@login_required
def evaluation_edit(request: HttpRequest, committee: UUID) -> HttpResponse:
    """Chair and vice chair write from the first day of the period; the other members and HR read."""
    shown = committee_for(request.user, committee)
    chosen = _choice(request)
    campaign = chosen.campaign
    if campaign is None:
        raise Http404
    assert isinstance(request.user, Person)
    evaluation = Evaluation.objects.filter(campaign=campaign, committee=shown).select_related("written_by").first()
    is_open = services.evaluation_is_open(campaign)
    writes = access.may_evaluate(request.user, shown) and is_open
    if request.method == "POST":
        require(writes)
        form = EvaluationForm(request.POST)
        if form.is_valid():
            try:
                services.evaluation_write(committee=shown, campaign=campaign, by=request.user, **form.cleaned_data)
            except ValidationError as error:
                show_errors(form, error)
            else:
                messages.success(request, _("Evalueringen er gemt. Udvalgets medlemmer og HR kan læse den."))
                return redirect(reverse("actionplans:evaluation_edit", args=[shown.uuid]) + f"?maaling={campaign.year}")
    else:
        texts = ("went_well", "do_differently", "own_effort", "decisions")
        form = EvaluationForm(initial={name: getattr(evaluation, name, "") for name in texts})
    context = {
        "committee": shown,
        "campaign": campaign,
        "campaigns": chosen.campaigns,
        "evaluation": evaluation,
        "form": form if writes else None,
        "is_open": is_open,
        "period": milestone(campaign, Milestone.Key.EVALUATION),
    }
    return render(request, "actionplans/evaluation_edit.html", context)
