"""Ways in that leave the house as a file: printed letters, paper forms, the export to a Digital Post provider.

HR orders, a job makes one part after the other, HR fetches. The files hold codes: they are sealed with a key from the
wave's key file, fetched by HR alone, and gone a day after they were fetched, a week after they were made, or when the
survey closes, whichever comes first. A dump of the database holds nothing that can be read.
"""

from __future__ import annotations

import csv
import io
import os
import secrets
from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from organisation import clock
from organisation.audit import audit
from organisation.models import CampaignUnit, Person, StoredFile, Unit
from organisation.sorting import danish_key
from surveys import codes, keys, letters, tickets
from surveys.models import Mailing, MailingPart, PaperForm, Ticket, Wave
from surveys.paper_forms import paper_hash
from surveys.support import require_open

Channel, Kind, State = Person.Channel, Mailing.Kind, Mailing.State
LETTERS_A_PART = 200
FORMS_A_PART = 5
DAYS_AFTER_MAKING = 7
TAKEN_UP_AGAIN = timedelta(minutes=10)  # real time, after which another worker takes over
PDF, CSV = "application/pdf", "text/csv"
CHANNELS = {Kind.LETTERS: Person.PRINTED, Kind.DIGITAL_POST: (Channel.DIGITAL_POST,), Kind.PAPER: (Channel.PAPER,)}


# --- ordering -----------------------------------------------------------------------------------------------------


def tickets_for(wave: Wave, kind: str, unit: Unit | None = None, *, again: bool = False) -> QuerySet[Ticket]:
    """Whom a mailing would be for: those who work in the unit or below it. `again`: also those who had theirs."""
    found = Ticket.objects.filter(wave=wave, channel__in=CHANNELS[Kind(kind)])
    if unit is not None:
        found = found.filter(placement__employment__unit__path__contains=[unit.pk])
    return found if again or kind == Kind.PAPER else found.filter(invited_on=None)


@transaction.atomic
def mailing_order(*, wave: Wave, kind: str, unit: Unit | None, by: Person, again: bool = False) -> Mailing:
    """Order letters or the Digital Post export. ValidationError when there is nobody to write to."""
    require_open(wave)
    people = tickets_for(wave, kind, unit, again=again).select_related("placement__person", "placement__employment")
    ids = in_order(wave, list(people))
    if not ids:
        raise ValidationError(_("Der er ingen at skrive til. Alle, der skal have det, har fået det."))
    mailing = _ordered(wave, kind, unit, by, people=len(ids))
    size = LETTERS_A_PART if kind == Kind.LETTERS else len(ids)
    _parts(mailing, ids, size)
    return mailing


@transaction.atomic
def paper_order(*, wave: Wave, unit: Unit | None, language: str, lost: int = 0, by: Person) -> Mailing:
    """Order the paper forms that are still to be printed; `lost`: so many more for one unit whose forms went astray.

    However many are printed: no more can be typed in than the unit has people on paper (`surveys.paper_forms`).
    """
    require_open(wave)
    missing = paper_missing(wave, unit)
    if lost:
        counted = set(tickets_for(wave, Kind.PAPER, unit).values_list("placement__unit", flat=True))
        if len(counted) != 1:
            raise ValidationError(
                {"lost": _("Vælg den enhed, hvor skemaet er blevet væk. Der må kun være én enhed med papir.")}
            )
        missing[counted.pop()] += lost
    positions = dict(CampaignUnit.objects.filter(pk__in=missing).values_list("pk", "position"))
    ids = [pk for pk in sorted(missing, key=positions.__getitem__) for _form in range(missing[pk])]
    if not ids:
        raise ValidationError(_("Der er ingen skemaer, der mangler at blive trykt."))
    mailing = _ordered(wave, Kind.PAPER, unit, by, language=language, forms=len(ids), lost=lost)
    _parts(mailing, ids, FORMS_A_PART)
    return mailing


def paper_missing(wave: Wave, unit: Unit | None = None) -> Counter[int]:
    """Frozen unit id -> forms still to be printed: one for each person on paper."""
    people = tickets_for(wave, Kind.PAPER, unit).values_list("placement__unit").annotate(n=Count("pk"))
    printed = dict(PaperForm.objects.filter(wave=wave).values_list("unit").annotate(n=Count("pk")))
    return Counter({pk: n - printed.get(pk, 0) for pk, n in people if n > printed.get(pk, 0)})


def in_order(wave: Wave, people: Sequence[Ticket]) -> list[int]:
    """Ticket ids in the organisation's own order, by name within a unit."""
    positions = dict(CampaignUnit.objects.filter(campaign=wave.campaign_id).values_list("unit_id", "position"))
    return [
        ticket.pk
        for ticket in sorted(
            people,
            key=lambda ticket: (
                positions.get(ticket.placement.employment.unit_id, len(positions)),
                danish_key(ticket.placement.person.name),
                ticket.pk,
            ),
        )
    ]


def _ordered(wave: Wave, kind: str, unit: Unit | None, by: Person, *, language: str = "", **counts: Any) -> Mailing:
    mailing = Mailing.objects.create(wave=wave, kind=kind, unit=unit, language=language, by=by, ordered_at=clock.now())
    audit("mailing_ordered", mailing, actor=by, unit=unit, kind=kind, **counts)
    return mailing


def _parts(mailing: Mailing, ids: Sequence[int], size: int) -> None:
    MailingPart.objects.bulk_create(
        [
            MailingPart(mailing=mailing, number=number, subjects=ids[start : start + size])
            for number, start in enumerate(range(0, len(ids), size), start=1)
        ]
    )


# --- making -------------------------------------------------------------------------------------------------------


def mailings_make() -> int:
    """Make what is ordered, part by part. Returns how many parts. A worker that died is followed by the next one."""
    made = 0
    for mailing in Mailing.objects.filter(state=State.MAKING).select_related("wave__questionnaire", "wave__campaign"):
        if mailing.wave.state != Wave.State.OPEN:
            _end(mailing, State.GONE)
            continue
        while _claim(mailing):
            part = mailing.parts.filter(made=False).first()
            if part is None:
                _end(mailing, State.READY)
                break
            try:
                _part_make(mailing, part)
            except Exception:
                _end(mailing, State.FAILED)
                raise
            made += 1
            Mailing.objects.filter(pk=mailing.pk).update(claimed_at=None)
    return made


def _claim(mailing: Mailing) -> bool:
    real_now = timezone.now()  # noqa: TID251  (a claim runs out in real time)
    free = Q(claimed_at=None) | Q(claimed_at__lt=real_now - TAKEN_UP_AGAIN)
    return bool(Mailing.objects.filter(free, pk=mailing.pk, state=State.MAKING).update(claimed_at=real_now))


def _end(mailing: Mailing, state: str) -> None:
    Mailing.objects.filter(pk=mailing.pk).update(state=state, claimed_at=None)


def _part_make(mailing: Mailing, part: MailingPart) -> None:
    """One file, with the hashes of its codes and the mark that these people have theirs: all or nothing."""
    with transaction.atomic():
        if mailing.kind == Kind.PAPER:
            data, count, content_type = *_paper(mailing, part), PDF
        else:
            data, count, content_type = _tickets_file(mailing, part)
        name = f"mailing:{mailing.uuid}:{part.number}"
        StoredFile.objects.filter(key=name).delete()
        part.file = StoredFile.objects.create(
            key=name,
            content_type=content_type,
            data=_seal(mailing.wave, name, data),
            stored_on=clock.today(),
        )
        part.made, part.count = True, count
        part.save()


def _tickets_file(mailing: Mailing, part: MailingPart) -> tuple[bytes, int, str]:
    """Letters or export for those of the part who are still to be reached this way."""
    rows = (
        Ticket.objects.select_for_update(of=("self",))
        .filter(pk__in=part.subjects, channel__in=CHANNELS[Kind(mailing.kind)])
        .select_related("placement__person", "placement__employment__unit__parent__level")
    )
    found = {ticket.pk: ticket for ticket in rows}
    batch = [found[pk] for pk in part.subjects if pk in found]
    secret = codes.secret_of(mailing.wave)
    tickets.codes_store(batch, secret)
    pairs = [(ticket, tickets.way_in(secret, ticket)) for ticket in batch]
    Ticket.objects.filter(pk__in=found, invited_on=None).update(invited_on=clock.today(), failed="")
    if mailing.kind == Kind.LETTERS:
        letters.demo_inbox(mailing.wave, pairs)
        return letters.letters_pdf(mailing.wave, pairs), len(batch), PDF
    return _export(mailing.wave, pairs), len(batch), CSV


COLUMNS = ("medarbejdernummer", "navn", "sprog", "emne", "tekst", "link", "kode")


def _export(wave: Wave, pairs: Sequence[tuple[Ticket, tickets.WayIn]]) -> bytes:
    """For the delivery service, which finds the CPR number by the employee number; we hold none."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=";")
    writer.writerow(COLUMNS)
    for ticket, way in pairs:
        person = ticket.placement.person
        message = tickets.invitation(wave, ticket, way)
        writer.writerow(
            [
                _plain(person.number or ""),
                _plain(person.name),
                person.language,
                message.subject,
                message.body,
                way.url,
                codes.pretty(way.code),
            ]
        )
    return out.getvalue().encode("utf-8-sig")


def _plain(text: str) -> str:
    """A name that begins like a formula stays text when the file is opened in a spreadsheet."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t") else text


def _paper(mailing: Mailing, part: MailingPart) -> tuple[bytes, int]:
    """Printed questionnaires, each with a random code that is known here as its hash alone."""
    units = CampaignUnit.objects.in_bulk(part.subjects)
    forms = []
    rows = []
    for pk in part.subjects:
        code = "".join(secrets.choice(codes.ALPHABET) for _place in range(codes.CODE_LENGTH))
        forms.append((units[pk], code))
        rows.append(PaperForm(wave=mailing.wave, unit=units[pk], code_hash=paper_hash(code)))
    PaperForm.objects.bulk_create(rows)
    return letters.paper_pdf(mailing.wave, forms, mailing.language or "da"), len(forms)


# --- keeping ------------------------------------------------------------------------------------------------------


def _key(wave: Wave) -> AESGCM:
    return AESGCM(keys.secret(wave.uuid, "mailing", wave.pseudonym_key_fingerprint))


def _seal(wave: Wave, name: str, data: bytes) -> bytes:
    nonce = os.urandom(12)
    return nonce + _key(wave).encrypt(nonce, data, name.encode())


def part_fetch(*, part: MailingPart, by: Person) -> tuple[bytes, str]:
    """The file of a part, unsealed, and its type. Leaves a trace. ValidationError when it is gone."""
    mailing = part.mailing
    if part.file is None:
        raise ValidationError(_("Filen er slettet."))
    try:
        raw = bytes(part.file.data)
        data = _key(mailing.wave).decrypt(raw[:12], raw[12:], f"mailing:{mailing.uuid}:{part.number}".encode())
    except keys.KeyMissing:
        raise ValidationError(_("Filen kan ikke længere åbnes: Målingen er lukket.")) from None
    with transaction.atomic():
        Mailing.objects.filter(pk=mailing.pk, fetched_on=None).update(fetched_on=clock.today())
        audit("mailing_fetched", mailing, actor=by, part=part.number, kind=mailing.kind)
    return data, part.file.content_type


@transaction.atomic
def mailing_remove(*, mailing: Mailing, by: Person | None) -> None:
    """Delete the files now. The codes in them go on working."""
    StoredFile.objects.filter(key__startswith=f"mailing:{mailing.uuid}:").delete()
    _end(mailing, State.GONE)
    audit("mailing_removed", mailing, actor=by, kind=mailing.kind)


def mailings_sweep() -> int:
    """Delete what has been fetched, is a week old, or belongs to a survey that is closed. Returns how many."""
    today = clock.today()
    due = Mailing.objects.exclude(state=State.GONE).filter(
        Q(fetched_on__lt=today)
        | Q(ordered_at__lt=clock.now() - timedelta(days=DAYS_AFTER_MAKING))
        | ~Q(wave__state=Wave.State.OPEN)
    )
    removed = 0
    for mailing in due:
        mailing_remove(mailing=mailing, by=None)
        removed += 1
    return removed


def progress(mailing: Mailing) -> dict[str, Any]:
    """How far it has come, in letters, forms or rows."""
    rows = list(mailing.parts.values_list("made", "subjects"))
    return {
        "done": sum(len(subjects) for made, subjects in rows if made),
        "total": sum(len(subjects) for _made, subjects in rows),
    }


def mailing_retry(*, mailing: Mailing, by: Person) -> None:
    """Take up again what failed; the parts that are made stay."""
    if Mailing.objects.filter(pk=mailing.pk, state=State.FAILED).update(state=State.MAKING, claimed_at=None):
        audit("mailing_tried_again", mailing, actor=by, kind=mailing.kind)
