"""The questionnaire as an XLSForm workbook: out, and in as a new draft."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_safe

from organisation import access as base
from organisation.audit import audit
from organisation.imports.refusal import FileRefused
from organisation.imports.uploads import LimitedUpload
from organisation.models import Person
from surveys import access
from surveys import questionnaire_edit as edit
from surveys.views.questionnaires import edit_url
from surveys.xlsform.export import questionnaire_workbook
from surveys.xlsform.importing import Imported, workbook_read

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SHOWN = 50  # errors on the page


@login_required
@require_safe
def questionnaire_export(request: HttpRequest, key: str, version: int) -> HttpResponse:
    """One version as a workbook that imports again as an equal one."""
    hr, questionnaire = access.questionnaire_for(request.user, key, version)
    audit("questionnaire_exported", questionnaire, actor=hr)
    response = HttpResponse(questionnaire_workbook(questionnaire), content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="{questionnaire.key}-v{questionnaire.version}.xlsx"'
    response["Cache-Control"] = "no-store"
    return response


@csrf_exempt  # only until the upload handler is set: the body may not be read before it. _upload asks for the token.
@login_required
def questionnaire_import(request: HttpRequest) -> HttpResponse:
    """Choose a workbook. It becomes a new draft, or nothing at all."""
    hr = base.require_hr(request.user)
    handler = LimitedUpload(request)
    request.upload_handlers = [handler]
    return _upload(request, hr, handler)


@csrf_protect
def _upload(request: HttpRequest, hr: Person, handler: LimitedUpload) -> HttpResponse:
    refused, read = "", Imported(None)
    if request.method == "POST":
        file = request.FILES.get("file")
        if handler.too_large:
            refused = _("Filen fylder for meget til et spørgeskema. Højst 5 MB: slet billeder og tomme ark.")
        elif file is None:
            refused = _("Vælg en fil først.")
        else:
            try:
                read = workbook_read(file.read())
            except FileRefused as error:
                refused = str(error)
            if read.data is not None:
                made = edit.version_import(data=read.data, notes=read.notes, by=hr)
                messages.success(request, _("Skemaet er hentet ind som kladde: %(name)s.") % {"name": str(made)})
                return redirect(edit_url(made))
    context = {"refused": refused, "errors": read.errors[:SHOWN], "more": max(0, len(read.errors) - SHOWN)}
    return render(request, "surveys/questionnaire_import.html", context, status=422 if refused or read.errors else 200)
