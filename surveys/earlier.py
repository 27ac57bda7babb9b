"""An earlier measurement becomes facts with their own n: what HR uploads, previews, and takes into use.

Its figures may have been made by a naive rule. What could be worked out from them alone is known and does not block;
what becomes possible to work out together with figures of ours does (anonymity.md 3.7).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from organisation import clock
from organisation.audit import audit
from organisation.models import Campaign, CampaignUnit, Level, Person, Unit, UnitSuccession
from organisation.structure import succession_set
from surveys import auditor, exports, facts
from surveys.earlier_sheet import ANSWERS, EarlierSheet, EarlierUnit, keys_of
from surveys.exports import ANSWERED
from surveys.models import Comparability, Fact, Item, Questionnaire, Release, Topic, Wave
from surveys.report_figures import words

BATCH = 5000


class CannotImport(Exception):
    """The measurement cannot be taken into use; the message says why. Nothing is changed."""


@dataclass(frozen=True)
class Key:
    """One question or topic of then: how many figures, and what it is set beside today."""

    key: str
    shown: int
    hidden: int
    today: str = ""  # its key
    words: str = ""  # and how it reads
    approved: bool = False
    is_count: bool = False  # how many answered at all: nothing is set beside it


@dataclass
class Preview:
    """What taking it into use would do. `known`: what can be worked out from the old figures alone."""

    year: int
    units: int = 0
    same: int = 0
    gone: int = 0
    known: int = 0
    keys: list[Key] = field(default_factory=list)


def imported() -> list[Release]:
    """The imported measurements, newest first."""
    return list(
        Release.objects.filter(wave__kind=Wave.Kind.IMPORTED)
        .select_related("wave__campaign")
        .order_by("-wave__closes_at", "-pk")
    )


def preview(sheet: EarlierSheet, *, closed_on: date, by: Person) -> Preview:
    """Try it, and take everything back. Raises CannotImport as `measurement_import` does."""
    found = Preview(year=closed_on.year)
    with _tried(), transaction.atomic():
        release, found.known = _write(sheet, closed_on=closed_on, by=by)
        today = set(
            CampaignUnit.objects.filter(campaign=release.wave.campaign_id, unit__ends=None).values_list(
                "unit_id", flat=True
            )
        )
        succeeded = set(
            UnitSuccession.objects.filter(earlier__in=_units_of(release)).values_list("earlier_id", flat=True)
        )
        every = _units_of(release)
        found.units, found.same = len(every), len(today | (succeeded & every))
        found.gone = found.units - found.same
        raise _Tried
    links: dict[str, list[tuple[str, bool]]] = {}
    for earlier, key, approved_by, kind in Comparability.objects.values_list(
        "earlier_key", "key", "approved_by", "kind"
    ):
        if kind != Comparability.Kind.NONE:
            links.setdefault(earlier, []).append((key, bool(approved_by)))
    asked = _words_of({key for of_key in links.values() for key, _approved in of_key})
    for key, (shown, hidden) in keys_of(sheet.figures).items():
        beside, approved = links.get(key, [("", False)])[-1]
        found.keys.append(Key(key, shown, hidden, beside, asked.get(beside, ""), approved, is_count=key == ANSWERS))
    return found


def _words_of(keys: set[str]) -> dict[str, str]:
    """Today's questions and topics by their keys, as the newest questionnaire has them."""
    found = dict(Topic.objects.filter(key__in=keys).order_by("pk").values_list("key", "title"))
    found |= dict(Item.objects.filter(key__in=keys).order_by("pk").values_list("key", "text"))
    return {key: words(text) for key, text in found.items()}


@transaction.atomic
def measurement_import(sheet: EarlierSheet, *, closed_on: date, by: Person) -> Release:
    """Write campaign, units, wave and facts of an earlier measurement, all or nothing. Raises CannotImport."""
    release, _known = _write(sheet, closed_on=closed_on, by=by)
    audit("earlier_imported", release, actor=by, year=closed_on.year, figures=len(sheet.figures))
    return release


@transaction.atomic
def measurement_withdraw(release: Release, *, by: Person, reason: str) -> None:
    """Take an imported measurement out of use: no comparison uses it; the audit keeps counting it."""
    if not reason.strip():
        raise CannotImport(_("Skriv, hvorfor målingen tages ud af brug."))
    taken = Release.objects.filter(pk=release.pk, wave__kind=Wave.Kind.IMPORTED, state=Release.State.RELEASED).update(
        state=Release.State.WITHDRAWN, withdrawn_reason=reason.strip()
    )
    if taken:
        audit("earlier_withdrawn", release, actor=by)


class _Tried(Exception):
    pass


@contextmanager
def _tried() -> Iterator[None]:
    with suppress(_Tried):
        yield


def _units_of(release: Release) -> set[int]:
    return set(CampaignUnit.objects.filter(campaign=release.wave.campaign_id).values_list("unit_id", flat=True))


def _write(sheet: EarlierSheet, *, closed_on: date, by: Person) -> tuple[Release, int]:
    """The rows of the measurement, and how much could be worked out from it alone."""
    if sheet.errors:
        raise CannotImport(_("Regnearket har fejl. Ret dem, og send det igen."))
    if closed_on >= clock.today():
        raise CannotImport(_("En tidligere måling skal være lukket før i dag."))
    campaign = Campaign.objects.filter(year=closed_on.year).first()
    if campaign is not None and (
        campaign.milestones.exists()
        or Release.objects.filter(wave__campaign=campaign).exclude(state=Release.State.WITHDRAWN).exists()
    ):
        raise CannotImport(_("Der er allerede en måling fra %(year)s.") % {"year": closed_on.year})
    midnight = datetime.combine(closed_on, time(23, 59), timezone.get_default_timezone())
    if campaign is None:
        name = _("Trivselsmåling %(year)s") % {"year": closed_on.year}
        campaign = Campaign.objects.create(name=name, year=closed_on.year, frozen_at=midnight)
    rows = _freeze(campaign, sheet, closed_on)
    _successions(sheet, rows, by)
    questionnaire, _made = Questionnaire.objects.get_or_create(
        key=f"apv{closed_on.year}", defaults={"title": {"da": campaign.name, "en": campaign.name}, "locked": True}
    )
    wave = Wave.objects.create(
        campaign=campaign,
        kind=Wave.Kind.IMPORTED,
        state=Wave.State.OPENED,
        questionnaire=questionnaire,
        opens_at=midnight - timedelta(days=14),
        closes_at=midnight,
    )
    release = Release(wave=wave, state=Release.State.RELEASED, due_at=midnight, released_at=midnight, audit_green=True)
    made = [
        Fact(
            release=release,
            unit=rows[row.unit],
            item=ANSWERED if row.key == ANSWERS else row.key,
            n=row.n,
            dist=list(row.dist) if row.dist else [row.n] if row.key == ANSWERS and row.n is not None else None,
            mean=None if row.key == ANSWERS else row.mean,
        )
        for row in sheet.figures
    ]
    figures = [(fact.unit_id, fact.item, fact.n, fact.dist, fact.mean, fact.minus) for fact in made]
    verdict = facts.verdict_of([exports.export_of(wave, 1, figures), *exports.known_now()])
    if not verdict.green:
        raise CannotImport(
            _("Sammen med tal, der er frigivet her, ville noget om færre end fem kunne regnes ud. Skjul de tal først.")
        )
    release.audit_report = verdict.report
    release.save()
    Fact.objects.bulk_create(made, batch_size=BATCH)
    return release, sum(violation.known for violation in auditor.audit([exports.export_release(release)]))


def _freeze(campaign: Campaign, sheet: EarlierSheet, closed_on: date) -> dict[str, CampaignUnit]:
    """The units as they were then. One that is not there today gets a row that ended the day the measurement closed."""
    levels = {level.kind: level for level in Level.objects.all()}
    known = {unit.number: unit for unit in Unit.objects.filter(number__in=[unit.number for unit in sheet.units])}
    known |= {
        unit.number.partition(":")[2]: unit for unit in Unit.objects.filter(number__startswith=f"{closed_on.year}:")
    }
    rows: dict[str, CampaignUnit] = {}
    there = {row.unit_id: row for row in CampaignUnit.objects.filter(campaign=campaign)}
    below: dict[str, int] = {}
    for unit in sheet.units:
        below[unit.parent] = below.get(unit.parent, 0) + unit.invited
    for position, unit in enumerate(sheet.units):
        parent = rows.get(unit.parent)
        behind = known.get(unit.number) or _ended(unit, levels, parent, closed_on)
        row = there.get(behind.pk) or CampaignUnit(campaign=campaign, unit=behind)
        row.parent, row.name, row.level_kind, row.position = parent, unit.name, unit.level, position
        row.path = [*(parent.path if parent is not None else []), behind.pk]
        row.placed, row.invited = unit.invited - below.get(unit.number, 0), unit.invited
        row.save()
        rows[unit.number] = row
    return rows


def _ended(unit: EarlierUnit, levels: dict[str, Level], parent: CampaignUnit | None, closed_on: date) -> Unit:
    level = levels.get(unit.level)
    if level is None:
        raise CannotImport(_("Niveauet for %(unit)s findes ikke i organisationen.") % {"unit": unit.name})
    return Unit.objects.create(
        number=f"{closed_on.year}:{unit.number}"[:60],
        name=unit.name,
        level=level,
        parent=parent.unit if parent is not None else None,
        starts=closed_on,
        ends=closed_on,
    )


def _successions(sheet: EarlierSheet, rows: dict[str, CampaignUnit], by: Person) -> None:
    """What HR says each unit of then is today. A unit under its own number is the same without a word."""
    said: dict[str, list[EarlierUnit]] = {}
    for unit in sheet.units:
        if unit.today:
            said.setdefault(unit.today, []).append(unit)
    today = {unit.number: unit for unit in Unit.objects.filter(number__in=said, ends=None)}
    for number, earlier in said.items():
        if number not in today:
            raise CannotImport(_("Enheden %(number)s findes ikke i organisationen i dag.") % {"number": number[:60]})
        behind = [rows[unit.number].unit for unit in earlier]
        if behind == [today[number]] and earlier[0].how == UnitSuccession.Kind.SAME:
            continue
        kinds = {unit.how for unit in earlier}
        kind = UnitSuccession.Kind.MERGED_FROM if len(earlier) > 1 else kinds.pop()
        try:
            succession_set(unit=today[number], kind=str(kind), earlier=behind, by=by)
        except ValidationError as error:
            raise CannotImport(f"{earlier[0].name}: {' '.join(error.messages)}") from error
