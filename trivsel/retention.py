"""Every app's rules of how long things are kept, in the order in which they must run: what hangs on others first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Max, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

import actionplans.retention
import dialogs.retention
import organisation.retention
import surveys.retention
from organisation import access
from organisation.jobs import job_run
from organisation.models import Deletion
from organisation.retention import Rule, rule_run

RULES = [
    *actionplans.retention.RULES,
    *dialogs.retention.RULES,
    *surveys.retention.RULES,
    *organisation.retention.RULES,
]


def retention_sweep() -> None:
    """Run every rule by itself: one that fails is shown to HR and keeps none of the others from running."""
    failed: Exception | None = None
    for rule in RULES:
        try:
            with job_run(f"retention_{rule.key}") as tally:
                tally.done = rule_run(rule)
                tally.summary = f"{tally.done} slettet"
        except Exception as error:  # told by job_run, and raised again when the rest has run
            failed = error
    if failed is not None:
        raise failed


@dataclass(frozen=True)
class Kept:
    """One rule as the page shows it."""

    rule: Rule
    swept: bool  # a template that looked at `rule.sweep` itself would call it
    last: datetime | None
    total: int


@login_required
@require_safe
def retention_list(request: HttpRequest) -> HttpResponse:
    """What is kept, for how long, and what was deleted when."""
    access.overseer(request.user)
    done = {
        rule: (last, total)
        for rule, last, total in Deletion.objects.order_by()
        .values_list("rule")
        .annotate(last=Max("at"), total=Sum("count"))
    }
    rows = [Kept(rule, rule.sweep is not None, *done.get(rule.key, (None, 0))) for rule in RULES]
    names = {rule.key: rule.what for rule in RULES}
    page = Paginator(Deletion.objects.all(), 50).get_page(request.GET.get("side"))
    gone = [(deletion, names.get(deletion.rule, deletion.rule)) for deletion in page]
    return render(request, "trivsel/retention_list.html", {"rows": rows, "page": page, "gone": gone})
