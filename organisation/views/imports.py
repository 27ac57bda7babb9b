"""HR's pages for importing the organisation: upload, columns, preview, apply, undo. HR only: 404 for others."""

from __future__ import annotations

import csv
from io import BytesIO, StringIO
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_GET, require_POST
from django_htmx.http import HttpResponseClientRefresh

from organisation import access, clock
from organisation.audit import audit
from organisation.forms import MappingForm
from organisation.imports import os2mo, payroll, services, words
from organisation.imports.corrections import correction_drop, described
from organisation.imports.export import export_workbook, template_workbook
from organisation.imports.reading import unpacked
from organisation.imports.refusal import FileRefused
from organisation.imports.sheets import SHEETS
from organisation.imports.undo import CannotUndo
from organisation.imports.uploads import LimitedUpload
from organisation.models import Import, ManualCorrection, Person

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SHOWN = 50  # errors and roles on the page; all of them are in the list to download
PER_PAGE = 100


def _entry(request: HttpRequest, uuid: UUID) -> tuple[Person, Import]:
    person = access.require_hr(request.user)
    return person, get_object_or_404(Import.objects.select_related("by", "preview", "tables", "reverse"), uuid=uuid)


@login_required
@require_GET
def import_list(request: HttpRequest) -> HttpResponse:
    """What was imported, by whom and when, and how to begin."""
    access.require_hr(request.user)
    entries = Import.objects.select_related("by").exclude(state=Import.State.DISCARDED)
    page = Paginator(entries, 20).get_page(request.GET.get("side"))
    return render(request, "organisation/import_list.html", {"page": page, "os2mo": os2mo.configured()})


@csrf_exempt  # only until the upload handler is set: the body may not be read before it. _upload asks for the token.
@login_required
def import_new(request: HttpRequest) -> HttpResponse:
    """Choose files. They are read at once and not kept; what was read goes on to the preview."""
    person = access.require_hr(request.user)
    handler = LimitedUpload(request)
    request.upload_handlers = [handler]
    return _upload(request, person, handler)


@csrf_protect
def _upload(request: HttpRequest, person: Person, handler: LimitedUpload) -> HttpResponse:
    refused = ""
    if request.method == "POST":
        files = request.FILES.getlist("files")
        if handler.too_large:
            refused = _("Filerne fylder mere end 60 MB. Slet de kolonner og ark, der ikke skal bruges, og prøv igen.")
        elif not files:
            refused = _("Vælg en fil først.")
        else:
            try:
                entry = services.import_receive(files=[(f.name or "", f.read()) for f in files], by=person)
            except FileRefused as error:
                refused = str(error)
            else:
                return redirect("organisation:import_detail", entry.uuid)
    return render(
        request,
        "organisation/import_new.html",
        {"refused": refused, "os2mo": os2mo.configured()},
        status=422 if refused else 200,
    )


@login_required
@require_POST
def import_os2mo(request: HttpRequest) -> HttpResponse:
    """Fetch the organisation from OS2mo, in the background."""
    person = access.require_hr(request.user)
    if not os2mo.configured():
        raise Http404
    entry = services.import_fetch(by=person)
    return redirect("organisation:import_detail", entry.uuid)


@login_required
@require_GET
def import_columns(request: HttpRequest) -> HttpResponse:
    """What stands in each sheet and column."""
    access.require_hr(request.user)
    return render(request, "organisation/import_columns.html", {"sheets": SHEETS, "targets": payroll.TARGETS})


@login_required
@require_GET
def import_template(request: HttpRequest) -> HttpResponse:
    """The filled-in template as a workbook."""
    access.require_hr(request.user)
    return _file(template_workbook(), XLSX, "skabelon-organisation.xlsx")


@login_required
@require_GET
def import_export(request: HttpRequest) -> HttpResponse:
    """The organisation of today as a workbook that imports again unchanged."""
    person = access.require_hr(request.user)
    out = BytesIO()
    counts = export_workbook(out)
    audit("organisation_exported", person, actor=person, rows=counts)
    return _file(out.getvalue(), XLSX, f"organisation-{clock.today():%Y-%m-%d}.xlsx")


def _file(data: bytes, content_type: str, name: str) -> HttpResponse:
    response = HttpResponse(data, content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "no-store"
    return response


@login_required
@require_GET
def import_detail(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """One import, as far as it has come: being read, the preview, being applied, applied."""
    _person, entry = _entry(request, uuid)
    if entry.state == Import.State.MAPPING:
        return redirect("organisation:import_mapping", entry.uuid)
    content = services.stored_json(entry.preview) or {}
    context = {
        "entry": entry,
        "work": _work(entry),
        "table": _table(entry),
        "actions": list(words.ACTIONS.values()),
        "problems": content.get("problems", [])[:SHOWN],
        "several": len({row[0] for row in content.get("problems", [])}) > 1,
        "shown": SHOWN,
        "kept": [
            {
                "name": name,
                "field": words.field_word(field),
                "ours": words.value_word(field, ours),
                "theirs": words.value_word(field, theirs),
            }
            for _kind, name, field, ours, theirs in content.get("kept", [])[:SHOWN]
        ],
        "lost_roles": [row for row in content.get("lost_roles", []) if not row[3]][:SHOWN],
        "moved_holders": [row for row in content.get("lost_roles", []) if row[3]][:SHOWN],
        "small_units": content.get("small_units", [])[:SHOWN],
        "unused": content.get("unused", []),
        "nothing": not any(row["sum"] for row in _table(entry)),
        "mapped": entry.source == Import.Source.PAYROLL and entry.tables is not None,
        "can_undo": entry.state == Import.State.APPLIED and entry.reverse is not None,
    }
    return render(request, "organisation/import_detail.html", context)


def _table(entry: Import) -> list[dict[str, Any]]:
    """One row per kind: numbers per action, each with the address of its list."""
    kinds = entry.counts.get("kinds", {})
    rows = []
    for kind in words.KINDS:
        if kind not in kinds:
            continue
        url = reverse("organisation:import_changes", args=[entry.uuid])
        cells = [
            {"number": kinds[kind].get(action, 0), "url": f"{url}?art={kind}&handling={action}", "label": label}
            for action, label in words.ACTIONS.items()
        ]
        rows.append(
            {
                "title": words.kind_title(kind),
                "cells": cells,
                "unchanged": kinds[kind].get("unchanged", 0),
                "sum": sum(cell["number"] for cell in cells),
            }
        )
    return rows


def _work(entry: Import) -> dict[str, Any] | None:
    """The progress of what is going on, or None when nothing is."""
    if entry.state == Import.State.READING:
        done, total, text = 0, 1, _("Filen gennemgås")
    elif entry.state == Import.State.QUEUED:
        done, total = services.progress_of(entry)
        text = _("%(done)d af %(total)d ændringer er skrevet") % {"done": done, "total": total}
    else:
        return None
    return {
        "done": done,
        "total": max(total, 1),
        "text": text,
        "finished": False,
        "url": reverse("organisation:import_progress", args=[entry.uuid]),
        "page_url": reverse("organisation:import_detail", args=[entry.uuid]),
    }


@login_required
@require_GET
def import_progress(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The progress alone, for the page that polls it. When the work is done, the whole page is fetched anew."""
    _person, entry = _entry(request, uuid)
    work = _work(entry)
    if work is None:
        return HttpResponseClientRefresh()
    return render(request, "partials/work.html", {"work": work})


@login_required
@require_GET
def import_changes(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The names behind one number of the preview."""
    _person, entry = _entry(request, uuid)
    kind, action = request.GET.get("art", ""), request.GET.get("handling", "")
    content = services.stored_json(entry.preview)
    if content is None or kind not in words.KINDS or action not in words.ACTIONS:
        raise Http404
    rows = [row for row in content["changes"] if row[0] == kind and row[1] == action]
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("side"))
    shown = [
        {
            "key": "" if kind == "roles" else key,
            "name": name,
            "fields": [
                (words.field_word(field), words.value_word(field, old), words.value_word(field, new))
                for field, old, new in fields
            ],
        }
        for _kind, _action, key, name, fields in page
    ]
    context = {
        "entry": entry,
        "page": page,
        "rows": shown,
        "kind": words.kind_title(kind),
        "action": words.ACTIONS[action],
        "query": f"art={kind}&handling={action}",
    }
    return render(request, "organisation/import_changes.html", context)


@login_required
@require_GET
def import_problems(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """All errors as a CSV file that Excel opens."""
    _person, entry = _entry(request, uuid)
    content = services.stored_json(entry.preview)
    if content is None:
        raise Http404
    out = StringIO()
    writer = csv.writer(out, delimiter=";")
    writer.writerow([_("fil"), _("ark"), _("række"), _("kolonne"), _("værdi"), _("hvad I gør")])
    for file, sheet, row, column, value, text, _code, _blocks in content["problems"]:
        # A value that begins like a formula is text to Excel: it came from a file, and is shown, not run.
        safe = f"'{value}" if value[:1] in "=+-@\t" else value
        writer.writerow([file, sheet, row or "", column, safe, text])
    return _file(("\ufeff" + out.getvalue()).encode(), "text/csv; charset=utf-8", "fejl-i-import.csv")


@login_required
def import_mapping(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Which column of a payroll extract is what. Remembered for the next extract with the same headings."""
    person, entry = _entry(request, uuid)
    if entry.source != Import.Source.PAYROLL or entry.tables is None:
        raise Http404
    if entry.state not in (Import.State.MAPPING, Import.State.READY):
        return redirect("organisation:import_detail", entry.uuid)
    flat = unpacked(bytes(entry.tables.data))[0]
    known = payroll.remembered(flat.headings)
    form = MappingForm(request.POST or None, headings=flat.headings, initial=known or payroll.guessed(flat.headings))
    if request.method == "POST" and form.is_valid():
        services.import_map(entry=entry, columns=form.cleaned_data, by=person)
        return redirect("organisation:import_detail", entry.uuid)
    sample = [
        (heading, next((cells[at] for _n, cells in flat.rows if at < len(cells) and cells[at]), ""))
        for at, heading in enumerate(flat.headings)
        if heading
    ]
    sample = [(heading, _("(vises ikke)") if value.startswith("\x00") else value[:40]) for heading, value in sample]
    return render(
        request,
        "organisation/import_mapping.html",
        {"entry": entry, "form": form, "sample": sample, "known": known is not None, "rows": len(flat.rows)},
    )


@login_required
@require_POST
def import_apply(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Write what the preview showed, in the background."""
    person, entry = _entry(request, uuid)
    try:
        services.import_queue(entry=entry, by=person, skip_wrong_rows="skip" in request.POST)
    except services.CannotApply as error:
        messages.error(request, str(error))
    return redirect("organisation:import_detail", entry.uuid)


@login_required
@require_POST
def import_undo(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Put everything back as it was before the import, or say why not."""
    person, entry = _entry(request, uuid)
    try:
        if services.import_take_back(entry=entry, by=person):
            messages.success(request, _("Importen er fortrudt. Alt er, som det var før."))
        else:
            messages.success(request, _("Importen er ved at blive fortrudt. Det kan tage et par minutter."))
    except CannotUndo as error:
        messages.error(request, _("Importen kan ikke fortrydes. %(why)s") % {"why": error})
    return redirect("organisation:import_detail", entry.uuid)


@login_required
@require_POST
def import_discard(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Put the upload away without importing it."""
    person, entry = _entry(request, uuid)
    services.import_discard(entry=entry, by=person)
    messages.success(request, _("Filen er kasseret. Intet er ændret."))
    return redirect("organisation:import_list")


@login_required
def correction_list(request: HttpRequest) -> HttpResponse:
    """What HR corrected by hand and imports leave alone; each can be let go again."""
    person = access.require_hr(request.user)
    if request.method == "POST":
        correction = get_object_or_404(ManualCorrection, pk=request.POST.get("rettelse", "0"))
        correction_drop(correction=correction, by=person)
        messages.success(request, _("Den næste import bestemmer igen over feltet."))
        return redirect("organisation:correction_list")
    entries = ManualCorrection.objects.select_related("by").order_by("-at", "-pk")
    page = Paginator(entries, 50).get_page(request.GET.get("side"))
    return render(request, "organisation/correction_list.html", {"page": page, "rows": described(page)})
