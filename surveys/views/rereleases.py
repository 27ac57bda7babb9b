"""HR's page for a new edition of released reports: why, and what is withdrawn."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache

from organisation.access import is_hr, require
from organisation.models import CampaignUnit
from surveys import access, rereleases
from surveys.models import Release, Scale
from surveys.questionnaires import form_for
from surveys.release import CannotRelease
from surveys.report_figures import words


class EditionForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Hvorfor kommer der en ny udgave?"),
        max_length=600,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Står på rapporterne, så skriv det til dem, der læser dem."),
    )
    units = forms.CharField(
        label=gettext_lazy("Enheder, hvis tal trækkes tilbage"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Én enhed på hver linje: navnet eller nummeret. Tomt felt: ingen."),
    )
    items = forms.MultipleChoiceField(
        label=gettext_lazy("Spørgsmål, hvis tal trækkes tilbage overalt"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, release: Release, **more: Any) -> None:
        super().__init__(*args, **more)
        self.release = release
        field = self.fields["items"]
        assert isinstance(field, forms.MultipleChoiceField)
        questions = form_for(release.wave.questionnaire_id).closed_items
        field.choices = [(item.key, words(item.text)) for item in questions if item.kind != Scale.Kind.TEXT]

    def clean_units(self) -> list[int]:
        lines = [line.strip() for line in self.cleaned_data["units"].splitlines() if line.strip()]
        found: dict[str, list[int]] = {}
        units = (
            CampaignUnit.objects.filter(campaign=self.release.wave.campaign_id)
            if lines
            else CampaignUnit.objects.none()
        )
        for pk, name, number in units.values_list("pk", "name", "unit__number"):
            for word in {name.casefold(), str(number).casefold()}:
                found.setdefault(word, []).append(pk)
        wrong = [
            _("«%(line)s» findes ikke i målingen.") % {"line": line}
            if not found.get(line.casefold())
            else _("«%(line)s» er navnet på flere enheder. Skriv nummeret.") % {"line": line}
            for line in lines
            if len(found.get(line.casefold(), ())) != 1
        ]
        if wrong:
            raise forms.ValidationError(wrong)
        return [found[line.casefold()][0] for line in lines]


@login_required
@never_cache
def release_again(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Make the next edition: the same figures, less what is withdrawn. It waits for two approvals."""
    made = access.release_for(request.user, uuid)
    person = access.release_reader(request.user)
    require(is_hr(person))
    form = EditionForm(request.POST or None, release=made)
    if request.method == "POST" and form.is_valid():
        try:
            new = rereleases.edition_make(made.wave, by=person, **form.cleaned_data)
        except CannotRelease as error:
            form.add_error(None, str(error))
        else:
            return redirect("surveys:release_detail", new.uuid)
    return render(
        request,
        "surveys/release_again.html",
        {"form": form, "release": made, "back": reverse("surveys:release_detail", args=[made.uuid])},
        status=422 if form.errors else 200,
    )
