"""What decides the release and is set before opening: answers behind a figure, what is left out, which level wins."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from organisation import access
from organisation.audit import audit
from organisation.campaigns import newest_campaign
from organisation.models import Level, Person
from surveys import planner
from surveys.models import Topic, Wave
from surveys.report_figures import words

MOST = 10  # the largest weight, and how far a threshold can be raised times five


class ReleaseRulesForm(forms.Form):
    """Cap, one threshold per topic of the anonymous part, one weight per level."""

    left_out = forms.IntegerField(
        label=gettext_lazy("En rapport må højst udelade, i procent af sine svar"),
        min_value=0,
        max_value=10,
        help_text=gettext_lazy(
            "Nogle få svar fra en lille enhed kan tælle med først længere oppe, så de andre enheder får deres rapport. "
            "0 slår det fra."
        ),
    )

    def __init__(self, *args: Any, wave: Wave, locked: bool, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["left_out"].initial = int(wave.left_out_cap * 100)
        self.topics = list(
            Topic.objects.filter(
                questionnaire=wave.questionnaire_id, section=Topic.Section.ANONYMOUS, switched_on=True
            ).order_by("order")
        )
        for topic in self.topics:
            self.fields[f"k_{topic.key}"] = forms.IntegerField(
                label=_("Mindst svar bag et tal: %(topic)s") % {"topic": words(topic.title)},
                min_value=planner.FLOOR,
                max_value=planner.FLOOR * MOST,
                initial=topic.threshold,
                error_messages={"min_value": _("Grænsen kan hæves, men aldrig komme under 5 besvarelser.")},
            )
        self.levels = list(Level.objects.order_by("pk"))
        for level in self.levels:
            self.fields[f"weight_{level.kind}"] = forms.DecimalField(
                label=_("Vægt: %(level)s") % {"level": level.name},
                min_value=Decimal("0.1"),
                max_value=MOST,
                max_digits=4,
                decimal_places=1,
                initial=wave.level_weights.get(level.kind, 1),
                help_text=_(
                    "1 er det almindelige. Højere tal: dette niveaus rapporter vinder, når ikke alle kan vises."
                ),
            )
        for field in self.fields.values():
            field.disabled = locked


@transaction.atomic
def _save(form: ReleaseRulesForm, wave: Wave, person: Person) -> None:
    said = form.cleaned_data
    wave = Wave.objects.select_for_update().get(pk=wave.pk)
    access.require(wave.state == Wave.State.PLANNED)
    wave.left_out_cap = Decimal(said["left_out"]) / 100
    wave.level_weights = {
        level.kind: float(said[f"weight_{level.kind}"]) for level in form.levels if said[f"weight_{level.kind}"] != 1
    }
    wave.save(update_fields=["left_out_cap", "level_weights"])
    for topic in form.topics:
        if topic.threshold != said[f"k_{topic.key}"]:
            Topic.objects.filter(pk=topic.pk).update(threshold=said[f"k_{topic.key}"])
    audit("release_rules_changed", wave, actor=person, fields=form.changed_data)


@login_required
def release_rules(request: HttpRequest) -> HttpResponse:
    """HR sets them before opening; afterwards the page tells them."""
    person = access.require_hr(request.user)
    campaign = newest_campaign()
    wave = (
        Wave.objects.filter(campaign=campaign, kind=Wave.Kind.MAIN).select_related("questionnaire").first()
        if campaign
        else None
    )
    if wave is None:
        return render(request, "surveys/release_rules.html", {"wave": None})
    locked = wave.state != Wave.State.PLANNED or wave.questionnaire.locked
    if request.method == "POST":
        access.require(not locked)
    form = ReleaseRulesForm(request.POST or None, wave=wave, locked=locked)
    if request.method == "POST" and form.is_valid():
        _save(form, wave, person)
        messages.success(request, _("Reglerne er gemt. De låses, når spørgeskemaet åbner."))
        return redirect("surveys:release_rules")
    return render(
        request,
        "surveys/release_rules.html",
        {"wave": wave, "form": form, "locked": locked},
        status=422 if form.errors else 200,
    )
