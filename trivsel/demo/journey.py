"""Move the demonstration's clock: day by day, the same jobs as in production, and in between what people do.

Forward only, one at a time, and resumable: how far the people have lived is noted after every step, and each of
their deeds finds out from the database whether it is still to be done.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from datetime import time as wall

from django.conf import settings
from django.db import connection, connections
from django.utils.module_loading import import_string

from organisation import clock
from organisation.audit import audit, played_by_demo
from organisation.models import Campaign, JobRun, Milestone, Notice
from surveys.closing import waves_to_count
from trivsel.demo import stages
from trivsel.demo.play import People
from trivsel.demo.stages import COPENHAGEN
from trivsel.schedule import SWEEPS

Say = Callable[[str], None]
NIGHT, MORNING, LATER, AFTERNOON, EVENING = wall(0, 35), wall(8, 5), wall(10), wall(14), wall(21, 30)
SEND = "organisation.tasks.notices_send"
MONTHS = "januar februar marts april maj juni juli august september oktober november december".split()  # noqa: SIM905


class NotSeeded(Exception):
    """There is no demonstration in this database to move."""


def advance_to(key: str, *, say: Say | None = None) -> bool:
    """Move on to a stage. False when somebody else is moving it now; True also when it is there already."""
    if not settings.DEMO:
        raise NotSeeded("Uret kan kun flyttes i demonstrationen.")
    target = stages.stage_of(key)
    with _alone() as may:
        if not may:
            return False
        now = stages.standing()
        if now.played_until is None:
            raise NotSeeded("Databasen er ikke fyldt af demonstrationen.")
        if target.at > now.played_until:
            _travel(now.played_until, target, say or (lambda _line: None))
        else:
            stages.note_journey(text="Fremme", done=1, total=1, outcome=JobRun.Outcome.DONE)
    return True


@contextmanager
def _alone() -> Iterator[bool]:
    """A session lock: gone with this process, however it ends. Its writes need not wait for the disk one by one."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [stages.LOCK])
        got = bool(cursor.fetchone()[0])
    try:
        if got:
            _each_database("SET synchronous_commit TO off")
        yield got
    finally:
        if got and not connection.needs_rollback:
            _each_database("SET synchronous_commit TO DEFAULT")
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [stages.LOCK])


def _each_database(statement: str) -> None:
    for alias in ("default", "urn"):
        with connections[alias].cursor() as cursor:
            cursor.execute(statement)


def _travel(since: datetime, target: stages.Stage, say: Say) -> None:
    stages.note_journey(text="Året går i gang …", done=0, total=0, begins=True)
    try:
        Journey(since, target.at, say).run()
        with played_by_demo():
            audit("demo_stage_reached", Campaign.objects.get(year=2026), actor=None, stage=target.key)
    except BaseException:
        stages.note_journey(text="Gik i stå", done=0, total=0, outcome=JobRun.Outcome.FAILED)
        raise
    stages.note_journey(text="Fremme", done=1, total=1, outcome=JobRun.Outcome.DONE)


class Journey:
    """One move from a moment to a later one."""

    def __init__(self, since: datetime, until: datetime, say: Say) -> None:
        self.campaign = Campaign.objects.get(year=2026)
        self.moments = list(moments(self.campaign, since, until))
        self.since = since
        self.say = say
        self.done, self.total = 0, len(self.moments)
        self.text = ""
        self.noted = 0.0
        self.people = People(self.campaign, self.tell)

    def run(self) -> None:
        night: date | None = None
        for moment in self.moments:
            self.tell(f"{moment.day}. {MONTHS[moment.month - 1]}")
            if moment > clock.now():
                clock.move_to(moment)
            # What looks once a night in production looks once a day here.
            run_sweeps(nightly=night != moment.date())
            night = moment.date()
            with played_by_demo():
                self.people.live(self.since, moment)
            self.since = moment
            stages.note_played(moment)
            self.done += 1
        # What the last deeds put into the outbox goes out before the visitor looks.
        run_sweeps(nightly=False)

    def tell(self, text: str, more: int = 0) -> None:
        """How far it has come, for the bar and the terminal; the row is written at most twice a second."""
        news = text.split(":")[0] != self.text.split(":")[0]
        self.text = text
        self.total += more
        if news:
            self.say(f"  {text}")
        if time.monotonic() - self.noted > 0.5:
            self.noted = time.monotonic()
            stages.note_journey(text=text, done=self.done, total=self.total)


def run_sweeps(*, nightly: bool) -> None:
    """Every job once but those in the background; the outbox until it is empty, the counting until it is over."""
    for sweep in SWEEPS:
        if (sweep.nightly and not nightly) or sweep.background:
            continue
        import_string(sweep.task)()
        if sweep.task == SEND:
            _send_the_rest()
    # Another worker may be at the counting: what follows needs its result.
    waited_since = time.monotonic()
    while waves_to_count() and time.monotonic() - waited_since < 600:
        time.sleep(0.2)
        import_string("surveys.tasks.waves_count")()


def _send_the_rest() -> None:
    """The sweep takes a few hundred at a time and comes every minute; here there is one minute for all of them."""
    waiting = Notice.objects.filter(state=Notice.State.QUEUED, due_at__lte=clock.now())
    before, left = 0, waiting.count()
    while left and left != before:
        import_string(SEND)()
        before, left = left, waiting.count()


def moments(campaign: Campaign, since: datetime, until: datetime) -> Iterator[datetime]:
    """When something may happen between two moments, the last one included. Quiet weeks have one moment each."""
    stones = list(campaign.milestones.all())
    survey = next(stone for stone in stones if stone.key == Milestone.Key.SURVEY)
    reports = next(stone for stone in stones if stone.key == Milestone.Key.REPORTS)
    deadline = next(stone for stone in stones if stone.key == Milestone.Key.PLAN_DEADLINE)
    marked = {stone.starts for stone in stones}
    day = since.astimezone(COPENHAGEN).date()
    while day <= until.astimezone(COPENHAGEN).date():
        if survey.starts <= day <= (survey.ends or survey.starts) + timedelta(days=1):
            times: tuple[wall, ...] = (NIGHT, MORNING, AFTERNOON, EVENING)
        elif day in marked:
            times = (MORNING, LATER)
        elif reports.starts < day <= deadline.starts + timedelta(days=1):
            times = (MORNING,) if day.weekday() < 5 else ()
        else:
            times = (MORNING,) if day.weekday() == 0 or (day.weekday() == 3 and day.month != 7) else ()
        for at in times:
            moment = datetime.combine(day, at, COPENHAGEN)
            if since < moment < until:
                yield moment
        day += timedelta(days=1)
    if until > since:
        yield until
