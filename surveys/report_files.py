"""Files made of a report: kept by what they are made from, made once however many ask, in the background before that.

A file's key ends in the fingerprint of its words and figures and carries that of the layouts, so that one made from
other figures or by an older layout is never served. Making holds a lock in the database for as long as it lasts:
two workers do not make the same, and a worker that is killed leaves nothing behind. Access is decided by the views;
a file may be made before the reports are released, but nobody is served one.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from django.db import connection, transaction
from django.db.models import Q
from django.utils.translation import get_language, override

from organisation import clock
from organisation.models import CampaignUnit, StoredFile
from organisation.typeset import layouts_version, typeset
from surveys import paper
from surveys.facts import ANSWERED
from surveys.models import Fact, Release, Wave
from surveys.reports import report_of

PDF = "application/pdf"
SWEPT, SWEPT_LANGUAGE = "report", "da"  # what is made in advance; everything else on demand
SECONDS = 50  # for one run of the sweep, which looks every minute; the next run goes on
READY = (Release.State.WAITING, Release.State.APPROVED, Release.State.RELEASED)


class Busy(Exception):
    """Another worker is making this very file."""


def _place(release: Release, kind: str, language: str, version: str) -> str:
    return f"report:{release.pk}:{kind}:{language}:{version}:"


def report_file(unit: CampaignUnit, release: Release, kind: str, *, wait: bool = True) -> StoredFile:
    """One of paper.LAYOUTS in the active language. Raises Busy with wait=False while another worker is at it."""
    data = paper.LAYOUTS[kind](report_of(unit, release))
    return file_of(
        _place(release, kind, (get_language() or "da")[:2], layouts_version()) + f"{unit.pk}:",
        content=json.dumps(data, sort_keys=True, ensure_ascii=False),
        content_type=PDF,
        make=lambda: _set(f"{kind}.typ", data),
        wait=wait,
    )


def _set(layout: str, data: dict[str, Any]) -> bytes:
    """Tagged. A name in letters that our type lacks cannot be: that one document is set without tags, not refused."""
    try:
        return typeset(layout, data)
    except RuntimeError:
        return typeset(layout, data, standard=None)


def file_of(place: str, *, content: str, content_type: str, make: Callable[[], bytes], wait: bool = True) -> StoredFile:
    """The kept file of this content, else made now, in place of an older one of the same place."""
    key = place + sha256(content.encode()).hexdigest()[:24]
    kept = StoredFile.objects.filter(key=key).first()
    if kept is not None:
        return kept
    with transaction.atomic():
        _lock(place, wait=wait)
        kept = StoredFile.objects.filter(key=key).first()
        if kept is None:
            StoredFile.objects.filter(key__startswith=place).delete()
            kept = StoredFile.objects.create(key=key, content_type=content_type, data=make(), stored_on=clock.today())
    return kept


def _lock(place: str, *, wait: bool) -> None:
    """Until the transaction ends, or the worker does."""
    number = int.from_bytes(sha256(place.encode()).digest()[:8], "big", signed=True)
    with connection.cursor() as cursor:
        if wait:
            cursor.execute("select pg_advisory_xact_lock(%s)", [number])
            return
        cursor.execute("select pg_try_advisory_xact_lock(%s)", [number])
        row = cursor.fetchone()
    if not row or not row[0]:
        raise Busy


# ---------------------------------------------------------------- in the background


@dataclass(frozen=True)
class Progress:
    """How many of a release's Danish reports lie ready."""

    done: int
    total: int


def progress_of(release: Release) -> Progress:
    """Two statements, whatever the number of units. A short measurement has no reports of this kind."""
    if release.wave.kind != Wave.Kind.MAIN:
        return Progress(0, 0)
    wanted = _units_with_report(release)
    return Progress(done=len(wanted & _made(release)), total=len(wanted))


def _units_with_report(release: Release) -> set[int]:
    return set(Fact.objects.filter(release=release, item=ANSWERED, n__gt=0).values_list("unit_id", flat=True))


def _made(release: Release) -> set[int]:
    place = _place(release, SWEPT, SWEPT_LANGUAGE, layouts_version())
    keys = StoredFile.objects.filter(key__startswith=place).values_list("key", flat=True)
    return {int(key[len(place) :].split(":")[0]) for key in keys if key}


def releases_to_make() -> Iterator[Release]:
    """The newest counted and audited release of each survey. One that was withdrawn gets none."""
    discarded = Q(number__gt=1, state=Release.State.WITHDRAWN, released_at=None)
    for release in (
        Release.objects.filter(wave__kind=Wave.Kind.MAIN)
        .exclude(discarded)
        .select_related("wave__campaign", "wave__questionnaire")
        .order_by("wave_id", "-number")
        .distinct("wave_id")
    ):
        if release.state in READY and release.audit_green:
            yield release


def reports_make(said: Callable[[int, int], None] = lambda done, total: None, *, seconds: float = SECONDS) -> int:
    """Make what is missing, in the organisation's order, until the time is out. Returns how many were made.

    `said` hears how many of all lie ready. Somebody who opens a report meanwhile does not wait for this: the file is
    made in their own request, and found here as made.
    """
    end, made = time.monotonic() + seconds, 0
    _remove_withdrawn()
    with override(SWEPT_LANGUAGE):
        for release in releases_to_make():
            wanted, ready = _units_with_report(release), _made(release)
            missing = wanted - ready
            for place, unit in enumerate(CampaignUnit.objects.filter(pk__in=missing).order_by("position"), start=1):
                if time.monotonic() > end:
                    return made
                try:
                    report_file(unit, release, SWEPT, wait=False)
                except Busy:
                    continue
                made += 1
                said(len(wanted) - len(missing) + place, len(wanted))
    return made


def _remove_withdrawn() -> None:
    """Files of withdrawn reports are of no use to anybody."""
    for pk in Release.objects.filter(state=Release.State.WITHDRAWN, wave__kind=Wave.Kind.MAIN).values_list(
        "pk", flat=True
    ):
        StoredFile.objects.filter(key__startswith=f"report:{pk}:").delete()
