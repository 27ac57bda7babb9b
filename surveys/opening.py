"""Open a wave when its day has come: frozen organisation, keys, tickets, groups for the response rate."""

from __future__ import annotations

from django.db import transaction

from organisation import clock
from organisation.audit import audit
from organisation.campaigns import milestone
from organisation.freezing import AlreadyFrozen, campaign_freeze
from organisation.models import Campaign, Milestone, Person
from surveys import keys, rates, tickets, trustees
from surveys.models import Questionnaire, Wave
from surveys.questionnaire_checks import problems_of
from surveys.questionnaire_data import questionnaire_dump


class CannotOpenYet(Exception):
    """Something that opening needs is missing; the message says what, for the job's line in HR's list."""


def wave_plan(*, campaign: Campaign, questionnaire: Questionnaire, by: Person | None = None) -> Wave:
    """The campaign's survey, as planned by its milestone. Planned already: the same wave again."""
    period = milestone(campaign, Milestone.Key.SURVEY)
    if period is None:
        raise CannotOpenYet("Målingen har ingen dato for, hvornår spørgeskemaet er åbent.")
    with transaction.atomic():
        wave, made = Wave.objects.get_or_create(
            campaign=campaign,
            kind=Wave.Kind.MAIN,
            defaults={
                "questionnaire": questionnaire,
                "opens_at": period.starts_moment,
                "closes_at": period.ends_moment,
            },
        )
        if made:
            audit("wave_planned", wave, actor=by)
    return wave


def waves_open() -> int:
    """Open every planned wave whose time has come. Returns how many; one that dies half-way is taken up again."""
    opened, refused = 0, None
    planned = Wave.objects.filter(state=Wave.State.PLANNED).exclude(kind=Wave.Kind.IMPORTED)
    for wave in planned.select_related("campaign"):
        _follow_schedule(wave)
        # Without a tried key the survey stays shut; HR's list and tasks say so, and the next look opens it.
        if wave.opens_at <= clock.now() < wave.closes_at and trustees.may_open(wave):
            try:
                opened += wave_open(wave)
            except CannotOpenYet as error:
                refused = error  # one that cannot open keeps no other one shut
    if refused is not None:
        raise refused
    return opened


def _follow_schedule(wave: Wave) -> None:
    """Until it opens, the survey follows the dates that HR may still move."""
    period = milestone(wave.campaign, Milestone.Key.SURVEY) if wave.kind == Wave.Kind.MAIN else None
    if period is not None and (wave.opens_at, wave.closes_at) != (period.starts_moment, period.ends_moment):
        wave.opens_at, wave.closes_at = period.starts_moment, period.ends_moment
        wave.save(update_fields=["opens_at", "closes_at"])


def wave_open(wave: Wave, *, by: Person | None = None) -> bool:
    """Open one wave. False when another worker was first. Raises CannotOpenYet.

    Each step may be there already from a run that died: keys and tickets are made once, and the last step, the
    change of state, makes everything before it count.
    """
    if not trustees.may_open(wave):
        raise CannotOpenYet("Nøgleholderne har ikke lavet og prøvet målingens nøgle endnu.")
    _check_questionnaire(wave)
    if wave.campaign.frozen_at is None:
        try:
            campaign_freeze(wave.campaign, by=by)
        except AlreadyFrozen:
            wave.campaign.refresh_from_db()
    keys.make(wave)
    tickets.tickets_make(wave)
    with transaction.atomic():
        claimed = Wave.objects.filter(pk=wave.pk, state=Wave.State.PLANNED).update(
            state=Wave.State.OPEN,
            public_key=wave.public_key,
            private_key_fingerprint=wave.private_key_fingerprint,
            pseudonym_key_fingerprint=wave.pseudonym_key_fingerprint,
        )
        if not claimed:
            return False
        Questionnaire.objects.filter(pk=wave.questionnaire_id).update(locked=True)
        _check_questionnaire(wave)  # HR may have changed it until it was locked
        rates.rate_groups_choose(wave)
        audit("wave_opened", wave, actor=by, key_mode=wave.key_mode, naming=wave.naming)
    wave.refresh_from_db()
    return True


def _check_questionnaire(wave: Wave) -> None:
    """A form that cannot be answered or counted does not open. Without KommuneMED's approval it does: see 0024."""
    problems = problems_of(questionnaire_dump(wave.questionnaire))
    if problems:
        raise CannotOpenYet(f"Spørgeskemaet kan ikke bruges endnu. {problems[0].place}: {problems[0].text}")
