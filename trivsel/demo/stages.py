"""The stages of the demonstration's year, and where it stands: two rows of JobRun, read by the bar on every page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import connection
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from organisation.models import JobRun

COPENHAGEN = ZoneInfo("Europe/Copenhagen")
JOURNEY, PLAYED = "demo_journey", "demo_played_until"
# The advisory lock that only one journey at a time holds; the server lets go of it however the process ends.
LOCK = 20260408
# So long may a journey wait for a worker before the bar offers its button again.
WAITING_SECONDS = 20


@dataclass(frozen=True)
class Stage:
    key: str
    label: Promise
    at: datetime


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=COPENHAGEN)


STAGES = (
    Stage("before", _("før"), _moment("2026-03-20 09:00")),
    Stage("open", _("åben for svar"), _moment("2026-04-10 10:00")),
    Stage("closed", _("lukket"), _moment("2026-04-23 10:00")),
    Stage("reports", _("rapporter ude"), _moment("2026-05-05 09:00")),
    Stage("dialogues", _("dialoger"), _moment("2026-06-03 10:00")),
    Stage("deadline", _("frist for handleplaner"), _moment("2026-07-01 09:00")),
    Stage("evaluation", _("evaluering"), _moment("2026-09-15 09:00")),
)
KEYS = tuple(stage.key for stage in STAGES)


def stage_of(key: str) -> Stage:
    """The stage with this key. Raises KeyError."""
    return {stage.key: stage for stage in STAGES}[key]


@dataclass
class Standing:
    """Where the demonstration is: how far its people have lived, and the journey that runs or ran last."""

    played_until: datetime | None = None
    journey: JobRun | None = None

    @property
    def stage(self) -> Stage | None:
        """The last stage reached."""
        if self.played_until is None:
            return None
        return next((stage for stage in reversed(STAGES) if stage.at <= self.played_until), None)

    @property
    def next(self) -> Stage | None:
        if self.played_until is None:
            return STAGES[0]
        return next((stage for stage in STAGES if stage.at > self.played_until), None)

    @property
    def running(self) -> bool:
        """A journey is under way, or has just been asked for. Not one whose worker was killed."""
        if self.journey is None or self.journey.outcome != JobRun.Outcome.RUNNING:
            return False
        # Real time: a worker's minutes, not the town's.
        waited = (timezone.now() - self.journey.started_at).total_seconds()  # noqa: TID251
        return waited < WAITING_SECONDS or lock_is_held()


def standing() -> Standing:
    """One query; a second one while a journey runs."""
    rows = {row.name: row for row in JobRun.objects.filter(name__in=(JOURNEY, PLAYED)).order_by("pk")}
    played = rows.get(PLAYED)
    return Standing(played.started_at if played else None, rows.get(JOURNEY))


def lock_is_held() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND granted AND objid = %s"
            " AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))",
            [LOCK],
        )
        return bool(cursor.fetchone()[0])


def note_played(moment: datetime) -> None:
    """The demonstration's people have lived until here."""
    now = timezone.now()  # noqa: TID251  (when it really happened, as for every job run)
    values = {"started_at": moment, "finished_at": now, "outcome": JobRun.Outcome.DONE}
    if not JobRun.objects.filter(name=PLAYED).update(**values):
        JobRun.objects.create(name=PLAYED, summary="Demonstrationens personer har levet hertil.", **values)


def note_journey(
    *, text: str, done: int, total: int, outcome: str = JobRun.Outcome.RUNNING, begins: bool = False
) -> None:
    """The journey's one row, for the bar."""
    now = timezone.now()  # noqa: TID251  (when it really happened, as for every job run)
    values = {"summary": text[:300], "done": done, "total": total, "outcome": outcome}
    values["finished_at"] = None if outcome == JobRun.Outcome.RUNNING else now
    if begins:
        values["started_at"] = now
    if not JobRun.objects.filter(name=JOURNEY).update(**values):
        JobRun.objects.create(name=JOURNEY, **{"started_at": now, **values})
