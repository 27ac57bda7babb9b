"""From the personal link to the border page. No cookie, no session, no log; see `surveys.middleware`.

Every view here is exempt from Django's CSRF check on purpose: it rests on a cookie, and these pages have none. What
is posted is believed because of the admission in its body (a MAC over pseudonym, unit and expiry), which nobody but
the page that was given out can know.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Hashable
from time import monotonic
from typing import Any
from urllib.parse import quote
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from organisation import clock
from organisation.models import CampaignUnit
from organisation.templatetags.dates import dk_moment
from surveys import answering, codes, keys, languages, physical, receipts, tickets
from surveys.forms import answers_posted
from surveys.models import Ticket, Wave
from surveys.questionnaires import LARGEST_DOCUMENT, Form, document_of, form_for
from surveys.views.kept import Kept, kept, respond

# --- language -----------------------------------------------------------------------------------------------------

words_in = languages.words_in


def language_of(request: HttpRequest, source: languages.Speaks | None, person_language: str = "") -> str:
    """The language asked for, else the person's own, else Danish; only what `source`, the questionnaire, offers.

    Where no code has said yet which survey it is (None): what the surveys of now offer.
    """
    spoken = languages.offered(source) if source is not None else languages.offered_now()
    wished = request.POST.get("sprog") or request.GET.get("sprog") or request.POST.get("lang")
    return languages.choose(spoken, wished, person_language)


def around(source: languages.Speaks | None, language: str) -> dict[str, Any]:
    """What `answering_base.html` asks for: the language, and the menu of those that are offered."""
    spoken = languages.offered(source) if source is not None else languages.offered_now()
    menu = [
        {
            "code": row["code"],
            "name": row["name"],
            "current": row["code"] == language,
            "url": f"?sprog={row['code']}",
            "dir": "rtl" if row["code"] in languages.RIGHT_TO_LEFT else "ltr",
        }
        for row in spoken
    ]
    return {"languages": menu, "lang": language, "exit_url": settings.EXIT_URL}


# --- doors that are shut ------------------------------------------------------------------------------------------


def shut(request: HttpRequest, why: str, *, wave: Wave | None = None) -> HttpResponse:
    """A page that says why one cannot answer now. It never says whether somebody has answered."""
    status = {"unknown": 404, "wait": 429, "before": 403, "closed": 410, "stopped": 503}[why]
    titles = {
        "unknown": _("Koden virker ikke"),
        "wait": _("Vent lidt, og prøv igen"),
        "before": _("Målingen er ikke åbnet endnu"),
        "closed": _("Målingen er lukket"),
        "stopped": _("Målingen er midlertidigt stoppet"),
    }
    texts = {
        "unknown": _("Der er måske en slåfejl, eller du har fået en nyere kode. Kun den nyeste kode virker."),
        "wait": _(
            "Der er tastet så mange forkerte koder i kommunen, at vi holder igen et øjeblik. Prøv igen om et par "
            "minutter. Linket i din mail eller sms og QR-koden i dit brev virker hele tiden."
        ),
        "before": _("Du kan svare fra %(when)s. Gem dit link eller din kode til da."),
        "closed": _("Der kan ikke svares mere. Tak til alle, der var med. Rapporterne kommer, når svarene er talt op."),
        "stopped": _(
            "Noget er galt med målingens nøgle, og derfor tager vi ikke imod svar lige nu. Intet er gået tabt. "
            "Prøv igen senere."
        ),
    }
    text = texts[why]
    if "%(when)s" in text and wave is not None:
        text %= {"when": dk_moment(wave.opens_at)}
    language = language_of(request, wave.questionnaire if wave else None, get_language() or "da")
    context = {
        **around(wave.questionnaire if wave else None, language),
        "title": titles[why],
        "text": text,
        "start": why in ("unknown", "wait"),
    }
    return render(request, "surveys/answer_shut.html", context, status=status)


def door(code: str) -> tuple[Ticket | None, str]:
    """The ticket of a link's secret, or why the door is shut."""
    read = codes.link_read(code)
    ticket = tickets.ticket_for_link(read) if read else None
    if ticket is None:
        return None, "closed" if _all_is_over() else "unknown"
    wave = ticket.wave
    if wave.state == Wave.State.PLANNED or clock.now() < wave.opens_at:
        return ticket, "before"
    if wave.state != Wave.State.OPEN or clock.now() >= wave.closes_at:
        return ticket, "closed"
    return ticket, ""


def _all_is_over() -> bool:
    """No survey is open, and one has been: its codes are gone with the counting, so an old link meets this."""
    states = set(Wave.objects.exclude(kind=Wave.Kind.IMPORTED).values_list("state", flat=True).distinct())
    return Wave.State.OPEN not in states and bool(states & {Wave.State.CLOSED, Wave.State.OPENED})


# --- pages --------------------------------------------------------------------------------------------------------


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def answer_start(request: HttpRequest) -> HttpResponse:
    """Type the code of the letter."""
    language = language_of(request, None)
    with words_in(language):
        typed, wrong = request.POST.get("code", "")[:20], ""
        if request.method == "POST":
            code = codes.code_read(typed)
            if code:
                chosen = f"?sprog={language}" if "sprog" in request.GET else ""
                return _way_on(request, code, chosen)
            wrong = _("Koden skal have otte tegn. Tegnene 0, 1, 2, 5, 8, B, I, L, O, S, U og Z bruges ikke.")
        context = {**around(None, language), "wrong": wrong, "code": typed}
        return render(request, "surveys/answer_start.html", context)


def _way_on(request: HttpRequest, code: str, chosen: str) -> HttpResponse:
    """From a typed code to the form, by the long secret that its link carries."""
    try:
        link = tickets.link_for_code(code)
    except codes.TooManyTries:
        return shut(request, "wait")
    except keys.KeyMissing:
        return shut(request, "stopped")
    if not link:
        return way_on_shut(request)
    return redirect(reverse("surveys:answer", args=[link]) + chosen)


def way_on_shut(request: HttpRequest) -> HttpResponse:
    """A code that is none, or none any more."""
    return shut(request, "closed" if _all_is_over() else "unknown")


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest, code: str) -> HttpResponse:
    """The anonymous part; without JavaScript it is posted here and sealed in memory before anything is stored."""
    if request.method == "POST" and "sprog" not in request.POST:
        return _sent(request, code)
    return _form_page(request, code)


def _form_page(request: HttpRequest, code: str, *, asks_empty: bool = False) -> HttpResponse:
    ticket, why = door(code)
    if ticket is None or why:
        with words_in(language_of(request, None, ticket.placement.person.language if ticket else "")):
            return shut(request, why, wave=ticket.wave if ticket else None)
    wave, unit = ticket.wave, ticket.placement.unit
    form = form_for(wave.questionnaire_id)
    language = language_of(request, wave.questionnaire, ticket.placement.person.language)
    with words_in(language):
        try:
            admission = answering.admission_issue(wave=wave, placement=ticket.placement)
        except keys.KeyMissing:
            return shut(request, "stopped")
        if request.method == "POST" or asks_empty:
            words = _form_html(request, wave, form, language, asks_empty=asks_empty)
            return HttpResponse(Kept(words).fill(_own_words(unit, code, admission)).raw)
        key = ("form", said_of(wave), language)
        page = kept(key, lambda: _form_html(request, wave, form, language))
        return respond(request, page.fill(_own_words(unit, code, admission)))


def said_of(wave: Wave) -> tuple[Hashable, ...]:
    """Everything about a survey that its pages say."""
    spoken = tuple((row["code"], row["name"]) for row in languages.offered(wave.questionnaire))
    ours = (str(settings.MUNICIPALITY), settings.EXIT_URL)
    return (wave.pk, wave.public_key, wave.closes_at, wave.naming, wave.key_mode, spoken, ours)


def _physical_url(wave: Wave, code: str, language: str) -> str:
    """A short survey has no physical part, and its pages no way to one."""
    if wave.kind == Wave.Kind.PULSE:
        return ""
    return f"{reverse('surveys:answer_physical', args=[code])}?sprog={language}"


def _own_words(unit: CampaignUnit, code: str, admission: str) -> dict[str, str]:
    """What is different from person to person: nothing that tells whether somebody has answered."""
    return {"UNIT": _unit_words(unit), "UNITPK": str(unit.pk), "CODE": quote(code), "ADMISSION": admission}


def _form_html(request: HttpRequest, wave: Wave, form: Form, language: str, *, asks_empty: bool = False) -> str:
    """The form with slots for one person's own words."""
    own = {
        "wave": wave,
        "automatic": wave.key_mode == Wave.KeyMode.AUTOMATIC,
        "physical_url": _physical_url(wave, "@@CODE@@", language),
        "municipality": settings.MUNICIPALITY,
        "lang": language,
    }
    topics = topics_made(form, language)
    topics = topics.replace("@@PROMISE@@", render_to_string("surveys/answer_promise.html", own))
    topics = topics.replace("@@FIRST@@", render_to_string("surveys/answer_first.html", own))
    if request.method == "POST":
        topics = ticked(form, topics, answers_posted(form, request.POST))
    context = {
        **around(wave.questionnaire, language),
        **own,
        "title": form.title.get(language, form.title["da"]),
        "unit_pk": "@@UNITPK@@",
        "version": form.version,
        "size": LARGEST_DOCUMENT,
        "admission": "@@ADMISSION@@",
        "public_key": base64.b64encode(bytes(wave.public_key or b"")).decode(),
        "topics": SafeString(topics),  # made of our templates and escaped words
        "action": reverse("surveys:answer", args=["@@CODE@@"]),
        "asks_empty": asks_empty,
        "language_form": "answers",
    }
    return render_to_string("surveys/answer.html", context, request)


def _unit_words(unit: CampaignUnit) -> SafeString:
    if unit.parent is None or unit.parent.parent_id is None:
        return format_html(_("Du svarer for <strong>{}</strong>. Du må springe over, hvad du vil."), unit.name)
    return format_html(
        _("Du svarer for <strong>{}</strong> i {}. Du må springe over, hvad du vil."), unit.name, unit.parent.name
    )


def topics_made(form: Form, language: str) -> str:
    count = max((item.number or 0 for item in form.closed_items), default=0)
    made: str = render_to_string(
        "surveys/answer_topics.html",
        {
            "form": form,
            "lang": language,
            "count": count,
            "municipality": settings.MUNICIPALITY,
            "exit_url": settings.EXIT_URL,
        },
    )
    made = made.replace("@@PROMISE1@@", "@@PROMISE@@").replace("@@FIRST1@@", "@@FIRST@@")
    for number in range(1, len(form.anonymous) + 1):
        following = form.anonymous[number] if number < len(form.anonymous) else None
        if following:
            words = _("Næste: %(topic)s") % {"topic": following.short.get(language) or following.short["da"]}
            made = made.replace(f"@@NEXT{number}@@", str(format_html("{}", words)))
        made = made.replace(f"@@PROMISE{number}@@\n", "").replace(f"@@FIRST{number}@@\n", "")
    return made


def ticked(form: Form, topics: str, answers: dict[str, Any]) -> str:
    """Put the given answers back into the form: the language was changed, or an empty form was sent."""
    for key, value in answers.items():
        for option in value if isinstance(value, list) else [value]:
            field = f'name="{key}" value="{option}"'
            topics = topics.replace(field, f"{field} checked", 1)
    return topics


def _sent(request: HttpRequest, code: str) -> HttpResponse:
    """The way without JavaScript: the same document, sealed here in memory, and the same envelope."""
    try:
        admission = answering.admission_read(request.POST.get("admission", ""))
        known = wave_kept(admission.wave)
    except (answering.NotAdmitted, Wave.DoesNotExist):
        return _form_page(request, code)
    form = form_for(known.questionnaire_id)
    answers = answers_posted(form, request.POST)
    if not answers and "tom" not in request.POST:
        return _form_page(request, code, asks_empty=True)
    sealed = answering.document_seal(
        wave=known, form=form, unit=admission.unit, document=document_of({} if "tom" in request.POST else answers)
    )
    answering.envelope_put(admission=admission, sealed=sealed)
    language = language_of(request, known.questionnaire)
    with words_in(language):
        context = {
            **around(known.questionnaire, language),
            "languages": [],
            "wave": known,
            "automatic": known.key_mode == Wave.KeyMode.AUTOMATIC,
            "empty": "tom" in request.POST,
            "receipt": receipts.code_of(sealed),
            "listed": receipts.listed_before_closing(known),
            "physical_url": _physical_url(known, code, language),
        }
        return render(request, "surveys/answer_border.html", context)


@csrf_exempt
@require_POST
def answer_envelope(request: HttpRequest) -> HttpResponse:
    """Take in an envelope sealed by the browser: one statement in the urn. Answers with the border page's main part."""
    try:
        admission = answering.admission_read(request.POST.get("admission", ""))
        sealed = base64.b64decode(request.POST.get("sealed", ""), validate=True)
        answering.envelope_put(admission=admission, sealed=sealed)
    except answering.NotAdmitted:
        return HttpResponse(status=403)
    except (ValueError, binascii.Error):
        return HttpResponse(status=400)
    known = wave_kept(admission.wave)
    language = language_of(request, known.questionnaire)
    empty = request.POST.get("tom") == "1"
    listed = receipts.listed_before_closing(known)
    key = ("border", said_of(known), language, empty, listed)
    with words_in(language):
        border = kept(key, lambda: _border_html(known, language, empty=empty, listed=listed))
    return respond(request, border.fill())


def _border_html(wave: Wave, language: str, *, empty: bool, listed: bool) -> str:
    context = {
        "listed": listed,
        "wave": wave,
        "automatic": wave.key_mode == Wave.KeyMode.AUTOMATIC,
        "empty": empty,
        "lang": language,
    }
    return render_to_string("surveys/answer_border.html#border", context)


_waves: dict[UUID, tuple[float, Wave]] = {}
WAVE_KEPT_SECONDS = 30


def wave_kept(uuid: UUID) -> Wave:
    """The wave as it was within the last half minute: what is read of it is locked at opening."""
    read_at, wave = _waves.get(uuid, (0.0, None))
    if wave is None or monotonic() - read_at > WAVE_KEPT_SECONDS:
        wave = Wave.objects.select_related("questionnaire").get(uuid=uuid)
        _waves[uuid] = (monotonic(), wave)
    return wave


@require_safe
def answer_done(request: HttpRequest) -> HttpResponse:
    """The last page for somebody who stops at the border."""
    language = language_of(request, None)
    with words_in(language):
        return render(request, "surveys/answer_done.html", around(None, language))


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def answer_follow(request: HttpRequest) -> HttpResponse:
    """What became of a physical report, by the receipt's code: no log-in, and the code is in no address."""
    language = language_of(request, None)
    with words_in(language):
        typed, reports, wrong = request.POST.get("code", "")[:20], [], ""
        if request.method == "POST":
            code = codes.code_read(typed)
            try:
                reports = physical.reports_for_code(code) if code else []
            except codes.TooManyTries:
                return shut(request, "wait")
            if not reports:
                wrong = _("Vi kender ikke koden. Den står på kvitteringen og er på otte tegn.")
        context = {**around(None, language), "reports": reports, "wrong": wrong, "code": typed}
        return render(request, "surveys/answer_follow.html", context, status=404 if wrong else 200)
