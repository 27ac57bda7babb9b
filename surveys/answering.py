"""From a person to a sealed envelope: the only writer of the urn. Loses the person, and the time.

`anonymous_send(*, wave, placement, document) -> bytes` is the whole way on the server (no JavaScript, demonstration).
A browser that seals by itself hands in an *admission* and the blob: `admission_issue`, then `envelope_put`.
Nothing here writes to the database `default`, and nothing is logged.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import struct
from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.db import connections

from organisation import clock
from organisation.models import Placement
from surveys import keys, sealing
from surveys.models import Wave
from surveys.models.envelope import Envelope
from surveys.questionnaires import Form, answers_of, document_bytes, form_for

GRACE = timedelta(minutes=30)  # a page opened before closing may still be sent
_LAYOUT = struct.Struct(">16s32sqq")  # wave, pseudonym, unit, expiry in seconds


class NotAdmitted(Exception):
    """The admission is false, belongs to no wave that we have the key of, or has run out."""


class NotOpen(Exception):
    """The wave does not take answers now."""


@dataclass(frozen=True)
class Admission:
    """The right to put one envelope: says under which pseudonym and unit, never for whom."""

    wave: UUID
    pseudonym: bytes
    unit: int
    expires: int


def require_open(wave: Wave, *, grace: timedelta = timedelta()) -> None:
    """Raises NotOpen before opening and after closing (plus the grace for pages opened in time)."""
    taken = (Wave.State.OPEN, Wave.State.CLOSED) if grace else (Wave.State.OPEN,)
    now = clock.now()
    if wave.state not in taken or not wave.opens_at <= now < wave.closes_at + grace:
        raise NotOpen


def admission_issue(*, wave: Wave, placement: Placement) -> str:
    """The admission of one person, for the page's body. Raises NotOpen and keys.KeyMissing. Stores nothing."""
    require_open(wave)
    return _admission(wave, placement, wave.closes_at + GRACE)


def _admission(wave: Wave, placement: Placement, until: Any) -> str:
    body = _LAYOUT.pack(
        wave.uuid.bytes, keys.pseudonym(wave, placement.person_id), placement.unit_id, int(until.timestamp())
    )
    mac = hmac.digest(keys.secret(wave.uuid, "admission"), body, "sha256")
    return base64.urlsafe_b64encode(body + mac).decode("ascii")


def admission_read(text: str) -> Admission:
    """Check an admission without asking any database. Raises NotAdmitted."""
    try:
        raw = base64.b64decode(text.encode("ascii"), altchars=b"-_", validate=True)
        if len(raw) != _LAYOUT.size + 32:
            raise ValueError
        body, mac = raw[:-32], raw[-32:]
        wave, pseudonym, unit, expires = _LAYOUT.unpack(body)
        admission = Admission(UUID(bytes=wave), pseudonym, unit, expires)
        right = hmac.compare_digest(hmac.digest(keys.secret(admission.wave, "admission"), body, "sha256"), mac)
    except (ValueError, binascii.Error, keys.KeyMissing) as error:
        raise NotAdmitted from error
    if not right or clock.now().timestamp() >= expires:
        raise NotAdmitted
    return admission


def envelope_put(*, admission: Admission, sealed: bytes) -> bytes:
    """Lay an envelope in the urn; the last one under a pseudonym is the one that counts. One statement.

    Returns the envelope's hash. ValueError when it has not the one length that all have.
    """
    if len(sealed) != sealing.SEALED_LENGTH:
        raise ValueError("not an envelope")
    with connections["urn"].cursor() as cursor:
        cursor.execute(
            _upsert(),
            {"wave": admission.wave, "pseudonym": admission.pseudonym, "unit": admission.unit, "sealed": sealed},
        )
    return sha256(sealed).digest()


def urn_table() -> str:
    """The name of the table that envelopes lie in."""
    return str(Envelope._meta.db_table)


@lru_cache(maxsize=1)
def _upsert() -> str:
    table = connections["urn"].ops.quote_name(Envelope._meta.db_table)
    return (
        f"INSERT INTO {table} (wave, pseudonym, unit, sealed) "  # noqa: S608  (our own table's name)
        "VALUES (%(wave)s, %(pseudonym)s, %(unit)s, %(sealed)s) "
        "ON CONFLICT (wave, pseudonym) DO UPDATE SET sealed = excluded.sealed, unit = excluded.unit"
    )


def paper_send(*, wave: Wave, unit: int, pseudonym: bytes, document: dict[str, Any]) -> None:
    """Seal and hand in what a helper typed from paper, under the paper's own pseudonym. Raises as `anonymous_send`."""
    require_open(wave)
    sealed = document_seal(wave=wave, form=form_for(wave.questionnaire_id), unit=unit, document=document)
    envelope_put(admission=Admission(wave.uuid, pseudonym, unit, 0), sealed=sealed)


def envelope_withdraw(*, wave: Wave, pseudonym: bytes) -> None:
    """Take away what may lie under a pseudonym, when its owner goes over to paper. Whether anything did is not told."""
    Envelope.objects.filter(wave=wave.uuid, pseudonym=pseudonym).delete()


def document_seal(*, wave: Wave, form: Form, unit: int, document: dict[str, Any]) -> bytes:
    """Check and seal a document in memory, where no browser did. ValueError on what the form cannot have sent."""
    answers_of(form, document)
    bound_to = sealing.associated_data(wave.uuid, unit, form.version)
    return sealing.seal(bytes(wave.public_key or b""), document_bytes(document), bound_to)


def anonymous_send(*, wave: Wave, placement: Placement, document: dict[str, Any]) -> bytes:
    """Seal and hand in one person's anonymous part `{"v": 1, "a": {question: option or [options]}}`.

    Answering again replaces, an empty `a` withdraws. Returns the envelope's hash. Raises NotOpen, ValueError and
    keys.KeyMissing. Writes one row to the urn and nothing anywhere else.
    """
    require_open(wave)
    admission = Admission(wave.uuid, keys.pseudonym(wave, placement.person_id), placement.unit_id, 0)
    sealed = document_seal(wave=wave, form=form_for(wave.questionnaire_id), unit=placement.unit_id, document=document)
    return envelope_put(admission=admission, sealed=sealed)


def pseudonyms_present(*, wave: Wave, pseudonyms: Collection[bytes]) -> set[bytes]:
    """Which of the pseudonyms have an envelope. For the reminder run's memory only; never shown, never stored."""
    rows = Envelope.objects.filter(wave=wave.uuid, pseudonym__in=list(pseudonyms)).values_list("pseudonym", flat=True)
    return {bytes(row) for row in rows}
