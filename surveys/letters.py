"""Paper that HR prints: the letter with a QR code and a code to type, and the questionnaire with boxes to cross.

Set by Typst as the reports are (docs/decisions/0060-doors.md has the speed). Words arrive in the layout as data.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from typing import Any

import segno
from django.conf import settings
from django.utils.translation import get_language_bidi
from django.utils.translation import gettext as _

from organisation import clock
from organisation.models import CampaignUnit, DemoMessage, Level, Person
from organisation.templatetags.dates import dk_moment
from organisation.typeset import typeset
from surveys import codes, languages, tickets
from surveys.models import Scale, Ticket, Topic, Wave
from surveys.questionnaires import FormItem, FormTopic, form_for

LINES: dict[str, int] = {Scale.Kind.PLACE: 1, Scale.Kind.TEXT: 1}  # to write on; two where a long answer is asked for
LONG = 500
Pairs = Sequence[tuple[Ticket, tickets.WayIn]]


def letters_pdf(wave: Wave, pairs: Pairs) -> bytes:
    """One A4 sheet per ticket, in the given order, for envelopes with a window."""
    offered = languages.offered(wave.questionnaire)
    return typeset(
        "letters.typ",
        {
            "title": _("Breve om trivselsmålingen"),
            "municipality": settings.MUNICIPALITY["name"] or _("Kommunen"),
            "start": _bare(f"{settings.BASE_URL}/svar/"),
            "anonymous": _bare(f"{settings.BASE_URL}/sadan-er-du-anonym/"),
            "letters": [_letter(wave, ticket, way, offered) for ticket, way in pairs],
        },
        standard=None,
    )


def _bare(url: str) -> str:
    return url.split("://", 1)[-1]


def _letter(wave: Wave, ticket: Ticket, way: tickets.WayIn, offered: Sequence[languages.Language]) -> dict[str, Any]:
    person = ticket.placement.person
    language = languages.page_language(languages.choose(offered, person.language))
    with languages.words_in(language):
        return {
            "lang": language,
            "rtl": language in languages.RIGHT_TO_LEFT,
            "address": [person.name, *address_of(ticket)],
            "code": codes.pretty(way.code),
            "qr": qr(way.url),
            "words": _letter_words(wave, person, tablet=ticket.channel == Person.Channel.KIOSK),
        }


def _letter_words(wave: Wave, person: Person, *, tablet: bool) -> dict[str, str]:
    help_line = settings.MUNICIPALITY["help_line"]
    return {
        "title": _("Din mening tæller"),
        "dear": _("Kære %(name)s") % {"name": isolated(person.given_name)},
        "open": _(
            "Trivselsmålingen er åben. Det tager 8-10 minutter at svare, og du må gerne gøre det i arbejdstiden. "
            "Svar senest %(until)s."
        )
        % {"until": dk_moment(wave.closes_at)},
        "how": _("Svar på den fælles tablet på din arbejdsplads med koden her på siden, eller på din egen telefon.")
        if tablet
        else _("Svar på din telefon eller på en computer. Du vælger selv, hvor og hvornår."),
        "qr": _("QR-kode"),
        "scan": _("Skan koden"),
        "camera": _("Åbn kameraet på din telefon, og peg på firkanten."),
        "or": _("Eller skriv koden"),
        "go": _("Skriv koden på denne adresse:"),
        "anonymous": _("Den første del er anonym."),
        "sealed": _("Dit svar lægges i en forseglet kuvert, og ingen kan se, hvem der har svaret hvad."),
        "physical": _("Den sidste del, om de fysiske rammer, bliver læst af din leder, AMR og TR."),
        "more": _("Læs mere:"),
        "personal": _(
            "Koden er personlig. Giv den ikke videre, heller ikke til din leder. Får du en nyere kode, virker kun den."
        ),
        "help": _("Har du brug for hjælp, så kontakt %(line)s.") % {"line": isolated(help_line)} if help_line else "",
    }


def isolated(text: str) -> str:
    """A name or a telephone number within a sentence: between right-to-left words it keeps its own direction."""
    return f"\u2068{text}\u2069" if text and get_language_bidi() else text


def address_of(ticket: Ticket) -> list[str]:
    """Where the internal post finds the person: the unit, and the workplace that it belongs to."""
    unit = ticket.placement.employment.unit
    above = unit.parent if unit.level.kind == Level.Kind.TEAM else None
    return [unit.name, above.name] if above else [unit.name]


def qr(url: str) -> str:
    """A QR code as SVG, without a frame."""
    out = io.BytesIO()
    segno.make(url, error="m").save(out, kind="svg", xmldecl=False, border=0)
    return out.getvalue().decode()


def demo_inbox(wave: Wave, pairs: Pairs) -> None:
    """In the demonstration the letters also lie in the town's letter boxes."""
    if not settings.DEMO:
        return
    rows = []
    for ticket, way in pairs:
        message = tickets.invitation(wave, ticket, way)
        rows.append(
            DemoMessage(
                channel=Person.Channel.LETTER,
                person=ticket.placement.person,
                address=", ".join((ticket.placement.person.name, *address_of(ticket)))[:200],
                subject=message.subject,
                body=message.body,
                sent_at=clock.now(),
            )
        )
    DemoMessage.objects.bulk_create(rows)


# --- the questionnaire on paper -----------------------------------------------------------------------------------


def paper_pdf(wave: Wave, forms: Sequence[tuple[CampaignUnit, str]], language: str) -> bytes:
    """Questionnaires to fill in with a pen, each with its unit and its own code on every sheet."""
    form = form_for(wave.questionnaire_id)
    with languages.words_in(language):
        until = dk_moment(wave.closes_at)
        return typeset(
            "paper_forms.typ",
            {
                "title": form.title.get(language, form.title["da"]),
                "municipality": settings.MUNICIPALITY["name"] or _("Kommunen"),
                "lang": language,
                "rtl": language in languages.RIGHT_TO_LEFT,
                "words": _paper_words(),
                "topics": [_topic(topic, language) for topic in form.topics],
                "forms": [
                    {
                        "code": codes.pretty(code),
                        "foot": _("Skema %(code)s") % {"code": codes.pretty(code)},
                        "belongs": _(
                            "Skemaet hører til %(unit)s. Aflever det i den lukkede kuvert, så det kan være tastet "
                            "senest %(until)s."
                        )
                        % {"unit": isolated(unit.name), "until": until},
                    }
                    for unit, code in forms
                ],
            },
        )


def _paper_words() -> dict[str, str]:
    return {
        "code": _("Skemaets kode:"),
        "crosses": _(
            "Sæt ét kryds ved hvert spørgsmål, hvor der ikke står andet. Du må springe over, hvad du vil. "
            "Skriv ikke dit navn."
        ),
        "typed": _(
            "Skemaet tastes af en medhjælper, som ikke arbejder i din enhed. Koden står kun på papiret: Ingen har en "
            "liste over, hvem der har fået hvilket skema. Medhjælperen lægger dit svar i en forseglet kuvert som alle "
            "andres og makulerer papiret."
        ),
        "anonymous": _("Anonym del"),
        "border": _("De fysiske rammer er ikke anonyme."),
        "several": _("sæt gerne flere kryds"),
        "care": _("Har du brug for hjælp nu?"),
    }


def _topic(topic: FormTopic, language: str) -> dict[str, Any]:
    def say(words: dict[str, str]) -> str:
        return words.get(language) or words.get("da", "")

    border = _(
        "Din leder, AMR og TR læser det, du skriver her. Dit navn står ikke på, men i en lille gruppe kan man blive "
        "genkendt."
    )
    return {
        "title": say(topic.title),
        "intro": say(topic.intro),
        "border": border if topic.section == Topic.Section.PHYSICAL else "",
        "care": _care() if topic.key == "ka" else "",
        "questions": [
            question
            for item in topic.items
            if item.kind != "text"
            for question in _questions(item, None, language, level=0)
        ],
    }


def _care() -> str:
    places = [
        _("Din leder, eller din leders leder"),
        _("Din arbejdsmiljørepræsentant (AMR) eller tillidsrepræsentant (TR)"),
        isolated(settings.MUNICIPALITY["help_line"]),
        isolated(settings.MUNICIPALITY["whistleblower"]),
    ]
    return "{} {}.".format(
        _("Du behøver ikke vente på målingen. Tal med en, du har tillid til:"), " · ".join(filter(None, places))
    )


def _questions(
    item: FormItem, parent: FormItem | None, language: str, *, level: int, again: bool = False, last: bool = True
) -> Iterator[dict[str, Any]]:
    """The question and, after it, those that some of its answers open. `again`: opened by what opened the last one.
    A problem in the physical surroundings stays on one page with what is asked about it."""

    def say(words: dict[str, str]) -> str:
        return words.get(language) or words["da"]

    physical = Scale.Kind.PHYSICAL in (item.kind, parent.kind if parent else "")
    children = [child for child in item.follow_ups if child.kind != Scale.Kind.PHOTO]  # paper takes no picture
    opening = (
        " / ".join(say(option.label) for option in parent.options if option.key in item.shown_for) if parent else ""
    )
    yield {
        "number": item.number if level == 0 else None,
        "level": level,
        "text": say(item.text),
        "many": item.kind == Scale.Kind.MANY,
        "short": physical and parent is not None,
        "joined": physical and (bool(children) or not last),
        "lines": LINES.get(item.kind, 0) * (2 if (item.longest or 0) > LONG else 1),
        "options": [say(option.label) for option in item.options],
        "only": _("Kun ved «%(answers)s»:") % {"answers": opening} if parent and not again else "",
    }
    before: tuple[str, ...] = ()
    for child in children:
        same = physical and child.shown_for == before
        yield from _questions(child, item, language, level=level + 1, again=same, last=child is children[-1])
        before = child.shown_for
