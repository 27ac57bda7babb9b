"""Pages that are the same for everybody but for a few words: rendered and packed once per process, filled per request.

`Kept` is a text with slots `@@NAME@@`. Each stretch between two slots is packed beforehand; what is filled in goes into
the same gzip stream unpacked (RFC 1951 allows a stored block between any two). A page costs no template and no packing.
"""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers

SLOT = re.compile(r"@@([A-Z]+)@@")
HEAD = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"  # gzip, no name, no time
END = b"\x03\x00"  # an empty last block
LONGEST_STORED = 65_535
WORTH_PACKING = 2000  # bytes
ROOM = 512  # kept texts per process


@dataclass(frozen=True)
class Filled:
    """Bytes, and the same bytes as whole deflate blocks."""

    raw: bytes
    packed: bytes


def _packed(raw: bytes) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    return packer.compress(raw) + packer.flush(zlib.Z_FULL_FLUSH)


def _stored(raw: bytes) -> bytes:
    blocks = (raw[at : at + LONGEST_STORED] for at in range(0, len(raw), LONGEST_STORED))
    return b"".join(b"\x00" + struct.pack("<HH", len(block), len(block) ^ 0xFFFF) + block for block in blocks)


class Kept:
    """A rendered text whose slots are still open."""

    def __init__(self, text: str) -> None:
        pieces = SLOT.split(text)
        self._constant = [Filled(raw, _packed(raw)) for raw in (piece.encode() for piece in pieces[::2])]
        self._slots = pieces[1::2]

    def fill(self, values: Mapping[str, str | Filled] | None = None) -> Filled:
        """`values`: text that is escaped already, or something filled. What looks like a slot and is none stays."""
        raw, packed = [self._constant[0].raw], [self._constant[0].packed]
        for name, after in zip(self._slots, self._constant[1:], strict=True):
            value = (values or {}).get(name, f"@@{name}@@")
            if isinstance(value, Filled):
                raw.append(value.raw)
                packed.append(value.packed)
            else:
                raw.append(value.encode())
                packed.append(_stored(raw[-1]))
            raw.append(after.raw)
            packed.append(after.packed)
        return Filled(b"".join(raw), b"".join(packed))


_kept: dict[Hashable, Kept] = {}


def kept(key: Hashable, make: Callable[[], str]) -> Kept:
    """The text of this key, made the first time. The key must name everything that the text depends on."""
    found = _kept.get(key)
    if found is None:
        if len(_kept) >= ROOM:
            _kept.clear()
        found = _kept[key] = Kept(make())
    return found


def respond(request: HttpRequest, filled: Filled, *, status: int = 200) -> HttpResponse:
    """The page, packed where the browser takes it. Nothing that a stranger can choose is packed with anything else."""
    if len(filled.raw) <= WORTH_PACKING:
        return HttpResponse(filled.raw, status=status)
    if "gzip" not in request.META.get("HTTP_ACCEPT_ENCODING", ""):
        response = HttpResponse(filled.raw, status=status)
    else:
        end = struct.pack("<LL", zlib.crc32(filled.raw), len(filled.raw) & 0xFFFF_FFFF)
        response = HttpResponse(HEAD + filled.packed + END + end, status=status)
        response["Content-Encoding"] = "gzip"
    patch_vary_headers(response, ["Accept-Encoding"])
    return response
