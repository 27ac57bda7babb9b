"""HR's pages for earlier measurements: a spreadsheet in, a preview, then facts that reports set beside theirs."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from organisation import access, clock
from organisation.campaigns import newest_campaign
from organisation.imports.refusal import FileRefused
from organisation.models import CampaignUnit, Person, StoredFile
from surveys import earlier
from surveys.earlier_sheet import sheet_read, template_workbook
from surveys.models import Release, Wave
from surveys.release_checks import units_unknown

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LARGEST = 20 * 1024 * 1024


class EarlierForm(forms.Form):
    closed_on = forms.DateField(
        label=gettext_lazy("Målingen lukkede"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    file = forms.FileField(
        label=gettext_lazy("Regneark"),
        help_text=gettext_lazy("En Excel-projektmappe med arkene Enheder og Tal, som i skabelonen. Højst 20 MB."),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx"}),
    )

    def clean_file(self) -> bytes:
        file = self.cleaned_data["file"]
        if file.size > LARGEST:
            raise forms.ValidationError(_("Filen fylder mere end 20 MB."))
        data: bytes = file.read()
        return data


@login_required
@never_cache
def earlier_list(request: HttpRequest) -> HttpResponse:
    """The measurements that were taken in, and the way to take one in."""
    person = access.require_hr(request.user)
    form = EarlierForm(request.POST or None, request.FILES or None)
    errors, refused = [], ""
    if request.method == "POST" and form.is_valid():
        data, closed_on = form.cleaned_data["file"], form.cleaned_data["closed_on"]
        try:
            sheet = sheet_read(data)
            errors = sheet.errors
            if not errors:
                earlier.preview(sheet, closed_on=closed_on, by=person)
        except (FileRefused, earlier.CannotImport) as error:
            refused = str(error)
        if not errors and not refused:
            return redirect("surveys:earlier_preview", _keep(data, closed_on, person).pk)
    return render(
        request,
        "surveys/earlier_list.html",
        {
            "form": form,
            "errors": errors,
            "refused": refused,
            "releases": (releases := earlier.imported()),
            "unknown": _unknown() if releases else [],
        },
        status=422 if errors or refused or form.errors else 200,
    )


def _unknown() -> list[CampaignUnit]:
    campaign = newest_campaign()
    return list(units_unknown(campaign.pk).select_related("unit", "parent")) if campaign else []


def _keep(data: bytes, closed_on: date, person: Person) -> StoredFile:
    """The file between preview and yes; the same person's earlier ones go."""
    StoredFile.objects.filter(key__startswith=f"earlier:{person.pk}:").delete()
    return StoredFile.objects.create(
        key=f"earlier:{person.pk}:{closed_on.isoformat()}", content_type=XLSX, data=data, stored_on=clock.today()
    )


def _kept(uuid: UUID, person: Person) -> tuple[StoredFile, date]:
    file = get_object_or_404(StoredFile, pk=uuid, key__startswith=f"earlier:{person.pk}:")
    return file, date.fromisoformat(str(file.key).rsplit(":", 1)[1])


@login_required
@never_cache
def earlier_preview(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """What taking the file into use would do; then yes or no."""
    person = access.require_hr(request.user)
    file, closed_on = _kept(uuid, person)
    sheet = sheet_read(bytes(file.data))
    refused = ""
    if request.method == "POST":
        if request.POST.get("deed") == "discard":
            file.delete()
            messages.success(request, _("Filen er kasseret. Intet er ændret."))
            return redirect("surveys:earlier_list")
        try:
            earlier.measurement_import(sheet, closed_on=closed_on, by=person)
        except earlier.CannotImport as error:
            refused = str(error)
        else:
            file.delete()
            messages.success(request, _("Målingen er taget i brug. Rapporterne viser den, hvor I har godkendt det."))
            return redirect("surveys:earlier_list")
    try:
        found = earlier.preview(sheet, closed_on=closed_on, by=person)
    except earlier.CannotImport as error:
        refused, found = str(error), earlier.Preview(year=closed_on.year)
    return render(
        request,
        "surveys/earlier_preview.html",
        {"found": found, "refused": refused},
        status=422 if refused else 200,
    )


@login_required
@require_GET
def earlier_template(request: HttpRequest) -> HttpResponse:
    access.require_hr(request.user)
    return HttpResponse(
        template_workbook(),
        content_type=XLSX,
        headers={"Content-Disposition": 'attachment; filename="skabelon-tidligere-maaling.xlsx"'},
    )


@login_required
@require_POST
def earlier_withdraw(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Take a measurement out of use again."""
    person = access.require_hr(request.user)
    made = get_object_or_404(Release, uuid=uuid, wave__kind=Wave.Kind.IMPORTED)
    try:
        earlier.measurement_withdraw(made, by=person, reason=request.POST.get("reason", ""))
    except earlier.CannotImport as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Målingen er taget ud af brug."))
    return redirect("surveys:earlier_list")
