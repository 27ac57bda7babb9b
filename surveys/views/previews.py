"""The form as employees will meet it, for HR: the anonymous part, the border page and the physical part.

Nothing can be sent from it, and nothing is kept. Access is the caller's.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from organisation import clock
from surveys import languages
from surveys.forms import Place, PlaceGroup
from surveys.models import Questionnaire, Topic, Wave
from surveys.questionnaires import Form, form_for
from surveys.views.answering import topics_made
from surveys.views.pages import prepared_wave
from surveys.views.physical import physical_fields

PARTS = ("anonym", "graense", "fysisk")


@dataclass(frozen=True)
class Chosen:
    """What is looked at: which part, in which language, and in the words of which settings."""

    language: str
    part: str
    naming: str
    key_mode: str
    has_physical: bool

    @classmethod
    def of(cls, request: HttpRequest, questionnaire: Questionnaire) -> Self:
        """What the address asks for; the campaign's own settings and Danish where it asks for nothing we have."""
        wave = prepared_wave() or Wave()

        def pick(name: str, known: tuple[str, ...], otherwise: str) -> str:
            wished = request.GET.get(name, "")
            return wished if wished in known else otherwise

        physical = questionnaire.topics.filter(section=Topic.Section.PHYSICAL, switched_on=True).exists()
        return cls(
            language=languages.choose(questionnaire.languages, request.GET.get("sprog")),
            part=pick("del", PARTS if physical else PARTS[:2], PARTS[0]),
            naming=pick("navn", tuple(Wave.Naming.values), wave.naming),
            key_mode=pick("noegle", tuple(Wave.KeyMode.values), wave.key_mode),
            has_physical=physical,
        )

    @property
    def query(self) -> str:
        return self.to(self.part)

    def to(self, part: str) -> str:
        asked = {"sprog": self.language, "del": part, "navn": self.naming, "noegle": self.key_mode}
        return f"?{urlencode(asked)}"

    @property
    def parts(self) -> list[dict[str, Any]]:
        names = (_("Anonym del"), _("Grænsen mellem delene"), _("Fysiske rammer"))
        shown = zip(PARTS, names, strict=True)
        return [
            {"code": part, "name": name, "url": self.to(part), "current": part == self.part}
            for part, name in shown
            if self.has_physical or part != "fysisk"
        ]


def form_preview(request: HttpRequest, *, questionnaire: Questionnaire, chosen: Chosen) -> HttpResponse:
    """One part in any of its languages, also one that nobody has approved yet: the page says so in that language and
    in Danish."""
    form = form_for(questionnaire.pk)
    closes_at = getattr(prepared_wave(), "closes_at", None) or clock.now()
    kind = Wave.Kind.MAIN if chosen.has_physical else Wave.Kind.PULSE
    wave = Wave(naming=chosen.naming, key_mode=chosen.key_mode, closes_at=closes_at, kind=kind)
    make = {"anonym": _anonymous, "graense": _border, "fysisk": _physical}[chosen.part]
    with languages.words_in(chosen.language):
        template, more = make(form, wave, chosen)
        context = {
            "languages": [],
            "lang": chosen.language,
            "unreviewed": chosen.language not in {row["code"] for row in languages.offered(questionnaire)},
            "exit_url": settings.EXIT_URL,
            "wave": wave,
            "automatic": wave.key_mode == Wave.KeyMode.AUTOMATIC,
            "preview": chosen,
            **more,
        }
        return render(request, template, context)


def _anonymous(form: Form, wave: Wave, chosen: Chosen) -> tuple[str, dict[str, Any]]:
    words = format_html(_("Du svarer for <strong>{}</strong>. Du må springe over, hvad du vil."), _("din egen enhed"))
    topics = topics_made(form, chosen.language).replace("@@UNIT@@", words)
    topics = topics.replace("@@PROMISE@@", "").replace("@@FIRST@@", "")
    return "surveys/answer.html", {
        "title": form.title.get(chosen.language, form.title["da"]),
        "topics": SafeString(topics),  # made of our templates and escaped words
        "preview_next": chosen.to("graense"),
    }


def _border(form: Form, wave: Wave, chosen: Chosen) -> tuple[str, dict[str, Any]]:
    return "surveys/answer_border.html", {"listed": True, "physical_url": chosen.to("fysisk")}


def _physical(form: Form, wave: Wave, chosen: Chosen) -> tuple[str, dict[str, Any]]:
    rooms = (Place("r", _("Et lokale"), 0), Place("b", _("Andet sted i bygningen"), 0))
    places = (PlaceGroup(_("En af enhedens bygninger"), rooms),)
    return "surveys/answer_physical.html", {
        "unit": {"name": _("din egen enhed")},
        "readers": [_("din leder"), "AMR", "TR"],
        "fields": SafeString(physical_fields(form, chosen.language, places, {}, {})),
        "errors": {},
        "named": False,
    }
