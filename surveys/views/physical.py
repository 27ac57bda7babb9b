"""The physical form and its receipt. Not anonymous, and reached with or without the anonymous part."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from time import monotonic
from typing import Any
from urllib.parse import quote
from uuid import UUID, uuid4

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.html import escape, format_html, format_html_join
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from organisation import access, clock
from organisation.models import Building, CampaignUnit
from surveys import answering, codes
from surveys.forms import PhysicalPosted, PlaceGroup, physical_posted, places_of
from surveys.models import Ticket, Wave
from surveys.physical import physical_send
from surveys.questionnaires import Form, form_for
from surveys.views.answering import around, door, language_of, said_of, shut, words_in
from surveys.views.kept import Filled, Kept, kept, respond


@dataclass(frozen=True)
class Surroundings:
    """What the physical form needs of a unit: where things can be, and who reads the answers."""

    places: tuple[PlaceGroup, ...]
    readers: tuple[str, ...]


_kept: dict[tuple[int, str], tuple[float, Surroundings]] = {}
KEPT_SECONDS = 300


def surroundings_of(unit: CampaignUnit, language: str) -> Surroundings:
    """Buildings, rooms and trio of the unit; kept five minutes per process, for a thousand colleagues ask the same."""
    read_at, found = _kept.get((unit.pk, language), (0.0, None))
    if found is None or monotonic() - read_at > KEPT_SECONDS:
        rows = Building.objects.filter(units=unit.unit_id).order_by("name", "pk", "rooms__pk")
        readers = dict.fromkeys(access.trio_around(unit.unit_id).values_list("person__name", flat=True))
        found = Surroundings(places_of(rows.values_list("pk", "name", "rooms__pk", "rooms__name")), tuple(readers))
        _kept[unit.pk, language] = (monotonic(), found)
    return found


@csrf_exempt  # no cookie to rest on: the code in the address is what lets somebody in
@require_http_methods(["GET", "HEAD", "POST"])
def answer_physical(request: HttpRequest, code: str) -> HttpResponse:
    """One page for all categories. Posted, it answers with the receipt; sent twice, it is stored once."""
    ticket, why = door(code)
    if ticket is not None and ticket.wave.kind == Wave.Kind.PULSE:
        ticket, why = None, "unknown"  # a short survey is anonymous all through
    # A page that was opened in time may be sent for half an hour after closing.
    late = ticket is not None and why == "closed" and request.method == "POST" and _in_grace(ticket.wave)
    if ticket is None or (why and not late):
        with words_in(language_of(request, None, ticket.placement.person.language if ticket else "")):
            return shut(request, why, wave=ticket.wave if ticket else None)
    form = form_for(ticket.wave.questionnaire_id)
    language = language_of(request, ticket.wave.questionnaire, ticket.placement.person.language)
    with words_in(language):
        around_unit = surroundings_of(ticket.placement.unit, language)
        if request.method == "POST" and "sprog" not in request.POST:
            return _sent(request, ticket, form, language, around_unit)
        posted = None
        if request.method == "POST":
            # Another language: everything comes along, also a picture; what is wrong is said when it is sent.
            posted = _read(request, form, around_unit)
            posted.errors.clear()
        return _page(request, ticket, form, language, around_unit, posted=posted)


def _in_grace(wave: Wave) -> bool:
    return wave.state in (Wave.State.OPEN, Wave.State.CLOSED) and clock.now() < wave.closes_at + answering.GRACE


def _page(
    request: HttpRequest,
    ticket: Ticket,
    form: Form,
    language: str,
    around_unit: Surroundings,
    *,
    posted: PhysicalPosted | None = None,
) -> HttpResponse:
    own = _own_words(ticket.placement.unit, request.path, around_unit)
    if posted is None:
        page = kept(("physical", said_of(ticket.wave), language), lambda: _html(request, ticket.wave, form, language))
        fields = _blank(form, language, around_unit.places)
        return respond(request, page.fill({**own, "FIELDS": fields, "FORMKEY": str(uuid4())}))
    page = Kept(_html(request, ticket.wave, form, language, posted))
    own["FIELDS"] = physical_fields(form, language, around_unit.places, posted.values, posted.errors)
    own["FORMKEY"] = str(_form_key(posted.values.get("form_key", "")))
    return HttpResponse(page.fill(own).raw, status=422 if posted.errors else 200)


def _own_words(unit: CampaignUnit, path: str, around_unit: Surroundings) -> dict[str, str | Filled]:
    """What is different from unit to unit."""
    return {
        "UNIT": escape(unit.name),
        "READERS": format_html_join(", ", "<bdi>{}</bdi>", ((name,) for name in around_unit.readers)),
        "ACTION": quote(path),
    }


def _html(request: HttpRequest, wave: Wave, form: Form, language: str, posted: PhysicalPosted | None = None) -> str:
    """The page with slots for the fields and the unit's own words."""
    context = {
        **around(wave.questionnaire, language),
        "wave": wave,
        "unit": {"name": "@@UNIT@@"},
        "readers": ["@@READERS@@"],
        "fields": "@@FIELDS@@",
        "form_key": "@@FORMKEY@@",
        "named": posted.named if posted else False,
        "errors": posted.errors if posted else {},
        "titles": {item.key: item.text.get(language, item.text["da"]) for item in form.physical},
        "action": "@@ACTION@@",
        "language_form": "physical",
    }
    return render_to_string("surveys/answer_physical.html", context, request)


def physical_fields(
    form: Form,
    language: str,
    places: tuple[PlaceGroup, ...],
    values: dict[str, str],
    errors: dict[str, str],
    *,
    options: str = "",
    without_photo: bool = False,
) -> str:
    context: dict[str, Any] = {
        "items": form.physical,
        "lang": language,
        "places": places,
        "options": options,
        "values": values,
        "errors": errors,
        "municipality": settings.MUNICIPALITY,
        "without_photo": without_photo,
    }
    return render_to_string("surveys/answer_physical_items.html", context)


def _blank(form: Form, language: str, places: tuple[PlaceGroup, ...]) -> Filled:
    """The untouched form: one per language, with each unit's own rooms filled in."""
    key = ("fields", form.pk, language, bool(places), str(settings.MUNICIPALITY))
    made = kept(key, lambda: physical_fields(form, language, places, {}, {}, options="@@PLACES@@"))
    return made.fill({"PLACES": _options(places)})


@lru_cache(maxsize=4000)
def _options(places: tuple[PlaceGroup, ...]) -> Filled:
    """The buildings and rooms as a list to choose from."""
    groups = (
        format_html(
            '<optgroup label="{}">{}</optgroup>',
            group.name,
            format_html_join(
                "", '<option value="{}">{}</option>', ((place.value, place.label) for place in group.places)
            ),
        )
        for group in places
    )
    return Kept("".join(groups)).fill()


def _form_key(text: str) -> UUID:
    try:
        return UUID(text, version=4)
    except ValueError:
        return uuid4()


def _read(request: HttpRequest, form: Form, around_unit: Surroundings) -> PhysicalPosted:
    length = int(request.META.get("CONTENT_LENGTH") or 0)
    too_large = length > settings.FILE_UPLOAD_MAX_MEMORY_SIZE
    return physical_posted(form.physical, around_unit.places, request.POST, request.FILES, too_large=too_large)


def _sent(request: HttpRequest, ticket: Ticket, form: Form, language: str, around_unit: Surroundings) -> HttpResponse:
    posted = _read(request, form, around_unit)
    if posted.errors:
        return _page(request, ticket, form, language, around_unit, posted=posted)
    try:
        code = physical_send(
            wave=ticket.wave,
            placement=ticket.placement,
            answers=posted.answers,
            named=posted.named,
            form_key=_form_key(request.POST.get("form_key", "")),
        )
    except answering.NotOpen:
        return shut(request, "closed")
    problems = [answer for answer in posted.answers if answer.answer not in ("none", "na")]
    named = ticket.wave.naming == Wave.Naming.NAMED or (ticket.wave.naming == Wave.Naming.OPTIONAL and posted.named)
    danger = any(answer.answer == "danger" for answer in problems)
    key = ("receipt", said_of(ticket.wave), language, len(problems), named, danger)
    receipt = kept(
        key, lambda: _receipt_html(request, ticket.wave, language, len(problems), named=named, danger=danger)
    )
    return respond(request, receipt.fill({"FOLLOW": codes.pretty(code)}))


def _receipt_html(request: HttpRequest, wave: Wave, language: str, problems: int, *, named: bool, danger: bool) -> str:
    context = {
        **around(wave.questionnaire, language),
        "languages": [],
        "wave": wave,
        "code": "@@FOLLOW@@" if problems else "",
        "named": named,
        "danger": danger,
        "problems": problems,
    }
    return render_to_string("surveys/answer_receipt.html", context, request)
