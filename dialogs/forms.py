"""Forms of a dialogue: its date, and its record with agreements."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.forms import BaseFormSet, formset_factory
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dialogs.guide import TOPICS
from dialogs.models import Dialogue
from dialogs.services import AgreementDraft
from organisation.cpr import no_cpr

ROWS_AT_FIRST, ROWS_MORE, ROWS_AT_MOST = 3, 3, 40


class DialoguePlanForm(forms.Form):
    date = forms.DateField(
        label=gettext_lazy("Dato"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    time = forms.TimeField(
        label=gettext_lazy("Klokkeslæt"),
        help_text=gettext_lazy("Sæt to en halv til tre timer af."),
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )
    place = forms.CharField(
        label=gettext_lazy("Sted"),
        max_length=120,
        help_text=gettext_lazy("Lokale og adresse. Det står i invitationen."),
        validators=[no_cpr],
    )
    facilitator = forms.CharField(
        label=gettext_lazy("Facilitator"),
        max_length=120,
        required=False,
        help_text=gettext_lazy("Hvem leder mødet? Det behøver ikke være lederen. HR kan hjælpe."),
        validators=[no_cpr],
    )

    @classmethod
    def of(cls, dialogue: Dialogue) -> DialoguePlanForm:
        """The form as the dialogue stands."""
        local = timezone.localtime(dialogue.planned_at) if dialogue.planned_at else None
        return cls(
            initial={
                "date": local.date() if local else None,
                "time": local.time() if local else None,
                "place": dialogue.place,
                "facilitator": dialogue.facilitator,
            }
        )

    def planned_at(self) -> datetime:
        """Copenhagen time, aware."""
        naive = datetime.combine(self.cleaned_data["date"], self.cleaned_data["time"])
        return timezone.make_aware(naive, timezone.get_default_timezone())


class DialogueHoldForm(forms.Form):
    held_on = forms.DateField(
        label=gettext_lazy("Hvornår holdt I dialogen?"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    participants = forms.IntegerField(
        label=gettext_lazy("Hvor mange var med?"),
        help_text=gettext_lazy("Kun antallet, ingen navne."),
        min_value=1,
        max_value=2000,
    )
    topics = forms.MultipleChoiceField(
        label=gettext_lazy("Hvilke emner valgte I?"),
        help_text=gettext_lazy("Et til tre er nok."),
        choices=list(TOPICS.items()),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )


class AgreementForm(forms.Form):
    uuid = forms.UUIDField(required=False, widget=forms.HiddenInput)
    text = forms.CharField(
        label=gettext_lazy("Aftale"), max_length=300, required=False, strip=True, validators=[no_cpr]
    )
    topic = forms.ChoiceField(
        label=gettext_lazy("Emne"),
        required=False,
        choices=lambda: [("", gettext_lazy("Vælg emne")), *TOPICS.items()],
    )
    owner = forms.CharField(label=gettext_lazy("Tovholder"), max_length=120, required=False, validators=[no_cpr])

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if (cleaned.get("owner") or cleaned.get("topic")) and not cleaned.get("text") and "text" not in self.errors:
            self.add_error("text", _("Skriv, hvad I aftalte, eller tøm rækken."))
        return cleaned

    def draft(self) -> AgreementDraft:
        data = self.cleaned_data
        return AgreementDraft(data.get("text", ""), data.get("topic", ""), data.get("owner", ""), data.get("uuid"))


AgreementFormSet = formset_factory(AgreementForm, extra=0, absolute_max=ROWS_AT_MOST, max_num=ROWS_AT_MOST)


def agreement_rows(dialogue: Dialogue) -> BaseFormSet[AgreementForm]:
    """What is written already, and empty rows after it."""
    rows: list[dict[str, Any]] = [
        {"uuid": a.uuid, "text": a.text, "topic": a.topic, "owner": a.owner} for a in dialogue.agreements.all()
    ]
    return AgreementFormSet(initial=rows + [{} for _row in range(ROWS_AT_FIRST)], prefix="agreements")


def with_more_rows(posted: QueryDict) -> tuple[DialogueHoldForm, BaseFormSet[AgreementForm]]:
    """Everything as it was typed, unjudged, and more empty rows: for those without JavaScript."""
    prefix = "agreements"
    try:
        total = min(int(posted.get(f"{prefix}-TOTAL_FORMS", "0")), ROWS_AT_MOST)
    except ValueError:
        total = 0
    rows = [{name: posted.get(f"{prefix}-{n}-{name}", "") for name in AgreementForm.base_fields} for n in range(total)]
    rows = (rows + [{} for _row in range(ROWS_MORE)])[:ROWS_AT_MOST]
    form = DialogueHoldForm(
        initial={
            "held_on": posted.get("held_on"),
            "participants": posted.get("participants"),
            "topics": posted.getlist("topics"),
        }
    )
    return form, AgreementFormSet(initial=rows, prefix=prefix)
