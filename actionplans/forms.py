"""Forms of a handleplan, its activities, and the committee's evaluation."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from actionplans.models import Activity
from dialogs.guide import TOPICS
from organisation import clock
from organisation.cpr import no_cpr
from organisation.models import Person, WorkEnvironmentGroup

NO_NAMES = gettext_lazy("Skriv om arbejdet. Ingen navne på borgere eller på kolleger, der er syge.")


def _date(**attrs: str) -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date", **attrs}, format="%Y-%m-%d")


class PlanForm(forms.Form):
    group = forms.ModelChoiceField(
        label=gettext_lazy("Trio"), queryset=WorkEnvironmentGroup.objects.none(), empty_label=None
    )
    title = forms.CharField(
        label=gettext_lazy("Overskrift"),
        max_length=160,
        help_text=gettext_lazy("Kort, og så alle på arbejdspladsen kan se, hvad det handler om."),
        validators=[no_cpr],
    )
    topic = forms.ChoiceField(
        label=gettext_lazy("Emne"),
        required=False,
        choices=lambda: [("", gettext_lazy("Ikke et bestemt emne")), *TOPICS.items()],
    )
    problem = forms.CharField(
        label=gettext_lazy("Hvad er problemet?"),
        help_text=NO_NAMES,
        widget=forms.Textarea(attrs={"rows": 3}),
        validators=[no_cpr],
    )
    cause = forms.CharField(
        label=gettext_lazy("Hvad er årsagen?"),
        required=False,
        help_text=gettext_lazy("Det, I tror ligger bag. Fjern helst årsagen frem for at leve med den."),
        widget=forms.Textarea(attrs={"rows": 3}),
        validators=[no_cpr],
    )
    goal = forms.CharField(
        label=gettext_lazy("Hvor vil I hen?"),
        help_text=gettext_lazy("Beskriv hverdagen, når det er lykkedes."),
        widget=forms.Textarea(attrs={"rows": 3}),
        validators=[no_cpr],
    )
    follow_up_on = forms.DateField(
        label=gettext_lazy("Hvornår følger I op?"),
        help_text=gettext_lazy("Den dag ser I på, om det virker."),
        widget=_date(),
    )
    follow_up_how = forms.CharField(
        label=gettext_lazy("Hvordan ser I, at det virker?"),
        required=False,
        max_length=300,
        help_text=gettext_lazy("For eksempel: alle holder pause mindst fire af fem dage."),
        validators=[no_cpr],
    )

    def __init__(self, *args: Any, groups: Sequence[WorkEnvironmentGroup] = (), new: bool = True, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.new = new
        choices: Any = self.fields["group"]
        if len(groups) > 1:
            choices.queryset = WorkEnvironmentGroup.objects.filter(pk__in=[group.pk for group in groups])
        else:
            # One trio, or a plan that has its trio already: nothing to choose.
            del self.fields["group"]

    def clean_follow_up_on(self) -> date:
        day: date = self.cleaned_data["follow_up_on"]
        if self.new and day < clock.today():
            raise forms.ValidationError(_("Vælg en dag, der ikke er passeret."))
        return day


class ActivityForm(forms.Form):
    what = forms.CharField(
        label=gettext_lazy("Aktivitet"),
        max_length=300,
        help_text=gettext_lazy("Noget, man kan se, om er sket. Begynd med et udsagnsord."),
        validators=[no_cpr],
    )
    owner_name = forms.CharField(
        label=gettext_lazy("Hvem er tovholder?"),
        max_length=120,
        help_text=gettext_lazy("Skriv et navn. Er det en fra enheden, får vedkommende selv besked om fristen."),
        widget=forms.TextInput(attrs={"list": "staff", "autocomplete": "off"}),
        validators=[no_cpr],
    )
    deadline = forms.DateField(label=gettext_lazy("Hvornår er der deadline?"), widget=_date())

    def __init__(self, *args: Any, staff: Sequence[Person], activity: Activity | None = None, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.staff, self.activity = staff, activity

    def clean_deadline(self) -> date:
        day: date = self.cleaned_data["deadline"]
        kept = self.activity is not None and self.activity.deadline == day
        if day < clock.today() and not kept:
            raise forms.ValidationError(_("Vælg en dag, der ikke er passeret."))
        return day

    def owner(self) -> Person | None:
        """The one employee with that name in the trio's units; two of the same name are nobody in particular."""
        name = self.cleaned_data["owner_name"].strip().casefold()
        if self.activity is not None and self.activity.owner and self.activity.owner_name.casefold() == name:
            return self.activity.owner
        named = [person for person in self.staff if person.name.casefold() == name]
        return named[0] if len(named) == 1 else None


class EvaluationForm(forms.Form):
    went_well = forms.CharField(
        label=gettext_lazy("Hvad gik godt?"),
        help_text=gettext_lazy("Forberedelse, svarprocent, dialoger, handleplaner, samarbejde."),
        widget=forms.Textarea(attrs={"rows": 4}),
        validators=[no_cpr],
    )
    do_differently = forms.CharField(
        label=gettext_lazy("Hvad gør vi anderledes næste gang?"),
        widget=forms.Textarea(attrs={"rows": 4}),
        validators=[no_cpr],
    )
    own_effort = forms.CharField(
        label=gettext_lazy("Hvordan vurderer udvalget sin egen indsats?"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        validators=[no_cpr],
    )
    decisions = forms.CharField(
        label=gettext_lazy("Hvad beslutter vi nu?"),
        required=False,
        help_text=gettext_lazy("Justeringer, nye indsatser, og hvem der gør hvad."),
        widget=forms.Textarea(attrs={"rows": 4}),
        validators=[no_cpr],
    )
