"""bin/manage plan_release and audit_release: files in, files out, exit codes."""

from __future__ import annotations

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from surveys.planner import Item
from tests.surveys.towns import random_town

ITEMS = (Item("a", theme="kb"), Item("b", theme="kb"))


@pytest.fixture
def town_file(tmp_path):
    town = random_town(3, units=40, items=ITEMS, biggest=20)
    path = tmp_path / "town.json"
    path.write_text(
        json.dumps(
            {
                "k": 5,
                "cap": 0.1,
                "items": [{"id": i.id, "theme": i.theme, "values": list(i.values), "kind": i.kind} for i in ITEMS],
                "units": [
                    {
                        "id": unit.id,
                        "parent": unit.parent,
                        "employees": unit.employees,
                        "respondents": unit.respondents,
                        "answers": unit.answers,
                    }
                    for unit in town.units
                ],
            }
        )
    )
    return path


def test_a_planned_town_is_green(town_file, tmp_path):
    out, said = tmp_path / "facts.json", StringIO()

    call_command("plan_release", str(town_file), "--out", str(out), stdout=said)
    call_command("audit_release", str(out), stdout=said)

    exported = json.loads(out.read_text())
    assert list(exported) == ["wave", "release", "k", "items", "groups"]
    assert len(exported["groups"]) == 40
    assert "figures may be shown" in said.getvalue()
    assert "sha256" in said.getvalue()
    assert "Green" in said.getvalue()


def test_a_breach_is_printed_with_its_derivation_and_exits_1(town_file, tmp_path):
    out, said = tmp_path / "facts.json", StringIO()
    call_command("plan_release", str(town_file), "--out", str(out), stdout=StringIO())
    exported = json.loads(out.read_text())
    exported["groups"][3]["items"]["a"] = {"n": 3, "dist": [1, 1, 1, 0, 0]}
    out.write_text(json.dumps(exported))

    with pytest.raises(SystemExit) as ended:
        call_command("audit_release", str(out), stdout=said)

    assert ended.value.code == 1
    assert "VIOLATION [direct] about" in said.getvalue()
    assert "u3 (3) leaves 3 answers, fewer than 5" in said.getvalue()


@pytest.mark.parametrize(
    ("text", "message"),
    [("{", "no JSON"), ("[]", "holds no JSON object"), ('{"k": 2, "items": [], "units": []}', "never below 5")],
)
def test_a_bad_town_exits_2_and_says_why(tmp_path, text, message):
    path = tmp_path / "town.json"
    path.write_text(text)

    with pytest.raises(CommandError, match=message) as ended:
        call_command("plan_release", str(path), "--out", str(tmp_path / "facts.json"))

    assert ended.value.returncode == 2
    assert str(path) in str(ended.value)


@pytest.mark.parametrize("command", ["plan_release", "audit_release"])
def test_a_missing_file_exits_2(tmp_path, command):
    more = ["--out", str(tmp_path / "x")] if command == "plan_release" else []

    with pytest.raises(CommandError, match="No such file") as ended:
        call_command(command, str(tmp_path / "none.json"), *more)

    assert ended.value.returncode == 2


def test_facts_that_cannot_be_audited_exit_2(tmp_path):
    path = tmp_path / "facts.json"
    path.write_text('{"items": [], "groups": [{"id": "A", "parent": "B", "items": {}}]}')

    with pytest.raises(CommandError, match="parent 'B' is not a group") as ended:
        call_command("audit_release", str(path))

    assert ended.value.returncode == 2


def test_what_was_exported_beside_a_file_is_audited_with_it(tmp_path):
    export = {
        "wave": "now",
        "release": 1,
        "k": 5,
        "items": [{"id": "q", "theme": "t", "values": [1, 2], "threshold": 5, "kind": "scale", "of": None}],
        "groups": [
            {
                "id": "A",
                "name": "A",
                "parent": None,
                "employees": 20,
                "items": {"q": {"n": 12, "dist": [6, 6]}},
                "themes": {},
                "trends": {},
            }
        ],
    }
    shown = {**export, "release": 2, "groups": [{**export["groups"][0], "items": {"q": {"n": 13, "dist": [6, 7]}}}]}
    (tmp_path / "facts.json").write_text(json.dumps(shown))
    said = StringIO()
    call_command("audit_release", str(tmp_path / "facts.json"), stdout=said)
    (tmp_path / "facts-1.json").write_text("something else")
    (tmp_path / "facts-main-2026-1.json").write_text(json.dumps(export))

    with pytest.raises(SystemExit) as ended:
        call_command("audit_release", str(tmp_path / "facts.json"), stdout=said)

    assert ended.value.code == 1
    assert "facts-main-2026-1.json: sha256" in said.getvalue()
