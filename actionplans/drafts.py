"""HR reads a trio's draft for a reason: the trio can see in its traces who did, and why."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from actionplans import access
from actionplans.models import ActionPlan
from organisation import clock
from organisation.audit import audit
from organisation.cpr import no_cpr
from organisation.models import Person

OPENED = "drafts_opened"  # session: the plan's uuid -> the day it was opened; a new day asks again


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Hvorfor?"),
        max_length=120,
        help_text=gettext_lazy("Fx «trioen har bedt om hjælp». Trioen kan se begrundelsen i sit spor."),
    )

    def clean_reason(self) -> str:
        no_cpr(self.cleaned_data["reason"])
        return str(self.cleaned_data["reason"])


def is_shut(request: HttpRequest, plan: ActionPlan) -> bool:
    """Must the reader give a reason first?"""
    if request.session.get(OPENED, {}).get(str(plan.uuid)) == clock.today().isoformat():
        return False
    return access.needs_reason(request.user, plan)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def plan_draft(request: HttpRequest, plan: UUID) -> HttpResponse:
    shown = access.plan_for(request.user, plan)
    if not access.needs_reason(request.user, shown):
        raise Http404
    form = ReasonForm(request.POST or None)
    assert isinstance(request.user, Person)
    if request.method == "POST" and form.is_valid():
        audit("plan_draft_read", shown, actor=request.user, group=shown.group, reason=form.cleaned_data["reason"])
        today = clock.today().isoformat()
        kept = {key: day for key, day in request.session.get(OPENED, {}).items() if day == today}
        request.session[OPENED] = kept | {str(shown.uuid): today}
        return redirect("actionplans:plan_detail", shown.uuid)
    status = 422 if request.method == "POST" else 200
    return render(request, "actionplans/plan_draft.html", {"plan": shown, "form": form}, status=status)
