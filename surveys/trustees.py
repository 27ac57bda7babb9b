"""Key holders before and at opening: name three people, keep the public key of their sitting, ask them for their parts.

The private key is made and split in a browser page (static/js/key_sitting.js) and never comes here. The parts that
holders hand in are sealed in their browsers to a worker's key (`surveys.closer`) and are only carried by this module.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from cryptography.hazmat.primitives.asymmetric import ec
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from organisation import clock, roles
from organisation.access import active_on_today
from organisation.audit import audit
from organisation.models import Person, Role
from organisation.notices import Draft, in_language_of, not_yet_queued, queue
from surveys import closing, sealing
from surveys.models import KeyHolder, KeyRequest, KeySet, Release, SealedShare, SealedTally, Wave

Seat = KeyHolder.Seat
Purpose = KeyRequest.Purpose
NEEDED = 2  # of three
# The role lasts until the sealed tally is gone and a late release is out.
ROLE_AFTER_CLOSING = timedelta(days=90)
# A worker says every few seconds that it still holds its key. After this it is taken for gone.
SILENT_AFTER = timedelta(seconds=60)
SHARE_LENGTH = 512  # a part's words, filled up with spaces: every sealed part is equally long


class CannotHandIn(Exception):
    """The part was not taken; the message says why and what to do."""


# --- naming ---------------------------------------------------------------------------------------------------


def holders_of(wave: Wave) -> list[KeyHolder]:
    """The holders in the order of their parts."""
    rows = wave.key_holders.select_related("person")
    return sorted(rows, key=lambda holder: holder.number)


@transaction.atomic
def key_mode_set(*, wave: Wave, key_mode: str, people: Mapping[str, Person], by: Person) -> None:
    """Choose who keeps the key, and with `trustees` name the three. Until opening only; new people need a new key.

    ValidationError by seat, in words. Holders get the role for the period, which asks them for a second factor.
    """
    wave = Wave.objects.select_for_update().get(pk=wave.pk)
    if wave.state != Wave.State.PLANNED:
        raise ValidationError(_("Målingen er åbnet. Nøgleholderne kan ikke ændres mere."))
    if wave.kind != Wave.Kind.MAIN and key_mode == Wave.KeyMode.TRUSTEES:
        raise ValidationError(_("En kort måling har sin nøgle på serveren."))
    wanted = dict(people) if key_mode == Wave.KeyMode.TRUSTEES else {}
    if key_mode == Wave.KeyMode.TRUSTEES:
        _three_different(wanted)
    before = {holder.seat: holder for holder in holders_of(wave)}
    gone = [holder for seat, holder in before.items() if wanted.get(seat) != holder.person]
    new = {seat: person for seat, person in wanted.items() if seat not in before or before[seat] in gone}
    if gone or new:
        # The parts that were printed are in other hands than those named now.
        KeySet.objects.filter(wave=wave).delete()
        _requests_drop(wave)
    KeyHolder.objects.filter(pk__in=[holder.pk for holder in gone]).delete()
    for seat, person in new.items():
        KeyHolder.objects.create(wave=wave, seat=seat, person=person)
    for holder in gone:
        if holder.person not in wanted.values():
            _role_take(holder.person, by)
    for person in new.values():
        _role_give(wave, person, by)
    Wave.objects.filter(pk=wave.pk).update(key_mode=key_mode)
    audit("key_holders_named", wave, actor=by, key_mode=key_mode,
          holders={seat: person.pk for seat, person in wanted.items()})  # fmt: skip


def _three_different(people: Mapping[str, Person]) -> None:
    missing = {seat: [_("Vælg en person.")] for seat in Seat.values if people.get(seat) is None}
    if missing:
        raise ValidationError(missing)
    taken: dict[int, str] = {}
    for seat in Seat.values:
        person = people[seat]
        if person.pk in taken:
            raise ValidationError({seat: _("De tre nøgleholdere skal være tre forskellige personer.")})
        taken[person.pk] = seat


def _role_give(wave: Wave, person: Person, by: Person) -> None:
    ends = timezone.localdate(wave.closes_at) + ROLE_AFTER_CLOSING
    held = Role.objects.filter(active_on_today(), person=person, kind=Role.Kind.KEY_HOLDER)
    if not held.exists():
        roles.role_give(person=person, kind=Role.Kind.KEY_HOLDER, starts=clock.today(), ends=ends, by=by)


def _role_take(person: Person, by: Person) -> None:
    if KeyHolder.objects.filter(person=person).exists():
        return
    for role in Role.objects.filter(active_on_today(), person=person, kind=Role.Kind.KEY_HOLDER):
        roles.role_end(role=role, ends=max(role.starts, clock.today() - timedelta(days=1)), by=by)


# --- the sitting ----------------------------------------------------------------------------------------------


@transaction.atomic
def key_set_save(*, wave: Wave, public_key: bytes, set_id: int, by: Person) -> KeySet:
    """Keep the public key that the sitting made. Again before opening replaces it: the old parts are void."""
    wave = Wave.objects.select_for_update().get(pk=wave.pk)
    if wave.state != Wave.State.PLANNED:
        raise ValidationError(_("Målingen er åbnet. Nøglen kan ikke ændres mere."))
    if wave.key_mode != Wave.KeyMode.TRUSTEES or wave.key_holders.count() != len(Seat.values):
        raise ValidationError(_("Vælg de tre nøgleholdere først."))
    try:
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), public_key)
    except ValueError as error:
        raise ValidationError(_("Den offentlige nøgle kunne ikke læses. Hold mødet igen.")) from error
    if len(public_key) != sealing.KEY_LENGTH or not 0 <= set_id < 1 << 15:
        raise ValidationError(_("Den offentlige nøgle kunne ikke læses. Hold mødet igen."))
    KeySet.objects.filter(wave=wave).delete()
    _requests_drop(wave)
    made = KeySet.objects.create(wave=wave, public_key=public_key, set_id=set_id, made_at=clock.now())
    audit("key_made", wave, actor=by, set_id=set_id)
    return made


def _requests_drop(wave: Wave) -> None:
    """Whoever waited for parts of the old key waits in vain."""
    KeyRequest.objects.filter(wave=wave, state=KeyRequest.State.ASKED).delete()


# --- before opening -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Check:
    """One line of HR's list of what must be in place before the survey can open."""

    label: str
    done: bool


def checklist(wave: Wave) -> list[Check]:
    """What opening needs of the key. Empty where the server keeps it."""
    if wave.key_mode != Wave.KeyMode.TRUSTEES:
        return []
    made = KeySet.objects.filter(wave=wave).first()
    return [
        Check(_("Tre nøgleholdere er valgt"), wave.key_holders.count() == len(Seat.values)),
        Check(_("Nøglen er lavet og delt på et møde"), made is not None),
        Check(_("Prøven med to nøgleholdere er gået godt"), made is not None and made.rehearsed_at is not None),
    ]


def may_open(wave: Wave) -> bool:
    return all(check.done for check in checklist(wave))


# --- asking for parts -----------------------------------------------------------------------------------------


@transaction.atomic
def rehearsal_start(*, wave: Wave, by: Person) -> KeyRequest:
    """Ask two holders to try their parts on test envelopes. One at a time; again while one waits gives that one."""
    wave = Wave.objects.select_for_update().get(pk=wave.pk)
    if wave.state != Wave.State.PLANNED:
        raise ValidationError(_("Målingen er åbnet. Prøven hører til før åbningen."))
    if not KeySet.objects.filter(wave=wave).exists():
        raise ValidationError(_("Hold mødet, hvor nøglen laves, først."))
    return _ask(wave, Purpose.REHEARSAL, by)


@transaction.atomic
def repair_start(*, wave: Wave, reason: str, by: Person) -> KeyRequest:
    """Ask two holders to open the sealed counts once more, because a fault has been proven. Within the 30 days."""
    wave = Wave.objects.select_for_update().get(pk=wave.pk)
    if not reason.strip():
        raise ValidationError(_("Skriv, hvilken fejl der er påvist."))
    if not may_repair(wave):
        raise ValidationError(_("Tallene kan kun regnes om fra frigivelsen og til 30 dage efter optællingen."))
    return _ask(wave, Purpose.REPAIR, by, reason=reason.strip())


def may_repair(wave: Wave) -> bool:
    """Reports are out, and the sealed counts still there: only ever with key holders, for 30 days."""
    undecided = wave.releases.filter(state__in=[Release.State.WAITING, Release.State.APPROVED])
    out = wave.releases.filter(released_at__isnull=False)
    return out.exists() and not undecided.exists() and closing.sealed_tally_kept(wave)


def _ask(wave: Wave, purpose: str, by: Person | None, *, reason: str = "") -> KeyRequest:
    request, made = KeyRequest.objects.get_or_create(
        wave=wave, state=KeyRequest.State.ASKED, defaults={"purpose": purpose, "by": by, "reason": reason}
    )
    if made:
        audit("key_parts_asked_for", wave, actor=by, purpose=purpose)
        if purpose != Purpose.OPENING:  # for the opening they are reminded daily
            queue(_draft(request, holder, "first") for holder in holders_of(wave))
    return request


def openings_ask() -> int:
    """Ask the holders of every closed wave that may be opened now. Returns how many new requests there are."""
    asked = 0
    waiting = Wave.objects.filter(
        state=Wave.State.CLOSED,
        key_mode=Wave.KeyMode.TRUSTEES,
        closes_at__lte=clock.now() - closing.COUNT_AFTER,
    ).exclude(Q(releases__number=1) | Q(tried_at__isnull=False))  # after a red audit HR says when to try again
    for wave in waiting.exclude(key_requests__state=KeyRequest.State.ASKED):
        with transaction.atomic():
            Wave.objects.select_for_update().get(pk=wave.pk)
            _ask(wave, Purpose.OPENING, None)
        asked += 1
    return asked


def worker_is_there(request: KeyRequest) -> bool:
    """Has the worker that holds the request's key said so lately? In real time, whatever the demonstration shows."""
    return (
        request.state == KeyRequest.State.ASKED
        and request.public_key is not None
        and request.seen_at is not None
        and timezone.now() - request.seen_at < SILENT_AFTER  # noqa: TID251
    )


def bound_to(request: KeyRequest, seat: str) -> bytes:
    """What a sealed part is bound to: one request, one holder. It cannot be handed in for another."""
    return f"share|{request.uuid}|{seat}".encode("ascii")


@transaction.atomic
def share_hand_in(*, request: KeyRequest, holder: KeyHolder, sealed: bytes, asked: int) -> SealedShare:
    """Lay a holder's sealed part before the worker. `asked` says which of the worker's keys it was sealed to.

    Raises CannotHandIn: the request is over, the worker was restarted meanwhile, it is handed in already, not sealed.
    """
    request = KeyRequest.objects.select_for_update().get(pk=request.pk)
    if request.state != KeyRequest.State.ASKED:
        raise CannotHandIn(_("Der er ikke brug for din del mere. Tak."))
    if holder.wave_id != request.wave_id:
        raise CannotHandIn(_("Du er ikke nøgleholder for denne måling."))
    if request.public_key is None or asked != request.asked:
        raise CannotHandIn(_("Serveren er genstartet, siden du åbnede siden. Skriv din del igen."))
    if len(sealed) != sealing.KEY_LENGTH + SHARE_LENGTH + 16:
        raise CannotHandIn(_("Din del blev ikke forseglet af browseren og er derfor ikke modtaget. Prøv igen."))
    earlier = SealedShare.objects.filter(request=request, holder=holder).first()
    if earlier is not None and not earlier.problem:
        raise CannotHandIn(_("Du har givet din del. Den anden del skal komme fra en af de andre nøgleholdere."))
    share, _made = SealedShare.objects.update_or_create(
        request=request, holder=holder, defaults={"sealed": sealed, "problem": ""}
    )
    audit("key_part_handed_in", request.wave, actor=holder.person, purpose=request.purpose)
    return share


# --- after 30 days --------------------------------------------------------------------------------------------


def sealed_tallies_delete() -> int:
    """Delete the sealed counts whose 30 days are over, and ask the holders to shred their papers. Returns how many."""
    deleted = 0
    for kept in SealedTally.objects.filter(kept_until__lt=clock.today()).select_related("wave__campaign"):
        with transaction.atomic():
            queue(_farewell(kept.wave, holder) for holder in holders_of(kept.wave))
            deleted += SealedTally.objects.filter(pk=kept.pk).delete()[0]
    return deleted


def _farewell(wave: Wave, holder: KeyHolder) -> Draft:
    with in_language_of(holder.person):
        return Draft(
            key=f"key-part-shred:{wave.pk}:{holder.pk}",
            person=holder.person,
            kind="key_part",
            subject=_("Makulér dit papir med nøglen"),
            body=_("Den forseglede optælling af %(campaign)s er slettet. Din del af nøglen skal ikke bruges mere.")
            % {"campaign": wave.campaign.name},
        )


# --- reminders ------------------------------------------------------------------------------------------------


def holders_remind() -> int:
    """Once a day from the day after closing: whoever has not handed in hears that the counting waits for two."""
    drafts = []
    requests = KeyRequest.objects.filter(
        state=KeyRequest.State.ASKED, purpose=Purpose.OPENING, wave__closes_at__lt=clock.now() - timedelta(hours=1)
    )
    for request in requests.select_related("wave"):
        if timezone.localdate(request.wave.closes_at - timedelta(seconds=1)) >= clock.today():
            continue
        given = set(request.shares.filter(problem="").values_list("holder_id", flat=True))
        day = clock.today().isoformat()
        drafts += [_draft(request, holder, day) for holder in holders_of(request.wave) if holder.pk not in given]
    due = not_yet_queued(drafts)
    queue(due)
    return len(due)


def _draft(request: KeyRequest, holder: KeyHolder, occasion: str) -> Draft:
    address = settings.BASE_URL.rstrip("/") + reverse("surveys:share_hand_in", args=[request.uuid])
    with in_language_of(holder.person):
        texts = {
            Purpose.REHEARSAL: (
                _("Prøv din del af nøglen"),
                _("Før målingen kan åbne, skal to af jer prøve jeres del af nøglen på testkuverter: %(url)s"),
            ),
            Purpose.OPENING: (
                _("Kuverterne venter på din del af nøglen"),
                _("Målingen er lukket. Svarene kan først tælles op, når to af de tre nøgleholdere har givet deres "
                  "del. Find dit papir frem, og skriv din del her: %(url)s"),
            ),
            Purpose.REPAIR: (
                _("Der er brug for din del af nøglen igen"),
                _("Der er fundet en fejl i tallene. De kan regnes om, når to af jer giver jeres del: %(url)s"),
            ),
        }  # fmt: skip
        subject, body = texts[Purpose(request.purpose)]
        return Draft(
            key=f"key-part:{request.pk}:{holder.pk}:{occasion}",
            person=holder.person,
            kind="key_part",
            subject=subject,
            body=body % {"url": address},
        )
