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
from organisation.models import CampaignUnit, Person
from surveys import (
    access,
    guidance,
    release,
    report_across,
    report_files,
    report_lists,
    report_sheets,
    report_words,
    reports,
    rereleases,
)
from surveys.campaigns import campaigns, choice
from surveys.models import ReportShare


@login_required
@never_cache
@require_safe
def report_list(request: HttpRequest) -> HttpResponse:
    """The reports one may see: one parent's children at a time, in the organisation's order."""
    found = campaigns()
    chosen = choice(request, found.followed, found.came_out)
    out = access.released(chosen.campaign)
    awaited = found.running if found.running != chosen.campaign else None
    context = {
        "campaign": chosen.campaign,
        "campaigns": chosen.campaigns,
        "awaited": awaited and release.delay_of(awaited),
    }
    if out is None:
        context["delay"] = release.delay_of(chosen.campaign) if chosen.campaign else None
        return render(request, "surveys/report_list.html", context | {"rows": []})
    visible = access.reports_visible_to(request.user, out)
    person, under = request.user, request.GET.get("under")
    assert isinstance(person, Person)
    here = report_lists.place_in(visible, under)
    return render(
        request,
        "surveys/report_list.html",
        context
        | {
            "here": here,
            "rows": report_lists.rows_of(visible, here, out),
            "nearest": [] if under else report_lists.nearest_of(person, visible, out),
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
            "kept": rereleases.kept_questions(unit, out),
            "withdrawn": rereleases.withdrawn_questions(unit, out),
            "reader": reader,
            "share": share,
            "shared_from": None if access.sharing_is_over(out.wave.campaign) else access.staff_date(out.wave.campaign),
            "may_share": reader.trio and share is None,
            "nearest_url": nearest_url,
            "group": group,
            "path": _path(report, person),
            "guide": report_words.guide(),
            "glossary": report_words.glossary(),
        },
    )


def _path(report: reports.Report, person: Person) -> list[dict[str, Any]]:
    """Levels above: always visible, since a right to a unit's report brings those above it along."""
    return [{"label": step.name, "url": reverse("surveys:report_detail", args=[step.uuid])} for step in report.path] + [
        {"label": report.unit.name, "url": ""}
    ]


def _file(request: HttpRequest, uuid: UUID, kind: str) -> HttpResponse:
    """One of the files made of a report, for those who may open its page. Made now if nobody has before."""
    unit, out = access.report_unit_for(request.user, uuid)
    person = request.user
    assert isinstance(person, Person)
    if kind == "sheet":
        made = report_sheets.report_sheet(unit, out, access.reports_visible_to(person, out))
    else:
        made = report_files.report_file(unit, out, kind)
    audit("report_read", unit, actor=person, unit=unit.unit_id, release=str(out.uuid), form=kind)
    word = {"report": _("rapport"), "notice": _("opslag"), "slides": _("dias"), "sheet": _("tal")}[kind]
    name = slugify(f"{word}-{unit.name}-{out.wave.campaign.year}") or "rapport"
    ending = "xlsx" if kind == "sheet" else "pdf"
    return HttpResponse(
        bytes(made.data),
        content_type=made.content_type,
        headers={"Content-Disposition": f'attachment; filename="{name}.{ending}"'},
    )


@login_required
@never_cache
@require_safe
def report_pdf(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The whole report on paper."""
    return _file(request, uuid, "report")


@login_required
@never_cache
@require_safe
def report_notice(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """One page for the notice board."""
    return _file(request, uuid, "notice")


@login_required
@never_cache
@require_safe
def report_slides(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Slides for the meeting."""
    return _file(request, uuid, "slides")


@login_required
@never_cache
@require_safe
def report_sheet(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The level's facts as a spreadsheet."""
    return _file(request, uuid, "sheet")


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
    table = report_across.heat_map_of(unit, out, visible, topic=request.GET.get("emne"))
    audit("report_read", unit, actor=person, unit=unit.unit_id, release=str(out.uuid), form="compare")
    return render(
        request,
        "surveys/report_compare.html",
        {"unit": unit, "table": table, "path": _path_to(unit, "report_compare")},
    )


@login_required
@never_cache
@require_safe
def report_item(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """One question over the levels: the unit, those above it, and one parent's children."""
    unit, out = access.report_unit_for(request.user, uuid)
    person = request.user
    assert isinstance(person, Person)
    visible: Any = access.reports_visible_to(person, out)
    table = report_across.item_over_levels(unit, out, visible, key=request.GET.get("spoergsmaal"))
    audit("report_read", unit, actor=person, unit=unit.unit_id, release=str(out.uuid), form="item")
    return render(
        request, "surveys/report_item.html", {"unit": unit, "table": table, "path": _path_to(unit, "report_detail")}
    )


@login_required
@never_cache
@require_safe
def report_care(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The red thread: krænkende adfærd for the trio and HR, with the guideline. Others have the report's figures."""
    unit, out = access.report_unit_for(request.user, uuid)
    person = request.user
    assert isinstance(person, Person)
    require(access.reader_of(person, unit).sees_advice)
    report = reports.report_of(unit, out)
    audit("report_read", unit, actor=person, unit=unit.unit_id, release=str(out.uuid), form="care")
    return render(
        request,
        "surveys/report_care.html",
        {
            "unit": unit,
            "report": report,
            "above": guidance.told_above(unit, out),
            "parts": guidance.parts(),
            "path": _path_to(unit, "report_detail"),
        },
    )


@login_required
@never_cache
@require_safe
def report_levels(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The unit beside one level above it. Two levels of the organisation, never a part of its people."""
    unit, out = access.report_unit_for(request.user, uuid)
    person = request.user
    assert isinstance(person, Person)
    above = reports.levels_above(unit, out)
    wanted = request.GET.get("niveau")
    other = next((step for step in above if str(step.uuid) == wanted), above[-1] if above else None)
    report = reports.report_of(unit, out, beside=[other] if other else [])
    audit("report_read", unit, actor=person, unit=unit.unit_id, release=str(out.uuid), form="levels")
    return render(
        request,
        "surveys/report_levels.html",
        {"unit": unit, "report": report, "above": above, "other": other, "path": _path_to(unit, "report_detail")},
    )


def _path_to(unit: CampaignUnit, page: str) -> list[dict[str, Any]]:
    """The levels above as links to their own such page."""
    above = CampaignUnit.objects.filter(campaign=unit.campaign_id, unit_id__in=unit.path[:-1]).order_by("position")
    steps = [{"label": step.name, "url": reverse(f"surveys:{page}", args=[step.uuid])} for step in above]
    own = reverse(f"surveys:{page}", args=[unit.uuid]) if page == "report_detail" else ""
    return [*steps, {"label": unit.name, "url": own}]
