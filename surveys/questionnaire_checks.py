"""What is wrong with a questionnaire: asked before it opens, in HR's editor, and of an imported workbook."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from surveys.models import Scale, Topic
from surveys.models.questionnaire import KEY, LOCAL_ITEMS
from surveys.physical_follow_ups import ANSWERS, KINDS
from surveys.questionnaire_data import Data, items_of
from surveys.questionnaires import DOCUMENT_VERSION, LARGEST_DOCUMENT, SICK_LEAVE

Kind = Scale.Kind
CHOSEN = (Kind.SCALE, Kind.EVENT, Kind.ONE, Kind.MANY, Kind.PHYSICAL)
# Names that the answering pages post beside the answers, and fact items that are no question.
RESERVED = frozenset(
    {"admission", "code", "lang", "named", "sealed", "sprog", "tom", "csrfmiddlewaretoken", SICK_LEAVE}
)
SICK_LEAVE_SCALE = "sf_work"
SICK_LEAVE_OPTIONS = {"none", "no", "little", "much"}


@dataclass(frozen=True)
class Problem:
    """`place` is the key of the topic, question or scale, with what of it after a dot; empty for the whole."""

    place: str
    text: str


def problems_of(data: Data) -> list[Problem]:
    """Everything that keeps the questionnaire from being asked, in the order in which it stands."""
    found = [*_whole(data), *_scales(data), *_topics(data), *_keys(data)]
    for topic, item, parent in items_of(data):
        found += _item(data, topic, item, parent)
    return found


def _danish(words: Any) -> str:
    return str(words.get("da", "")).strip() if isinstance(words, dict) else ""


def _whole(data: Data) -> Iterator[Problem]:
    if not _danish(data["title"]):
        yield Problem("title", _("Spørgeskemaet har ingen dansk titel."))
    if not any(topic["section"] == "A" and _closed(data, topic) for topic in _asked(data)):
        yield Problem("", _("Der er ingen spørgsmål i den anonyme del. Slå mindst ét emne til."))
    size = len(largest_document(data))
    if size > LARGEST_DOCUMENT:
        words = {"size": size, "most": LARGEST_DOCUMENT}
        yield Problem(
            "",
            _(
                "Et fuldt besvaret skema fylder %(size)d tegn, og kuverten har plads til %(most)d. Slå emner eller "
                "opfølgende spørgsmål fra."
            )
            % words,
        )


def _scales(data: Data) -> Iterator[Problem]:
    used = {item["scale"] for _topic, item, _parent in items_of(data)}
    for key, scale in data["scales"].items():
        if not re.match(KEY, key):
            yield Problem(key, _("Skalaens navn må kun have små bogstaver a–z, tal og understreg."))
        options = scale["options"] + scale["aside"]
        twice = [name for name, n in Counter(option["key"] for option in options).items() if n > 1]
        if twice:
            yield Problem(key, _("Svarmuligheden «%(key)s» står der to gange.") % {"key": twice[0]})
        if key in used and scale["kind"] in CHOSEN and len(scale["options"]) < 2:
            yield Problem(key, _("Der skal være mindst to svarmuligheder."))
        for option in options:
            if not re.match(r"^[a-z0-9_]+$", option["key"]):
                yield Problem(f"{key}.{option['key']}", _("Navnet må kun have små bogstaver a–z, tal og understreg."))
            if not _danish(option["label"]):
                yield Problem(f"{key}.{option['key']}", _("Svarmuligheden mangler dansk tekst."))
        if scale["kind"] == Kind.SCALE and not _has_points(scale["options"]):
            yield Problem(key, _("Hver svarmulighed på en skala skal have point fra 0 til 100."))
        if key == SICK_LEAVE_SCALE and {option["key"] for option in scale["options"]} != SICK_LEAVE_OPTIONS:
            yield Problem(key, _("Skalaen for sygefravær tælles på en særlig måde og skal have sine fire svar."))


def _has_points(options: list[Data]) -> bool:
    return all(isinstance(option.get("points"), int) and 0 <= option["points"] <= 100 for option in options)


def _topics(data: Data) -> Iterator[Problem]:
    for topic in data["topics"]:
        key = topic["key"]
        if not re.match(KEY, key) or len(key) > 20:
            yield Problem(key, _("Emnets navn må kun have små bogstaver a–z, tal og understreg, højst 20."))
        if not _danish(topic["title"]):
            yield Problem(f"{key}.title", _("Emnet har ingen dansk titel."))
        if topic["section"] not in Topic.Section.values:
            yield Problem(key, _("Emnets del skal være A (anonym) eller B (ikke anonym)."))
        if topic.get("threshold", 5) < 5:
            yield Problem(key, _("Grænsen kan hæves, men aldrig komme under 5 besvarelser."))
        if topic.get("switched_on", True) and not topic["items"]:
            yield Problem(key, _("Emnet har ingen spørgsmål. Slå det fra, eller tilføj et."))
        kinds = {_kind(data, item) for item in topic["items"]}
        if topic["section"] == "A" and Kind.TEXT in kinds and len(kinds) > 1:
            yield Problem(key, _("Fritekst sendes i sin egen kuvert. Flyt den til et emne for sig."))


def _keys(data: Data) -> Iterator[Problem]:
    for what in ([item["key"] for _t, item, _p in items_of(data)], [topic["key"] for topic in data["topics"]]):
        for key, times in Counter(what).items():
            if times > 1:
                yield Problem(key, _("Navnet «%(key)s» er brugt %(n)d gange.") % {"key": key, "n": times})
    own = [item for _topic, item, _parent in items_of(data) if item["key"].startswith("lokal_")]
    if len(own) > LOCAL_ITEMS or any(not re.match(r"^lokal_[1-5]$", item["key"]) for item in own):
        yield Problem("lokal", _("I kan højst tilføje fem spørgsmål selv."))


def _item(data: Data, topic: Data, item: Data, parent: Data | None) -> Iterator[Problem]:
    key, kind = item["key"], _kind(data, item)
    if not re.match(KEY, key) or len(key) > 48:
        yield Problem(key, _("Spørgsmålets navn må kun have små bogstaver a–z, tal og understreg, højst 48."))
    if key in RESERVED:
        yield Problem(key, _("Navnet «%(key)s» bruges af systemet selv. Vælg et andet.") % {"key": key})
    if not _danish(item["text"]):
        yield Problem(f"{key}.text", _("Spørgsmålet mangler dansk tekst."))
    if kind is None:
        yield Problem(key, _("Skalaen «%(scale)s» findes ikke.") % {"scale": item["scale"]})
        return
    if parent is None:
        if topic["section"] == "B" and kind != Kind.PHYSICAL:
            yield Problem(key, _("I den ikke-anonyme del spørges der kun om problemer i de fysiske rammer."))
        if topic["section"] == "A" and kind in (Kind.PHYSICAL, Kind.PLACE, Kind.PHOTO):
            yield Problem(key, _("Denne slags spørgsmål hører til i den ikke-anonyme del."))
        return
    if topic["section"] == "A" and kind in (Kind.TEXT, Kind.PHYSICAL, Kind.PLACE, Kind.PHOTO):
        yield Problem(key, _("Et opfølgende spørgsmål i den anonyme del skal have faste svarmuligheder."))
    if topic["section"] == "B":
        yield from _about_a_problem(data, item, parent)
    above = data["scales"].get(parent["scale"], {"options": [], "aside": []})
    known = {option["key"] for option in above["options"] + above["aside"]}
    if not item.get("shown_for"):
        yield Problem(key, _("Det opfølgende spørgsmål siger ikke, hvilke svar der åbner det."))
    for option in item.get("shown_for", []):
        if option not in known:
            words = {"option": option, "parent": parent["key"]}
            yield Problem(key, _("Åbnes af svaret «%(option)s», som «%(parent)s» ikke har.") % words)


def _about_a_problem(data: Data, item: Data, parent: Data) -> Iterator[Problem]:
    """A follow-up of the physical part: what it asks about has a place of its own in the report to the trio."""
    role = item["key"].removeprefix(f"{parent['key']}_")
    if KINDS.get(role) != _kind(data, item):
        known = ", ".join(f"{parent['key']}_{name}" for name in KINDS)
        yield Problem(
            item["key"],
            _("Om et problem i de fysiske rammer kan der kun spørges med disse navne: %(known)s.") % {"known": known},
        )
        return
    scale = data["scales"][item["scale"]]
    foreign = {option["key"] for option in scale["options"] + scale["aside"]} - ANSWERS.get(role, frozenset())
    if role in ANSWERS and foreign:
        yield Problem(
            item["key"],
            _("Svarene må omskrives, men der kan ikke komme flere. Kendes ikke: %(foreign)s.")
            % {"foreign": ", ".join(sorted(foreign))},
        )


# --- size ---------------------------------------------------------------------------------------------------------


def largest_document(data: Data) -> bytes:
    """The longest document that anybody can send: every question answered with what takes most room."""
    answers: dict[str, Any] = {}
    for topic in _asked(data):
        if topic["section"] != "A":
            continue
        for _topic, item, _parent in items_of({"topics": [topic]}):
            scale = data["scales"].get(item["scale"])
            if scale is None or scale["kind"] == Kind.TEXT:
                continue
            keys = [option["key"] for option in scale["options"] + scale["aside"]]
            answers[item["key"]] = keys if scale["kind"] == Kind.MANY else max(keys, key=len, default="")
    document = {"v": DOCUMENT_VERSION, "a": answers}
    return json.dumps(document, separators=(",", ":"), ensure_ascii=False).encode()


def _asked(data: Data) -> list[Data]:
    return [topic for topic in data["topics"] if topic.get("switched_on", True)]


def _closed(data: Data, topic: Data) -> bool:
    return any(_kind(data, item) not in (Kind.TEXT, None) for item in topic["items"])


def _kind(data: Data, item: Data) -> str | None:
    scale = data["scales"].get(item["scale"])
    return scale["kind"] if scale else None
