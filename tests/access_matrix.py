"""Who gets what at every address: the table of `test_access_matrix.py`. Read it as the promise of domain.md 2.3.

A new address needs a row per method that it takes. A GET row is asked twice, as a page and as an HTMX part, and must
answer the same. A method without a row must be refused with 405 for everybody: put `@require_safe` (below
`@login_required`) on a view that only reads, `@require_POST` on one that only does. PUT, PATCH and DELETE are refused
by `organisation.middleware`. Your own rows: `tests/access_rows_<area>.py`, one `ROWS +=` line in `access_rows.py`.

A row names the address (with what it is about) and what each person of the cast gets. `rest` is for those not named.
302 is «log in first» (or a redirect that everybody gets), 404 is «you need not know that it exists», 403 is «you may
see it, but not do it», 405 is «this address only takes the other method».
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.world import World

# What each person is in the town of tests/factories.py. Afsnit Nord is where everything happens.
CAST = {
    "visitor": "not logged in",
    "employee": "works in Afsnit Nord, wrote the named physical report",
    "colleague": "works in Afsnit Syd, the unit next door",
    "leader": "leader of Afsnit Nord",
    "amr": "AMR of Afsnit Nord",
    "tr": "TR of Afsnit Nord",
    "neighbour": "leader of Afsnit Syd: the neighbouring trio",
    "head": "leader of the workplace and forperson of its MED",
    "med_workplace": "næstforperson of ArbejdspladsMED",
    "med_department": "forperson of AfdelingsMED above",
    "med_other_department": "forperson of the other AfdelingsMED",
    "med_other_workplace": "member of ArbejdspladsMED of the school, in the other afdeling",
    "med_municipality": "næstforperson of KommuneMED",
    "hr": "HR",
    "property": "Kommunale Ejendomme",
    "dpo": "the data protection officer",
    "key_holder": "holds a part of the key to the urn, and nothing else",
    "facilitator": "facilitator of Afsnit Nord, works elsewhere",
    "former_leader": "led Afsnit Nord until 2019, not employed any more",
}
TRIO = ("leader", "amr", "tr")
WORKPLACE_MED = ("head", "med_workplace")
NONE: tuple[str, ...] = ()


@dataclass(frozen=True)
class Row:
    """One address about one thing."""

    name: str
    about: str = ""
    args: Callable[[World], list[Any]] = lambda world: []
    method: str = "get"
    data: Callable[[World], dict[str, Any]] = lambda world: {}
    rest: int = 404
    visitor: int = 302
    named: dict[int, tuple[str, ...]] = field(default_factory=dict)

    def expected(self, who: str) -> int:
        for status, people in self.named.items():
            if who in people:
                return status
        return self.visitor if who == "visitor" else self.rest


def public(name: str, **more: Any) -> Row:
    return Row(name, rest=200, visitor=200, **more)


def everybody(name: str, status: int = 200, **more: Any) -> Row:
    """Everybody who is logged in."""
    return Row(name, rest=status, **more)


def only(name: str, *people: str, status: int = 200, **more: Any) -> Row:
    return Row(name, named={status: people}, **more)
