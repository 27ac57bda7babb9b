"""The connector to OS2mo: asks its GraphQL API and yields the internal format. CPR numbers are never asked for.

Schema: the collections `org_units`, `employees`, `engagements`, `managers` and `associations` answer
`{objects: [{current: {...}}], page_info: {next_cursor}}`; `current` is what holds today.
"""

from __future__ import annotations

import json
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from organisation.imports.cells import text_of
from organisation.imports.checks import LEVEL_WORDS, ROLE_WORDS
from organisation.imports.rows import Table
from organisation.imports.sheets import heading_key
from organisation.models import Level

PAGE = 1000
TIMEOUT = 60  # seconds
Ask = Callable[[str, dict[str, Any]], dict[str, Any]]

_UNIT = (
    "uuid name parent { uuid } org_unit_level { name } addresses { value address_type { scope } } validity { from to }"
)
_EMPLOYEE = "uuid name addresses { value address_type { scope } }"
_ENGAGEMENT = (
    "uuid person { uuid } org_unit { uuid } job_function { name } leave { leave_type { name } } validity { from to }"
)
_MANAGER = "person { uuid } org_unit { uuid } validity { from to }"
_ASSOCIATION = "person { uuid } org_unit { uuid } association_type { name } validity { from to }"


class NoAnswer(Exception):
    """OS2mo could not be reached, or refused. The text is for HR."""


def configured() -> bool:
    """Whether this installation has been given an OS2mo to ask."""
    return bool(settings.OS2MO["url"])


def query(collection: str, fields: str) -> str:
    """A page of what holds today of one collection."""
    return (
        f"query Trivsel($limit: int!, $cursor: Cursor) {{ {collection}(limit: $limit, cursor: $cursor) "
        f"{{ objects {{ current {{ {fields} }} }} page_info {{ next_cursor }} }} }}"
    )


def ask(text: str, variables: dict[str, Any]) -> dict[str, Any]:
    """One GraphQL request with a token of the client's own. Raises NoAnswer."""
    body = json.dumps({"query": text, "variables": variables}).encode()
    headers = {"Content-Type": "application/json"}
    if settings.OS2MO["token_url"]:
        headers["Authorization"] = f"Bearer {_token()}"
    answer = _post(settings.OS2MO["url"], body, headers)
    if answer.get("errors") or "data" not in answer:
        raise NoAnswer(_("OS2mo forstod ikke forespørgslen. Kontrollér, at jeres OS2mo er opdateret."))
    return dict(answer["data"])


def _token() -> str:
    form = {
        "grant_type": "client_credentials",
        "client_id": settings.OS2MO["client_id"],
        "client_secret": settings.OS2MO["client_secret"],
    }
    answer = _post(
        settings.OS2MO["token_url"],
        urllib.parse.urlencode(form).encode(),
        {"Content-Type": "application/x-www-form-urlencoded"},
    )
    return str(answer.get("access_token", ""))


def _post(url: str, body: bytes, headers: dict[str, str]) -> dict[str, Any]:
    if not url.startswith(("https://", "http://")):
        raise NoAnswer(_("Adressen på OS2mo er ikke sat rigtigt op."))
    request = urllib.request.Request(url, body, headers)  # noqa: S310  (checked above)
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT) as response:  # noqa: S310
            return dict(json.load(response))
    except urllib.error.HTTPError as error:
        raise NoAnswer(_("OS2mo afviste os (svar %(code)d). Kontrollér adgangen.") % {"code": error.code}) from None
    except (OSError, ValueError) as error:
        raise NoAnswer(_("OS2mo svarer ikke. Prøv igen senere.")) from error


def tables_from_os2mo(fetch: Ask) -> list[Table]:
    """The whole organisation of today in the internal format. `fetch` asks one GraphQL question."""
    units = _table("units", ["number", "parent", "name", "level", "p_number", "valid_from", "valid_to"])
    persons = _table("persons", ["number", "name", "email", "mobile"])
    employments = _table("employments", ["number", "person", "unit", "title", "starts", "ends", "leave"])
    roles = _table("roles", ["person", "kind", "unit", "starts", "ends"])
    roles.partial = True  # MED roles and most AMR and TR are not in OS2mo: none of ours ends for missing there
    levels = {heading_key(name) for name in Level.objects.values_list("name", flat=True)} | set(LEVEL_WORDS)
    for unit in _all(fetch, "org_units", _UNIT):
        level = (unit.get("org_unit_level") or {}).get("name") or ""
        row = [unit["uuid"], (unit.get("parent") or {}).get("uuid", ""), unit["name"]]
        row += [level if heading_key(level) in levels else "", _address(unit, "PNUMBER"), *_period(unit)]
        _add(units, row)
    for person in _all(fetch, "employees", _EMPLOYEE):
        _add(persons, [person["uuid"], person["name"], _address(person, "EMAIL"), _address(person, "PHONE")])
    for job in _all(fetch, "engagements", _ENGAGEMENT):
        if not _one(job, "person") or not _one(job, "org_unit"):
            continue
        leave = ((job.get("leave") or {}).get("leave_type") or {}).get("name", "")
        title = (job.get("job_function") or {}).get("name", "")
        _add(employments, [job["uuid"], _one(job, "person"), _one(job, "org_unit"), title, *_period(job), leave])
    for manager in _all(fetch, "managers", _MANAGER):
        if _one(manager, "person"):  # a vacant post has none
            _add(roles, [_one(manager, "person"), "leder", _one(manager, "org_unit"), *_period(manager)])
    for association in _all(fetch, "associations", _ASSOCIATION):
        word = heading_key((association.get("association_type") or {}).get("name") or "")
        if ROLE_WORDS.get(word) in ("amr", "tr") and _one(association, "person"):
            scope = _one(association, "org_unit")
            _add(roles, [_one(association, "person"), ROLE_WORDS[word], scope, *_period(association)])
    return [units, persons, employments, roles]


def _table(kind: str, headings: list[str]) -> Table:
    return Table("OS2mo", kind, headings, [], kind)


def _add(table: Table, row: list[str]) -> None:
    # As from a file: trimmed, and whatever looks like a CPR number is gone before it is kept.
    cells = [text_of(cell, p_number=heading == "p_number") for cell, heading in zip(row, table.headings, strict=True)]
    table.rows.append((len(table.rows) + 1, cells))


def _all(fetch: Ask, collection: str, fields: str) -> Iterator[dict[str, Any]]:
    """Every object of a collection that holds today, page by page."""
    cursor = None
    while True:
        answer = fetch(query(collection, fields), {"limit": PAGE, "cursor": cursor})[collection]
        for found in answer["objects"]:
            if found.get("current"):
                yield found["current"]
        cursor = (answer.get("page_info") or {}).get("next_cursor")
        if not cursor:
            return


def _one(row: dict[str, Any], name: str) -> str:
    """Relations are lists of one."""
    found = row.get(name) or []
    return str(found[0]["uuid"]) if found else ""


def _address(row: dict[str, Any], scope: str) -> str:
    return next(
        (
            str(address["value"])
            for address in row.get("addresses") or []
            if (address.get("address_type") or {}).get("scope") == scope
        ),
        "",
    )


def _period(row: dict[str, Any]) -> list[str]:
    """First and last day. OS2mo's times carry the zone of Copenhagen: their date is the one meant."""
    validity = row.get("validity") or {}
    return [str(validity.get("from") or "")[:10], str(validity.get("to") or "")[:10]]
