"""Forms of HR's organisation pages."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _

from organisation.imports import payroll


class MappingForm(forms.Form):
    """One choice of heading for each thing that a payroll extract can hold."""

    def __init__(self, *args: Any, headings: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", _("– findes ikke –")), *((heading, heading) for heading in dict.fromkeys(headings) if heading)]
        for target in payroll.TARGETS:
            self.fields[target.key] = forms.ChoiceField(
                label=str(target.label), choices=choices, required=False, help_text=str(target.help)
            )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for target in payroll.missing(cleaned):
            self.add_error(target.key, _("Vælg kolonnen med %(what)s.") % {"what": str(target.label).lower()})
        used: dict[str, str] = {}
        for key, heading in list(cleaned.items()):
            if heading and used.setdefault(heading, key) != key:
                self.add_error(key, _("Kolonnen «%(heading)s» er valgt to gange.") % {"heading": heading})
        return cleaned
