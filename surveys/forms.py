"""What was posted by the answering pages, read against the questionnaire. Nothing here stores or logs."""

from __future__ import annotations

import base64
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import groupby
from operator import itemgetter
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _

from surveys.models import Scale
from surveys.photos import PHOTO_BYTES, PhotoRefused, photo_clean
from surveys.physical import NO_PROBLEMS, PROBLEMS, PhysicalAnswer
from surveys.physical_follow_ups import longest_of
from surveys.questionnaires import Form, FormItem


def answers_posted(form: Form, data: QueryDict) -> dict[str, Any]:
    """The answers of the anonymous part as a document holds them. Follow-ups that are not open are left out.

    Options that the questionnaire does not have are left out too: a page may be older than the form.
    """
    found: dict[str, Any] = {}
    for item in form.closed_items:
        _read(item, data, found)
    return found


def _read(item: FormItem, data: QueryDict, found: dict[str, Any]) -> None:
    known = [option.key for option in item.options]
    chosen = [key for key in known if key in data.getlist(item.key)]
    if not chosen:
        return
    found[item.key] = chosen if item.kind == Scale.Kind.MANY else chosen[0]
    for child in item.follow_ups:
        if set(chosen).intersection(child.shown_for):
            _read(child, data, found)


@dataclass(frozen=True)
class Place:
    """A building or a room to choose: «b7» or «r31»."""

    value: str
    label: str
    building_id: int
    room_id: int | None = None


@dataclass(frozen=True)
class PlaceGroup:
    name: str
    places: tuple[Place, ...]


def places_of(rows: Iterable[tuple[int, str, int | None, str | None]]) -> tuple[PlaceGroup, ...]:
    """The unit's buildings with their rooms, as the physical form offers them.

    `rows`: building id and name, room id and name (None: it has no rooms), the rooms of a building side by side.
    """
    groups = []
    for (building, name), rooms in groupby(rows, key=itemgetter(0, 1)):
        found = [Place(f"r{room}", str(room_name), building, room) for *_name, room, room_name in rooms if room]
        whole = Place(f"b{building}", _("Andet sted i bygningen") if found else _("I bygningen"), building)
        groups.append(PlaceGroup(name, (*found, whole)))
    return tuple(groups)


@dataclass
class PhysicalPosted:
    """A posted physical form: the answers, or what is wrong with it, by field."""

    answers: list[PhysicalAnswer] = field(default_factory=list)
    errors: dict[str, str] = field(default_factory=dict)
    values: dict[str, str] = field(default_factory=dict)
    named: bool = False


def physical_posted(
    items: Iterable[FormItem],
    groups: Iterable[PlaceGroup],
    data: QueryDict,
    files: MultiValueDict[str, UploadedFile],
    *,
    too_large: bool,
) -> PhysicalPosted:
    """Read one physical form. `too_large`: the pictures were left at the door, because there was too much of them."""
    places = {place.value: place for group in groups for place in group.places}
    posted = PhysicalPosted(named=data.get("named") == "1", values={name: str(value) for name, value in data.items()})
    for item in items:
        answer = data.get(item.key, "")
        if answer in NO_PROBLEMS:
            posted.answers.append(PhysicalAnswer(item.key, answer))
        elif answer in PROBLEMS:
            posted.answers.append(_problem(item, answer, data, files, places, posted))
    if too_large:
        posted.errors["photos"] = _("Billederne fyldte for meget og kom ikke med. De må højst fylde 10 MB tilsammen.")
    if not posted.answers and not posted.errors:
        posted.errors["all"] = _("Du har ikke svaret på noget endnu.")
    return posted


def _problem(
    item: FormItem,
    answer: str,
    data: QueryDict,
    files: MultiValueDict[str, UploadedFile],
    places: dict[str, Place],
    posted: PhysicalPosted,
) -> PhysicalAnswer:
    """The answers to the follow-ups that the questionnaire asks after this answer; what it does not ask is left out."""
    asked = {child.role: child for child in item.follow_ups if answer in child.shown_for}

    def text(role: str) -> str:
        return _text(data, f"{item.key}_{role}", longest_of(asked[role]), posted) if role in asked else ""

    def one(role: str) -> str:
        chosen = data.get(f"{item.key}_{role}", "")
        return chosen if role in asked and chosen in {option.key for option in asked[role].options} else ""

    place = places.get(data.get(f"{item.key}_place", "")) if "where" in asked else None
    return PhysicalAnswer(
        item=item.key,
        answer=answer,
        building_id=place.building_id if place else None,
        room_id=place.room_id if place else None,
        where=text("where"),
        description=text("describe"),
        affects=one("affects"),
        known=one("known"),
        idea=text("idea"),
        photo=_photo(data, files.get(f"{item.key}_photo"), item.key, posted) if "photo" in asked else None,
    )


def _text(data: QueryDict, name: str, most: int, posted: PhysicalPosted) -> str:
    text = data.get(name, "").replace("\x00", "").replace("\r\n", "\n").strip()
    if len(text) > most:
        posted.errors[name] = _("Teksten er for lang. Der er plads til %(most)d tegn.") % {"most": most}
    return text


def _photo(data: QueryDict, file: UploadedFile | None, key: str, posted: PhysicalPosted) -> bytes | None:
    """The picture as it will be stored. One that was sent with a page that came back lies in that page's `_kept`.

    A browser fills in no file by itself: without `_kept` a mistake elsewhere would cost the picture.
    """
    name, kept = f"{key}_photo", f"{key}_kept"
    try:
        if file is not None:
            if (file.size or 0) > PHOTO_BYTES:
                raise PhotoRefused(_("Billedet er for stort. Det må højst fylde 10 MB."))
            clean = photo_clean(file.read())
        elif data.get(kept):
            clean = photo_clean(base64.b64decode(str(data[kept]), validate=True))
        else:
            return None
    except PhotoRefused as error:
        posted.errors[name] = str(error)
    except ValueError:  # not base64: nobody's page says that
        return None
    else:
        posted.values[kept] = base64.b64encode(clean).decode("ascii")
        return clean
    return None
