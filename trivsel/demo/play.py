"""What the demonstration's people do: they answer, approve, share, meet, agree, plan, sign and evaluate.

Every deed goes through the service that the pages use. Nothing is kept about who has done what: answers and reports
are the same when sent again, and every other deed is found by what is still missing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random
from uuid import NAMESPACE_URL, uuid5

from django.db import transaction

from organisation import access, clock
from organisation.models import AuditEntry, Building, Campaign, Milestone, Placement, Role, Unit
from surveys import mailings, support
from surveys.answering import anonymous_send
from surveys.models import Release, ReportShare, Ticket, Wave
from surveys.physical import physical_send
from surveys.questionnaires import form_for
from surveys.release import release_approve
from surveys.report_lists import report_share
from trivsel.demo.after import Aftermath
from trivsel.demo.answers import Mood, Place, document_for, mood_of, physical_for
from trivsel.demo.cast import cast_people
from trivsel.demo.names import TRADES
from trivsel.demo.stages import COPENHAGEN

BATCH = 100
# The share of the answers that arrives on each day from the opening on; reminders come on day 5 and day 12.
DAYS = (0.29, 0.07, 0.05, 0.02, 0.02, 0.15, 0.07, 0.04, 0.03, 0.02, 0.01, 0.01, 0.12, 0.06, 0.04)
# The cast's own unit, close to the drawings: demands weigh, the sense of purpose carries.
NORD = {"ps": 0.0, "kb": -5.0, "mt": 3.0, "sf": -6.0, "ka": 3.0}
Tell = Callable[..., None]


class People:
    """Everybody who does something in the demonstration's year."""

    def __init__(self, campaign: Campaign, tell: Tell) -> None:
        self.campaign = campaign
        self.tell = tell
        mark = AuditEntry.objects.filter(verb="demo_seeded").values_list("detail", flat=True).first()
        self.seed = int((mark or {}).get("seed", 0))
        self.schedule = {stone.key: stone for stone in campaign.milestones.all()}
        self.answers: Answers | None = None
        self.aftermath: Aftermath | None = None

    def live(self, since: datetime, until: datetime) -> None:
        """Everything that people do after `since` and up to `until`, which is now."""
        survey, reports = self.schedule[Milestone.Key.SURVEY], self.schedule[Milestone.Key.REPORTS]
        if survey.starts_moment < until and since < survey.ends_moment:
            self._print()
            self._answer(since, until)
        if survey.ends_moment < until:
            self._approve(until)
        if reports.starts_moment < until:
            self._share(until)
            if self.aftermath is None:
                self.aftermath = Aftermath(self.campaign, self.seed, self.schedule, self.tell)
            self.aftermath.live(until)

    # --- the survey --------------------------------------------------------------------------------------------

    def _print(self) -> None:
        """HR has one kitchen hand answer on paper, and orders the letters and the paper form on the first day."""
        wave = Wave.objects.filter(campaign=self.campaign, kind=Wave.Kind.MAIN, state=Wave.State.OPEN).first()
        hr = cast_people().get("hr")
        if wave is None or hr is None or clock.now() >= wave.closes_at or wave.mailings.exists():
            return
        if not Role.objects.filter(kind=Role.Kind.PAPER_HELPER).exists():
            Role.objects.create(kind=Role.Kind.PAPER_HELPER, person=hr, starts=clock.today())
        on_paper = (
            Placement.objects.filter(campaign=self.campaign, unit__name="Køkkenet")
            .exclude(person__number__startswith="D-")
            .select_related("person", "employment__unit")
            .order_by("pk")
            .first()
        )
        if on_paper is not None:
            support.channel_choose(person=on_paper.person, channel="paper", wave=wave, by=hr)
            mailings.paper_order(wave=wave, unit=None, language="da", by=hr)
        if mailings.tickets_for(wave, "letters").exists():
            mailings.mailing_order(wave=wave, kind="letters", unit=None, by=hr)
        self.tell("HR lader brevene trykke")
        mailings.mailings_make()

    def _answer(self, since: datetime, until: datetime) -> None:
        wave = Wave.objects.filter(campaign=self.campaign, kind=Wave.Kind.MAIN, state=Wave.State.OPEN).first()
        if wave is None or until >= wave.closes_at:
            return
        if self.answers is None:
            self.answers = Answers(self.campaign, wave, self.seed)
        due = self.answers.due(since, until)
        for start in range(0, len(due), BATCH):
            self.tell(f"{until.day}/{until.month}: {start + 1} af {len(due)} svarer")
            self.answers.send(due[start : start + BATCH])

    def _approve(self, until: datetime) -> None:
        """HR on the fifth day after the closing, the DPO two days later."""
        closed = self.schedule[Milestone.Key.SURVEY].ends_moment
        people = cast_people()
        for key, days in (("hr", 5), ("dpo", 7)):
            if until < closed + timedelta(days=days, hours=10) or key not in people:
                continue
            for release in Release.objects.filter(wave__campaign=self.campaign, state=Release.State.WAITING):
                if release.audit_green and not release.approvals.filter(person=people[key]).exists():
                    release_approve(release, by=people[key])

    def _share(self, until: datetime) -> None:
        """Most trios show the report to their colleagues within four weeks."""
        release = Release.objects.filter(
            wave__campaign=self.campaign, wave__kind=Wave.Kind.MAIN, state=Release.State.RELEASED
        ).first()
        if release is None:
            return
        shared = set(ReportShare.objects.filter(release=release).values_list("unit_id", flat=True))
        reports = self.schedule[Milestone.Key.REPORTS].starts_moment
        units = self.campaign.units.filter(unit__work_environment_group__isnull=False).select_related("unit")
        due = []
        for unit in units.exclude(pk__in=shared):
            rng = Random(f"{self.seed} share {unit.unit.work_environment_group_id}")
            if rng.random() < 0.85 and until >= reports + timedelta(days=1 + rng.random() * 27):
                due.append(unit)
        if not due:
            return
        groups = {unit.unit.work_environment_group_id for unit in due}
        by = {
            role.unit.work_environment_group_id: role.person
            for role in Role.objects.filter(
                access.active_on_today(), kind__in=Role.TRIO_KINDS, unit__work_environment_group__in=groups
            ).select_related("unit", "person")
            if role.unit is not None
        }
        for unit in due:
            if unit.unit.work_environment_group_id in by:
                report_share(unit, release, by=by[unit.unit.work_environment_group_id])


class Answers:
    """Who answers when, and what. Drawn once per journey from the seed: the same people at the same minute again."""

    def __init__(self, campaign: Campaign, wave: Wave, seed: int) -> None:
        self.wave, self.seed = wave, seed
        self.form = form_for(wave.questionnaire_id)
        units = {unit.pk: unit for unit in Unit.objects.select_related("level")}
        self.moods: dict[int, Mood] = {}
        self.places: dict[int, list[Place]] = {}
        kinds = {trade.department: trade.kind for trade in TRADES}
        places = _places()
        for frozen in campaign.units.select_related("unit"):
            above = [units[pk] for pk in frozen.path if pk in units]
            department = next((unit for unit in above if unit.level.kind == "department"), None)
            workplace = next((unit for unit in above if unit.level.kind == "workplace"), above[-1])
            own = NORD if frozen.name == "Afsnit Nord" and workplace.name == "Plejehjemmet Birkehøj" else None
            kind = kinds.get(department.name if department else "", "office")
            self.moods[frozen.pk] = mood_of(seed, frozen.unit.number, workplace.number, kind, own=own)
            self.places[frozen.pk] = places.get(frozen.unit_id, [])
        self.queue = self._queue(campaign, wave)

    def _queue(self, campaign: Campaign, wave: Wave) -> list[tuple[datetime, int, str]]:
        """(moment, placement id, employee number) of everybody who answers, in order. The cast answers by itself."""
        opening = wave.opens_at.astimezone(COPENHAGEN)
        found = []
        for placement, unit, number in (
            Placement.objects.filter(campaign=campaign)
            .exclude(person__number__startswith="D-")
            .exclude(pk__in=Ticket.objects.filter(wave=wave, channel="paper").values("placement"))
            .values_list("pk", "unit_id", "person__number")
        ):
            rng = Random(f"{self.seed} answer {number}")
            if rng.random() >= self.moods[unit].willing:
                continue
            day = rng.choices(range(len(DAYS)), DAYS)[0]
            hour = min(23.5, rng.choice((rng.uniform(8.1, 12), rng.uniform(9, 16), rng.uniform(14, 21.4))))
            moment = opening.replace(hour=0, minute=0) + timedelta(days=day, hours=hour)
            found.append((moment, placement, number or ""))
        found.sort()
        return found

    def due(self, since: datetime, until: datetime) -> list[tuple[int, str]]:
        return [(placement, number) for moment, placement, number in self.queue if since < moment <= until]

    def send(self, batch: list[tuple[int, str]]) -> None:
        """Some people's envelopes and physical forms, one commit in each database for all of them."""
        placements = Placement.objects.in_bulk([placement for placement, _number in batch])
        with transaction.atomic(using="urn"), transaction.atomic():
            for pk, number in batch:
                placement = placements[pk]
                mood = self.moods[placement.unit_id]
                rng = Random(f"{self.seed} person {number}")
                anonymous_send(wave=self.wave, placement=placement, document=document_for(self.form, mood, rng))
                rng = Random(f"{self.seed} physical {number}")
                if rng.random() < 0.72:
                    physical_send(
                        wave=self.wave,
                        placement=placement,
                        answers=physical_for(self.form, mood, rng, self.places[placement.unit_id]),
                        named=rng.random() < 0.6,
                        # The same form again when a killed journey is taken up: the service stores it once.
                        form_key=uuid5(NAMESPACE_URL, f"demo {self.wave.uuid} {number}"),
                    )


def _places() -> dict[int, list[Place]]:
    """The buildings of each unit with their rooms, by unit id."""
    buildings = {
        building.pk: Place(building.pk, tuple((room.pk, room.name) for room in building.rooms.all()))
        for building in Building.objects.prefetch_related("rooms")
    }
    found: dict[int, list[Place]] = defaultdict(list)
    for unit_id, building_id in Unit.buildings.through.objects.values_list("unit_id", "building_id"):
        found[unit_id].append(buildings[building_id])
    return found
