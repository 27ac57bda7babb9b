"""What an app for codes shares with us is stored encrypted: a copy of the database alone lets nobody in.

The key is derived from TRIVSEL_SECRET_KEY. After a rotation the old one, in TRIVSEL_SECRET_KEY_OLD, still opens what it
closed, until `bin/manage factors_encrypt` has closed everything anew (docs/operations.md, «Rotate»).
"""

from __future__ import annotations

import base64
import logging
import secrets

from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.db import transaction

logger = logging.getLogger(__name__)
MARK = "fernet:"  # what was stored before there was a key has no mark
FIELDS = {Authenticator.Type.TOTP: "secret", Authenticator.Type.RECOVERY_CODES: "seed"}


def _key_from(secret: str) -> Fernet:
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"trivsel second factors").derive(secret.encode())
    return Fernet(base64.urlsafe_b64encode(derived))


def _keys() -> MultiFernet:
    """The present key first: it closes; any of them opens."""
    return MultiFernet([_key_from(secret) for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_OLD)])


def encrypt(text: str) -> str:
    return MARK + _keys().encrypt(text.encode()).decode()


def decrypt(stored: str) -> str:
    """What was stored. With a key that is gone nobody's code is right, and the log says why."""
    if not stored.startswith(MARK):
        return stored
    try:
        return _keys().decrypt(stored.removeprefix(MARK).encode()).decode()
    except InvalidToken:
        logger.error("A second factor was encrypted with a key that is gone: set TRIVSEL_SECRET_KEY_OLD.")
        return base64.b32encode(secrets.token_bytes(20)).decode()


@transaction.atomic
def encrypt_all() -> tuple[int, int]:
    """Close everything with the present key, also what was stored before there was one: how many, and unreadable."""
    present, done, unreadable = _key_from(settings.SECRET_KEY), 0, 0
    for factor in Authenticator.objects.select_for_update().filter(type__in=FIELDS):
        field = FIELDS[Authenticator.Type(factor.type)]
        stored = factor.data.get(field, "")
        if not stored or _opens(present, stored):
            continue
        try:
            text = _keys().decrypt(stored.removeprefix(MARK).encode()).decode() if stored.startswith(MARK) else stored
        except InvalidToken:
            unreadable += 1
            continue
        factor.data[field] = encrypt(text)
        factor.save(update_fields=["data"])
        done += 1
    return done, unreadable


def _opens(key: Fernet, stored: str) -> bool:
    try:
        key.decrypt(stored.removeprefix(MARK).encode())
    except InvalidToken:
        return False
    return stored.startswith(MARK)
