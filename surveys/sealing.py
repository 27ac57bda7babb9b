"""The envelope: HPKE (RFC 9180) by a library, always the same length. No cryptography of our own.

Suite: DHKEM(P-256, HKDF-SHA256), HKDF-SHA256, AES-128-GCM; P-256 is in every browser's WebCrypto. A sealed envelope
is the encapsulated key (65 bytes) followed by the ciphertext. The same bytes come from static/js/answering.js.
"""

from __future__ import annotations

from uuid import UUID

from cryptography.hazmat.primitives.asymmetric import ec
from pyhpke import AEADId, CipherSuite, KDFId, KEMId, PyHPKEError

from surveys.questionnaires import LARGEST_DOCUMENT

SUITE = CipherSuite.new(KEMId.DHKEM_P256_HKDF_SHA256, KDFId.HKDF_SHA256, AEADId.AES128_GCM)
KEY_LENGTH = 65  # uncompressed point, of the public key as of the encapsulated one
SCALAR_LENGTH = 32
SEALED_LENGTH = KEY_LENGTH + LARGEST_DOCUMENT + 16


class CannotOpen(Exception):
    """The envelope was not sealed to this key for this wave, unit and form version, or has been changed."""


def key_pair() -> tuple[bytes, bytes]:
    """A new (private, public) pair: the 32-byte scalar and the 65-byte point."""
    private = ec.generate_private_key(ec.SECP256R1())
    scalar = private.private_numbers().private_value.to_bytes(SCALAR_LENGTH, "big")
    return scalar, public_of(scalar)


def public_of(private: bytes) -> bytes:
    numbers = ec.derive_private_key(int.from_bytes(private, "big"), ec.SECP256R1()).public_key().public_numbers()
    return b"\x04" + numbers.x.to_bytes(SCALAR_LENGTH, "big") + numbers.y.to_bytes(SCALAR_LENGTH, "big")


def associated_data(wave: UUID, unit: int, version: int) -> bytes:
    """What an envelope is bound to: it cannot be moved to another wave, unit or version of the form."""
    return f"{wave}|{unit}|{version}".encode("ascii")


def seal(public_key: bytes, document: bytes, bound_to: bytes) -> bytes:
    """Seal one padded document. ValueError when it has not the fixed length."""
    if len(document) != LARGEST_DOCUMENT:
        raise ValueError("only padded documents are sealed")
    return seal_bytes(public_key, document, bound_to)


def seal_bytes(public_key: bytes, document: bytes, bound_to: bytes) -> bytes:
    """Seal anything that is no envelope (a holder's part, a tally): the same construction, any length."""
    encapsulated, context = SUITE.create_sender_context(SUITE.kem.deserialize_public_key(public_key))
    return bytes(encapsulated + context.seal(document, bound_to))


class Opener:
    """Opens envelopes with one private key; the key is parsed once."""

    def __init__(self, private_key: bytes) -> None:
        self._key = SUITE.kem.deserialize_private_key(private_key)

    def open(self, sealed: bytes, bound_to: bytes) -> bytes:
        """The padded document. Raises CannotOpen."""
        if len(sealed) != SEALED_LENGTH:
            raise CannotOpen
        return self.open_bytes(sealed, bound_to)

    def open_bytes(self, sealed: bytes, bound_to: bytes) -> bytes:
        """What `seal_bytes` sealed. Raises CannotOpen."""
        try:
            context = SUITE.create_recipient_context(sealed[:KEY_LENGTH], self._key)
            return bytes(context.open(sealed[KEY_LENGTH:], bound_to))
        except (PyHPKEError, ValueError) as error:
            raise CannotOpen from error
