"""After the reports: trios hold dialogues, write and sign handleplaner, work on the findings; MED evaluates.

Each trio has its own pace, drawn from the seed. What is still to be done is read from the database every time, so a
deed that a visitor has done already is not done again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from datetime import time as wall
from functools import partial
from random import Random

from django.db import transaction

from actionplans.models import ActionPlan, Activity, Evaluation
from actionplans.services import activity_add, activity_move, evaluation_write, plan_create, plan_sign
from dialogs.models import Agreement, Dialogue
from dialogs.services import AgreementDraft, dialogue_hold, dialogue_plan
from organisation import access
from organisation.models import Campaign, CampaignUnit, Committee, Milestone, Person, Role
from surveys.findings import finding_move, property_reply
from surveys.models import Finding
from trivsel.demo import words
from trivsel.demo.cast import cast_people
from trivsel.demo.stages import COPENHAGEN

State = Finding.State
MEETING = wall(13)
BATCH = 20


@dataclass(frozen=True)
class Trio:
    """Who can act for one trio today."""

    leader: Person | None
    amr: Person | None
    tr: Person | None
    place: str

    @property
    def anybody(self) -> Person | None:
        return self.amr or self.leader or self.tr


@dataclass(frozen=True)
class Pace:
    """When one trio does what. `diligence` 0-1: those below a tenth lag behind at the deadline."""

    diligence: float
    plans_date_on: date
    dialogue_on: date
    writes_on: date
    signs_on: date

    @property
    def lags(self) -> bool:
        return self.diligence < 0.1


def pace_of(seed: int, group_uuid: object, *, slow: bool = False) -> Pace:
    """The trio's own calendar between 6 May and 30 June; those who lag hold their dialogue late or not at all."""
    rng = Random(f"{seed} trio {group_uuid}")
    diligence = rng.random()
    day = _weekday(date(2026, 5, 11) + timedelta(days=int(rng.triangular(0, 43, 22))))
    if diligence < 0.04:
        day = date(2026, 10, 5)
    elif diligence < 0.1:
        day = _weekday(date(2026, 6, 22) + timedelta(days=rng.randint(0, 8)))
    asked = min(day - timedelta(days=10), date(2026, 5, 7) + timedelta(days=rng.randint(0, 16)))
    writes = _weekday(day + timedelta(days=rng.randint(1, 8)))
    signs = _weekday(writes + timedelta(days=rng.randint(1, 9)))
    if diligence >= 0.1:
        writes, signs = min(writes, date(2026, 6, 29)), min(signs, date(2026, 6, 30))
    else:
        signs += timedelta(days=rng.randint(20, 70))
    return Pace(diligence, max(asked, date(2026, 5, 6)), day, writes, signs)


def _weekday(day: date) -> date:
    """The day itself or the Monday after it; never a public holiday of that spring."""
    while day.weekday() >= 5 or day in (date(2026, 5, 14), date(2026, 5, 25), date(2026, 6, 5)):
        day += timedelta(days=1)
    return day


class Aftermath:
    """Everything from the release of the reports on."""

    def __init__(
        self, campaign: Campaign, seed: int, schedule: Mapping[str, Milestone], tell: Callable[..., None]
    ) -> None:
        self.campaign, self.seed, self.schedule, self.tell = campaign, seed, schedule, tell
        self.trios = _trios()
        self.people = cast_people()
        self.paces: dict[object, Pace] = {}

    def pace(self, group_uuid: object, name: str = "") -> Pace:
        if group_uuid not in self.paces:
            pace = pace_of(self.seed, group_uuid)
            if name == "Trioen i Afsnit Nord":  # the cast's own trio: its dialogue lies just after the stage «dialoger»
                day = date(2026, 6, 4)
                pace = Pace(0.9, date(2026, 5, 13), day, date(2026, 6, 9), date(2026, 6, 12))
            self.paces[group_uuid] = pace
        return self.paces[group_uuid]

    def live(self, now: datetime) -> None:
        local = now.astimezone(COPENHAGEN)
        self._each(self._plan_dialogues(now, local.date()), local, "dialoger får en dato")
        self._each(self._hold_dialogues(local.date()), local, "dialoger bliver holdt")
        self._each(self._write_plans(local.date()), local, "handleplaner bliver skrevet")
        self._each(self._sign_plans(local.date()), local, "handleplaner bliver skrevet under")
        self._each(self._work_on_findings(local.date()), local, "fysiske meldinger bliver taget op")
        if local.weekday() == 0 or local.date().month == 9:
            self._each(self._move_arrows(local.date()), local, "pile bliver flyttet")
        if self.schedule[Milestone.Key.EVALUATION].starts_moment <= now:
            self._each(self._evaluate(local.date()), local, "udvalg evaluerer")

    def _each(self, deeds: list[Callable[[], object]], local: datetime, what: str) -> None:
        """Do them, some at a time in one commit."""
        for start in range(0, len(deeds), BATCH):
            self.tell(f"{local.day}/{local.month}: {start + 1} af {len(deeds)} {what}")
            with transaction.atomic():
                for deed in deeds[start : start + BATCH]:
                    deed()

    # --- dialogues ---------------------------------------------------------------------------------------------

    def _plan_dialogues(self, now: datetime, today: date) -> list[Callable[[], object]]:
        deeds: list[Callable[[], object]] = []
        for dialogue in Dialogue.objects.filter(campaign=self.campaign, state=Dialogue.State.OPEN).select_related(
            "group"
        ):
            pace, trio = self.pace(dialogue.group.uuid, dialogue.group.name), self.trios.get(dialogue.group_id)
            if trio is None or trio.leader is None or today < pace.plans_date_on:
                continue
            day = max(pace.dialogue_on, _weekday(today + timedelta(days=7)))
            deeds.append(
                partial(
                    dialogue_plan,
                    dialogue=dialogue,
                    planned_at=datetime.combine(day, MEETING, COPENHAGEN),
                    place=trio.place,
                    facilitator=trio.amr.name if trio.amr else "",
                    by=trio.leader,
                )
            )
        return deeds

    def _hold_dialogues(self, today: date) -> list[Callable[[], object]]:
        """The record is written the day after the meeting."""
        deeds: list[Callable[[], object]] = []
        for dialogue in Dialogue.objects.filter(
            campaign=self.campaign,
            state=Dialogue.State.PLANNED,
            planned_at__lt=datetime.combine(today, wall(0), COPENHAGEN),
        ).select_related("group"):
            trio = self.trios.get(dialogue.group_id)
            if trio is not None and trio.leader is not None and dialogue.planned_at is not None:
                deeds.append(partial(self._hold, dialogue, trio))
        return deeds

    def _hold(self, dialogue: Dialogue, trio: Trio) -> None:
        assert dialogue.planned_at is not None
        assert trio.leader is not None
        matters = self._matters(dialogue)
        staff = sum(dialogue.units.values_list("placed", flat=True))
        rng = Random(f"{self.seed} meeting {dialogue.group.uuid}")
        dialogue_hold(
            dialogue=dialogue,
            held_on=dialogue.planned_at.astimezone(COPENHAGEN).date(),
            participants=max(2, round(staff * rng.uniform(0.7, 0.97))),
            topics=list(dict.fromkeys(matter.topic for matter in matters)),
            agreements=[
                AgreementDraft(matter.agreement, matter.topic, (trio.anybody or trio.leader).name) for matter in matters
            ],
            by=trio.leader,
        )

    def _matters(self, dialogue: Dialogue) -> list[words.Matter]:
        """What this trio agrees on: one to three matters, always the same."""
        if dialogue.group.name == "Trioen i Afsnit Nord":
            return [words.MATTERS[0], words.MATTERS[3], words.MATTERS[8]]
        rng = Random(f"{self.seed} matters {dialogue.group.uuid}")
        return rng.sample(words.MATTERS, rng.choice((1, 2, 2, 3)))

    # --- handleplaner ------------------------------------------------------------------------------------------

    def _write_plans(self, today: date) -> list[Callable[[], object]]:
        deeds: list[Callable[[], object]] = []
        agreements = Agreement.objects.filter(dialogue__campaign=self.campaign, plans__isnull=True).select_related(
            "dialogue__group"
        )
        by_text = {matter.agreement: matter for matter in words.MATTERS}
        for agreement in agreements:
            group = agreement.dialogue.group
            matter, trio = by_text.get(agreement.text), self.trios.get(group.pk)
            wanted = agreement.order == 1 or Random(f"{self.seed} {group.uuid} {agreement.order}").random() < 0.6
            if matter is None or trio is None or trio.leader is None or not wanted:
                continue
            if today >= self.pace(group.uuid, group.name).writes_on:
                deeds.append(partial(self._write, agreement, matter, trio, today))
        return deeds

    def _write(self, agreement: Agreement, matter: words.Matter, trio: Trio, today: date) -> None:
        assert trio.leader is not None
        group = agreement.dialogue.group
        plan = plan_create(
            group=group,
            campaign=self.campaign,
            title=matter.title,
            problem=matter.problem,
            goal=matter.goal,
            follow_up_on=date(2026, 11, 16),
            follow_up_how=matter.sign,
            agreement=agreement,
            topic=matter.topic,
            by=trio.leader,
        )
        rng = Random(f"{self.seed} steps {agreement.pk}")
        people = [person for person in (trio.leader, trio.amr, trio.tr) if person]
        for step in matter.steps:
            owner = rng.choice(people)
            deadline = _weekday(today + timedelta(days=rng.choice((14, 30, 45, 90, 120))))
            activity_add(plan=plan, what=step, owner_name=owner.name, owner=owner, deadline=deadline, by=trio.leader)

    def _sign_plans(self, today: date) -> list[Callable[[], object]]:
        """The leader first, AMR the next day, then TR has seen it. Some TR never get round to it."""
        deeds: list[Callable[[], object]] = []
        plans = ActionPlan.objects.filter(campaign=self.campaign, agreement__isnull=False).exclude(
            state=ActionPlan.State.CLOSED
        )
        for plan in plans.select_related("group").prefetch_related("sign_offs", "activities"):
            trio, pace = self.trios.get(plan.group_id), self.pace(plan.group.uuid, plan.group.name)
            if trio is None or not plan.activities.all():
                continue
            signed = {sign_off.role for sign_off in plan.sign_offs.all()}
            for place, (role, person) in enumerate((("leader", trio.leader), ("amr", trio.amr), ("tr", trio.tr))):
                if (
                    person is None
                    or role in signed
                    or today < pace.signs_on + timedelta(days=place if pace.lags else 0)
                ):
                    continue
                if role == "tr" and int(plan.group.uuid.int % 5) == 0:
                    continue
                deeds.append(partial(plan_sign, plan=plan, by=person))
        return deeds

    def _move_arrows(self, today: date) -> list[Callable[[], object]]:
        """An arrow moves as its deadline comes nearer; one in seven stands still."""
        deeds: list[Callable[[], object]] = []
        for activity in Activity.objects.filter(
            plan__campaign=self.campaign, plan__state=ActionPlan.State.SIGNED, progress__lt=Activity.Progress.WORKS
        ).select_related("plan", "owner"):
            rng = Random(f"{self.seed} arrow {activity.pk}")
            if rng.random() < 0.14 or activity.owner is None:
                continue
            length = max(7, (activity.deadline - activity.plan.created_on).days * rng.uniform(0.7, 1.5))
            wanted = min(4, int((today - activity.plan.created_on).days / length * 3.2))
            if wanted > activity.progress:
                deeds.append(partial(activity_move, activity=activity, progress=wanted, by=activity.owner))
        return deeds

    # --- physical findings -------------------------------------------------------------------------------------

    def _work_on_findings(self, today: date) -> list[Callable[[], object]]:
        deeds: list[Callable[[], object]] = []
        open_states = (State.NEW, State.ASSESSED, State.SOLVED, State.NOTHING, State.PROPERTY)
        findings = Finding.objects.filter(campaign=self.campaign, state__in=open_states).select_related(
            "unit__unit__work_environment_group"
        )
        originals: dict[tuple[int, int], Finding] = {}
        for finding in findings.order_by("unit_id", "item_id", "pk"):
            group = finding.unit.unit.work_environment_group
            trio = self.trios.get(group.pk) if group else None
            if group is None or trio is None or trio.anybody is None:
                continue
            rng = Random(f"{self.seed} finding {finding.pk}")
            first = originals.setdefault((finding.unit_id, finding.item_id), finding)
            # Trios go through their board in the weeks after the report; danger is taken up the next day.
            start = date(2026, 5, 6) + timedelta(days=0 if finding.severity == "danger" else rng.randint(0, 40))
            if self.pace(group.uuid, group.name).lags:
                start += timedelta(days=30)
            if today < start:
                continue
            deed = self._finding_deed(finding, first, trio.anybody, rng, (today - start).days)
            if deed:
                deeds.append(deed)
        return deeds

    def _finding_deed(
        self, finding: Finding, first: Finding, by: Person, rng: Random, days: int
    ) -> Callable[[], object] | None:
        if finding.state in (State.NEW, State.ASSESSED):
            chance = rng.random()
            if first is not finding and chance < 0.35 and first.state != State.DUPLICATE:
                return lambda: finding_move(finding, to=State.DUPLICATE, by=by, same_as=first)
            if chance < 0.60:
                return lambda: finding_move(finding, to=State.SOLVED, by=by, note=words.SOLVED)
            if chance < 0.80 and finding.building_id:
                return lambda: finding_move(finding, to=State.PROPERTY, by=by, note=words.TO_PROPERTY)
            if chance < 0.87:
                return lambda: finding_move(finding, to=State.MED, by=by)
            if chance < 0.93:
                return lambda: finding_move(finding, to=State.NOTHING, by=by, note=words.NO_ACTION)
            if finding.state == State.NEW:
                return lambda: finding_move(finding, to=State.ASSESSED, by=by)
            return None
        wait = rng.randint(6, 30)
        if finding.state == State.PROPERTY:
            worker = self.people.get("property")
            if worker is None or days < wait or rng.random() < 0.35 or finding.moves.filter(by=worker).exists():
                return None
            done = rng.random() < 0.5
            note = words.REPLY_DONE if done else words.REPLY
            return lambda: property_reply(finding, by=worker, note=note, done=done)
        if days >= wait:
            return lambda: finding_move(finding, to=State.TOLD, by=by)
        return None

    # --- MED ---------------------------------------------------------------------------------------------------

    def _evaluate(self, today: date) -> list[Callable[[], object]]:
        """Four of five committees have written their evaluation by the middle of September."""
        written = Evaluation.objects.filter(campaign=self.campaign).values("committee_id")
        deeds: list[Callable[[], object]] = []
        for role in (
            Role.objects.filter(access.active_on_today(), kind=Role.Kind.MED_CHAIR)
            .exclude(committee__in=written)
            .select_related("person", "committee")
        ):
            assert role.committee is not None
            rng = Random(f"{self.seed} evaluation {role.committee.uuid}")
            if role.committee.name == "ArbejdspladsMED Birkehøj" or rng.random() >= 0.8:
                continue  # Birkehøj's is left for the visitor to write
            if today >= _weekday(date(2026, 8, 10) + timedelta(days=rng.randint(0, 34))):
                deeds.append(partial(self._write_evaluation, role.committee, role.person, rng))
        return deeds

    def _write_evaluation(self, committee: Committee, chair: Person, rng: Random) -> None:
        evaluation_write(
            committee=committee,
            campaign=self.campaign,
            went_well=rng.choice(words.WENT_WELL),
            do_differently=rng.choice(words.DIFFERENTLY),
            own_effort=rng.choice(words.EFFORT),
            decisions=rng.choice(words.DECISIONS),
            by=chair,
        )


def _trios() -> dict[int, Trio]:
    """Today's leader, AMR and TR of each trio, and a room to meet in. The leader of the unit with most people."""
    found: dict[int, dict[str, Person]] = defaultdict(dict)
    for role in (
        Role.objects.filter(
            access.active_on_today(), kind__in=Role.TRIO_KINDS, unit__work_environment_group__isnull=False
        )
        .select_related("person", "unit")
        .order_by("pk")
    ):
        assert role.unit is not None
        assert role.unit.work_environment_group_id is not None
        found[role.unit.work_environment_group_id].setdefault(role.kind, role.person)
    rooms = dict(
        CampaignUnit.objects.filter(
            unit__work_environment_group__isnull=False, unit__buildings__rooms__isnull=False
        ).values_list("unit__work_environment_group_id", "unit__buildings__rooms__name")
    )
    return {
        group: Trio(people.get("leader"), people.get("amr"), people.get("tr"), rooms.get(group, "Mødelokalet"))
        for group, people in found.items()
    }
