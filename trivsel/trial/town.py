"""A made-up municipality whose survey is open now, and the sealed envelopes of its people."""

from __future__ import annotations

import hmac
import random
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from django.db import connection
from django.utils import timezone

from organisation import clock
from organisation.freezing import campaign_freeze
from organisation.models import Campaign, Milestone, Person
from surveys import codes, keys, opening, sealing, tickets
from surveys.master.apv2026 import MASTER
from surveys.models import Ticket, Wave
from surveys.questionnaires import Form, FormItem, document_bytes, document_of, form_for, questionnaire_load
from trivsel.demo.municipality import municipality_make
from trivsel.trial.crowd import Visitor, visitors_write


class NotEmpty(Exception):
    """There are people in this database: it is no place for made-up ones."""


@dataclass(frozen=True)
class Invited:
    """One made-up person: the way in, and everything in the databases that could point to them."""

    link: str
    person: int
    placement: int
    ticket: int
    unit: int
    pseudonym: bytes


def survey_open(*, employees: int, seed: int = 1, days: int = 14) -> Wave:
    """Make the municipality and open its survey since an hour ago. Codes are made, and nobody is written to.

    Raises NotEmpty.
    """
    if Person.objects.exists() or Campaign.objects.exists():
        raise NotEmpty
    municipality_make(employees=employees, seed=seed, say=lambda _line: None)
    today = timezone.localdate(clock.now())
    campaign = Campaign.objects.create(name="Prøvemåling", year=today.year, employed_by=today)
    Milestone.objects.create(
        campaign=campaign, key=Milestone.Key.SURVEY, title="Prøve", starts=today, ends=today + timedelta(days=days)
    )
    campaign_freeze(campaign)
    wave = opening.wave_plan(campaign=campaign, questionnaire=questionnaire_load(MASTER))
    wave.opens_at = clock.now() - timedelta(hours=1)
    wave.save(update_fields=["opens_at"])
    opening.wave_open(wave)
    secret = codes.secret_of(wave)
    rows = list(Ticket.objects.filter(wave=wave).order_by("pk"))
    for start in range(0, len(rows), 5000):
        tickets.codes_store(rows[start : start + 5000], secret)
    # As if everybody had been invited: no sweep finds anything to send.
    Ticket.objects.filter(wave=wave).update(invited_on=date(2000, 1, 1))
    for name in ("default", "urn"):
        _analyze(name)
    return wave


def _analyze(name: str) -> None:
    from django.db import connections

    with connections[name].cursor() as cursor:
        cursor.execute("ANALYZE")


def invited_of(wave: Wave) -> list[Invited]:
    """Everybody who may answer, by ticket."""
    secret = codes.secret_of(wave)
    pseudonyms = keys.secret(wave.uuid, "pseudonym", wave.pseudonym_key_fingerprint)
    rows = Ticket.objects.filter(wave=wave).order_by("pk")
    return [
        Invited(
            link=codes.link_for(secret, pk, number),
            person=person,
            placement=placement,
            ticket=pk,
            unit=unit,
            pseudonym=hmac.digest(pseudonyms, wave.uuid.bytes + person.to_bytes(8, "big"), "sha256"),
        )
        for pk, number, placement, person, unit in rows.values_list(
            "pk", "code_number", "placement_id", "placement__person_id", "placement__unit_id"
        )
    ]


def answers_at_random(form: Form, dice: random.Random, *, skip: float = 0.03, yes: float = 0.1) -> dict[str, Any]:
    """What somebody might answer: most questions, and the follow-ups that open."""
    answers: dict[str, Any] = {}

    def ask(item: FormItem) -> None:
        if dice.random() < skip:
            return
        options = [option.key for option in item.own_options]
        if item.scale == "yesno":
            chosen = ["yes" if dice.random() < yes else "no"]
        elif item.kind == "many":
            chosen = sorted(dice.sample(options, k=min(2, len(options))))
        else:
            chosen = [dice.choice(options)]
        answers[item.key] = chosen if item.kind == "many" else chosen[0]
        for child in item.follow_ups:
            if set(chosen) & set(child.shown_for):
                ask(child)

    for item in form.closed_items:
        ask(item)
    return answers


def crowd_prepare(wave: Wave, path: Path, *, seed: int = 1, processes: int = 1) -> list[Invited]:
    """Seal everybody's envelope beforehand and write the file that the load client reads, in the order of the list."""
    invited = invited_of(wave)
    form = form_for(wave.questionnaire_id)
    public, version = bytes(wave.public_key or b""), form.version
    items = [item.key for item in form.physical]

    def jobs() -> Iterator[tuple[bytes, bytes, bytes]]:
        for number, person in enumerate(invited):
            document = document_bytes(document_of(answers_at_random(form, random.Random(f"{seed} {number}"))))
            yield public, document, sealing.associated_data(wave.uuid, person.unit, version)

    if processes > 1:
        connection.close()
        with ProcessPoolExecutor(processes) as pool:
            sealed = list(pool.map(_seal, jobs(), chunksize=200))
    else:
        sealed = [_seal(job) for job in jobs()]
    visitors_write(
        path, items, (Visitor(person.link, envelope) for person, envelope in zip(invited, sealed, strict=True))
    )
    return invited


def _seal(job: tuple[bytes, bytes, bytes]) -> bytes:
    return sealing.seal(*job)
