"""What HR changes in the answers of a questionnaire before it opens: their words, for every question that has them.

The answers' keys stay, for they are what is sealed and counted. Other words about the same make a new version of each
question's wording, as a reworded question does; answers that mean something else make other questions of them.
"""

from __future__ import annotations

from organisation.audit import audit
from organisation.models import Person
from surveys.models import Item, Scale, Topic
from surveys.questionnaire_checks import SICK_LEAVE_SCALE
from surveys.questionnaire_edit import Words, below, changing, rekey, translations_doubt, version_set


def items_with(scale: Scale) -> list[Item]:
    """The questions that have these answers, in the order in which they are asked."""
    rows = Item.objects.filter(scale=scale).select_related("questionnaire__copied_from", "topic", "parent", "scale")
    return list(rows.order_by("topic__order", "order", "pk"))


def may_mean_another(scale: Scale) -> bool:
    """Not where the product itself knows what each answer means: sick leave, and the physical part."""
    physical = Item.objects.filter(scale=scale, topic__section=Topic.Section.PHYSICAL).exists()
    return scale.key != SICK_LEAVE_SCALE and not physical


def scale_reword(*, scale: Scale, labels: dict[str, Words], by: Person) -> None:
    """The same answers in other words: {option's key: words}. A new version of every question whose Danish differs."""
    with changing(scale.questionnaire):
        _labels_write(scale, labels, by=by)
        items = items_with(scale)
        for item in items:
            version_set(item)
        Item.objects.bulk_update(items, ["version"])
        audit("questionnaire_answers_reworded", scale.questionnaire, actor=by, key=scale.key, questions=len(items))


def scale_replace(*, scale: Scale, labels: dict[str, Words], by: Person) -> None:
    """Other answers in their place: every question that has them takes a new key, and no link to earlier figures."""
    with changing(scale.questionnaire):
        _labels_write(scale, labels, by=by)
        items = items_with(scale)
        under = {row.pk for item in items for row in below(item)}
        for item in items:
            if item.pk not in under:  # those get theirs with the question above
                rekey(item)
        audit("questionnaire_answers_replaced", scale.questionnaire, actor=by, key=scale.key, questions=len(items))


def _labels_write(scale: Scale, labels: dict[str, Words], *, by: Person) -> None:
    scale.refresh_from_db(fields=["options", "aside"])
    for option in scale.options + scale.aside:
        before, option["label"] = option["label"], labels.get(option["key"], option["label"])
        translations_doubt(scale.questionnaire, before, option["label"], by=by)
    scale.save(update_fields=["options", "aside"])
