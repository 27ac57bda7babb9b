"""What is missing before the measurement: counts with links, and the lists behind them."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from organisation import access, missing
from organisation.models import Committee, Person, Unit, WorkEnvironmentGroup


@login_required
@require_safe
def missing_list(request: HttpRequest) -> HttpResponse:
    """All lists with their counts."""
    access.require_hr(request.user)
    rows = [{"lack": lack, "count": lack.rows().count()} for lack in missing.LACKS]
    return render(request, "organisation/missing_list.html", {"rows": rows})


@login_required
@require_safe
def missing_detail(request: HttpRequest, key: str) -> HttpResponse:
    """One list, fifty rows a page, each with the link that mends it."""
    access.require_hr(request.user)
    lack = missing.lack_of(key)
    if lack is None:
        raise Http404
    page = Paginator(lack.rows(), 50).get_page(request.GET.get("side"))
    units: dict[int, Unit] = {}
    if lack.subject == "trio":
        groups = [group.pk for group in page]
        for unit in Unit.objects.filter(access.active_on_today(), work_environment_group__in=groups).order_by("-pk"):
            units[unit.work_environment_group_id or 0] = unit
    return render(
        request,
        "organisation/missing_detail.html",
        {"lack": lack, "page": page, "rows": [_row(found, units, lack.key) for found in page]},
    )


ROLE = {"leder": "leader", "amr": "amr", "tr": "tr", "forperson": "med_chair"}


def _row(found: Any, units: dict[int, Unit], key: str) -> dict[str, Any]:
    """Name, where it is, the unit whose page mends it, and the address of the missing role's form."""
    row: dict[str, Any] = {"name": found.name, "where": "", "unit": None, "query": ""}
    if isinstance(found, Unit):
        row |= {"where": found.parent.name if found.parent else "", "unit": found}
        row["query"] = f"enhed={found.uuid}&rolle={ROLE[key]}" if key in ROLE else ""
    elif isinstance(found, WorkEnvironmentGroup):
        unit = units.get(found.pk)
        row |= {"where": found.workplace.name, "unit": unit, "query": f"enhed={unit.uuid}&rolle=tr" if unit else ""}
    elif isinstance(found, Committee):
        row |= {"where": found.unit.name, "unit": found.unit, "query": f"udvalg={found.uuid}&rolle=med_chair"}
    elif isinstance(found, Person):
        job = next(iter(found.employments.all()), None)
        row |= {"where": job.unit.name if job else "", "unit": job.unit if job else None}
    return row
