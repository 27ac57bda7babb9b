"""Receipt codes: how somebody checks that the envelope they sent lies in the urn, without telling anybody which it is.

The code is the beginning of the envelope's SHA-256. The browser works it out from what it sent; the server does where
it sealed. Nothing is stored when somebody answers: once a night, together with the count, the codes of the whole
municipality are listed by their first sign, without unit (docs/decisions/0061-receipts-and-linkage.md). Whoever looks
for a code asks for one of the sixteen lists and compares at home.
"""

from __future__ import annotations

from collections import defaultdict
from hashlib import sha256

from django.db import transaction
from django.utils import timezone

from organisation import clock
from surveys import closing
from surveys.models import ReceiptList, Wave

LENGTH = 20  # hexadecimal signs: 80 bits
FIRST = "0123456789abcdef"


def pretty(code: str) -> str:
    """«3f9a-12bc-…»: groups of four."""
    return "-".join(code[at : at + 4] for at in range(0, len(code), 4))


def code_of(sealed: bytes) -> str:
    return pretty(sha256(sealed).hexdigest()[:LENGTH])


def listed_before_closing(wave: Wave) -> bool:
    """An envelope sent today is in a list before the survey closes."""
    return timezone.localdate(wave.closes_at) > clock.today()


def lists_make() -> int:
    """List last night's codes of every open wave, from the night after opening; lists of closed waves go.

    Returns how many waves were listed. Again the same day it changes nothing.
    """
    today, made = clock.today(), 0
    ReceiptList.objects.exclude(wave__state=Wave.State.OPEN).delete()
    for wave in Wave.objects.filter(state=Wave.State.OPEN, closes_at__gt=clock.now()).exclude(kind=Wave.Kind.IMPORTED):
        if timezone.localdate(wave.opens_at) >= today or wave.receipt_lists.filter(made_on__gte=today).exists():
            continue
        by_first: dict[str, list[str]] = defaultdict(list)
        for code in sorted(closing.envelope_hashes(wave, length=LENGTH)):
            by_first[code[0]].append(pretty(code))
        with transaction.atomic():
            wave.receipt_lists.all().delete()
            ReceiptList.objects.bulk_create(
                ReceiptList(wave=wave, first=first, codes="\n".join(by_first[first]), made_on=today) for first in FIRST
            )
        made += 1
    return made


def codes_beginning(first: str) -> list[str]:
    """The codes of all open surveys that begin with this sign, sorted."""
    rows = ReceiptList.objects.filter(first=first, wave__state=Wave.State.OPEN, wave__closes_at__gt=clock.now())
    return sorted(code for row in rows for code in row.codes.split("\n") if code)


def list_days() -> list[str]:
    """Of which morning the lists are; empty where there are none yet."""
    rows = ReceiptList.objects.filter(wave__state=Wave.State.OPEN, wave__closes_at__gt=clock.now())
    return sorted({day.isoformat() for day in rows.values_list("made_on", flat=True).distinct()})
