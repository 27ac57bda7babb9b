"""Choose one of thousands: fields that take a number or a name, and the suggestions shown while typing."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.urls import reverse_lazy
from django.utils.translation import gettext as _

from organisation.access import active_on_today
from organisation.models import Person, Unit
from organisation.sorting import danish

MOST = 12


def units_found(text: str) -> QuerySet[Unit]:
    """Living units whose name or number holds the words, in Danish order."""
    found = Unit.objects.filter(active_on_today()).select_related("parent", "level")
    for word in text.split():
        found = found.filter(Q(name__icontains=word) | Q(number__icontains=word))
    return found.order_by(danish("name"), "pk")


def people_found(text: str) -> QuerySet[Person]:
    """Active people whose name, number or e-mail holds the words, in Danish order."""
    found = Person.objects.filter(is_active=True)
    for word in text.split():
        found = found.filter(Q(name__icontains=word) | Q(number__icontains=word) | Q(email__icontains=word))
    return found.order_by(danish("name"), "pk")


def unit_label(unit: Unit) -> str:
    return f"{unit.name} ({unit.number})"


def person_label(person: Person) -> str:
    return f"{person.name} ({person.number or person.email or person.pk})"


def _typed(value: str) -> tuple[str, str]:
    """«Afsnit Nord (E00012)» -> («Afsnit Nord», «E00012»); anything else is both a name and a number."""
    text = value.strip()
    if text.endswith(")") and "(" in text:
        name, number = text[:-1].rsplit("(", 1)
        return name.strip(), number.strip()
    return text, text


class PickerField(forms.CharField):
    """A text field with suggestions. Works without JavaScript: type a number, or a name that only one has."""

    suggest: Any = ""
    many = ""

    def __init__(self, *, label: Any, help_text: Any = "", required: bool = True) -> None:
        super().__init__(label=label, help_text=help_text, required=required, max_length=240)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {
            **super().widget_attrs(widget),
            "class": "wide",
            "autocomplete": "off",
            "data-picker": "",
            "hx-get": self.suggest,
            "hx-trigger": "input changed delay:250ms, focus once",
            "hx-sync": "this:replace",
        }

    def get_bound_field(self, form: forms.BaseForm, field_name: str) -> forms.BoundField:
        bound = super().get_bound_field(form, field_name)
        listed = f"{bound.auto_id}_found"
        self.widget.attrs |= {"list": listed, "hx-target": f"#{listed}", "hx-vals": f'{{"felt": "{field_name}"}}'}
        return bound

    def found(self, number: str, name: str) -> list[Any]:
        raise NotImplementedError

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return None
        name, number = _typed(text)
        rows = self.found(number, name)
        if not rows:
            raise ValidationError(
                _("Ingen fundet med det navn eller nummer. Skriv en del af navnet, og vælg på listen.")
            )
        if len(rows) > 1:
            labels = ", ".join(self.label_of(row) for row in rows[:5])
            raise ValidationError(_("Flere har det navn. Skriv nummeret: %(labels)s") % {"labels": labels})
        return rows[0]

    def label_of(self, row: Any) -> str:
        raise NotImplementedError


class UnitField(PickerField):
    suggest = reverse_lazy("organisation:unit_suggest")

    def found(self, number: str, name: str) -> list[Any]:
        living = Unit.objects.filter(active_on_today()).select_related("level", "parent__level")
        return list(living.filter(number=number)) or list(living.filter(name__iexact=name)[:6])

    def label_of(self, row: Unit) -> str:
        return unit_label(row)


class EarlierUnitField(UnitField):
    """Also units that have closed: what a unit was before is often gone."""

    def found(self, number: str, name: str) -> list[Any]:
        ever = Unit.objects.filter(report_group=None)
        return list(ever.filter(number=number)) or list(ever.filter(name__iexact=name)[:6])


class PersonField(PickerField):
    suggest = reverse_lazy("organisation:person_suggest")

    def found(self, number: str, name: str) -> list[Any]:
        active = Person.objects.filter(is_active=True)
        exact = list(active.filter(Q(number=number) | Q(email=number.lower())))
        return exact or list(active.filter(name__iexact=name)[:6])

    def label_of(self, row: Person) -> str:
        return person_label(row)
