"""Answers on paper (anonymity.md, settled list): typed in by a named helper outside the unit, into the same envelope.

A form knows its unit and the hash of its code. The envelope's pseudonym is made from that hash, never from a person, so
nothing joins the two. Typed twice, the last typing counts; the trace says that a helper typed a form for a unit.
"""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from organisation import access
from organisation.audit import audit
from organisation.models import CampaignUnit, Employment, Person, Placement, Role
from surveys import answering, codes, keys
from surveys.models import PaperForm, Ticket, Wave
from surveys.physical import PhysicalAnswer, physical_send

DOOR = "papir"  # where these codes are typed, for the brake


def paper_hash(code: str) -> bytes:
    """The hash of a paper form's code; a code of the same eight characters in a letter has another one."""
    return codes.code_hash(f"paper {code}")


def form_of_code(code: str) -> PaperForm | None:
    """The printed form of a typed code, while its survey is open. Raises codes.TooManyTries."""
    codes.brake_require_off(DOOR)
    form = (
        PaperForm.objects.filter(code_hash=paper_hash(code), wave__state=Wave.State.OPEN)
        .select_related("wave__questionnaire", "unit__unit__work_environment_group", "unit__parent")
        .first()
    )
    if form is None:
        codes.wrong_code(DOOR)
    return form


def is_outside(helper: Person, unit: CampaignUnit) -> bool:
    """Neither works in the unit nor counts in it, leads it or a unit above, nor sits in its trio."""
    live = unit.unit
    trio = live.work_environment_group
    if Employment.objects.filter(access.active_on_today(), person=helper, unit=live).exists():
        return False
    if Placement.objects.filter(campaign=unit.campaign_id, person=helper, unit=unit).exists():
        return False
    for role in access.roles_of(helper):
        if role.unit is None or role.kind not in Role.TRIO_KINDS:
            continue
        if role.kind == Role.Kind.LEADER and role.unit.pk in live.path:
            return False
        if role.unit.pk == live.pk or (trio is not None and role.unit.work_environment_group_id == trio.pk):
            return False
    return True


def _pseudonym(wave: Wave, code_hash: bytes) -> bytes:
    key = keys.secret(wave.uuid, "paper", wave.pseudonym_key_fingerprint)
    return hmac.digest(key, wave.uuid.bytes + code_hash, "sha256")


def _form_key(wave: Wave, code_hash: bytes) -> UUID:
    """Under which the physical part is stored, once: made from the key file, so that it leads nowhere afterwards."""
    key = keys.secret(wave.uuid, "paper physical", wave.pseudonym_key_fingerprint)
    return UUID(bytes=hmac.digest(key, code_hash, "sha256")[:16], version=4)


@transaction.atomic
def paper_type(*, form: PaperForm, document: dict[str, Any], physical: Sequence[PhysicalAnswer], by: Person) -> None:
    """Hand in one paper form. ValidationError when more forms would count than people are on paper in the unit.

    Raises answering.NotOpen, keys.KeyMissing, and ValueError on what the questionnaire does not have.
    """
    wave, unit = form.wave, form.unit
    if not is_outside(by, unit):
        raise ValidationError(_("Du hører til enheden og kan ikke taste skemaer fra den."))
    answering.require_open(wave)
    own = _pseudonym(wave, bytes(form.code_hash))
    # One typing of a unit's forms at a time: a form that went astray was printed again, and only one of them counts.
    siblings = list(PaperForm.objects.select_for_update().filter(wave=wave, unit=unit).order_by("pk"))
    there = answering.pseudonyms_present(
        wave=wave, pseudonyms=[_pseudonym(wave, bytes(sibling.code_hash)) for sibling in siblings]
    )
    on_paper = Ticket.objects.filter(wave=wave, channel=Person.Channel.PAPER, placement__unit=unit).count()
    if own not in there and len(there) >= on_paper:
        raise ValidationError(_("Der er allerede tastet et skema for hver, der svarer på papir i enheden."))
    answering.paper_send(wave=wave, unit=unit.pk, pseudonym=own, document=document)
    if physical:
        nobody = Placement(campaign_id=wave.campaign_id, unit=unit)
        physical_send(
            wave=wave,
            placement=nobody,
            answers=physical,
            named=False,
            form_key=_form_key(wave, bytes(form.code_hash)),
        )
    audit("paper_form_typed", wave, actor=by, unit=unit.unit_id)
