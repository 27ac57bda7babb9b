"""HR's tree: find a unit, see everything about it, and change the tree."""

from __future__ import annotations

from collections import Counter
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from organisation import access, clock, structure, units
from organisation.access import active_on_today
from organisation.formerrors import show_errors
from organisation.history import history_of
from organisation.models import (
    Building,
    Committee,
    Employment,
    Level,
    ManualCorrection,
    Role,
    StructureChange,
    Unit,
    UnitSuccession,
    WorkEnvironmentGroup,
)
from organisation.pickers import MOST, EarlierUnitField, UnitField, unit_label, units_found
from organisation.roles import trio_of
from organisation.sorting import danish

FOUND = 60  # hits on one page; a longer list asks for a longer word


def _unit(uuid: UUID) -> Unit:
    return get_object_or_404(
        Unit.objects.filter(report_group=None).select_related("level", "parent__level", "work_environment_group"),
        uuid=uuid,
    )


def _rows(found: list[Unit]) -> list[dict[str, Any]]:
    """Units as the tree shows them: people on and below, leader, and whether there is more below. Three queries."""
    ids = {unit.pk for unit in found}
    people: Counter[int] = Counter()
    counted = Employment.objects.filter(active_on_today(), unit__path__overlap=sorted(ids)).values_list("unit__path")
    for path, count in counted.annotate(n=Count("pk")):
        for pk in path:
            people[pk] += count
    leaders: dict[int, list[str]] = {}
    for pk, name in Role.objects.filter(active_on_today(), kind=Role.Kind.LEADER, unit__in=ids).values_list(
        "unit_id", "person__name"
    ):
        leaders.setdefault(pk or 0, []).append(name)
    below = Counter(Unit.objects.filter(active_on_today(), parent__in=ids).values_list("parent_id", flat=True))
    return [
        {
            "unit": unit,
            "people": people[unit.pk],
            "leader": ", ".join(leaders.get(unit.pk, [])),
            "below": below[unit.pk],
        }
        for unit in found
    ]


def _path(unit: Unit, *, whole: bool = False) -> list[dict[str, str]]:
    """The way down to a unit, as crumbs; with `whole` the unit itself stands last."""
    above = {row.pk: row for row in Unit.objects.filter(pk__in=unit.path)}
    steps = [above[pk] for pk in unit.path if pk in above and (whole or pk != unit.pk)]
    return [{"label": step.name, "url": f"/hr/organisation/?under={step.uuid}"} for step in steps]


@login_required
@require_safe
def unit_list(request: HttpRequest) -> HttpResponse:
    """The tree, one parent's units at a time, and search."""
    access.require_hr(request.user)
    words = request.GET.get("q", "").strip()[:80]
    living = Unit.objects.filter(active_on_today()).select_related("level", "parent").order_by(danish("name"), "pk")
    top = None
    if words:
        found = list(units_found(words)[: FOUND + 1])
    elif under := request.GET.get("under"):
        top = _unit(_uuid(under))
        found = list(living.filter(parent=top))
    else:
        roots = list(living.filter(parent=None))
        found = roots + list(living.filter(parent__in=roots))
    context: dict[str, Any] = {
        "words": words,
        "top": top,
        "rows": _rows(found[:FOUND] if words else found),
        "more": words and len(found) > FOUND,
    }
    if request.htmx and "del" in request.GET:  # type: ignore[attr-defined]
        response = render(request, "organisation/unit_rows.html", context)
    else:
        last = structure.last_change()
        context |= {
            "path": _path(top) if top else [],
            "last": last if last and not structure.depends_on(last) else None,
        }
        response = render(request, "organisation/unit_list.html", context)
    patch_vary_headers(response, ["HX-Request"])
    return response


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        return UUID(int=0)


@login_required
@require_safe
def unit_suggest(request: HttpRequest) -> HttpResponse:
    """Suggestions for a field that takes a unit. The words stand under the field's own name."""
    access.require_hr(request.user)
    words = request.GET.get(request.GET.get("felt", ""), "").split("(")[0].strip()[:80]
    found = units_found(words)[:MOST]
    options = [{"value": unit_label(unit), "label": unit.parent.name if unit.parent else ""} for unit in found]
    return render(request, "organisation/unit_suggest.html", {"options": options})


@login_required
@require_safe
def unit_detail(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Everything about one unit: people, roles, buildings, MED, trio, what it was before, and its history."""
    access.require_hr(request.user)
    unit = _unit(uuid)
    today = clock.today()
    people = (
        Employment.objects.filter(unit=unit).exclude(ends__lt=today).select_related("person")
        .order_by(danish("person__name"), "pk")
    )  # fmt: skip
    committee = Committee.objects.filter(unit=unit).first()
    roles = (
        Role.objects.filter(Q(unit=unit) | Q(committee__unit=unit))
        .select_related("person")
        .order_by("committee_id", "kind", "-starts", "pk")
    )
    changes = list(StructureChange.objects.filter(Q(unit=unit), undone_at=None)[:1])
    last = structure.last_change()
    return render(
        request,
        "organisation/unit_detail.html",
        {
            "unit": unit,
            "path": _path(unit),
            "lives": unit.starts <= today and (unit.ends is None or unit.ends >= today),
            "people": Paginator(people, 50).get_page(request.GET.get("side")),
            "roles": [role for role in roles if role.ends is None or role.ends >= today],
            "past": [role for role in roles if role.ends is not None and role.ends < today],
            "today": today,
            "trio": trio_of(unit),
            "committee": committee,
            "buildings": unit.buildings.order_by(danish("name")),
            "children": _rows(
                list(unit.children.filter(active_on_today()).select_related("level").order_by(danish("name"), "pk"))
            ),
            "successions": unit.successions.select_related("earlier"),
            "corrected": ManualCorrection.objects.filter(subject_type="unit", subject_id=unit.pk).exists(),
            "undo": last if last and changes and last.pk == changes[0].pk and not structure.depends_on(last) else None,
            "history": history_of(unit),
        },
    )


# ---------------------------------------------------------------- changing the tree


class CreateForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("Navn"), max_length=160)
    number = forms.CharField(
        label=gettext_lazy("Enhedsnummer"),
        max_length=60,
        help_text=gettext_lazy("Det nummer, enheden har i jeres lønsystem. Så finder næste import den igen."),
    )
    level = forms.ModelChoiceField(
        label=gettext_lazy("Niveau"), queryset=Level.objects.order_by("pk"), empty_label=None
    )


class EditForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("Navn"), max_length=160)
    level = forms.ModelChoiceField(
        label=gettext_lazy("Niveau"), queryset=Level.objects.order_by("pk"), empty_label=None
    )
    p_number = forms.CharField(label=gettext_lazy("P-nummer"), max_length=10, required=False)
    work_environment_group = forms.ModelChoiceField(
        label=gettext_lazy("Trio"),
        queryset=WorkEnvironmentGroup.objects.none(),
        required=False,
        empty_label=gettext_lazy("Ingen trio"),
    )
    buildings = forms.CharField(
        label=gettext_lazy("Bygninger"),
        required=False,
        max_length=400,
        help_text=gettext_lazy("Bygningsnumre med komma imellem."),
    )

    def __init__(self, *args: Any, unit: Unit, **more: Any) -> None:
        super().__init__(*args, **more)
        groups = WorkEnvironmentGroup.objects.filter(Q(workplace__in=unit.path) | Q(pk=unit.work_environment_group_id))
        self.fields["work_environment_group"].queryset = groups.order_by(danish("name"))  # type: ignore[attr-defined]

    def clean_buildings(self) -> list[Building]:
        numbers = {part.strip() for part in self.cleaned_data["buildings"].split(",") if part.strip()}
        found = list(Building.objects.filter(number__in=numbers))
        if missing := numbers - {building.number for building in found}:
            raise ValidationError(
                _("Ingen bygning har nummeret %(numbers)s.") % {"numbers": ", ".join(sorted(missing))}
            )
        return found


class MoveForm(forms.Form):
    parent = UnitField(
        label=gettext_lazy("Ny plads under"), help_text=gettext_lazy("Skriv en del af navnet, eller enhedens nummer.")
    )


class MergeForm(forms.Form):
    into = UnitField(
        label=gettext_lazy("Læg ind i"),
        help_text=gettext_lazy("Enheden, der bliver. Skriv en del af navnet, eller nummeret."),
    )


class SplitForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("Den nye enheds navn"), max_length=160)
    number = forms.CharField(label=gettext_lazy("Den nye enheds nummer"), max_length=60)
    employments = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Hvem skal med over?"),
        queryset=Employment.objects.none(),
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, unit: Unit, **more: Any) -> None:
        super().__init__(*args, **more)
        field = self.fields["employments"]
        field.queryset = (  # type: ignore[attr-defined]
            Employment.objects.filter(active_on_today(), unit=unit).select_related("person")
            .order_by(danish("person__name"), "pk")
        )  # fmt: skip
        field.label_from_instance = lambda job: f"{job.person.name}, {job.title}"  # type: ignore[attr-defined]


class SuccessionForm(forms.Form):
    kind = forms.ChoiceField(
        label=gettext_lazy("Hvad var enheden ved den forrige måling?"),
        choices=UnitSuccession.Kind.choices,
        widget=forms.RadioSelect,
        initial=UnitSuccession.Kind.SAME,
    )
    first = EarlierUnitField(label=gettext_lazy("Tidligere enhed"), required=False)
    second = EarlierUnitField(
        label=gettext_lazy("Anden tidligere enhed"),
        required=False,
        help_text=gettext_lazy("Kun når den er lagt sammen af flere."),
    )
    third = EarlierUnitField(label=gettext_lazy("Tredje tidligere enhed"), required=False)


def _change(
    request: HttpRequest, template: str, unit: Unit, form: forms.Form, act: Any, done: str, **more: Any
) -> HttpResponse:
    """One form that changes the tree: refused, it is shown again with its content and the reason at its field."""
    if request.method == "POST" and form.is_valid():
        try:
            changed = act(form.cleaned_data)
        except ValidationError as error:
            show_errors(form, error)
        else:
            messages.success(request, done)
            return redirect("organisation:unit_detail", uuid=changed.uuid)
    return render(request, template, {"unit": unit, "form": form, "path": _path(unit, whole=True), **more})


@login_required
def unit_create(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """A new unit below this one."""
    person, unit = access.require_hr(request.user), _unit(uuid)

    def act(data: dict[str, Any]) -> Unit:
        return units.unit_create(parent=unit, by=person, **data)

    form = CreateForm(request.POST or None)
    return _change(request, "organisation/unit_create.html", unit, form, act, _("Enheden er oprettet."))


@login_required
def unit_edit(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Correct name, level, P-number, trio and buildings. The correction survives the next import."""
    person, unit = access.require_hr(request.user), _unit(uuid)
    form = EditForm(
        request.POST or None,
        unit=unit,
        initial={
            "name": unit.name,
            "level": unit.level,
            "p_number": unit.p_number,
            "work_environment_group": unit.work_environment_group,
            "buildings": ", ".join(unit.buildings.order_by("number").values_list("number", flat=True)),
        },
    )

    def act(data: dict[str, Any]) -> Unit:
        return units.unit_edit(unit=unit, by=person, **data)

    done = _("Rettelsen er gemt. Den overlever næste import.")
    return _change(request, "organisation/unit_edit.html", unit, form, act, done)


@login_required
def unit_move(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Hang the unit under another."""
    person, unit = access.require_hr(request.user), _unit(uuid)

    def act(data: dict[str, Any]) -> Unit:
        return units.unit_move(unit=unit, parent=data["parent"], by=person).unit

    return _change(
        request, "organisation/unit_move.html", unit, MoveForm(request.POST or None), act, _("Enheden er flyttet.")
    )


@login_required
def unit_merge(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Put the unit into another one."""
    person, unit = access.require_hr(request.user), _unit(uuid)

    def act(data: dict[str, Any]) -> Unit:
        return units.unit_merge(unit=unit, into=data["into"], by=person).unit

    people = Employment.objects.filter(active_on_today(), unit=unit).count()
    return _change(request, "organisation/unit_merge.html", unit, MergeForm(request.POST or None), act,
                   _("Enhederne er lagt sammen."), people=people)  # fmt: skip


@login_required
def unit_split(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Take some of the people out into a new unit."""
    person, unit = access.require_hr(request.user), _unit(uuid)

    def act(data: dict[str, Any]) -> Unit:
        return units.unit_split(unit=unit, by=person, **data).unit

    return _change(
        request,
        "organisation/unit_split.html",
        unit,
        SplitForm(request.POST or None, unit=unit),
        act,
        _("Enheden er delt."),
    )


@login_required
def unit_close(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Close an empty unit."""
    person, unit = access.require_hr(request.user), _unit(uuid)
    form = forms.Form(request.POST if request.method == "POST" else None)
    return _change(request, "organisation/unit_close.html", unit, form,
                   lambda data: units.unit_close(unit=unit, by=person).unit, _("Enheden er lukket."))  # fmt: skip


@login_required
def unit_succession(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """What the unit was in the measurement before: decides whether a trend is shown."""
    person, unit = access.require_hr(request.user), _unit(uuid)
    rows = list(unit.successions.select_related("earlier"))
    names = ["first", "second", "third"]
    initial = {name: unit_label(row.earlier) for name, row in zip(names, rows, strict=False) if row.earlier}
    if rows:
        initial["kind"] = rows[0].kind
    form = SuccessionForm(request.POST or None, initial=initial or {"kind": "same", "first": unit_label(unit)})

    def act(data: dict[str, Any]) -> Unit:
        earlier = {data[name].pk: data[name] for name in names if data[name]}
        try:
            structure.succession_set(unit=unit, kind=data["kind"], earlier=list(earlier.values()), by=person)
        except ValidationError as error:
            raise ValidationError({"first": [m for found in error.message_dict.values() for m in found]}) from error
        return unit

    return _change(request, "organisation/unit_succession.html", unit, form, act, _("Enhedens forløb er gemt."))


@login_required
@require_POST
def change_undo(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Take the last change of the tree back."""
    person = access.require_hr(request.user)
    change = get_object_or_404(StructureChange, uuid=uuid)
    try:
        structure.change_undo(change=change, by=person)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("Ændringen er fortrudt."))
    return redirect("organisation:unit_list")
