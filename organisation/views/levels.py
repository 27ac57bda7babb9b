"""What the layers of the organisation and their MED committees are called here."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.db.models import F, Value
from django.db.models.functions import Concat, Length, Substr
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from organisation import access
from organisation.audit import audit
from organisation.imports.corrections import correction_record
from organisation.models import Committee, Level, Person


class LevelForm(forms.ModelForm):
    class Meta:
        model = Level
        fields = ["name", "name_plural", "committee_name"]


LevelForms = forms.modelformset_factory(Level, form=LevelForm, extra=0)


class CommitteeForm(forms.ModelForm):
    class Meta:
        model = Committee
        fields = ["name", "is_staff_meeting"]


@login_required
def level_list(request: HttpRequest) -> HttpResponse:
    """The names of the levels and of their MED committees. A new MED name also renames the committees that bore it."""
    person = access.require_hr(request.user)
    forms_ = LevelForms(request.POST or None, queryset=Level.objects.order_by("pk"))
    if request.method == "POST" and forms_.is_valid():
        with transaction.atomic():
            for form in forms_:
                if form.has_changed():
                    _level_save(form, person)
        messages.success(request, _("Navnene er gemt."))
        return redirect("organisation:level_list")
    return render(request, "organisation/level_list.html", {"forms": forms_})


def _level_save(form: LevelForm, by: Person) -> None:
    before = form.initial.get("committee_name", "")
    level = form.save()
    audit("level_named", level, actor=by, kind=level.kind, fields=form.changed_data)
    if before and level.committee_name and before != level.committee_name:
        Committee.objects.filter(unit__level=level, name__startswith=before).update(
            name=Concat(Value(level.committee_name), Substr(F("name"), Length(Value(before)) + 1))
        )


@login_required
def committee_edit(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """One committee's own name, and whether it is a staff meeting with MED status."""
    person = access.require_hr(request.user)
    committee = get_object_or_404(Committee.objects.select_related("unit"), uuid=uuid)
    form = CommitteeForm(request.POST or None, instance=committee)
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            form.save()
            for field in form.changed_data:
                correction_record(subject=committee, field=field, by=person)
            audit("committee_changed", committee, actor=person, unit=committee.unit, fields=form.changed_data)
        messages.success(request, _("Udvalget er gemt."))
        return redirect("organisation:unit_detail", uuid=committee.unit.uuid)
    return render(request, "organisation/committee_edit.html", {"form": form, "committee": committee})
