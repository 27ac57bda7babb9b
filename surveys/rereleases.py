"""A wave's next release: what may be changed once reports are out, and what never may (anonymity.md 3.7).

An **edition** repeats the facts of the release before, less what HR withdraws: texts, layout, access or a formula over
facts may have changed since. A **repair** runs the same plan again on a count in which a fault was proven: the same
units, items and people, other numbers. Neither shows anything that was hidden, and the database holds both to it.
What was withdrawn stays known: the audit counts every release of the wave together.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from organisation import access, clock
from organisation.audit import audit
from organisation.models import CampaignUnit, Person
from surveys import auditor, exports, facts
from surveys.facts import ANSWERED, Planned, Row
from surveys.models import Fact, Release, Wave
from surveys.questionnaires import FactItem, form_for
from surveys.release import CannotRelease
from surveys.report_figures import words

REPAIR_WITHIN = timedelta(days=30)


UNDECIDED = (Release.State.WAITING, Release.State.APPROVED)


@transaction.atomic
def edition_make(
    wave: Wave, *, by: Person, reason: str, units: Collection[int] = (), items: Collection[str] = ()
) -> Release:
    """The same facts again, less those of the withdrawn `units` (campaign unit ids) and `items` (questions).

    A question takes its follow-ups and everything counted beside it along. Waits for two approvals like any release.
    """
    last = _last(wave)
    if not access.is_hr(by):
        raise CannotRelease(_("Kun HR kan lave en ny udgave."))
    if not reason.strip():
        raise CannotRelease(_("Skriv, hvorfor der kommer en ny udgave."))
    rows, kept = _rows(last)
    known = _fact_items(wave)
    rows = [row for row in rows if row[0] not in units and not {of.item for of in _chain(known, row[1])} & set(items)]
    planned = facts.planned_of(rows, frozenset(key for key in kept if key in {(row[0], row[1]) for row in rows}))
    return _write(last, planned, kind=Release.Kind.EDITION, reason=reason.strip(), by=by)


@transaction.atomic
def repair_make(
    wave: Wave,
    *,
    respondents: Mapping[int, int],
    answers: Mapping[int, Mapping[str, Sequence[int]]],
    reason: str,
    by: Person | None = None,
) -> Release:
    """The same plan on the repaired count. Counts are those of people placed directly on a unit.

    Old and new are tried together. A question whose difference would tell something about fewer than five keeps its
    old figures, marked; so does one that may not be shown on the new count, for its old figures are known already.
    """
    last = _last(wave)
    if wave.key_mode != Wave.KeyMode.TRUSTEES:
        raise CannotRelease(_("Kun en måling med nøgleholdere har en forseglet optælling, som kan regnes om."))
    if wave.opened_at is None or clock.now() > wave.opened_at + REPAIR_WITHIN:
        raise CannotRelease(_("Der er gået mere end 30 dage. Den forseglede optælling er slettet."))
    if not reason.strip():
        raise CannotRelease(_("Skriv, hvilken fejl der er påvist."))
    old, kept = _rows(last)
    new = _same_plan(wave, old, respondents, answers)
    before = exports.known_before(wave)
    held = set(kept)
    known = _fact_items(wave)
    while True:
        rows = [
            old_row if (old_row[0], old_row[1]) in held else new_row for old_row, new_row in zip(old, new, strict=True)
        ]
        tried = auditor.audit([*before, exports.export_of(wave, _next_number(wave), _fact_rows(rows))])
        wrong = {_family(known, violation.item) for violation in tried if not violation.known}
        more = {(row[0], row[1]) for row in old if _family(known, row[1]) in wrong} - held
        if not more:
            break
        held |= more
    same = {(was[0], was[1]) for was, now in zip(old, new, strict=True) if was == now}
    planned = facts.planned_of(rows, frozenset(held - same))
    return _write(last, planned, kind=Release.Kind.REPAIR, reason=reason.strip(), by=by)


def kept_questions(unit: CampaignUnit, release: Release) -> list[str]:
    """The questions whose figures in this report are from the release before: told beside them."""
    if release.kind != Release.Kind.REPAIR:
        return []
    known = _fact_items(release.wave)
    keys = Fact.objects.filter(release=release, unit=unit, kept=True).values_list("item", flat=True)
    return list(dict.fromkeys(words(known[key].text) for key in keys if key in known and known[key].option is None))


def withdrawn_questions(unit: CampaignUnit, release: Release) -> list[str]:
    """The questions that an earlier edition of this report showed and this one does not: told with the reason."""
    if release.number == 1:
        return []
    facts_here = Fact.objects.filter(unit=unit, n__isnull=False, release__wave=release.wave_id)
    before = facts_here.filter(release__number__lt=release.number, release__released_at__isnull=False)
    gone = set(before.values_list("item", flat=True)) - set(
        facts_here.filter(release=release).values_list("item", flat=True)
    )
    form = form_for(release.wave.questionnaire_id)
    asked = [item for item in form.facts if item.key in gone and item.on_its_own and item.option is None]
    return list(dict.fromkeys(words(item.text) for item in asked))


@transaction.atomic
def edition_discard(release: Release, *, by: Person) -> None:
    """Give up an edition that nobody has seen. The next one builds on the last one that was out."""
    made = Release.objects.select_for_update().get(pk=release.pk)
    if not access.is_hr(by):
        raise CannotRelease(_("Kun HR kan kassere en ny udgave."))
    if made.number == 1 or made.state not in UNDECIDED:
        raise CannotRelease(_("Kun en ny udgave, der ikke er frigivet, kan kasseres."))
    made.approvals.all().delete()
    made.state, made.withdrawn_reason = Release.State.WITHDRAWN, _("Kasseret, før den blev frigivet.")
    made.save(update_fields=["state", "withdrawn_reason"])
    audit("edition_discarded", made, actor=by)


def _last(wave: Wave) -> Release:
    """The release that the next one builds on: the last that was out. One that still waits comes first."""
    releases = list(wave.releases.select_for_update().order_by("-number"))
    if any(made.number > 1 and made.state in UNDECIDED for made in releases):
        raise CannotRelease(_("Der venter allerede en ny udgave på godkendelse. Godkend eller kassér den først."))
    last = next((made for made in releases if made.released_at is not None), None)
    if last is None or wave.kind == Wave.Kind.IMPORTED:
        raise CannotRelease(_("En ny udgave kan laves, når rapporterne har været frigivet."))
    return last


def _next_number(wave: Wave) -> int:
    return max(wave.releases.values_list("number", flat=True)) + 1


def _rows(release: Release) -> tuple[list[Row], set[tuple[int, str]]]:
    rows: list[Row] = []
    kept = set()
    shown = release.facts.filter(n__isnull=False).order_by("unit_id", "item")
    for unit, item, n, dist, minus, is_kept in shown.values_list("unit_id", "item", "n", "dist", "minus", "kept"):
        rows.append((unit, item, n or 0, list(dist or ()), list(minus)))
        if is_kept:
            kept.add((unit, item))
    return rows, kept


def _same_plan(
    wave: Wave, old: Sequence[Row], respondents: Mapping[int, int], answers: Mapping[int, Mapping[str, Sequence[int]]]
) -> list[Row]:
    """Each stored figure counted again, about the very people it was about: the unit's, less what it leaves out."""
    units = list(CampaignUnit.objects.filter(campaign=wave.campaign_id).order_by("position"))
    direct: dict[tuple[int, str], Sequence[int]] = {(unit, ANSWERED): [n] for unit, n in respondents.items()}
    direct |= {(unit, item): dist for unit, of_unit in answers.items() for item, dist in of_unit.items()}
    whole: dict[tuple[int, str], list[int]] = {}
    parent = {unit.pk: unit.parent_id for unit in units}
    for (unit, item), dist in direct.items():
        at: int | None = unit
        while at is not None:
            total = whole.setdefault((at, item), [0] * len(dist))
            whole[at, item] = [a + b for a, b in zip(total, dist, strict=True)]
            at = parent[at]
    new: list[Row] = []
    for unit, item, _n, dist, minus in old:
        counted = list(whole.get((unit, item), [0] * len(dist)))
        for part in minus:
            left = direct.get((int(part[:-1]), item)) if part.endswith("#") else whole.get((int(part), item))
            counted = [a - b for a, b in zip(counted, left or [0] * len(counted), strict=True)]
        new.append((unit, item, sum(counted), counted, minus))
    return new


def _fact_items(wave: Wave) -> dict[str, FactItem]:
    return {item.key: item for item in form_for(wave.questionnaire_id).facts}


def _chain(known: Mapping[str, FactItem], key: str) -> list[FactItem]:
    """The item, the one it follows or is counted beside, and so on up."""
    chain = []
    at: str | None = key
    while at is not None and at in known:
        chain.append(known[at])
        at = known[at].of or known[at].beside
    return chain


def _family(known: Mapping[str, FactItem], key: str) -> str:
    """Figures that are counts of one another's answers are held or replaced together."""
    chain = _chain(known, key)
    return chain[-1].key if chain else key


def _fact_rows(rows: Sequence[Row]) -> list[Any]:
    return [(unit, item, n, dist, None, minus) for unit, item, n, dist, minus in rows]


def _write(last: Release, planned: Planned, *, kind: str, reason: str, by: Person | None) -> Release:
    wave, number = last.wave, _next_number(last.wave)
    verdict = facts.audit_plan(wave, planned, number=number)
    if not verdict.green:
        raise CannotRelease(_("Efterprøvningen er ikke grøn. Der er ikke lavet nogen ny udgave."))
    made = Release.objects.create(
        wave=wave,
        number=number,
        kind=kind,
        reason=reason,
        due_at=clock.now(),
        audit_green=True,
        audit_report=verdict.report,
        facts_sha256=planned.sha256,
    )
    facts.write_facts(made, planned)
    audit("release_made_again", made, actor=by, kind=kind, facts=planned.sha256)
    return made
