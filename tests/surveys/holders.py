"""Key holders as tests play them: a sitting without a browser, and parts handed in as the page seals them."""

from __future__ import annotations

from shamir_mnemonic import generate_mnemonics
from shamir_mnemonic.share import Share

from organisation.models import Person
from surveys import sealing, trustees
from surveys.closer import Closer
from surveys.models import KeyHolder, KeyRequest, SealedShare, Wave
from tests.factories import Town


def three(town: Town) -> dict[str, Person]:
    return {"hr": town.person["hr"], "staff": town.person["med_municipality"], "dpo": town.person["dpo"]}


def sitting(wave: Wave, town: Town) -> list[str]:
    """Name the three, make a key, split it. Returns the three parts, as they stand on paper."""
    by = town.person["hr"]
    trustees.key_mode_set(wave=wave, key_mode=Wave.KeyMode.TRUSTEES, people=three(town), by=by)
    private, public = sealing.key_pair()
    parts = generate_mnemonics(1, [(2, 3)], private)[0]
    trustees.key_set_save(wave=wave, public_key=public, set_id=Share.from_mnemonic(parts[0]).identifier, by=by)
    wave.refresh_from_db()
    return list(parts)


def hand_in(request: KeyRequest, seat: str, words: str) -> SealedShare:
    """What the page does: seal the words to the worker's key, and post them."""
    request.refresh_from_db()
    holder = KeyHolder.objects.get(wave=request.wave, seat=seat)
    return trustees.share_hand_in(
        request=request, holder=holder, sealed=sealed_part(request, seat, words), asked=request.asked
    )


def sealed_part(request: KeyRequest, seat: str, words: str) -> bytes:
    padded = words.encode().ljust(trustees.SHARE_LENGTH)
    return sealing.seal_bytes(bytes(request.public_key or b""), padded, trustees.bound_to(request, seat))


def rehearsed(wave: Wave, town: Town) -> list[str]:
    """A sitting and a green rehearsal: the wave may open."""
    parts = sitting(wave, town)
    request = trustees.rehearsal_start(wave=wave, by=town.person["hr"])
    closer = Closer()
    closer.look()
    hand_in(request, "hr", parts[0])
    hand_in(request, "dpo", parts[2])
    assert closer.look() == 1
    return parts
