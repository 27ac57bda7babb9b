"""From sealed envelopes to facts, in one process: open, shuffle, tally, plan, audit, write, destroy.

With `surveys.answering` the only module that touches envelopes. Nothing in between is stored: a run that dies starts
again from the envelopes; one that finds its facts written only finishes destroying. With key holders the counts are
sealed to their key again and kept for 30 days, for repairing a proven fault by the same plan (`sealed_tally_open`).
"""

from __future__ import annotations

import json
import secrets
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta

from django.db import connection, connections, transaction
from django.db.models import Count, Q

from organisation import clock
from organisation.audit import audit
from organisation.models import CampaignUnit
from surveys import facts, keys, questionnaires, release, sealing, stuck
from surveys.answering import GRACE
from surveys.models import Release, SealedTally, Wave
from surveys.models.envelope import Envelope

# A page opened in time may still be sent; counting starts when the last of them has surely arrived.
COUNT_AFTER = GRACE + timedelta(minutes=2)
LOCK = 7_202_604_22  # one counting at a time in the whole installation
TALLY_KEPT = timedelta(days=30)
Opener = Callable[[int, bytes], bytes]  # (unit, sealed) -> padded document; raises keys.CannotOpen


class AuditIsRed(Exception):
    """The auditor could derive something from the planned facts. Nothing was written, nothing destroyed.

    `earlier`: only together with the changes since an earlier measurement.
    """

    def __init__(self, *, earlier: bool = False) -> None:
        super().__init__()
        self.earlier = earlier


@dataclass
class Tally:
    """Counts per unit, item and category: what is left of the answers. Lives in the memory of one run only."""

    respondents: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    answers: dict[int, dict[str, list[int]]] = field(default_factory=lambda: defaultdict(dict))
    malformed: int = 0


def envelopes_per_unit(wave: Wave) -> dict[int, int]:
    """How many envelopes lie in the urn for people placed directly on each unit. For the nightly rate only."""
    rows = Envelope.objects.filter(wave=wave.uuid).values_list("unit").annotate(n=Count("*"))
    return {unit: n for unit, n in rows}


def envelope_hashes(wave: Wave, *, length: int) -> list[str]:
    """The beginning of every envelope's SHA-256, hexadecimal, in no order. For the nightly lists of receipts only."""
    urn = connections["urn"]
    table = urn.ops.quote_name(Envelope._meta.db_table)
    with urn.cursor() as cursor:
        cursor.execute(
            f"SELECT left(encode(sha256(sealed), 'hex'), %s) FROM {table} WHERE wave = %s",  # noqa: S608
            [length, wave.uuid],
        )
        return [code for (code,) in cursor.fetchall()]


def envelopes_shuffle() -> int:
    """Lay all envelopes in the order of their pseudonyms, which is no order, in one transaction. Returns how many.

    A table remembers in which order its rows came, and which came together: who knows when a colleague was at a
    computer could point at an envelope. From the night on it tells neither. Sending waits meanwhile.
    """
    urn = connections["urn"]
    table = urn.ops.quote_name(Envelope._meta.db_table)
    with transaction.atomic(using="urn"), urn.cursor() as cursor:
        cursor.execute(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE")
        cursor.execute("DROP TABLE IF EXISTS pg_temp.shuffled")
        cursor.execute(f"CREATE TEMPORARY TABLE shuffled ON COMMIT DROP AS SELECT * FROM {table}")  # noqa: S608
        cursor.execute(f"TRUNCATE {table}")
        cursor.execute(
            f"INSERT INTO {table} (wave, pseudonym, unit, sealed) "  # noqa: S608
            "SELECT wave, pseudonym, unit, sealed FROM shuffled ORDER BY pseudonym"
        )
        return int(cursor.rowcount)


def waves_close() -> int:
    """Close every wave whose time has come. Returns how many."""
    due = Wave.objects.filter(state=Wave.State.OPEN, closes_at__lte=clock.now())
    closed = 0
    for wave in due:
        if Wave.objects.filter(pk=wave.pk, state=Wave.State.OPEN).update(state=Wave.State.CLOSED):
            wave.receipt_lists.all().delete()
            audit("wave_closed", wave, actor=None)
            closed += 1
    return closed


def waves_to_count() -> list[Wave]:
    """Closed waves that this process may open by itself, after the grace. Those with key holders wait for them
    (`surveys.closer`), unless their facts are written and only the destroying is left, which needs no key."""
    return list(
        Wave.objects.filter(
            Q(key_mode=Wave.KeyMode.AUTOMATIC) | Q(releases__number=1),
            state=Wave.State.CLOSED,
            closes_at__lte=clock.now() - COUNT_AFTER,
        )
        .exclude(kind=Wave.Kind.IMPORTED)
        .exclude(stuck.waits())
        .distinct()
    )


def wave_count(wave: Wave, opener: Opener | None = None) -> Release | None:
    """Open, count and destroy one closed wave. Returns its release, or None where another worker is at it.

    `opener` is for waves with key holders; without one the private key file is read.
    Raises keys.KeyMissing and AuditIsRed.
    """
    with _alone() as may:
        wave.refresh_from_db()
        if not may or wave.state != Wave.State.CLOSED:
            return None
        written = Release.objects.filter(wave=wave, number=1).first()
        if written is None:
            try:
                written = _write(wave, _tally(wave, opener or keys.opener(wave)))
            except AuditIsRed as error:
                stuck.note(wave, Wave.Problem.EARLIER if error.earlier else Wave.Problem.AUDIT_RED)
                raise
            except keys.KeyMissing:
                stuck.note(wave, Wave.Problem.KEY_MISSING)
                raise
        _destroy(wave)
        return written


@contextmanager
def _alone() -> Iterator[bool]:
    """A session lock of the database: it is gone when this process is, however it ends."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_try_advisory_lock(%s)", [LOCK])
        got = bool(cursor.fetchone()[0])
    try:
        yield got
    finally:
        if got and not connection.needs_rollback:
            with connection.cursor() as cursor:
                cursor.execute("select pg_advisory_unlock(%s)", [LOCK])


def _tally(wave: Wave, opener: Opener) -> Tally:
    """Read the urn without pseudonyms, shuffle, open each envelope and add its answers up."""
    units = set(CampaignUnit.objects.filter(campaign=wave.campaign_id).values_list("pk", flat=True))
    rows = [
        (unit, bytes(sealed))
        for unit, sealed in Envelope.objects.filter(wave=wave.uuid).values_list("unit", "sealed").iterator(5000)
    ]
    secrets.SystemRandom().shuffle(rows)
    return tally_envelopes(wave, rows, units, opener)


def tally_envelopes(wave: Wave, rows: Iterable[tuple[int, bytes]], units: Collection[int], opener: Opener) -> Tally:
    """Open and add up. What cannot be opened or read is counted as malformed and leaves no other trace."""
    form = questionnaires.form_for(wave.questionnaire_id)
    width = {item.key: len(item.values) for item in questionnaires.fact_items(form)}
    tally = Tally()
    for unit, sealed in rows:
        try:
            if unit not in units:
                raise ValueError
            document = json.loads(opener(unit, sealed))
            counted = questionnaires.categories_of(form, document)
        except (ValueError, KeyError, TypeError, keys.CannotOpen):
            tally.malformed += 1
            continue
        if questionnaires.is_empty(document):
            continue  # withdrawn: counts as not having answered
        tally.respondents[unit] += 1
        of_unit = tally.answers[unit]
        for item, category in counted:
            counts = of_unit.get(item)
            if counts is None:
                counts = of_unit[item] = [0] * width[item]
            counts[category] += 1
    return tally


def _write(wave: Wave, tally: Tally) -> Release:
    """Plan, audit and write the unreleased facts, all or nothing. Unique per wave, so that a rerun finds them."""
    planned = facts.plan_facts(wave, respondents=tally.respondents, answers=tally.answers)
    verdict = facts.audit_plan(wave, planned)
    if not verdict.green:
        raise AuditIsRed(earlier=facts.audit_plan(wave, planned, changes=False).green)
    with transaction.atomic():
        made = Release.objects.create(
            wave=wave,
            due_at=release.due_moment(wave),
            audit_green=True,
            audit_report=verdict.report,
            facts_sha256=planned.sha256,
        )
        facts.write_facts(made, planned)
        if wave.key_mode == Wave.KeyMode.TRUSTEES:
            _tally_seal(wave, tally)
        Wave.objects.filter(pk=wave.pk).update(malformed=tally.malformed, problem="", tried_at=None)
        audit("wave_counted", wave, actor=None, release=str(made.uuid), facts=planned.sha256)
    return made


def _destroy(wave: Wave) -> None:
    """Take away everything that could lead from a person to an answer. May run again after dying half-way."""
    _empty_urn(wave)
    keys.destroy(wave)
    with transaction.atomic():
        wave.tickets.exclude(code_hash=None, link_hash=None).update(code_hash=None, link_hash=None)
        Wave.objects.filter(pk=wave.pk).update(state=Wave.State.OPENED, opened_at=clock.now())
        audit("wave_opened_and_destroyed", wave, actor=None)
    wave.refresh_from_db()


def _empty_urn(wave: Wave) -> None:
    """Truncate when no other wave has envelopes, so that no dead row stays in the file; else delete and vacuum."""
    urn = connections["urn"]
    table = urn.ops.quote_name(Envelope._meta.db_table)
    with urn.cursor() as cursor:
        if Envelope.objects.exclude(wave=wave.uuid).exists():
            Envelope.objects.filter(wave=wave.uuid).delete()
            if urn.get_autocommit() and not urn.in_atomic_block:
                cursor.execute(f"vacuum full {table}")
        else:
            cursor.execute(f"truncate {table}")
        # The log still holds the envelopes: begin a new file, and let the checkpoint remove the old ones
        # (wal_recycle=off), with the files of the truncated table.
        cursor.execute(
            "select has_function_privilege('pg_switch_wal()', 'execute'),"
            " rolsuper or pg_has_role(current_user, 'pg_checkpoint', 'usage')"
            " from pg_roles where rolname = current_user"
        )
        may_switch, may_checkpoint = cursor.fetchone() or (False, False)
        if may_switch:
            cursor.execute("select pg_switch_wal()")
        if may_checkpoint:
            cursor.execute("checkpoint")


# --- the sealed tally, with key holders only ----------------------------------------------------------------------


def _bound_to_tally(wave: Wave) -> bytes:
    return f"tally|{wave.uuid}".encode("ascii")


def _tally_seal(wave: Wave, tally: Tally) -> None:
    """Keep the counts under the key whose parts the holders still have: this process forgets the key it was lent."""
    raw = json.dumps({"respondents": tally.respondents, "answers": tally.answers}).encode("ascii")
    sealed = sealing.seal_bytes(bytes(wave.public_key or b""), raw, _bound_to_tally(wave))
    SealedTally.objects.create(wave=wave, sealed=sealed, kept_until=clock.today() + TALLY_KEPT)


def sealed_tally_kept(wave: Wave) -> bool:
    return SealedTally.objects.filter(wave=wave, kept_until__gte=clock.today()).exists()


def sealed_tally_open(wave: Wave, private: bytes) -> Tally:
    """The counts again, in memory, for repairing a proven fault. Raises keys.CannotOpen, SealedTally.DoesNotExist."""
    kept = SealedTally.objects.get(wave=wave, kept_until__gte=clock.today())
    raw = json.loads(sealing.Opener(private).open_bytes(bytes(kept.sealed), _bound_to_tally(wave)))
    return Tally(
        respondents={int(unit): n for unit, n in raw["respondents"].items()},
        answers={int(unit): answers for unit, answers in raw["answers"].items()},
    )
