"""The questionnaire, compiled: for asking and for counting."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from time import monotonic
from typing import Any

from surveys import languages
from surveys.models import Item, Questionnaire, Scale, Topic
from surveys.questionnaire_data import questionnaire_load as questionnaire_load

DOCUMENT_VERSION = 1
LARGEST_DOCUMENT = 4096  # bytes of JSON; every document is padded to this before it is sealed
Tally = dict[str, dict[str, tuple[tuple[str, int], ...]]]  # question -> option -> (fact item, category)
SICK_LEAVE = "sf_sick_leave"  # the whole municipality's half of question 32


@dataclass(frozen=True)
class Option:
    """One answer to choose. `aside` stands off the line: ved ikke, ønsker ikke at svare, ikke relevant."""

    key: str
    label: dict[str, str]
    points: int | None
    aside: bool


@dataclass(frozen=True)
class FormItem:
    """One question as asked, with the follow-ups that its answers open."""

    pk: int
    key: str
    topic: str
    number: int | None
    text: dict[str, str]
    help: dict[str, str]
    kind: str
    scale: str
    options: tuple[Option, ...]
    reverse: bool
    scored: bool
    shown_for: tuple[str, ...]
    follow_ups: tuple[FormItem, ...]
    longest: int | None = None
    role: str = ""  # of a follow-up: its key below the question's own («where» of «fa_noise_where»)

    @property
    def own_options(self) -> tuple[Option, ...]:
        return tuple(option for option in self.options if not option.aside)

    @property
    def asides(self) -> tuple[Option, ...]:
        return tuple(option for option in self.options if option.aside)

    def walk(self) -> Iterator[FormItem]:
        """The question and everything below it, parents first."""
        yield self
        for child in self.follow_ups:
            yield from child.walk()


@dataclass(frozen=True)
class FormTopic:
    key: str
    section: str
    title: dict[str, str]
    short: dict[str, str]
    intro: dict[str, str]
    scored: bool
    threshold: int
    items: tuple[FormItem, ...]


@dataclass(frozen=True)
class FactItem:
    """What is counted: one question, or one option of a multiple choice, in the planner's own terms.

    `values` are the points of the categories after reversal, so that 100 is best, in the order in which the options
    are shown (the order of a fact's `dist`). An event runs from yes to no. `of`: the fact item whose answers opened
    this one. `whole_only`: shown for the whole municipality and nowhere below. `beside`: the fact item whose people
    such a figure is about. `labels` name the categories.
    """

    key: str
    item: str
    option: str | None
    theme: str
    values: tuple[int, ...]
    kind: str
    threshold: int
    of: str | None
    whole_only: bool
    scored: bool
    text: dict[str, str]
    labels: tuple[dict[str, str], ...]
    beside: str | None = None

    @property
    def on_its_own(self) -> bool:
        """A question that everybody was asked: neither a follow-up nor counted beside one."""
        return self.of in (None, SICK_LEAVE) and self.beside is None


@dataclass(frozen=True)
class Form:
    """One version of the questionnaire, switched-off topics left out."""

    pk: int
    key: str
    version: int
    title: dict[str, str]
    languages: tuple[dict[str, Any], ...]
    topics: tuple[FormTopic, ...]
    facts: tuple[FactItem, ...] = ()
    tallies: Tally = field(default_factory=dict)
    kinds: dict[str, tuple[bool, frozenset[str]]] = field(default_factory=dict)

    @property
    def anonymous(self) -> tuple[FormTopic, ...]:
        return tuple(topic for topic in self.topics if topic.section == Topic.Section.ANONYMOUS)

    @property
    def physical(self) -> tuple[FormItem, ...]:
        return tuple(item for topic in self.topics if topic.section == Topic.Section.PHYSICAL for item in topic.items)

    @property
    def closed_items(self) -> tuple[FormItem, ...]:
        """The questions of the anonymous document, follow-ups below their own. Free text is no part of it."""
        return tuple(item for topic in self.anonymous for item in topic.items if item.kind != Scale.Kind.TEXT)

    def language(self, *wished: str | None) -> str:
        """The first wish that is offered to those who answer; Danish otherwise."""
        return languages.best(self, *wished)


# --- compiled -----------------------------------------------------------------------------------------------------


_kept: dict[int, tuple[float, Form]] = {}
KEPT_SECONDS = 60  # a locked one never changes but for the review of its translations


def form_for(questionnaire_id: int) -> Form:
    """The questionnaire, compiled. Kept per process once it is locked; before that HR may change it in any process."""
    read_at, form = _kept.get(questionnaire_id, (0.0, None))
    if form is None or monotonic() - read_at > KEPT_SECONDS:
        form, locked = _compiled(questionnaire_id)
        if locked:
            _kept[questionnaire_id] = (monotonic(), form)
    return form


def _compiled(questionnaire_id: int) -> tuple[Form, bool]:
    questionnaire = Questionnaire.objects.get(pk=questionnaire_id)
    topics = Topic.objects.filter(questionnaire=questionnaire, switched_on=True).order_by("order")
    rows = (
        Item.objects.filter(questionnaire=questionnaire, topic__switched_on=True)
        .select_related("scale", "topic")
        .order_by("order", "pk")
    )
    below: dict[int | None, list[Item]] = {}
    for row in rows:
        below.setdefault(row.parent_id, []).append(row)
    compiled = tuple(
        FormTopic(
            key=topic.key,
            section=topic.section,
            title=topic.title,
            short=topic.short or topic.title,
            intro=topic.intro,
            scored=topic.scored,
            threshold=topic.threshold,
            items=tuple(_compile(row, below) for row in below.get(None, []) if row.topic_id == topic.pk),
        )
        for topic in topics
    )
    form = Form(
        pk=questionnaire.pk,
        key=questionnaire.key,
        version=questionnaire.version,
        title=questionnaire.title,
        languages=tuple(questionnaire.languages),
        topics=compiled,
    )
    facts, tallies = _facts(form)
    kinds = {
        item.key: (item.kind == Scale.Kind.MANY, frozenset(option.key for option in item.options))
        for top in form.closed_items
        for item in top.walk()
    }
    return replace(form, facts=facts, tallies=tallies, kinds=kinds), questionnaire.locked


def _compile(row: Item, below: dict[int | None, list[Item]], above: str = "") -> FormItem:
    options = [_option(option, aside=False) for option in row.scale.options]
    options += [_option(option, aside=True) for option in row.scale.aside]
    return FormItem(
        pk=row.pk,
        key=row.key,
        topic=row.topic.key,
        number=row.number,
        text=row.text,
        help=row.help,
        kind=row.scale.kind,
        scale=row.scale.key,
        options=tuple(options),
        reverse=row.reverse,
        scored=row.scored,
        shown_for=tuple(row.shown_for),
        follow_ups=tuple(_compile(child, below, row.key) for child in below.get(row.pk, [])),
        longest=row.longest,
        role=row.key.removeprefix(f"{above}_") if above else "",
    )


def _option(option: dict[str, Any], *, aside: bool) -> Option:
    return Option(option["key"], option["label"], option.get("points"), aside)


# --- counting -----------------------------------------------------------------------------------------------------

YES_NO = ({"da": "Ja", "en": "Yes"}, {"da": "Nej", "en": "No"})


def _facts(form: Form) -> tuple[tuple[FactItem, ...], Tally]:
    """The fact items, each after the one it follows, and per question and option the categories that it counts in."""
    facts: list[FactItem] = []
    tallies: Tally = {}
    for topic in form.anonymous:
        for item in topic.items:
            if item.kind != Scale.Kind.TEXT:
                _fact_tree(item, topic, None, facts, tallies)
    return tuple(facts), tallies


def _fact_tree(item: FormItem, topic: FormTopic, of: str | None, facts: list[FactItem], tallies: Tally) -> None:
    def fact(key: str, kind: str, values: tuple[int, ...], labels: Any, **more: Any) -> None:
        facts.append(
            FactItem(
                key=key,
                item=item.key,
                theme=topic.key,
                kind=kind,
                values=values,
                labels=tuple(labels),
                threshold=topic.threshold,
                **{
                    "option": None,
                    "of": of,
                    "whole_only": False,
                    "scored": item.scored,
                    "text": item.text,
                    **more,
                },
            )
        )

    own, asides = item.own_options, item.asides
    counts: dict[str, list[tuple[str, int]]] = {option.key: [] for option in item.options}
    below = item.key
    if item.scale == "sf_work":
        # Colleagues know who was ill: whether somebody was ill at all is counted for the municipality only.
        fact(SICK_LEAVE, "event", (1, 0), YES_NO, whole_only=True, scored=False)
        # Its n is the number of those who were ill, so it keeps to blocks in which that may be known.
        work = (_label(item, "much"), _label(item, "little"), _label(item, "no"))
        fact(item.key, "event", (2, 1, 0), work, of=SICK_LEAVE)
        counts["none"] = [(SICK_LEAVE, 1)]
        for place, key in enumerate(("much", "little", "no")):
            counts[key] = [(SICK_LEAVE, 0), (item.key, place)]
    elif item.kind == Scale.Kind.MANY:
        for option in own:
            fact(f"{item.key}.{option.key}", "event", (1, 0), YES_NO, option=option.key, text=option.label)
        # The people who answered the question are the same for each option, so any of them can stand for it.
        below = f"{item.key}.{own[-1].key}"
    else:
        kind = "event" if item.kind == Scale.Kind.EVENT else "scale"
        fact(item.key, kind, tuple(_points(item)), (option.label for option in own))
        for place, option in enumerate(own):
            counts[option.key].append((item.key, place))
    for aside in asides:
        key = f"{item.key}.{aside.key}"
        asked = {"of": None, "beside": SICK_LEAVE if item.scale == "sf_work" else below}
        fact(key, "event", (1, 0), YES_NO, whole_only=True, scored=False, option=aside.key, text=aside.label, **asked)
        if item.kind != Scale.Kind.MANY:
            for option in item.options:
                counts[option.key].append((key, 0 if option.key == aside.key else 1))
    tallies[item.key] = {key: tuple(found) for key, found in counts.items()}
    for child in item.follow_ups:
        opens = next((option.key for option in own if option.key in child.shown_for), None)
        _fact_tree(
            child, topic, f"{item.key}.{opens}" if item.kind == Scale.Kind.MANY and opens else below, facts, tallies
        )


def _label(item: FormItem, key: str) -> dict[str, str]:
    return next(option.label for option in item.options if option.key == key)


def _points(item: FormItem) -> list[int]:
    own = item.own_options
    if item.kind == Scale.Kind.SCALE:
        return [100 - (option.points or 0) if item.reverse else (option.points or 0) for option in own]
    return list(range(len(own) - 1, -1, -1))


def fact_items(form: Form) -> list[FactItem]:
    """Everything that is counted of the anonymous part, parents before their follow-ups."""
    return list(form.facts)


def categories_of(form: Form, document: Any) -> list[tuple[str, int]]:
    """The categories that one opened document counts in: (fact item's key, place in its values).

    Answers to follow-ups that the answer above did not open are passed over. An empty document is a withdrawn
    answer and counts nowhere. Raises ValueError on anything that the form could not have sent.
    """
    answers = answers_of(form, document)
    found: list[tuple[str, int]] = []
    for item in form.closed_items:
        _categories(form, item, answers, found)
    return found


def _categories(form: Form, item: FormItem, answers: dict[str, Any], found: list[tuple[str, int]]) -> None:
    value = answers.get(item.key)
    if value is None:
        return
    if item.kind == Scale.Kind.MANY:
        chosen = set(value)
        substance = [option for option in item.own_options if option.key in chosen]
        if substance:
            found.extend((f"{item.key}.{option.key}", 0 if option.key in chosen else 1) for option in item.own_options)
        found.extend((f"{item.key}.{aside.key}", 1 if substance else 0) for aside in item.asides)
        if not substance:
            return
    else:
        chosen = {value}
        found.extend(form.tallies[item.key][value])
    for child in item.follow_ups:
        if chosen.intersection(child.shown_for):
            _categories(form, child, answers, found)


def answers_of(form: Form, document: Any) -> dict[str, Any]:
    """The answers of a document `{"v": 1, "a": {question: option or [options]}}`, checked against the form."""
    if not isinstance(document, dict) or document.keys() != {"v", "a"} or document["v"] != DOCUMENT_VERSION:
        raise ValueError("not a document of this version")
    answers = document["a"]
    if not isinstance(answers, dict):
        raise ValueError("the answers are no object")
    for key, value in answers.items():
        if key not in form.kinds:
            raise ValueError("an unknown question")
        many, options = form.kinds[key]
        if many:
            if not isinstance(value, list) or not value or len(set(map(str, value))) != len(value):
                raise ValueError("a multiple choice is a list of options, each once")
            if not all(isinstance(option, str) and option in options for option in value):
                raise ValueError("an unknown option")
        elif not isinstance(value, str) or value not in options:
            raise ValueError("an unknown option")
    return answers


def is_empty(document: dict[str, Any]) -> bool:
    """A checked document without answers: its sender has withdrawn, and counts as not having answered."""
    return not document["a"]


def document_of(answers: dict[str, Any]) -> dict[str, Any]:
    return {"v": DOCUMENT_VERSION, "a": answers}


def document_bytes(document: dict[str, Any]) -> bytes:
    """The document as every sealed one is long: compact JSON, filled up with spaces. Raises ValueError if too long."""
    raw = json.dumps(document, separators=(",", ":"), ensure_ascii=False).encode()
    if len(raw) > LARGEST_DOCUMENT:
        raise ValueError("the document is too long")
    return raw.ljust(LARGEST_DOCUMENT)
