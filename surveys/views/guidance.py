"""HR's words for the readers of reports: the guideline on the red thread, and the strategic indicators."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from organisation.access import require_hr
from organisation.audit import audit
from organisation.campaigns import newest_campaign
from surveys import guidance
from surveys import report_figures as figures
from surveys.models import Guideline, Indicator, Wave
from surveys.questionnaires import form_for


class GuidelineForm(forms.Form):
    """Each part in Danish and English; a line is a paragraph of its own."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kept = {row.part: row for row in Guideline.objects.all()}
        own = guidance.own_words()
        for part in Guideline.Part:
            row = kept.get(part)
            for language, word in (("da", _("på dansk")), ("en", _("på engelsk"))):
                self.fields[f"{part}_{language}"] = forms.CharField(
                    label=f"{part.label}, {word}",
                    required=False,
                    initial=getattr(row, language, ""),
                    widget=forms.Textarea(attrs={"rows": 5}),
                    help_text=_("Tomt felt: «%(words)s»") % {"words": own[part].replace("\n", " ")}
                    if language == "da"
                    else "",
                )

    def texts(self) -> dict[str, dict[str, str]]:
        return {
            part.value: {language: self.cleaned_data[f"{part}_{language}"] for language in ("da", "en")}
            for part in Guideline.Part
        }


@login_required
def guideline_edit(request: HttpRequest) -> HttpResponse:
    """What a trio reads about krænkende adfærd before its dialogue."""
    person = require_hr(request.user)
    form = GuidelineForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        guidance.guideline_write(form.texts(), by=person)
        messages.success(request, _("Teksten er gemt. Trioerne læser den på den røde tråd."))
        return redirect("surveys:guideline_edit")
    return render(request, "surveys/guideline_edit.html", {"form": form})


def _topics() -> list[tuple[str, str]]:
    """The scored topics of the questionnaire in use, to rest an indicator on."""
    campaign = newest_campaign()
    wave = Wave.objects.filter(campaign=campaign, kind=Wave.Kind.MAIN).first() if campaign else None
    if wave is None:
        return []
    return [
        (topic.key, figures.words(topic.title)) for topic in form_for(wave.questionnaire_id).anonymous if topic.scored
    ]


class IndicatorForm(forms.ModelForm):
    topics = forms.MultipleChoiceField(
        label=gettext_lazy("Emner, der siger noget om indikatoren"), widget=forms.CheckboxSelectMultiple
    )

    class Meta:
        model = Indicator
        fields = ["da", "en", "topics", "order"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        topics = self.fields["topics"]
        assert isinstance(topics, forms.MultipleChoiceField)
        topics.choices = _topics()


@login_required
@require_safe
def indicator_list(request: HttpRequest) -> HttpResponse:
    """The municipality's strategic indicators and the topics that each rests on."""
    require_hr(request.user)
    names = dict(_topics())
    rows = [
        {"indicator": row, "topics": [names.get(key, key) for key in row.topics]} for row in Indicator.objects.all()
    ]
    return render(request, "surveys/indicator_list.html", {"rows": rows})


def _save(request: HttpRequest, indicator: Indicator) -> HttpResponse:
    person = require_hr(request.user)
    form = IndicatorForm(request.POST if request.method == "POST" else None, instance=indicator)
    if request.method == "POST" and form.is_valid():
        row = form.save()
        audit("indicator_saved", row, actor=person)
        messages.success(request, _("Indikatoren er gemt og står på kommunens rapport."))
        return redirect("surveys:indicator_list")
    return render(request, "surveys/indicator_edit.html", {"form": form, "indicator": indicator})


@login_required
def indicator_create(request: HttpRequest) -> HttpResponse:
    """A new indicator."""
    require_hr(request.user)
    return _save(request, Indicator(order=Indicator.objects.count() + 1))


@login_required
def indicator_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change an indicator's name, topics or place."""
    require_hr(request.user)
    return _save(request, get_object_or_404(Indicator, pk=pk))


@login_required
@require_POST
def indicator_delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Remove an indicator. No figure goes with it."""
    person = require_hr(request.user)
    row = get_object_or_404(Indicator, pk=pk)
    audit("indicator_deleted", row, actor=person)
    row.delete()
    messages.success(request, _("Indikatoren er slettet."))
    return redirect("surveys:indicator_list")
