"""What HR changes in a questionnaire before it opens. Every function refuses a locked one with `Locked`.

A key stands for a meaning for all time. A changed wording is a new version of the key (`item_reword`); a changed
meaning takes a new key (`item_replace`), so that nobody sets two different questions beside each other.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max, QuerySet
from django.utils.translation import gettext as _

from organisation import clock
from organisation.audit import audit
from organisation.models import Person
from surveys.languages import language_withdraw, texts_of
from surveys.master import apv2026
from surveys.models import Comparability, Item, Questionnaire, Scale, Topic, Wave
from surveys.models.questionnaire import LOCAL_ITEMS
from surveys.questionnaire_data import items_of, questionnaire_dump, questionnaire_write

Words = dict[str, str]
SHIPPED = (apv2026.MASTER,)
LOCAL_KINDS = (Scale.Kind.SCALE, Scale.Kind.EVENT, Scale.Kind.ONE, Scale.Kind.MANY)


class Locked(Exception):
    """The questionnaire has been opened with: make a new version instead."""


@contextmanager
def changing(questionnaire: Questionnaire) -> Iterator[None]:
    """One change: alone, and only while the questionnaire is not locked. Raises Locked."""
    with transaction.atomic():
        if Questionnaire.objects.select_for_update().get(pk=questionnaire.pk).locked:
            raise Locked
        yield


# --- versions -----------------------------------------------------------------------------------------------------


@transaction.atomic
def version_create(*, source: Questionnaire, by: Person | None) -> Questionnaire:
    """A copy with the next version number, to be changed. Approved links to earlier figures come along."""
    last = Questionnaire.objects.filter(key=source.key).aggregate(last=Max("version"))["last"]
    made = questionnaire_write({**questionnaire_dump(source), "version": last + 1}, copied_from=source)
    for link in source.comparabilities.exclude(approved_by=""):
        made.comparabilities.filter(key=link.key).update(approved_by=link.approved_by, approved_on=link.approved_on)
    audit("questionnaire_copied", made, actor=by, source=str(source))
    return made


@transaction.atomic
def version_import(*, data: dict[str, Any], notes: list[str], by: Person) -> Questionnaire:
    """A draft from an imported workbook: always a version of its own, so that nothing is overwritten."""
    last = Questionnaire.objects.filter(key=data["key"]).aggregate(last=Max("version"))["last"]
    version = data["version"] if last is None else last + 1
    made = questionnaire_write({**data, "version": version}, notes=notes)
    numbers_set(made)
    audit("questionnaire_imported", made, actor=by, version=str(made), left_out=len(notes))
    return made


def version_delete(*, questionnaire: Questionnaire, by: Person) -> None:
    """Throw a draft away. Raises Locked, and ValidationError where something rests on it."""
    with changing(questionnaire):
        if Wave.objects.filter(questionnaire=questionnaire).exists():
            raise ValidationError(_("Målingen bruger denne version. Vælg en anden til målingen først."))
        if questionnaire.copies.exists():
            raise ValidationError(_("En nyere version er lavet ud fra denne. Slet den nyere først."))
        audit("questionnaire_deleted", questionnaire, actor=by, version=str(questionnaire))
        Item.objects.filter(questionnaire=questionnaire).delete()
        questionnaire.delete()


def wave_use(*, wave: Wave, questionnaire: Questionnaire, by: Person) -> bool:
    """Ask this version in the survey. False when the survey has opened meanwhile."""
    with transaction.atomic():
        changed = Wave.objects.filter(pk=wave.pk, state=Wave.State.PLANNED).update(questionnaire=questionnaire)
        if changed:
            audit("questionnaire_chosen", wave, actor=by, version=str(questionnaire))
    return bool(changed)


# --- order --------------------------------------------------------------------------------------------------------


def topic_move(*, topic: Topic, up: bool, by: Person) -> bool:
    """One place up or down. False at the end of the line."""
    with changing(topic.questionnaire):
        moved = _move(Topic.objects.filter(questionnaire=topic.questionnaire_id), topic, up=up)
        if moved:
            numbers_set(topic.questionnaire)
            audit("questionnaire_ordered", topic.questionnaire, actor=by, key=topic.key)
    return moved


def item_move(*, item: Item, up: bool, by: Person) -> bool:
    """One place up or down among the questions beside it. False at the end of the line."""
    with changing(item.questionnaire):
        moved = _move(Item.objects.filter(topic=item.topic_id, parent=item.parent_id), item, up=up)
        if moved:
            numbers_set(item.questionnaire)
            audit("questionnaire_ordered", item.questionnaire, actor=by, key=item.key)
    return moved


def _move(rows: QuerySet[Any], row: Topic | Item, *, up: bool) -> bool:
    line = list(rows.order_by("order", "pk"))
    place = next(number for number, each in enumerate(line) if each.pk == row.pk)
    other = place - 1 if up else place + 1
    if not 0 <= other < len(line):
        return False
    line[place], line[other] = line[other], line[place]
    for order, each in enumerate(line, start=1):
        each.order = order
    rows.model.objects.bulk_update(line, ["order"])
    return True


def numbers_set(questionnaire: Questionnaire) -> None:
    """Number the questions as they are asked: switched-off topics and follow-ups have none."""
    rows = list(Item.objects.filter(questionnaire=questionnaire).select_related("topic"))
    number, changed = 0, []
    for item in sorted(rows, key=lambda each: (each.topic.order, each.topic_id, each.order, each.pk)):
        new = None
        if item.parent_id is None and item.topic.switched_on:
            number += 1
            new = number
        if item.number != new:
            item.number = new
            changed.append(item)
    Item.objects.bulk_update(changed, ["number"])


# --- topics -------------------------------------------------------------------------------------------------------


def topic_change(*, topic: Topic, by: Person, **fields: Any) -> None:
    """Change title, short, intro, threshold or switched_on. Raises ValidationError for a threshold below five."""
    with changing(topic.questionnaire):
        before = {name: getattr(topic, name) for name in fields}
        for name, value in fields.items():
            setattr(topic, name, value)
        topic.full_clean(exclude=["questionnaire", "short", "intro"])
        topic.save()
        if "switched_on" in fields:
            numbers_set(topic.questionnaire)
        for name in ("title", "short", "intro"):
            if name in fields:
                translations_doubt(topic.questionnaire, before[name], fields[name], by=by)
        changed = sorted(name for name in fields if fields[name] != before[name])
        audit("questionnaire_topic_changed", topic.questionnaire, actor=by, key=topic.key, fields=changed)


# --- questions ----------------------------------------------------------------------------------------------------


def item_reword(*, item: Item, text: Words, help: Words, by: Person) -> None:
    """The same question in other words: the same key, and a new version of the wording where the Danish differs."""
    with changing(item.questionnaire):
        before = (item.text, item.help)
        item.text, item.help = text, help
        version_set(item)
        item.save()
        translations_doubt(item.questionnaire, before[0], text, by=by)
        translations_doubt(item.questionnaire, before[1], help, by=by)
        audit("questionnaire_reworded", item.questionnaire, actor=by, key=item.key, version=item.version)


@dataclass(frozen=True)
class Wording:
    """What is read of a question in Danish: itself and its answers. Other words make a new version."""

    version: int
    text: str
    answers: tuple[str, ...]


def _answers(scale: Any) -> tuple[str, ...]:
    """The Danish answers of a scale, a row or plain data."""
    data = scale if isinstance(scale, dict) else {"options": scale.options, "aside": scale.aside}
    return tuple(option["label"].get("da", "") for option in data["options"] + data["aside"])


def version_set(item: Item) -> None:
    """The version of the wording, by what the questionnaire said that this one was made from."""
    base = wording_before(item)
    if base is not None:
        same = (item.text.get("da"), _answers(item.scale)) == (base.text, base.answers)
        item.version = base.version if same else base.version + 1


def wording_before(item: Item) -> Wording | None:
    """The wording in the questionnaire that this one was made from; None: the question is new."""
    source = item.questionnaire.copied_from
    if source is not None:
        earlier = Item.objects.filter(questionnaire=source, key=item.key).select_related("scale").first()
        return Wording(earlier.version, earlier.text.get("da", ""), _answers(earlier.scale)) if earlier else None
    for master in SHIPPED:
        if (master["key"], master["version"]) == (item.questionnaire.key, item.questionnaire.version):
            for _topic, data, _parent in items_of(master):
                if data["key"] == item.key:
                    return Wording(
                        data.get("version", 1), data["text"]["da"], _answers(master["scales"][data["scale"]])
                    )
    return None


def item_replace(*, item: Item, text: Words, help: Words, by: Person) -> None:
    """Another question in its place: a new key for it and for its follow-ups, and no link to earlier figures."""
    with changing(item.questionnaire):
        before, old = (item.text, item.help), item.key
        item.text, item.help = text, help
        rekey(item)
        translations_doubt(item.questionnaire, before[0], text, by=by)
        translations_doubt(item.questionnaire, before[1], help, by=by)
        audit("questionnaire_replaced", item.questionnaire, actor=by, key=old, new=item.key)


def rekey(item: Item) -> None:
    """A new meaning: a new key and the first version, here and below; what was said of the old key falls away."""
    old, new = item.key, _new_key(item.key)
    gone = [old]
    for row in below(item):
        gone.append(row.key)
        row.key = new + row.key[len(old) :] if row.key.startswith(f"{old}_") else _new_key(row.key)
        row.version = 1
        row.save(update_fields=["key", "version"])
    item.key, item.version = new, 1
    item.save()
    Comparability.objects.filter(questionnaire=item.questionnaire_id, key__in=gone).delete()


def below(item: Item) -> list[Item]:
    found = list(item.follow_ups.order_by("order"))
    return [each for child in found for each in (child, *below(child))]


def _new_key(key: str) -> str:
    """«ps_disagree» -> «ps_disagree_2», free in every questionnaire. A question of our own takes its next number."""
    stem = re.sub(r"_\d+$", "", key)
    taken = set(Item.objects.filter(key__startswith=stem).values_list("key", flat=True))
    return next(f"{stem}_{n}" for n in range(2, 1000) if f"{stem}_{n}" not in taken)[:48]


def local_keys_free(questionnaire: Questionnaire) -> list[str]:
    taken = set(Item.objects.filter(questionnaire=questionnaire).values_list("key", flat=True))
    return [key for n in range(1, LOCAL_ITEMS + 1) if (key := f"lokal_{n}") not in taken]


def scales_for_local(questionnaire: Questionnaire) -> QuerySet[Scale]:
    """The scales that a question of our own may use. Sick leave is counted in its own way."""
    return questionnaire.scales.filter(kind__in=LOCAL_KINDS).exclude(key="sf_work").order_by("pk")


def local_item_add(*, topic: Topic, text: Words, help: Words, scale: Scale, reverse: bool, by: Person) -> Item:
    """One of the five questions of the municipality's own. Raises ValidationError when there are five."""
    with changing(topic.questionnaire):
        free = local_keys_free(topic.questionnaire)
        if not free:
            raise ValidationError(_("I kan højst tilføje fem spørgsmål selv. Fjern et, før I tilføjer et nyt."))
        last = topic.items.filter(parent=None).aggregate(last=Max("order"))["last"] or 0
        item = Item.objects.create(
            questionnaire=topic.questionnaire,
            topic=topic,
            key=free[0],
            order=last + 1,
            text=text,
            help=help,
            scale=scale,
            reverse=reverse and scale.kind == Scale.Kind.SCALE,
            scored=False,  # a topic score of the municipality's own making could not be compared with anybody's
        )
        numbers_set(topic.questionnaire)
        translations_doubt(topic.questionnaire, {}, text, by=by)
        audit("questionnaire_item_added", topic.questionnaire, actor=by, key=item.key)
    return item


def local_item_remove(*, item: Item, by: Person) -> None:
    with changing(item.questionnaire):
        questionnaire, key = item.questionnaire, item.key
        item.delete()
        Comparability.objects.filter(questionnaire=questionnaire, key=key).delete()
        numbers_set(questionnaire)
        audit("questionnaire_item_removed", questionnaire, actor=by, key=key)


# --- languages ----------------------------------------------------------------------------------------------------


def translations_doubt(questionnaire: Questionnaire, before: Words, after: Words, *, by: Person) -> None:
    """Take back the approval of every language whose text no longer is what was read beside the Danish one."""
    danish = before.get("da") != after.get("da")
    for language in list(questionnaire.languages):
        code = language["code"]
        if code != "da" and language.get("reviewed") and (danish or before.get(code) != after.get(code)):
            language_withdraw(questionnaire=questionnaire, code=code, by=by)


def language_add(*, questionnaire: Questionnaire, code: str, name: str, by: Person) -> None:
    """A further language, still without texts. Raises ValidationError when it is there."""
    with changing(questionnaire):
        questionnaire.refresh_from_db(fields=["languages"])
        if any(language["code"] == code for language in questionnaire.languages):
            raise ValidationError(_("Sproget er der allerede."))
        questionnaire.languages = [*questionnaire.languages, {"code": code, "name": name, "reviewed": False}]
        questionnaire.save(update_fields=["languages"])
        audit("questionnaire_language_added", questionnaire, actor=by, language=code)


def texts_set(*, questionnaire: Questionnaire, code: str, texts: Words, by: Person) -> int:
    """Write translations by place (`languages.texts_of`); returns how many changed. Each takes back the approval."""
    with changing(questionnaire):
        changed = sum(
            1
            for place, words in texts_of(questionnaire)
            if words.get("da") and place in texts and words.get(code, "") != texts[place]
        )
        if changed:
            _texts_write(questionnaire, texts, code)
            if any(row["code"] == code and row.get("reviewed") for row in questionnaire.languages):
                language_withdraw(questionnaire=questionnaire, code=code, by=by)
            audit("questionnaire_translated", questionnaire, actor=by, language=code, texts=changed)
    return changed


def _texts_write(questionnaire: Questionnaire, texts: Words, code: str) -> None:
    def put(words: Words, place: str) -> Words:
        if place not in texts or not words.get("da"):
            return words
        kept = {name: text for name, text in words.items() if name != code}
        return {**kept, code: texts[place]} if texts[place] else kept

    questionnaire.title = put(questionnaire.title, "title")
    questionnaire.save(update_fields=["title"])
    topics, items = list(questionnaire.topics.all()), list(questionnaire.items.all())
    for topic in topics:
        for name in ("title", "short", "intro"):
            setattr(topic, name, put(getattr(topic, name), f"{topic.key}.{name}"))
    Topic.objects.bulk_update(topics, ["title", "short", "intro"])
    for item in items:
        item.text, item.help = put(item.text, f"{item.key}.text"), put(item.help, f"{item.key}.help")
    Item.objects.bulk_update(items, ["text", "help"])
    scales = list(questionnaire.scales.all())
    for scale in scales:
        for option in scale.options + scale.aside:
            option["label"] = put(option["label"], f"{scale.key}.{option['key']}")
    Scale.objects.bulk_update(scales, ["options", "aside"])


# --- comparing with earlier figures -------------------------------------------------------------------------------


def link_set(
    *, questionnaire: Questionnaire, key: str, earlier_key: str, kind: str, note: Words, by: Person
) -> Comparability:
    """Say what may be set beside what. A changed link needs a new approval. It is no part of what is asked: it may
    also change while the survey is open."""
    with transaction.atomic():
        link, made = Comparability.objects.select_for_update().get_or_create(
            questionnaire=questionnaire, key=key, defaults={"earlier_key": earlier_key, "kind": kind, "note": note}
        )
        if not made:
            if (link.earlier_key, link.kind) != (earlier_key, kind):
                link.approved_by, link.approved_on = "", None
            link.earlier_key, link.kind, link.note = earlier_key, kind, note
            link.save()
        audit("comparison_changed", questionnaire, actor=by, key=key, earlier=earlier_key, kind=kind)
    return link


def link_approve(*, link: Comparability, by: Person) -> None:
    """From now on a trend is drawn. Raises ValidationError where nothing can be compared."""
    if link.kind == Comparability.Kind.NONE:
        raise ValidationError(_("Det kan ikke sammenlignes, så der er ikke noget at godkende."))
    with transaction.atomic():
        link.approved_by, link.approved_on = by.name, clock.today()
        link.save(update_fields=["approved_by", "approved_on"])
        audit("comparison_approved", link.questionnaire, actor=by, key=link.key, earlier=link.earlier_key)


def link_unapprove(*, link: Comparability, by: Person) -> None:
    with transaction.atomic():
        link.approved_by, link.approved_on = "", None
        link.save(update_fields=["approved_by", "approved_on"])
        audit("comparison_unapproved", link.questionnaire, actor=by, key=link.key)
