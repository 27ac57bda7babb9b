"""The questionnaire as a document to read and to approve: the data of `templates/pdf/questionnaire.typ`."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from organisation import clock
from organisation.templatetags.dates import dk_long
from surveys.languages import RIGHT_TO_LEFT
from surveys.models import Questionnaire, Scale, Topic
from surveys.questionnaires import Form, FormItem, FormTopic, form_for
from surveys.templatetags.questionnaire import say


def questionnaire_document(questionnaire: Questionnaire, language: str, municipality: str) -> dict[str, Any]:
    """Every word that the layout sets, in the language, where a text is missing in Danish."""
    form = form_for(questionnaire.pk)
    day = dk_long(clock.today())
    title = say(form.title, language)
    return {
        "title": title,
        "subject": title,
        "municipality": municipality,
        "lang": language,
        "rtl": language in RIGHT_TO_LEFT,
        "lead": _("Version %(n)s, udskrevet %(day)s") % {"n": questionnaire.version, "day": day},
        "topics": [_topic(form, topic, language) for topic in form.topics],
    }


def _topic(form: Form, topic: FormTopic, language: str) -> dict[str, Any]:
    anonymous = topic.section == Topic.Section.ANONYMOUS
    rules = [_("Anonym del") if anonymous else _("Ikke anonym: læses af trioen")]
    if anonymous:
        rules.append(_("vises fra %(n)s besvarelser") % {"n": topic.threshold})
        if not topic.scored:
            rules.append(_("uden samlet tal"))
    first = topic.items[0] if topic.items and not anonymous else None
    shared = first.follow_ups if first else ()  # asked of every problem in the same words
    return {
        "title": say(topic.title, language),
        "intro": say(topic.intro, language),
        "rule": " · ".join(rules),
        "questions": [_question(item, language, with_below=anonymous) for item in topic.items],
        "then": _("Ved «%(answers)s» spørges der videre:") % {"answers": _opening(first, shared[0], language)}
        if first and shared
        else "",
        "below": [row for child in shared for row in _below(first, child, language, 0, opened=False)],
    }


def _question(item: FormItem, language: str, *, with_below: bool) -> dict[str, Any]:
    rule = [item.key, *([_("vendes om, så 100 er bedst")] if item.reverse else [])]
    below = [row for child in item.follow_ups for row in _below(item, child, language, 0)] if with_below else []
    return {
        "number": f"{item.number}." if item.number else "",
        "text": say(item.text, language),
        "help": say(item.help, language),
        "answers": _answers(item, language),
        "rule": " · ".join(rule),
        "below": below,
    }


def _below(
    parent: FormItem | None, child: FormItem, language: str, depth: int, *, opened: bool = True
) -> list[dict[str, Any]]:
    said = _("Ved «%(answers)s»:") % {"answers": _opening(parent, child, language)} + " " if opened else ""
    row = {
        "opened": said,
        "text": say(child.text, language),
        "answers": _answers(child, language),
        "depth": depth,
    }
    return [row, *(each for below in child.follow_ups for each in _below(child, below, language, depth + 1))]


def _opening(parent: FormItem | None, child: FormItem, language: str) -> str:
    options = parent.options if parent else ()
    return " / ".join(say(option.label, language) for option in options if option.key in child.shown_for)


def _answers(item: FormItem, language: str) -> str:
    if item.options:
        labels = " · ".join(say(option.label, language) for option in item.options)
        return f"{labels} ({_('vælg gerne flere')})" if item.kind == Scale.Kind.MANY else labels
    if item.kind == Scale.Kind.TEXT and item.longest:
        return _("Fritekst, højst %(n)s tegn") % {"n": item.longest}
    return {
        Scale.Kind.PLACE: _("Bygning og lokale, eller med egne ord"),
        Scale.Kind.PHOTO: _("Billede; oplysninger om sted og tid fjernes"),
    }.get(Scale.Kind(item.kind), _("Fritekst"))
