"""The connector to OS2mo, against recorded answers of its schema, and against a server that the test starts."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any, ClassVar

import pytest
from django.urls import reverse

from organisation.imports import os2mo, services
from organisation.imports.compare import preview_of
from organisation.models import Employment, Import, Person, Role, Unit
from tests.factories import Town, make_levels, make_person, make_role

RECORDED = json.loads((Path(__file__).parent / "recorded" / "os2mo.json").read_text())


class Recorded:
    """Answers questions as OS2mo does: page by page, only what was asked for."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, dict[str, Any]]] = []

    def __call__(self, text: str, variables: dict[str, Any]) -> dict[str, Any]:
        self.asked.append((text, variables))
        collection = re.search(r"\{ (\w+)\(limit", text)
        assert collection
        pages = RECORDED[collection[1]]
        return {collection[1]: pages[0 if variables["cursor"] is None else 1]}


@pytest.mark.django_db
def test_recorded_answers_become_the_internal_format() -> None:
    make_levels()
    recorded = Recorded()
    tables = {table.kind: table for table in os2mo.tables_from_os2mo(recorded)}
    assert [cells[2:5] for _n, cells in tables["units"].rows] == [
        ["Lindevig Kommune", "", ""],
        ["Børn og Familie", "Afdeling", ""],
        ["Skovskolen", "", "1003000017"],
    ]
    assert len(tables["employments"].rows) == 2
    assert [cells[1] for _n, cells in tables["roles"].rows] == ["leder", "tr"]
    assert recorded.asked[1][1]["cursor"] == "bzI="
    assert not any("cpr" in text for text, _variables in recorded.asked)


@pytest.mark.django_db
def test_it_previews_and_applies_like_a_file(town: Town) -> None:
    Role.objects.exclude(kind="hr").delete()
    tables = os2mo.tables_from_os2mo(Recorded())
    result = preview_of(tables)
    assert [problem.code for problem in result.problems if problem.place.sheet == "persons"] == ["cpr"]
    added = {kind: actions.get("added", 0) for kind, actions in result.counted().items()}
    assert added == {"units": 3, "persons": 2, "employments": 2, "roles": 2}


@pytest.mark.django_db
def test_roles_that_os2mo_does_not_know_stay(town: Town) -> None:
    tables = [table for table in os2mo.tables_from_os2mo(Recorded()) if table.kind == "roles"]
    tables[0].rows = [(1, [town.person["amr"].number or "", "leder", town.unit["nord"].number, "2026-10-01", ""])]
    result = preview_of(tables)
    assert {(c.kind, c.action, c.name) for c in result.changes} == {
        ("roles", "added", "Jonas Brink: Leder, Afsnit Nord"),
        ("roles", "ended", "Karen Toft: Leder, Afsnit Nord"),
    }


class Handler(BaseHTTPRequestHandler):
    """An OS2mo with its token service, on this machine."""

    status: ClassVar[int] = 200
    recorded: ClassVar[Recorded] = Recorded()

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        if self.path == "/token":
            answer: dict[str, Any] = {"access_token": "a-token"} if "client_secret=hemmelig" in body else {}
        elif self.headers.get("Authorization") != "Bearer a-token":
            self.send_response(401)
            self.end_headers()
            return
        else:
            asked = json.loads(body)
            answer = {"data": self.recorded(asked["query"], asked["variables"])}
        self.send_response(self.status)
        self.end_headers()
        self.wfile.write(json.dumps(answer).encode())

    def log_message(self, format: str, *args: Any) -> None:
        return


@pytest.fixture
def server(settings: Any) -> Iterator[str]:
    running = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=running.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{running.server_port}"
    settings.OS2MO = {
        "url": f"{address}/graphql/v25",
        "token_url": f"{address}/token",
        "client_id": "trivsel",
        "client_secret": "hemmelig",
    }
    yield address
    running.shutdown()


@pytest.mark.django_db
def test_a_new_installation_is_filled_from_os2mo(
    server: str, as_person: Any, django_capture_on_commit_callbacks: Any
) -> None:
    hr = make_person("HR", email="birgit.holm@lindevig.example")
    Person.objects.filter(pk=hr.pk).update(number=None)
    make_role(hr, "hr")
    client = as_person(hr)
    with django_capture_on_commit_callbacks(execute=True):
        response = client.post(reverse("organisation:import_os2mo"))
    entry = Import.objects.get()
    assert response.status_code == 302
    assert entry.state == Import.State.READY
    with django_capture_on_commit_callbacks(execute=True):
        services.import_queue(entry=entry, by=hr, skip_wrong_rows=True)
    assert Unit.objects.get(name="Skovskolen").level.kind == "workplace"
    assert Role.objects.get(kind="leader").unit.name == "Skovskolen"  # type: ignore[union-attr]
    assert Employment.objects.get(title="Lærer").leave == "parental"
    hr.refresh_from_db()
    assert hr.number == "22222222-0000-4000-8000-000000000001", "the same human being, known by the address"


@pytest.mark.django_db
def test_a_refusal_is_told_and_changes_nothing(server: str, settings: Any, town: Town) -> None:
    settings.OS2MO = {**settings.OS2MO, "client_secret": "forkert"}
    entry = services.import_fetch(by=town.person["hr"])
    services.import_preview(entry.pk)
    entry.refresh_from_db()
    assert entry.state == Import.State.REFUSED
    assert "401" in entry.refused
