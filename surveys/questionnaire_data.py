"""A questionnaire as plain data: the shape in which it ships, is copied, imported and exported, and is compared.

    {"key", "version", "title", "languages": [{"code", "name", "reviewed"}],
     "scales": {key: {"kind", "options": [{"key", "points"?, "label"}], "aside": [{"key", "label"}]}},
     "topics": [{"key", "section", "title", "short"?, "intro"?, "scored"?, "threshold"?, "switched_on"?,
                 "items": [{"key", "number"?, "text", "help"?, "scale", "reverse"?, "scored"?, "version"?, "longest"?,
                            "owner"?, "shown_for"?, "follow_ups"?: [item, …]}]}],
     "comparability": [{"key", "earlier_key", "kind", "note"?}]}

Texts are {language: text}. What may be left out (?) has the model's default.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from copy import deepcopy
from hashlib import sha256
from typing import Any

from django.db import transaction

from surveys import languages
from surveys.models import Comparability, Item, Questionnaire, Scale, Topic

Data = dict[str, Any]
TOPIC_DEFAULTS: Data = {"short": {}, "intro": {}, "scored": True, "threshold": 5, "switched_on": True}
ITEM_DEFAULTS: Data = {
    "number": None,
    "help": {},
    "reverse": False,
    "version": 1,
    "longest": None,
    "owner": "",
    "shown_for": [],
}


# --- in ---------------------------------------------------------------------------------------------------------


def questionnaire_load(master: Data) -> Questionnaire:
    """Put a shipped questionnaire into the database. Its key and version are there once: again changes nothing.

    Its further languages come along from `locale/`, as they were reviewed or not.
    """
    known = Questionnaire.objects.filter(key=master["key"], version=master["version"]).first()
    if known is not None:
        return known
    return questionnaire_write(languages.spread(master, [language["code"] for language in master["languages"]]))


@transaction.atomic
def questionnaire_write(data: Data, **fields: Any) -> Questionnaire:
    """Write a questionnaire of a key and version that are not there yet. Raises IntegrityError if they are."""
    named = {name: data[name] for name in ("key", "version", "title", "languages")}
    questionnaire = Questionnaire.objects.create(**named, **fields)
    scales = {
        key: Scale.objects.create(questionnaire=questionnaire, key=key, **scale)
        for key, scale in data["scales"].items()
    }
    for order, given in enumerate(data["topics"], start=1):
        texts = {name: value for name, value in given.items() if name != "items"}
        topic = Topic.objects.create(questionnaire=questionnaire, order=order, **texts)
        for place, item in enumerate(given["items"], start=1):
            _item_write(topic, item, order=place, scales=scales, parent=None, scored=given.get("scored", True))
    Comparability.objects.bulk_create(
        Comparability(questionnaire=questionnaire, **row) for row in data["comparability"]
    )
    return questionnaire


def _item_write(
    topic: Topic, data: Data, *, order: int, scales: dict[str, Scale], parent: Item | None, scored: bool
) -> None:
    scale = scales[data["scale"]]
    may_score = scored and scale.kind == Scale.Kind.SCALE and parent is None
    fields = {name: data.get(name, default) for name, default in ITEM_DEFAULTS.items()}
    item = Item.objects.create(
        questionnaire_id=topic.questionnaire_id,
        topic=topic,
        key=data["key"],
        order=order,
        text=data["text"],
        scale=scale,
        scored=may_score and data.get("scored", True),
        parent=parent,
        **fields,
    )
    for place, below in enumerate(data.get("follow_ups", []), start=1):
        _item_write(topic, below, order=place, scales=scales, parent=item, scored=False)


# --- out --------------------------------------------------------------------------------------------------------


def questionnaire_dump(questionnaire: Questionnaire) -> Data:
    """The whole version as plain data, in four queries. Loading it again gives an equal one."""
    below: dict[int | None, list[Item]] = {}
    for item in Item.objects.filter(questionnaire=questionnaire).select_related("scale").order_by("order", "pk"):
        below.setdefault(item.parent_id, []).append(item)
    return {
        "key": questionnaire.key,
        "version": questionnaire.version,
        "title": questionnaire.title,
        "languages": deepcopy(questionnaire.languages),
        "scales": {
            scale.key: {"kind": scale.kind, "options": scale.options, "aside": scale.aside}
            for scale in questionnaire.scales.order_by("pk")
        },
        "topics": [
            {
                "key": topic.key,
                "section": topic.section,
                "title": topic.title,
                **{name: getattr(topic, name) for name in TOPIC_DEFAULTS},
                "items": [_item_dump(item, below) for item in below.get(None, []) if item.topic_id == topic.pk],
            }
            for topic in questionnaire.topics.order_by("order", "pk")
        ],
        "comparability": [
            {"key": row.key, "earlier_key": row.earlier_key, "kind": row.kind, "note": row.note}
            for row in questionnaire.comparabilities.order_by("pk")
        ],
    }


def _item_dump(item: Item, below: dict[int | None, list[Item]]) -> Data:
    return {
        "key": item.key,
        "text": item.text,
        "scale": item.scale.key,
        "scored": item.scored,
        **{name: getattr(item, name) for name in ITEM_DEFAULTS},
        "follow_ups": [_item_dump(child, below) for child in below.get(item.pk, [])],
    }


# --- compared ---------------------------------------------------------------------------------------------------


def items_of(data: Data) -> Iterator[tuple[Data, Data, Data | None]]:
    """Every question with its topic and the question above it, parents first."""

    def walk(topic: Data, items: list[Data], parent: Data | None) -> Iterator[tuple[Data, Data, Data | None]]:
        for item in items:
            yield topic, item, parent
            yield from walk(topic, item.get("follow_ups", []), item)

    for topic in data["topics"]:
        yield from walk(topic, topic["items"], None)


def content_digest(data: Data) -> str:
    """What KommuneMED approves: structure, rules and Danish texts. Translations have an approval of their own."""

    def danish(value: Any) -> Any:
        if isinstance(value, dict):
            if "da" in value and all(isinstance(text, str) for text in value.values()):
                return value["da"]
            return {key: danish(part) for key, part in value.items() if part not in ({}, [], None, "")}
        return [danish(part) for part in value] if isinstance(value, list | tuple) else value

    # Nothing that is only bookkeeping: the same content in another version is the same content.
    content = danish({name: data[name] for name in ("title", "scales", "topics")})
    return sha256(json.dumps(content, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
