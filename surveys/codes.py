"""The secrets that let somebody in: a long one for links and QR codes, a short one to type, and the brake on guessing.

Both are made from the wave's key file and the ticket, so a reminder can repeat them without anything being stored or
changed for the person (docs/decisions/0021-reminders-and-codes.md); the database holds only their hashes. How slow
guessing is, in figures: docs/decisions/0060-doors.md.
"""

from __future__ import annotations

import hmac
from datetime import datetime

from django.db import connection
from django.utils import timezone
from django.utils.crypto import salted_hmac

from surveys import keys
from surveys.models import CodeBrake, Wave

# No 0 O, 1 I L, 5 S, 8 B, 2 Z, U V: what is read aloud or typed from paper is not mistaken.
ALPHABET = "34679ACDEFGHJKMNPQRTVWXY"
CODE_LENGTH = 8  # typed by hand
LINK_LENGTH = 16  # in a link or a QR code: 73 bits, which nobody guesses, so that nothing need be counted there

# Wrong typed codes that the whole municipality may use up: so many at once, and so many an hour after that.
BURST = 300
AN_HOUR = 60


class TooManyTries(Exception):
    """So many wrong codes were typed lately that none is tried for a while. Links and QR codes go on working."""


def code_from(digest: bytes, length: int = CODE_LENGTH) -> str:
    """Characters of our alphabet from a 32-byte digest."""
    number, code = int.from_bytes(digest, "big"), ""
    for _place in range(length):
        number, rest = divmod(number, len(ALPHABET))
        code += ALPHABET[rest]
    return code


def _read(text: str, length: int) -> str:
    code = "".join(sign for sign in text.upper() if sign not in " -\u00a0\u2013")
    return code if len(code) == length and all(sign in ALPHABET for sign in code) else ""


def code_read(text: str) -> str:
    """What somebody typed, as a code: case, spaces and hyphens do not matter. Empty when it cannot be one."""
    return _read(text, CODE_LENGTH)


def link_read(text: str) -> str:
    """The secret of a link. Empty when it cannot be one."""
    return _read(text, LINK_LENGTH)


def code_hash(code: str) -> bytes:
    """The hash of a code or of a link's secret, keyed so that a stolen table cannot be tried out."""
    return salted_hmac("surveys.ticket", code, algorithm="sha256").digest()


def secret_of(wave: Wave) -> bytes:
    """What the wave's codes and links are made from. Raises keys.KeyMissing."""
    return keys.secret(wave.uuid, "code", wave.pseudonym_key_fingerprint)


def code_for(secret: bytes, ticket_id: int, code_number: int) -> str:
    """The code of a ticket. `secret` is `secret_of(wave)`."""
    return code_from(hmac.digest(secret, f"{ticket_id}:{code_number}".encode(), "sha256"))


def link_for(secret: bytes, ticket_id: int, code_number: int) -> str:
    """The link's secret of a ticket."""
    return code_from(hmac.digest(secret, f"link:{ticket_id}:{code_number}".encode(), "sha256"), LINK_LENGTH)


def pretty(code: str) -> str:
    return f"{code[:4]}-{code[4:]}"


# --- the brake ----------------------------------------------------------------------------------------------------
# One row per door where codes are typed: a bucket that every wrong code fills and that time empties. It knows no
# address and no code: a thousand colleagues may answer through one, and whoever guesses has many.


def brake_require_off(door: str) -> None:
    """Raises TooManyTries while the bucket is full."""
    row = CodeBrake.objects.filter(door=door).first()
    if row is not None and _level_now(row, timezone.now()) >= BURST:  # noqa: TID251  (guessing goes on in real time)
        raise TooManyTries


def brake_is_on(door: str) -> bool:
    try:
        brake_require_off(door)
    except TooManyTries:
        return True
    return False


def _level_now(row: CodeBrake, now: datetime) -> float:
    return max(0.0, row.level - max(0.0, (now - row.at).total_seconds()) * AN_HOUR / 3600)


def wrong_code(door: str) -> None:
    """Count one wrong code. Guesses at the same moment may overfill the bucket; it is the slower to empty for it."""
    table = connection.ops.quote_name(CodeBrake._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} AS b (door, level, at) VALUES (%s, 1, %s) ON CONFLICT (door) DO UPDATE "  # noqa: S608
            "SET level = GREATEST(0, b.level - GREATEST(0, extract(epoch FROM excluded.at - b.at)) * %s / 3600.0) + 1,"
            " at = GREATEST(b.at, excluded.at)",
            [door, timezone.now(), AN_HOUR],  # noqa: TID251
        )
