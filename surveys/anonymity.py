"""What «Sådan er du anonym» shows: bytes, settings and scripts as they are, not as somebody says they are.

No page may tell whether an envelope exists for somebody, so the row is an example: made at this moment by the code that
makes the real ones, of made-up answers, with keys that are thrown away.
"""

from __future__ import annotations

import base64
import hmac
import json
import random
import secrets
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from time import monotonic
from uuid import uuid4

from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.db import connections
from django.utils.translation import gettext_lazy as _

from surveys import answering, receipts, sealing
from surveys.questionnaires import Form, document_bytes, document_of

SCRIPTS = ("js/answering.js", "vendor/hpke.js")
SHOWN = 96  # bytes of the sealed part that the page prints
KEPT_SECONDS = 60
# What each setting of the urn's cluster is there for.
SETTINGS = {
    "archive_mode": _("Der gemmes ingen historik, som man kan spole tilbage i."),
    "wal_level": _("Loggen har kun det, databasen selv skal bruge efter et strømsvigt."),
    "track_commit_timestamp": _("Databasen husker ikke, hvornår en kuvert kom."),
    "log_statement": _("Det, der lægges i urnen, skrives ikke i en logfil."),
    "log_min_duration_statement": _("Heller ikke, når det går langsomt."),
    "log_connections": _("Der føres ikke log over, hvem der forbinder sig."),
}


@dataclass(frozen=True)
class Example:
    """One row of the urn, column by column, and what it was made of."""

    document: str
    wave: str
    pseudonym: str
    unit: int
    unit_hex: str
    sealed: list[str]
    length: int
    receipt: str


def hex_lines(raw: bytes, width: int = 16) -> list[str]:
    return [raw[at : at + width].hex(" ") for at in range(0, len(raw), width)]


def example_row(form: Form) -> Example:
    """A row as `answering.envelope_put` would write it: made up, sealed to a key that nobody keeps, stored nowhere."""
    dice = random.Random(7)
    items = [item for item in form.closed_items if item.own_options][:5]
    document = document_of({item.key: dice.choice(item.own_options).key for item in items if item.kind != "many"})
    wave, unit = uuid4(), 1000 + secrets.randbelow(9000)
    public = sealing.key_pair()[1]
    sealed = sealing.seal(public, document_bytes(document), sealing.associated_data(wave, unit, form.version))
    pseudonym = hmac.digest(secrets.token_bytes(32), wave.bytes + (1).to_bytes(8, "big"), "sha256")
    return Example(
        document=json.dumps(document, ensure_ascii=False),
        wave=wave.bytes.hex(" "),
        pseudonym=pseudonym.hex(" "),
        unit=unit,
        unit_hex=unit.to_bytes(8, "big").hex(" "),
        sealed=hex_lines(sealed[:SHOWN]),
        length=len(sealed),
        receipt=receipts.code_of(sealed),
    )


_read: list[tuple[float, list[tuple[str, str, object]], list[str]]] = []


def urn_as_it_is() -> tuple[list[tuple[str, str, object]], list[str]]:
    """(setting, value, what it is for) of the urn's cluster, and the columns of its table: asked of the server itself.

    Kept for a minute per process.
    """
    if not _read or monotonic() - _read[0][0] > KEPT_SECONDS:
        with connections["urn"].cursor() as cursor:
            cursor.execute("SELECT name, setting FROM pg_settings WHERE name = ANY(%s)", [list(SETTINGS)])
            found = dict(cursor.fetchall())
            cursor.execute(
                "SELECT column_name FROM information_schema.columns WHERE table_schema = current_schema() "
                "AND table_name = %s ORDER BY ordinal_position",
                [answering.urn_table()],
            )
            columns = [name for (name,) in cursor.fetchall()]
        _read[:] = [(monotonic(), [(name, found.get(name, "?"), why) for name, why in SETTINGS.items()], columns)]
    return _read[0][1], _read[0][2]


@dataclass(frozen=True)
class Script:
    """One script of the answering pages: its address, and the hash of the bytes that are served there."""

    url: str
    sha256: str
    integrity: str


def scripts() -> list[Script]:
    return [_script(name) for name in SCRIPTS]


def _script(name: str) -> Script:
    path = _served(name)
    digest = _digest(path, path.stat().st_mtime_ns)
    return Script(staticfiles_storage.url(name), digest.hex(), f"sha256-{base64.b64encode(digest).decode()}")


def _served(name: str) -> Path:
    """The file itself: the collected one, or its source where nothing has been collected (tests, DEBUG)."""
    stored = getattr(staticfiles_storage, "stored_name", lambda same: same)(name)
    collected = Path(staticfiles_storage.path(stored))
    return collected if collected.exists() else Path(str(finders.find(name)))


@lru_cache(maxsize=16)
def _digest(path: Path, _modified: int) -> bytes:
    return sha256(path.read_bytes()).digest()
