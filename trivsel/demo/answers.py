"""Believable answers: what a person of a unit would say. The same person always says the same, whoever asks again."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random
from typing import Any

from surveys.physical import PhysicalAnswer
from surveys.questionnaires import Form, FormItem, document_of
from trivsel.demo.words import IDEAS, PROBLEMS

# The whole municipality's mean per question, 0-100 with 100 best.
LEVELS = {
    "ps_voice_concern": 74, "ps_learn_mistakes": 69, "ps_admit_doubt": 71, "ps_disagree": 66, "ps_room_for_all": 79,
    "ps_hold_back": 66, "ps_leader_invites": 70, "ps_solve_conflict": 68,
    "kb_too_much": 46, "kb_breaks": 55, "kb_carry_home": 54, "kb_debrief": 74, "kb_clear_priority": 64,
    "kb_pulled_apart": 48, "kb_say_in_work": 62, "kb_private_life": 63,
    "mt_difference": 83, "mt_looking_forward": 70, "mt_use_skills": 76, "mt_grow": 68, "mt_seen": 63,
    "mt_stand_by_quality": 66, "mt_overall": 74, "mt_recommend": 71,
    "ka_know_where": 76, "sf_prevent_talk": 60,
}  # fmt: skip
# Yes to offensive behaviour: elsewhere, and where one works with citizens, pupils and children.
EXPOSED = {
    "ka_bullying": (0.06, 0.07),
    "ka_threats": (0.07, 0.20),
    "ka_violence": (0.01, 0.17),
    "ka_sexual": (0.02, 0.05),
    "ka_discrimination": (0.05, 0.06),
    "ka_witness": (0.11, 0.24),
}
FROM_CITIZENS = {
    "ka_threats": 0.88,
    "ka_violence": 0.95,
    "ka_sexual": 0.6,
    "ka_bullying": 0.15,
    "ka_discrimination": 0.3,
}
# Wishes by kind of work: what lies higher or lower there.
KINDS: dict[str, dict[str, int]] = {
    "care": {"kb": -5, "mt": 3},
    "school": {"kb": -4, "mt": 2},
    "office": {"kb": 4, "mt": -2},
    "outdoor": {"kb": 5, "ps": -1},
}
# How often each physical category is a problem, by kind of work.
PHYSICAL: dict[str, dict[str, float]] = {
    "care": {"fa_lifting_posture": 0.16, "fa_climate": 0.12, "fa_noise": 0.08, "fa_out_of_house": 0.07},
    "school": {"fa_noise": 0.20, "fa_climate": 0.16, "fa_space_hygiene": 0.12},
    "office": {"fa_climate": 0.14, "fa_noise": 0.12, "fa_desk_equipment": 0.10, "fa_light": 0.07},
    "outdoor": {
        "fa_lifting_posture": 0.13,
        "fa_accidents": 0.10,
        "fa_substances_infection": 0.08,
        "fa_out_of_house": 0.08,
    },
}
ELSEWHERE = 0.035


@dataclass
class Mood:
    """How a unit has it: what its people's answers have in common."""

    kind: str
    rng: Random
    whole: float
    topics: dict[str, float] = field(default_factory=dict)
    violence: float = 1.0
    willing: float = 0.82
    trouble: float = 1.0  # how often the building gives trouble
    worst: str = ""

    def of(self, item: str) -> float:
        topic = item.split("_", 1)[0]
        return self.whole + self.topics.get(topic, 0) + KINDS[self.kind].get(topic, 0)


def mood_of(
    seed: int, unit_number: str, workplace_number: str, kind: str, *, own: dict[str, float] | None = None
) -> Mood:
    """A unit's mood: some of it shared by its workplace. One unit in twenty is not a safe place to speak up in."""
    shared = Random(f"{seed} workplace {workplace_number}")
    rng = Random(f"{seed} unit {unit_number}")
    mood = Mood(kind=kind, rng=rng, whole=shared.gauss(0, 4) + rng.gauss(0, 5))
    mood.topics = {topic: shared.gauss(0, 3) + rng.gauss(0, 5) for topic in ("ps", "kb", "mt", "ka", "sf")}
    if rng.random() < 0.05:
        mood.topics["ps"] -= 24
    mood.violence = shared.lognormvariate(0, 0.5) * rng.lognormvariate(0, 0.3)
    mood.willing = min(0.97, max(0.45, rng.gauss(0.82, 0.09)))
    mood.trouble = shared.lognormvariate(0, 0.5)
    mood.worst = rng.choice(list(PHYSICAL[kind]))
    if own:
        mood.topics.update(own)
        mood.whole, mood.willing = 1.0, 0.9
    return mood


def document_for(form: Form, mood: Mood, rng: Random) -> dict[str, Any]:
    """One person's anonymous part, ready to be sealed. Some questions are passed over, as people do."""
    person = rng.gauss(0, 9)
    answers: dict[str, Any] = {}
    exposed = False
    for item in form.closed_items:
        if rng.random() < 0.012:
            continue
        if item.key in EXPOSED:
            exposed |= _exposed(item, mood, rng, answers)
        elif item.key == "sf_work_contributed":
            _sick_leave(item, mood, rng, answers)
        elif item.kind == "scale":
            level = LEVELS.get(item.key, 68) + mood.of(item.key) + person - (8 if exposed else 0)
            answers[item.key] = _on_line(item, level, rng)
    return document_of(answers)


def _on_line(item: FormItem, level: float, rng: Random) -> str:
    if rng.random() < 0.015 and item.asides:
        return item.asides[0].key
    own = item.own_options
    steps = len(own) - 1
    place = min(steps, max(0, round(rng.gauss(level, 23) * steps / 100)))
    return own[steps - place if item.reverse else place].key


def _exposed(item: FormItem, mood: Mood, rng: Random, answers: dict[str, Any]) -> bool:
    elsewhere, with_people = EXPOSED[item.key]
    share = with_people if mood.kind in ("care", "school") else elsewhere
    if item.key in ("ka_threats", "ka_violence", "ka_witness"):
        share = min(0.85, share * mood.violence)
    chance = rng.random()
    if rng.random() < 0.02:
        answers[item.key] = "pna"
        return False
    answers[item.key] = "yes" if chance < share else "no"
    if answers[item.key] == "yes":
        for child in item.follow_ups:
            _follow_up(item.key, child, rng, answers)
    return answers[item.key] == "yes" and item.key != "ka_witness"


def _follow_up(above: str, item: FormItem, rng: Random, answers: dict[str, Any]) -> None:
    if rng.random() < 0.1:
        return
    keys = [option.key for option in item.own_options]
    if item.key.endswith("_who"):
        by_citizen = rng.random() < FROM_CITIZENS.get(above, 0.4)
        answers[item.key] = ["citizen"] if by_citizen else [rng.choices(keys[:4], (6, 2, 2, 1))[0]]
    elif item.key.endswith("_told"):
        told = rng.sample(["leader", "amr", "colleague", "registered", "tr"], rng.choice((1, 1, 2)))
        answers[item.key] = ["no"] if rng.random() < 0.3 else told
        for child in item.follow_ups:
            if set(answers[item.key]) & set(child.shown_for):
                _follow_up(above, child, rng, answers)
    elif item.kind == "many":
        answers[item.key] = [rng.choice(keys)]
    else:
        weights = (5, 8, 3, 2, 1) if item.key.endswith("_freq") else [1] * len(keys)
        answers[item.key] = rng.choices(keys, weights[: len(keys)])[0]


def _sick_leave(item: FormItem, mood: Mood, rng: Random, answers: dict[str, Any]) -> None:
    strain = max(0.3, 1 - (mood.whole + mood.topics.get("kb", 0)) / 25)
    answers[item.key] = rng.choices(
        ("none", "no", "little", "much", "dk", "pna"), (30, 38, 15 * strain, 7 * strain, 4, 3)
    )[0]
    if answers[item.key] in ("little", "much"):
        for child in item.follow_ups:
            keys = [option.key for option in child.own_options]
            weights = (8, 6, 4, 3, 2, 5, 4, 6, 1, 1)[: len(keys)]
            answers[child.key] = list(dict.fromkeys(rng.choices(keys, weights, k=rng.choice((1, 2, 2)))))


@dataclass(frozen=True)
class Place:
    """A building with its rooms, as the form offers them."""

    building_id: int
    rooms: tuple[tuple[int, str], ...]


def physical_for(form: Form, mood: Mood, rng: Random, places: list[Place]) -> list[PhysicalAnswer]:
    """One person's physical part: mostly no problems; what troubles the unit most is met again and again."""
    found = []
    for item in form.physical:
        if item.key == "fa_out_of_house" and mood.kind in ("office", "school"):
            found.append(PhysicalAnswer(item.key, "na"))
            continue
        chance = PHYSICAL[mood.kind].get(item.key, ELSEWHERE) * mood.trouble * (2 if item.key == mood.worst else 0.7)
        if rng.random() >= min(0.5, chance):
            found.append(PhysicalAnswer(item.key, "none"))
            continue
        severity = rng.choices(("minor", "major", "danger"), (68, 30, 2))[0]
        place = rng.choice(places) if places else None
        room = rng.choice(place.rooms) if place and place.rooms else None
        found.append(
            PhysicalAnswer(
                item.key,
                severity,
                building_id=place.building_id if place else None,
                room_id=room[0] if room else None,
                where=room[1] if room else "",
                description=rng.choice(PROBLEMS[item.key]) if rng.random() < 0.8 else "",
                affects=rng.choice(("me", "some", "some", "all")),
                known=rng.choice(("unsolved", "no", "no", "unsure")),
                idea=rng.choice(IDEAS[item.key]) if rng.random() < 0.3 else "",
            )
        )
    return found
