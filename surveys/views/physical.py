"""The physical form and its receipt. Not anonymous, and reached with or without the anonymous part."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from time import monotonic
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from organisation import access, clock
from organisation.models import Building, CampaignUnit, Unit
from surveys import answering, codes
from surveys.forms import PhysicalPosted, PlaceGroup, physical_posted, places_of
from surveys.models import PhysicalReport, Ticket, Wave
from surveys.physical import physical_send
from surveys.questionnaires import Form, form_for
from surveys.views.answering import around, door, language_of, shut, words_in


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
        live = Unit.objects.select_related("work_environment_group").get(pk=unit.unit_id)
        buildings = Building.objects.filter(units=live).prefetch_related("rooms").order_by("name")
        group = live.work_environment_group
        readers = dict.fromkeys(role.person.name for role in access.members_of(group)) if group else {}
        found = Surroundings(places_of(buildings), tuple(readers))
        _kept[unit.pk, language] = (monotonic(), found)
    return found


@csrf_exempt  # no cookie to rest on: the code in the address is what lets somebody in
@require_http_methods(["GET", "HEAD", "POST"])
def answer_physical(request: HttpRequest, code: str) -> HttpResponse:
    """One page for all categories. Posted, it answers with the receipt; sent twice, it is stored once."""
    ticket, why = door(code)
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
    if posted is None:
        fields = _blank(form.pk, language, around_unit.places)
    else:
        fields = _fields(form, language, around_unit.places, posted.values, posted.errors)
    context = {
        **around(ticket.wave.questionnaire, language),
        "wave": ticket.wave,
        "unit": ticket.placement.unit,
        "readers": around_unit.readers,
        "fields": SafeString(fields),  # made by our template
        "form_key": _form_key(posted.values.get("form_key", "")) if posted else uuid4(),
        "named": posted.named if posted else False,
        "errors": posted.errors if posted else {},
        "titles": {item.key: item.text.get(language, item.text["da"]) for item in form.physical},
        "action": request.path,
        "language_form": "physical",
    }
    return render(request, "surveys/answer_physical.html", context, status=422 if posted and posted.errors else 200)


def _fields(
    form: Form, language: str, places: tuple[PlaceGroup, ...], values: dict[str, str], errors: dict[str, str]
) -> str:
    context: dict[str, Any] = {
        "items": form.physical,
        "lang": language,
        "places": places,
        "values": values,
        "errors": errors,
        "affects": PhysicalReport.Affects.choices,
        "known": PhysicalReport.Known.choices,
        "municipality": settings.MUNICIPALITY,
    }
    return render_to_string("surveys/answer_physical_items.html", context)


@lru_cache(maxsize=512)
def _blank(form_pk: int, language: str, places: tuple[PlaceGroup, ...]) -> str:
    """The untouched form of units with these rooms, in one language: made once per process."""
    return _fields(form_for(form_pk), language, places, {}, {})


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
    context = {
        **around(ticket.wave.questionnaire, language),
        "languages": [],
        "wave": ticket.wave,
        "code": codes.pretty(code) if problems else "",
        "named": ticket.wave.naming == Wave.Naming.NAMED
        or (ticket.wave.naming == Wave.Naming.OPTIONAL and posted.named),
        "danger": any(answer.answer == "danger" for answer in problems),
        "problems": len(problems),
    }
    return render(request, "surveys/answer_receipt.html", context)
