"""Short surveys: the one door for other apps that want to ask a few questions again.

    pulse_plan(campaign=…, occasion="dialogue", units=[…], opens_at=…, closes_at=…, by=…)  -> Wave
    pulse_figures(wave, unit, reader=…)                                                    -> list of PulseFigure

A pulse is a wave: opened, invited to, closed, counted, audited, approved by two and released the next morning at eight
by the same code as the large survey. Its key is `automatic`; nothing is shown before the release, and at least five
answers stand in every block. It asks people where the campaign placed them, as long as they are employed: figures
about the same units are then about comparable people, and nobody can be moved between two of them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from organisation import clock
from organisation.audit import audit
from organisation.models import Campaign, CampaignUnit, Person, Placement
from surveys import access
from surveys.master.pulses import PULSES
from surveys.models import Fact, Pulse, Questionnaire, Release, Wave
from surveys.questionnaire_data import questionnaire_load
from surveys.questionnaires import Form, fact_items, form_for
from surveys.scores import mean_of, whole

LEAST_INVITED = 5  # fewer can never show anything, so they are not asked
Occasion = Pulse.Occasion


@transaction.atomic
def pulse_plan(
    *,
    campaign: Campaign,
    occasion: str,
    units: Collection[CampaignUnit],
    opens_at: datetime,
    closes_at: datetime,
    by: Person | None,
    questionnaire: Questionnaire | None = None,
) -> Wave:
    """Plan a short survey. The questions are the occasion's; with `own`, those of `questionnaire` (anonymous only).

    ValidationError, in words, where it cannot be: dates, too few people, a questionnaire with a physical part.
    """
    if campaign.frozen_at is None:
        raise ValidationError(_("En kort måling kan planlægges, når organisationen er frosset."))
    if closes_at <= opens_at:
        raise ValidationError({"closes": [_("Målingen skal lukke, efter at den er åbnet.")]})
    if closes_at <= clock.now():
        raise ValidationError({"closes": [_("Den dag er forbi.")]})
    chosen = questionnaire if occasion == Occasion.OWN else questionnaire_load(PULSES[occasion])
    if chosen is None:
        raise ValidationError(_("Vælg, hvad der skal spørges om."))
    form = form_for(chosen.pk)
    if any(topic.section != "A" for topic in form.topics) or not form.closed_items:
        raise ValidationError(_("En kort måling har kun anonyme spørgsmål med svarmuligheder."))
    if not units or any(unit.campaign_id != campaign.pk for unit in units):
        raise ValidationError({"unit": [_("Vælg en enhed, der er med i målingen.")]})
    wave = Wave.objects.create(
        campaign=campaign,
        kind=Wave.Kind.PULSE,
        questionnaire=chosen,
        opens_at=opens_at,
        closes_at=closes_at,
        key_mode=Wave.KeyMode.AUTOMATIC,
    )
    pulse = Pulse.objects.create(wave=wave, occasion=occasion, by=by)
    pulse.units.set(units)
    if places_of(wave).count() < LEAST_INVITED:
        raise ValidationError(
            {"units": [_("Der er færre end fem at spørge, så intet kunne vises. Vælg en større enhed.")]}
        )
    audit("pulse_planned", wave, actor=by, occasion=occasion, units=[unit.pk for unit in units])
    return wave


@transaction.atomic
def pulse_cancel(wave: Wave, *, by: Person) -> None:
    """Take back a short survey that has not opened."""
    wave = Wave.objects.select_for_update().get(pk=wave.pk)
    if wave.kind != Wave.Kind.PULSE or wave.state != Wave.State.PLANNED:
        raise ValidationError(_("Målingen er åbnet og kan ikke aflyses mere."))
    audit("pulse_cancelled", wave, actor=by)
    wave.delete()


def places_of(wave: Wave) -> QuerySet[Placement]:
    """Whom a wave asks: everybody placed in the campaign; for a pulse, those in its units who are still employed."""
    places = Placement.objects.filter(campaign=wave.campaign_id)
    if wave.kind != Wave.Kind.PULSE:
        return places
    asked = CampaignUnit.objects.filter(
        pk__in=Pulse.units.through.objects.filter(pulse__wave=wave).values("campaignunit")
    )
    employed = Q(employment__ends__isnull=True) | Q(employment__ends__gte=clock.today())
    return places.filter(
        employed, unit__path__overlap=list(asked.values_list("unit_id", flat=True)), person__is_active=True
    )


def placed_of(wave: Wave) -> dict[int, int] | None:
    """For a pulse: how many were asked directly in each unit. None for the campaign's survey: its units say it."""
    if wave.kind != Wave.Kind.PULSE:
        return None
    return dict(Counter(wave.tickets.values_list("placement__unit_id", flat=True)))


def title_of(wave: Wave) -> str:
    """What a wave is called where people meet it, in the reader's language."""
    title = wave.questionnaire.title
    return str(title.get(get_language() or "da") or title["da"])


# --- reading ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class PulseFigure:
    """One question of a released pulse for one unit. `n` None: not shown; nothing tells why."""

    text: str
    labels: tuple[str, ...]
    n: int | None
    dist: tuple[int, ...] = ()
    score: int | None = None  # 0-100, 100 is best

    @property
    def rows(self) -> list[tuple[str, int, int]]:
        """(label, answers, whole percent) in the scale's order."""
        total = sum(self.dist) or 1
        return [
            (label, count, round(100 * count / total)) for label, count in zip(self.labels, self.dist, strict=False)
        ]


def released_of(wave: Wave) -> Release | None:
    return wave.releases.filter(state=Release.State.RELEASED).first()


def units_read_by(wave: Wave, reader: Any) -> QuerySet[CampaignUnit]:
    """The asked units of a released pulse, and those below, whose figures the reader's roles open as with reports."""
    if released_of(wave) is None:
        return CampaignUnit.objects.none()
    scope = access.report_scope(reader)
    if not (scope.everything or scope.whole or scope.aggregates or scope.single):
        return CampaignUnit.objects.none()
    # Not those above: their figures are about the same people, and would open a unit to its neighbours.
    asked = CampaignUnit.objects.filter(pk__in=Pulse.objects.filter(wave=wave).values("units"))
    below = list(asked.values_list("unit_id", flat=True))
    return CampaignUnit.objects.filter(scope.by_role(), campaign=wave.campaign_id, path__overlap=below)


def pulse_figures(wave: Wave, unit: CampaignUnit, *, reader: Any) -> list[PulseFigure]:
    """The questions of a released pulse as the reader may see them for one unit; empty before the release, or for
    somebody whose roles do not open the unit. Four queries at most."""
    release = released_of(wave)
    if release is None or not units_read_by(wave, reader).filter(pk=unit.pk).exists():
        return []
    form = form_for(wave.questionnaire_id)
    facts = {
        fact.item: fact
        for fact in Fact.objects.filter(release=release, unit=unit, n__isnull=False).only("item", "n", "dist")
    }
    language = get_language() or "da"
    return [_figure(form, item, facts.get(item.key), language) for item in fact_items(form) if item.on_its_own]


def _figure(form: Form, item: Any, fact: Fact | None, language: str) -> PulseFigure:
    def words(text: dict[str, str]) -> str:
        return text.get(language) or text["da"]

    labels = tuple(words(label) for label in item.labels)
    if fact is None or fact.dist is None:
        return PulseFigure(words(item.text), labels, None)
    mean = mean_of(item.values, fact.dist) if item.kind == "scale" else None
    return PulseFigure(words(item.text), labels, fact.n, tuple(fact.dist), None if mean is None else whole(mean))
