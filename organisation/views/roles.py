"""Dated roles: give, end, hand over, stand in; and who holds a role for the whole municipality."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from organisation import access, clock, roles
from organisation.formerrors import show_errors
from organisation.models import Committee, Role, Unit
from organisation.pickers import MOST, PersonField, people_found, person_label

DAY = {"type": "date"}


class GiveForm(forms.Form):
    kind = forms.ChoiceField(label=gettext_lazy("Rolle"), choices=())
    person = PersonField(
        label=gettext_lazy("Hvem"),
        help_text=gettext_lazy("Skriv en del af navnet, medarbejdernummeret eller mailadressen."),
    )
    starts = forms.DateField(label=gettext_lazy("Fra og med"), widget=forms.DateInput(attrs=DAY, format="%Y-%m-%d"))
    ends = forms.DateField(
        label=gettext_lazy("Til og med"),
        required=False,
        widget=forms.DateInput(attrs=DAY, format="%Y-%m-%d"),
        help_text=gettext_lazy("Tomt felt: indtil videre."),
    )
    is_deputy = forms.BooleanField(
        label=gettext_lazy("Er stedfortræder i perioden"),
        required=False,
        help_text=gettext_lazy("Har de samme rettigheder, men svarer stadig i sin egen enhed."),
    )

    def __init__(self, *args: Any, kinds: tuple[str, ...], **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["kind"].choices = [(kind, Role.Kind(kind).label) for kind in kinds]  # type: ignore[attr-defined]
        if kinds == Role.MUNICIPAL_KINDS:
            del self.fields["is_deputy"]


class EndForm(forms.Form):
    ends = forms.DateField(label=gettext_lazy("Sidste dag"), widget=forms.DateInput(attrs=DAY, format="%Y-%m-%d"))


class HandOverForm(forms.Form):
    person = PersonField(label=gettext_lazy("Hvem tager over?"))
    starts = forms.DateField(
        label=gettext_lazy("Fra og med"),
        widget=forms.DateInput(attrs=DAY, format="%Y-%m-%d"),
        help_text=gettext_lazy("Rollen slutter dagen før for den, der har den nu."),
    )


@login_required
@require_safe
def role_list(request: HttpRequest) -> HttpResponse:
    """The roles for the whole municipality: HR, Kommunale Ejendomme and the data protection officer."""
    access.require_hr(request.user)
    return render(request, "organisation/role_list.html", {"roles": roles.municipal_roles(), "today": clock.today()})


@login_required
@require_safe
def person_suggest(request: HttpRequest) -> HttpResponse:
    """Suggestions for a field that takes a person."""
    access.require_hr(request.user)
    words = request.GET.get(request.GET.get("felt", ""), "").split("(")[0].strip()[:80]
    found = people_found(words)[:MOST] if words else []
    options = [{"value": person_label(person), "label": person.email or ""} for person in found]
    return render(request, "organisation/person_suggest.html", {"options": options})


def _scope(request: HttpRequest) -> tuple[Unit | None, Committee | None]:
    """What the new role is about: a unit, a committee, or the whole municipality."""
    if text := request.GET.get("enhed"):
        return get_object_or_404(Unit.objects.filter(report_group=None), uuid=_uuid(text)), None
    if text := request.GET.get("udvalg"):
        return None, get_object_or_404(Committee.objects.select_related("unit"), uuid=_uuid(text))
    return None, None


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        return UUID(int=0)


@login_required
def role_create(request: HttpRequest) -> HttpResponse:
    """Give a role on a unit, in a committee, or for the whole municipality."""
    person = access.require_hr(request.user)
    unit, committee = _scope(request)
    kinds = Role.UNIT_KINDS if unit else Role.COMMITTEE_KINDS if committee else Role.MUNICIPAL_KINDS
    form = GiveForm(
        request.POST or None,
        kinds=kinds,
        initial={"starts": clock.today(), "kind": request.GET.get("rolle", kinds[0])},
    )
    if request.method == "POST" and form.is_valid():
        try:
            role = roles.role_give(unit=unit, committee=committee, by=person, **form.cleaned_data)
        except ValidationError as error:
            show_errors(form, error)
        else:
            messages.success(
                request, _("%(name)s er nu %(role)s.") % {"name": role.person.name, "role": role.get_kind_display()}
            )
            return _back(role)
    return render(request, "organisation/role_create.html", {"form": form, "unit": unit, "committee": committee})


def _back(role: Role) -> HttpResponse:
    """The page the role is seen on."""
    unit = role.committee.unit if role.committee else role.unit
    return redirect("organisation:unit_detail", uuid=unit.uuid) if unit else redirect("organisation:role_list")


def _role(pk: int) -> Role:
    return get_object_or_404(Role.objects.select_related("person", "unit", "committee__unit"), pk=pk)


@login_required
def role_end(request: HttpRequest, pk: int) -> HttpResponse:
    """Set the last day of a role."""
    person, role = access.require_hr(request.user), _role(pk)
    form = EndForm(request.POST or None, initial={"ends": role.ends or clock.today()})
    if request.method == "POST" and form.is_valid():
        try:
            roles.role_end(role=role, ends=form.cleaned_data["ends"], by=person)
        except ValidationError as error:
            show_errors(form, error)
        else:
            messages.success(request, _("Rollens sidste dag er gemt."))
            return _back(role)
    return render(request, "organisation/role_end.html", {"form": form, "role": role, **_about(role)})


@login_required
def role_hand_over(request: HttpRequest, pk: int) -> HttpResponse:
    """Let somebody else take over from a day on."""
    person, role = access.require_hr(request.user), _role(pk)
    form = HandOverForm(request.POST or None, initial={"starts": clock.today() + timedelta(days=1)})
    if request.method == "POST" and form.is_valid():
        try:
            given = roles.role_hand_over(role=role, by=person, **form.cleaned_data)
        except ValidationError as error:
            show_errors(form, error)
        else:
            messages.success(request, _("%(name)s tager over.") % {"name": given.person.name})
            return _back(given)
    return render(request, "organisation/role_hand_over.html", {"form": form, "role": role, **_about(role)})


def _about(role: Role) -> dict[str, Any]:
    return {"scope": role.unit or role.committee, "unit": role.committee.unit if role.committee else role.unit}
