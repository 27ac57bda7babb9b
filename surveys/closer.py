"""The worker that waits for two key holders: makes a key pair in memory, opens the parts sealed to it, does the work.

Nothing of a private key, a part or an opened envelope is written anywhere: not to disk, not to a log, not to a task's
arguments. A process that dies takes its key along; the next one publishes a new key, and the holders are asked again.
One at a time in an installation (`manage.py closer` holds a lock of the database for as long as it lives).
"""

from __future__ import annotations

import logging
import os
import socket
from dataclasses import dataclass

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from shamir_mnemonic import MnemonicError, combine_mnemonics
from shamir_mnemonic.share import Share

from organisation import clock, heartbeats
from organisation.audit import audit
from organisation.jobs import job_run
from surveys import answering, closing, keys, questionnaires, rereleases, sealing, trustees
from surveys.models import KeyRequest, KeySet, SealedShare, Wave
from surveys.release import CannotRelease

log = logging.getLogger(__name__)

LOCK = 7_202_604_23
TEST_ENVELOPES = 12
Problem = SealedShare.Problem


class WrongKey(Exception):
    """The parts make no private key, or not the one that belongs to the wave's public key."""


class RehearsalIsRed(Exception):
    """The test envelopes did not come out as they went in."""


@dataclass(frozen=True)
class _Pair:
    private: bytes
    public: bytes


class Closer:
    """One process's memory. `look` is one round; call it every few seconds."""

    def __init__(self) -> None:
        self._pairs: dict[int, _Pair] = {}
        self.name = f"{socket.gethostname()}:{os.getpid()}"[:80]

    def look(self) -> int:
        """Ask for what is due, and do what two holders have given their parts for. Returns how many were done."""
        trustees.openings_ask()
        done = 0
        waiting = KeyRequest.objects.filter(state=KeyRequest.State.ASKED).select_related("wave__questionnaire")
        for request in waiting.order_by("pk"):
            pair = self._pairs.get(request.pk)
            if pair is None or bytes(request.public_key or b"") != pair.public:
                self._publish(request)
                continue
            KeyRequest.objects.filter(pk=request.pk).update(seen_at=timezone.now())  # noqa: TID251
            words = _words_given(request, pair)
            if len(words) >= trustees.NEEDED:
                done += self._use(request, list(words.values())[: trustees.NEEDED], list(words))
        self._pairs = {pk: pair for pk, pair in self._pairs.items() if _still_asked(pk)}
        return done

    def _publish(self, request: KeyRequest) -> None:
        """A key pair for this request: the public half in its row, the private half here. Parts for an earlier pair
        can be opened by nobody any more, so they go."""
        private, public = sealing.key_pair()
        with transaction.atomic():
            SealedShare.objects.filter(request=request).delete()
            KeyRequest.objects.filter(pk=request.pk).update(
                public_key=public,
                worker=self.name,
                asked=F("asked") + 1,
                seen_at=timezone.now(),  # noqa: TID251
            )
        self._pairs[request.pk] = _Pair(private, public)

    def _use(self, request: KeyRequest, words: list[str], given: list[int]) -> int:
        try:
            private = private_key_of(request.wave, words)
        except WrongKey:
            SealedShare.objects.filter(pk__in=given).update(sealed=None, problem=Problem.WRONG_KEY)
            return 0
        heartbeats.closer_works()
        try:
            with job_run(f"key_{request.purpose}") as tally:
                if not _perform(request, private):
                    return 0  # another worker is counting: look again in a moment
                tally.done, tally.summary = 1, "to nøgleholdere"
        except Exception as error:
            log.error("A %s with key holders failed: %s", request.purpose, type(error).__name__)
            red = isinstance(error, closing.AuditIsRed | CannotRelease)
            _end(request, KeyRequest.Problem.AUDIT_RED if red else KeyRequest.Problem.BROKE)
        else:
            _end(request)
        self._pairs.pop(request.pk, None)
        return 1


def _still_asked(pk: int) -> bool:
    return KeyRequest.objects.filter(pk=pk, state=KeyRequest.State.ASKED).exists()


def _end(request: KeyRequest, problem: str = "") -> None:
    state = KeyRequest.State.FAILED if problem else KeyRequest.State.DONE
    with transaction.atomic():
        SealedShare.objects.filter(request=request).delete()
        KeyRequest.objects.filter(pk=request.pk).update(
            state=state, problem=problem, public_key=None, ended_at=clock.now()
        )
        audit("key_parts_used", request.wave, actor=None, purpose=request.purpose, problem=problem)


def _words_given(request: KeyRequest, pair: _Pair) -> dict[int, str]:
    """The parts that were handed in and are right, by row. What is wrong with the others is noted for their holder."""
    opened = sealing.Opener(pair.private)
    made = KeySet.objects.get(wave=request.wave_id)
    found: dict[int, str] = {}
    for row in SealedShare.objects.filter(request=request, problem="").select_related("holder").order_by("pk"):
        problem, words = "", ""
        try:
            bound_to = trustees.bound_to(request, row.holder.seat)
            words = " ".join(opened.open_bytes(bytes(row.sealed or b""), bound_to).decode("ascii").split())
            share = Share.from_mnemonic(words)
            if share.identifier != made.set_id:
                problem = Problem.OTHER_SET
            elif share.index + 1 != row.holder.number:
                problem = Problem.OTHER_HOLDER
        except (sealing.CannotOpen, UnicodeDecodeError, MnemonicError):
            problem = Problem.UNREADABLE
        if problem:
            SealedShare.objects.filter(pk=row.pk).update(sealed=None, problem=problem)
        else:
            found[row.pk] = words
    return found


def private_key_of(wave: Wave, words: list[str]) -> bytes:
    """Put the private key together from two parts. Raises WrongKey."""
    try:
        private = combine_mnemonics(words)
        right = sealing.public_of(private) == bytes(KeySet.objects.get(wave=wave).public_key)
    except (MnemonicError, ValueError) as error:
        raise WrongKey from error
    if not right:
        raise WrongKey
    return private


def _perform(request: KeyRequest, private: bytes) -> bool:
    wave = request.wave
    if request.purpose == KeyRequest.Purpose.REHEARSAL:
        rehearse(wave, private)
        KeySet.objects.filter(wave=wave).update(rehearsed_at=clock.now())
        return True
    if request.purpose == KeyRequest.Purpose.OPENING:
        counted = closing.wave_count(wave, keys.opener_with(wave, private))
        return counted is not None or wave.state == Wave.State.OPENED
    tally = closing.sealed_tally_open(wave, private)
    rereleases.repair_make(
        wave, respondents=tally.respondents, answers=tally.answers, reason=request.reason, by=request.by
    )
    return True


def rehearse(wave: Wave, private: bytes) -> None:
    """Seal test envelopes to the public key of the sitting, open them with the private one, and compare the counts.

    All in memory: the urn sees none of it. Raises RehearsalIsRed.
    """
    wave.public_key = bytes(KeySet.objects.get(wave=wave).public_key)
    form = questionnaires.form_for(wave.questionnaire_id)
    item = form.closed_items[0]
    option = item.own_options[0].key
    document = questionnaires.document_of({item.key: [option] if item.kind == "many" else option})
    unit = 1
    rows = [
        (unit, answering.document_seal(wave=wave, form=form, unit=unit, document=document))
        for _envelope in range(TEST_ENVELOPES)
    ]
    tally = closing.tally_envelopes(wave, rows, {unit}, keys.opener_with(wave, private))
    counts = [counts for counts in tally.answers[unit].values() if sum(counts) == TEST_ENVELOPES]
    if tally.malformed or tally.respondents[unit] != TEST_ENVELOPES or not counts:
        raise RehearsalIsRed
