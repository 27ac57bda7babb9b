"""Everybody's way in: one ticket per placement, its code, the invitation that carries it.

The secrets themselves are `surveys.codes`: nothing of a code is here but its hash.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from organisation import channels, clock, notices, post
from organisation.models import ChannelFault, Person
from organisation.templatetags.dates import dk_moment
from surveys import arrivals, codes, languages, pulses
from surveys.models import Ticket, Wave

DOOR = "svar"  # where these codes are typed, for the brake
BATCH = 500
TAKEN_UP_AGAIN = timedelta(minutes=10)  # real time, after which another worker takes over a claimed invitation


# --- coming in ----------------------------------------------------------------------------------------------------


def ticket_for_link(link: str) -> Ticket | None:
    """The ticket of a link, with wave, person, unit and the unit above it; one statement. None: no such link (now)."""
    return arrivals.ticket_with("link_hash", codes.code_hash(link))


def link_for_code(code: str) -> str:
    """The link that a typed code stands for; empty when there is no such code (now).

    Raises codes.TooManyTries while the municipality's brake is on, also for a right code, and keys.KeyMissing.
    """
    codes.brake_require_off(DOOR)
    ticket = Ticket.objects.filter(code_hash=codes.code_hash(code)).select_related("wave").first()
    if ticket is None:
        codes.wrong_code(DOOR)
        return ""
    return codes.link_for(codes.secret_of(ticket.wave), ticket.pk, ticket.code_number)


# --- making -------------------------------------------------------------------------------------------------------


def tickets_make(wave: Wave) -> int:
    """A ticket for everybody whom the wave asks. Again adds only those who are missing."""
    placements = pulses.places_of(wave).select_related("person", "employment__unit")
    ways = channels.channels_of(placements)
    rows = [Ticket(wave=wave, placement=placement, channel=ways[placement.pk]) for placement in placements]
    Ticket.objects.bulk_create(rows, ignore_conflicts=True, batch_size=5000)
    return len(rows)


# --- sending ------------------------------------------------------------------------------------------------------


def invitations_send() -> tuple[int, int]:
    """Invite by e-mail and SMS everybody who has not been, outside the quiet hours. Returns (sent, failed).

    Letters, codes for the tablet, paper and Digital Post are made as files: `surveys.mailings`.
    """
    sent = failed = 0
    if notices.is_quiet(clock.now()):
        return 0, 0
    for wave in Wave.objects.filter(state=Wave.State.OPEN, closes_at__gt=clock.now()).exclude(kind=Wave.Kind.IMPORTED):
        secret = codes.secret_of(wave)
        while batch := _claim(wave):
            codes_store(batch, secret)
            done, wrong = _deliver(wave, batch, secret)
            sent, failed = sent + done, failed + wrong
    return sent, failed


def _claim(wave: Wave) -> list[Ticket]:
    """Take up to 500 uninvited tickets that no other worker holds; they are ours from the commit on."""
    real_now = timezone.now()  # noqa: TID251  (a claim runs out in real time, whatever the demonstration shows)
    free = Q(claimed_at=None) | Q(claimed_at__lt=real_now - TAKEN_UP_AGAIN)
    with transaction.atomic():
        ids = list(
            Ticket.objects.select_for_update(skip_locked=True)
            .filter(free, ~bad_address(), wave=wave, invited_on=None, failed="", channel__in=Person.SENT_BY_US)
            .order_by("pk")
            .values_list("pk", flat=True)[:BATCH]
        )
        Ticket.objects.filter(pk__in=ids).update(claimed_at=real_now)
    return list(Ticket.objects.filter(pk__in=ids).select_related("placement__person").order_by("pk"))


def bad_address() -> Exists:
    """The ticket's way is one that has failed for the person: HR finds another (`surveys.support.unreached`)."""
    return Exists(ChannelFault.objects.filter(person=OuterRef("placement__person"), channel=OuterRef("channel")))


def codes_store(batch: Sequence[Ticket], secret: bytes) -> None:
    """Write the hashes before anything is sent: a worker that dies has sent no code that does not work."""
    try:
        with transaction.atomic():
            _hashes_write(batch, secret)
    except IntegrityError:
        # Two tickets with the same eight characters: about once in ten thousand municipalities. Take the next code.
        for ticket in batch:
            while True:
                try:
                    with transaction.atomic():
                        _hashes_write([ticket], secret)
                    break
                except IntegrityError:
                    ticket.code_number += 1


def _hashes_write(batch: Sequence[Ticket], secret: bytes) -> None:
    table = connection.ops.quote_name(Ticket._meta.db_table)
    hashes = [
        [codes.code_hash(make(secret, ticket.pk, ticket.code_number)) for ticket in batch]
        for make in (codes.code_for, codes.link_for)
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {table} AS t SET code_hash = n.code, link_hash = n.link, code_number = n.number "  # noqa: S608
            "FROM unnest(%s::bigint[], %s::bytea[], %s::bytea[], %s::smallint[]) AS n (id, code, link, number) "
            "WHERE t.id = n.id",
            [[ticket.pk for ticket in batch], *hashes, [ticket.code_number for ticket in batch]],
        )


def _deliver(wave: Wave, batch: Sequence[Ticket], secret: bytes) -> tuple[int, int]:
    letters = [invitation(wave, ticket, way_in(secret, ticket)) for ticket in batch]
    outcomes = post.deliver_many(letters)
    good = [ticket.pk for ticket, error in zip(batch, outcomes, strict=True) if error is None]
    Ticket.objects.filter(pk__in=good).update(invited_on=clock.today(), claimed_at=None)
    for ticket, error in zip(batch, outcomes, strict=True):
        if error is not None:
            Ticket.objects.filter(pk=ticket.pk).update(failed=type(error).__name__[:120], claimed_at=None)
    return len(good), len(batch) - len(good)


@dataclass(frozen=True)
class WayIn:
    """A ticket's two secrets, in memory only: what goes into its message or letter."""

    code: str
    link: str

    @property
    def url(self) -> str:
        return f"{settings.BASE_URL}/svar/{self.link}/"


def way_in(secret: bytes, ticket: Ticket) -> WayIn:
    return WayIn(
        codes.code_for(secret, ticket.pk, ticket.code_number), codes.link_for(secret, ticket.pk, ticket.code_number)
    )


def language_for(wave: Wave, person: Person) -> str:
    """The person's own language where the survey is offered in it, as its pages are; Danish otherwise."""
    offered = {language["code"] for language in languages.offered(wave.questionnaire)} | {"en"}
    return languages.page_language(person.language) if person.language in offered else "da"


def invitation(wave: Wave, ticket: Ticket, way: WayIn) -> post.Letter:
    """The first message: what it is, until when, and the way in. It names neither unit nor workplace."""
    person = ticket.placement.person
    with override(language_for(wave, person)):
        if wave.kind == Wave.Kind.PULSE:
            return _short_invitation(wave, ticket, way)
        return post.Letter(
            person=person,
            channel=ticket.channel,
            subject=_("Trivselsmåling og APV: din mening tæller"),
            body=_body(wave, ticket.channel, person, way, _("Nu er trivselsmålingen åben.")),
        )


def _short_invitation(wave: Wave, ticket: Ticket, way: WayIn) -> post.Letter:
    """A pulse's only message: nobody is reminded of three questions."""
    person = ticket.placement.person
    values = {
        "name": person.given_name,
        "title": pulses.title_of(wave),
        "until": _until(wave.closes_at, get_language() or "da"),
        "url": way.url,
        "start": f"{settings.BASE_URL}/svar/",
        "code": codes.pretty(way.code),
        "anonymous": f"{settings.BASE_URL}/sadan-er-du-anonym/",
    }
    if ticket.channel == Person.Channel.SMS:
        body = _("«%(title)s»: en kort, anonym måling. Svar senest %(until)s. Dit link er personligt: %(url)s") % values
    else:
        body = (
            _(
                "Kære %(name)s\n\n"
                "Her er nogle få spørgsmål: «%(title)s». Det tager et minut, og alt er anonymt.\n\n"
                "Svar her senest %(until)s:\n%(url)s\n\n"
                "Eller gå til %(start)s og skriv din kode: %(code)s\n\n"
                "Linket og koden er personlige. Giv dem ikke videre.\n\n"
                "Dit svar lægges i en forseglet kuvert, og ingen kan se, hvem der har svaret hvad. "
                "Sådan virker det: %(anonymous)s\n"
            )
            % values
        )
    return post.Letter(
        person=person,
        channel=ticket.channel,
        subject=_("Kort måling: %(title)s") % {"title": values["title"]},
        body=body,
    )


@lru_cache(maxsize=16)
def _until(moment: datetime, language: str) -> str:
    """The last moment in words: the same for everybody who reads the language, so it is written once."""
    return dk_moment(moment)


def _body(wave: Wave, channel: str, person: Person, way: WayIn, first: str) -> str:
    until = _until(wave.closes_at, get_language() or "da")
    if channel == Person.Channel.SMS:
        return _("%(first)s Svar senest %(until)s. Dit link er personligt: %(url)s") % {
            "first": first,
            "until": until,
            "url": way.url,
        }
    return _(
        "Kære %(name)s\n\n"
        "%(first)s Det tager 8-10 minutter, og du må gerne svare i arbejdstiden.\n\n"
        "Svar her senest %(until)s:\n%(url)s\n\n"
        "Eller gå til %(start)s og skriv din kode: %(code)s\n\n"
        "Linket og koden er personlige. Giv dem ikke videre.\n\n"
        "Den første del er anonym: Dit svar lægges i en forseglet kuvert, og ingen kan se, hvem der har svaret hvad. "
        "Sådan virker det: %(anonymous)s\n"
    ) % {
        "name": person.given_name,
        "first": first,
        "until": until,
        "url": way.url,
        "start": f"{settings.BASE_URL}/svar/",
        "code": codes.pretty(way.code),
        "anonymous": f"{settings.BASE_URL}/sadan-er-du-anonym/",
    }


def reminder(wave: Wave, ticket: Ticket, way: WayIn) -> post.Letter:
    """The same way in again, in words that fit everybody who is invited."""
    person = ticket.placement.person
    with override(language_for(wave, person)):
        return post.Letter(
            person=person,
            channel=ticket.channel,
            subject=_("Trivselsmålingen er stadig åben"),
            body=_body(wave, ticket.channel, person, way, _("Trivselsmålingen er stadig åben.")),
        )
