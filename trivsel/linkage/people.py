"""Made-up people whose numbers cannot be anybody else's: found in a table, a log or the raw bytes of a file."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from django.db import connection

from organisation.models import Employment, Person, Placement
from surveys import codes
from surveys.models import Ticket
from trivsel.trial.town import Invited

# The ids of one kind begin with the same four bytes: 1,589,9xx,xxx × 2^32 is far from any id that a municipality has.
KINDS = {Person: 0x5EC7A11E, Placement: 0x5EC7A12E, Ticket: 0x5EC7A13E, Employment: 0x5EC7A14E}
BINARY = re.compile(rb".{4}[\x1e\x2e\x3e\x4e]\xa1\xc7\x5e", re.DOTALL)  # as Postgres stores a bigint
DECIMAL = re.compile(rb"(?<!\d)68[23]\d{16}(?!\d)")


def numbers_mark() -> None:
    """From here on new people, placements, tickets and employments get numbers that are found again."""
    with connection.cursor() as cursor:
        for model, kind in KINDS.items():
            cursor.execute(
                "SELECT setval(pg_get_serial_sequence(%s, 'id'), %s)", [model._meta.db_table, (kind << 32) + 1]
            )


@dataclass
class Crowd:
    """Who took part: marks of each person by their place in the list."""

    wave: bytes
    invited: list[Invited]
    named: set[int] = field(default_factory=set)  # who put their name on a physical report
    by_id: dict[int, int] = field(default_factory=dict)
    by_word: dict[bytes, int] = field(default_factory=dict)
    by_pseudonym: dict[bytes, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        jobs = dict(Placement.objects.values_list("pk", "employment_id"))
        for number, person in enumerate(self.invited):
            for pk in (person.person, person.placement, person.ticket, jobs[person.placement]):
                self.by_id[pk] = number
            self.by_word[person.link.encode()] = number
            self.by_word[codes.code_hash(person.link).hex().encode()] = number
            self.by_word[person.pseudonym.hex().encode()] = number
            self.by_pseudonym[person.pseudonym] = number
        longest = sorted({len(word) for word in self.by_word}, reverse=True)
        self._words = re.compile(
            b"|".join(b"(?<![0-9A-Za-z])[0-9A-Za-z]{%d}(?![0-9A-Za-z])" % size for size in longest)
        )

    def unit_of(self, number: int) -> int:
        return self.invited[number].unit

    def people_in(self, raw: bytes) -> list[int]:
        """Whose marks are in these bytes, in the order in which they stand there; each person once."""
        found = [(hit.start(), self.by_id.get(int.from_bytes(hit[0], "little"))) for hit in BINARY.finditer(raw)]
        found += [(hit.start(), self.by_id.get(int(hit[0]))) for hit in DECIMAL.finditer(raw)]
        found += [(hit.start(), self.by_word.get(hit[0])) for hit in self._words.finditer(raw)]
        return list(dict.fromkeys(number for _at, number in sorted(found, key=_place) if number is not None))

    def envelopes_in(self, raw: bytes) -> list[int]:
        """Whose envelopes are in these bytes: a row of `urn` has the wave before the 32 bytes of the pseudonym."""
        rows = re.finditer(re.escape(self.wave) + b"C(.{32})", raw, re.DOTALL)
        return list(dict.fromkeys(n for row in rows if (n := self.by_pseudonym.get(row[1])) is not None))


def _place(found: tuple[int, int | None]) -> int:
    return found[0]
