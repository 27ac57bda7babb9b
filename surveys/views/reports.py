"""Reports that people read: the list, one unit's page and PDF, showing it to the staff, comparing a level."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from organisation.access import groups_of, require
from organisation.audit import audit
from organisation.campaigns import current_campaign, milestone
from organisation.models import CampaignUnit, Milestone, Person
from surveys import access, pdf, release, report_lists, reports
from surveys.models import ReportShare


@login_required
@never_cache
@require_safe
def report_list(request: HttpRequest) -> HttpResponse:
    """The reports one may see: one parent's children at a time, in the organisation's order."""
    campaign = current_campaign()
    out = access.released(campaign)
    if campaign is None or out is None:
        delay = release.delay_of(campaign) if campaign else None
        return render(request, "surveys/report_list.html", {"delay": delay, "rows": []})
    visible = access.reports_visible_to(request.user, out)
    here = report_lists.place_in(visible, request.GET.get("under"))
    return render(
        request,
        "surveys/report_list.html",
        {
            "here": here,
            "rows": report_lists.rows_of(visible, here, out),
            "path": report_lists.path_of(visible, here),
            "out": out,
        },
    )


@login_required
@never_cache
@require_safe
def report_detail(request: HttpRequest, uuid: UUID) -> HttpResponse:
    unit, out = access.report_unit_for(request.user, uuid)
    person = request.user
    assert isinstance(person, Person)
    reader = access.reader_of(person, unit)
    report = reports.report_of(unit, out)
    audit("report_read", unit, actor=person, unit=unit.unit_id, release=str(out.uuid))
    share = ReportShare.objects.filter(release=out, unit=unit).select_related("by").first()
    deadline = milestone(out.wave.campaign, Milestone.Key.PLAN_DEADLINE)
    nearest_url = ""
    if report.nearest is not None and access.reports_visible_to(person, out).filter(pk=report.nearest.pk).exists():
        nearest_url = reverse("surveys:report_detail", args=[report.nearest.uuid])
    group = None
    if reader.trio:
        group = groups_of(person).filter(units__pk=unit.unit_id).first()
    return render(
        request,
        "surveys/report_detail.html" if report.has_own else "surveys/report_elsewhere.html",
        {
            "report": report,
            "reader": reader,
            "share": share,
            "shared_from": None if access.sharing_is_over(out.wave.campaign) else deadline,
            "may_share": reader.trio and share is None,
            "nearest_url": nearest_url,
            "group": group,
            "path": _path(report, person),
        },
    )


def _path(report: reports.Report, person: Person) -> list[dict[str, Any]]:
    """Levels above: always visible, since a right to a unit's report brings those above it along."""
    return [{"label": step.name, "url": reverse("surveys:report_detail", args=[step.uuid])} for step in report.path] + [
        {"label": report.unit.name, "url": ""}
    ]


@login_required
@never_cache
@require_safe
def report_pdf(request: HttpRequest, uuid: UUID) -> HttpResponse:
    unit, out = access.report_unit_for(request.user, uuid)
    person = request.user
    assert isinstance(person, Person)
    try:
        made = pdf.report_file(unit, out)
    except pdf.NoPango:
        return render(request, "surveys/report_pdf.html", {"unit": unit, "packages": pdf.PACKAGES}, status=503)
    audit("report_read", unit, actor=person, unit=unit.unit_id, release=str(out.uuid), form="pdf")
    name = slugify(f"{_('rapport')}-{unit.name}-{out.wave.campaign.year}") or "rapport"
    return HttpResponse(
        bytes(made.data),
        content_type=made.content_type,
        headers={"Content-Disposition": f'attachment; filename="{name}.pdf"'},
    )


@login_required
@require_POST
def report_share(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The trio shows its unit's report to the staff. Cannot be undone: what was seen is seen."""
    unit, out = access.report_unit_for(request.user, uuid)
    person = request.user
    assert isinstance(person, Person)
    require(access.reader_of(person, unit).trio)
    report_lists.report_share(unit, out, by=person)
    messages.success(request, _("Rapporten er nu vist for medarbejderne i %(unit)s.") % {"unit": unit.name})
    return redirect("surveys:report_detail", unit.uuid)


@login_required
@never_cache
@require_safe
def report_compare(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Heat map: one parent's children at a time, in the organisation's order, never sorted by value."""
    unit, out = access.report_unit_for(request.user, uuid)
    person = request.user
    assert isinstance(person, Person)
    visible: Any = access.reports_visible_to(person, out)
    table = report_lists.comparison_of(unit, out, visible)
    audit("report_read", unit, actor=person, unit=unit.unit_id, release=str(out.uuid), form="compare")
    return render(
        request,
        "surveys/report_compare.html",
        {
            "unit": unit,
            "table": table,
            "path": [
                {"label": step.name, "url": reverse("surveys:report_compare", args=[step.uuid])}
                for step in CampaignUnit.objects.filter(campaign=unit.campaign_id, unit_id__in=unit.path[:-1]).order_by(
                    "position"
                )
            ]
            + [{"label": unit.name, "url": ""}],
        },
    )
