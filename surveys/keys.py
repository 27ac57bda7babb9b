"""The two key files of a wave, outside every database: who a pseudonym belongs to, and what opens the envelopes.

`<wave>.pseudonym` in KEY_DIR is read by web and worker. `<wave>.private` in PRIVATE_KEY_DIR, which production mounts
into the worker alone, exists in `automatic` mode only; with key holders the private key is put together in one
worker's memory (`surveys.closer`). The files' fingerprints stand on the wave: with another file answering stops,
rather than give somebody a second pseudonym.
"""

from __future__ import annotations

import hmac
import os
import secrets
from collections.abc import Callable
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from uuid import UUID

from django.conf import settings

from surveys import sealing
from surveys.models import KeySet, Wave
from surveys.sealing import CannotOpen

__all__ = ["CannotOpen", "KeyMissing", "destroy", "make", "opener", "opener_with", "pseudonym", "secret"]


class KeyMissing(Exception):
    """The key file is not there, or is not the one that the wave was opened with."""


def _path(wave: UUID, name: str) -> Path:
    folder = settings.PRIVATE_KEY_DIR if name == "private" else settings.KEY_DIR
    return Path(folder) / f"{wave}.{name}"


def _write_once(path: Path, contents: bytes) -> bytes:
    """Write a file that only its owner reads; one that is there already wins. Returns what the file now holds."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(contents)
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)  # all or nothing, and never over an existing key
    except FileExistsError:
        pass
    finally:
        draft.unlink()
    return path.read_bytes()


def make(wave: Wave) -> Wave:
    """Make the wave's keys and set its public key and fingerprints (not saved). Again gives the same keys.

    With key holders the public key is the one of their sitting; only the pseudonym key is made here.
    """
    wave.pseudonym_key_fingerprint = _fingerprint(_write_once(_path(wave.uuid, "pseudonym"), secrets.token_bytes(32)))
    if wave.key_mode == Wave.KeyMode.AUTOMATIC:
        private = _write_once(_path(wave.uuid, "private"), sealing.key_pair()[0])
        wave.public_key = sealing.public_of(private)
        wave.private_key_fingerprint = _fingerprint(private)
    else:
        made = KeySet.objects.filter(wave=wave).first()
        wave.public_key = bytes(made.public_key) if made else None
    return wave


def _fingerprint(key: bytes) -> str:
    return sha256(key).hexdigest()


@lru_cache(maxsize=64)
def _kept(path: Path, modified: int, inode: int) -> bytes:
    return path.read_bytes()


def _read(wave: UUID, name: str) -> bytes:
    path = _path(wave, name)
    try:
        stat = path.stat()
        # A replaced or destroyed file is noticed at once, also by a process that has read it before.
        return _kept(path, stat.st_mtime_ns, stat.st_ino)
    except OSError as error:
        raise KeyMissing from error


def secret(wave: UUID, purpose: str, fingerprint: str | None = None) -> bytes:
    """A key for one purpose (pseudonym, admission, code), derived from the wave's pseudonym key.

    Raises KeyMissing when there is no file, or when it does not match the fingerprint.
    """
    key = _read(wave, "pseudonym")
    if fingerprint is not None and not hmac.compare_digest(_fingerprint(key), fingerprint):
        raise KeyMissing
    return hmac.digest(key, purpose.encode(), "sha256")


def pseudonym(wave: Wave, person_id: int) -> bytes:
    """The name under which a person's envelope lies in the urn: 32 bytes that only the key file can make."""
    key = secret(wave.uuid, "pseudonym", wave.pseudonym_key_fingerprint)
    return hmac.digest(key, wave.uuid.bytes + person_id.to_bytes(8, "big"), "sha256")


def opener(wave: Wave) -> Callable[[int, bytes], bytes]:
    """A function (unit id, sealed) -> padded document, for the closing run. Raises KeyMissing; it raises CannotOpen."""
    private = _read(wave.uuid, "private")
    if not hmac.compare_digest(_fingerprint(private), wave.private_key_fingerprint):
        raise KeyMissing
    return opener_with(wave, private)


def opener_with(wave: Wave, private: bytes) -> Callable[[int, bytes], bytes]:
    """The same with a private key in memory: the one that two key holders gave."""
    opened = sealing.Opener(private)
    version = wave.questionnaire.version
    return lambda unit, sealed: opened.open(sealed, sealing.associated_data(wave.uuid, unit, version))


def destroy(wave: Wave) -> None:
    """Overwrite and delete both files. Twice is fine: a run that died half-way finishes here."""
    for name in ("private", "pseudonym"):
        path = _path(wave.uuid, name)
        try:
            with path.open("r+b") as file:
                file.write(secrets.token_bytes(path.stat().st_size))
                file.flush()
                os.fsync(file.fileno())
            path.unlink()
        except FileNotFoundError:
            continue
    _kept.cache_clear()
