"""A questionnaire out as an XLSForm workbook and in again: equal, checked by the standard's library, safe and clear."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyxform.xls2xform import convert

from organisation.imports import uploads
from organisation.models import AuditEntry, Person
from surveys.master.apv2026 import MASTER
from surveys.models import Questionnaire
from surveys.questionnaire_checks import problems_of
from surveys.questionnaire_data import ITEM_DEFAULTS, TOPIC_DEFAULTS, Data, content_digest, questionnaire_dump
from surveys.questionnaires import questionnaire_load
from surveys.xlsform.export import questionnaire_workbook, workbook_of
from surveys.xlsform.importing import Imported, workbook_read
from tests.factories import Town

As = Callable[[Person | None], Client]


def full(data: Data) -> Data:
    """The data with everything said that may be left out, and only Danish reviewed: what comes back from a file."""

    def item(given: Data, scored: bool) -> Data:
        plain = data["scales"][given["scale"]]["kind"] == "scale" and scored
        return {
            **{name: given.get(name, default) for name, default in ITEM_DEFAULTS.items()},
            **{name: given[name] for name in ("key", "text", "scale")},
            "scored": plain and given.get("scored", True),
            "follow_ups": [item(child, False) for child in given.get("follow_ups", [])],
        }

    return {
        **data,
        "languages": [
            {"code": row["code"], "name": row["name"], "reviewed": row["code"] == "da"} for row in data["languages"]
        ],
        "topics": [
            {
                **{name: topic.get(name, default) for name, default in TOPIC_DEFAULTS.items()},
                **{name: topic[name] for name in ("key", "section", "title")},
                "items": [item(each, topic.get("scored", True)) for each in topic["items"]],
            }
            for topic in data["topics"]
        ],
        "comparability": [
            {name: row.get(name, {}) for name in ("key", "earlier_key", "kind", "note")}
            for row in data["comparability"]
        ],
    }


def converts(raw: bytes) -> str:
    return str(convert(io.BytesIO(raw), warnings=[], validate=False, file_type=".xlsx").xform)


# --- the master, and any other ------------------------------------------------------------------------------------


def test_the_master_goes_out_and_in_unchanged_and_the_standard_accepts_it() -> None:
    data = full(deepcopy(MASTER))
    raw = workbook_of(data)
    assert "ka_threats_who" in converts(raw)
    read = workbook_read(raw)
    assert read.errors == []
    assert read.notes == []
    assert read.data == data


WORDS = st.text("abcæøåÆ éšžнаع0123456789.,?!«»–-'\"=<>&/()", min_size=1, max_size=40).map(str.strip).filter(bool)


def texts(codes: list[str], *, needed: bool = True) -> st.SearchStrategy[dict[str, str]]:
    optional = {code: WORDS for code in codes if code != "da"}
    found = st.fixed_dictionaries({"da": WORDS}, optional=optional)
    return found if needed else st.one_of(st.just({}), found)


@st.composite
def questionnaires(draw: Any) -> Data:
    codes = draw(st.sampled_from([["da"], ["da", "en"], ["da", "en", "tr"], ["da", "ar"]]))
    names = {"da": "Dansk", "en": "English", "tr": "Türkçe", "ar": "العربية"}
    kinds = draw(st.lists(st.sampled_from(["scale", "event", "one", "many"]), min_size=1, max_size=4))
    scales: Data = {}
    for n, kind in enumerate(kinds):
        count = draw(st.integers(2, 5))
        options: list[Data] = [{"key": f"o{i}", "label": draw(texts(codes))} for i in range(count)]
        if kind == "scale":
            for i, option in enumerate(options):
                option["points"] = round(100 * i / (count - 1))
        aside = [{"key": "dk", "label": draw(texts(codes))}] if draw(st.booleans()) else []
        scales[f"s{n}_{kind}"] = {"kind": kind, "options": options, "aside": aside}
    scales["phys"] = deepcopy(MASTER["scales"]["phys"])
    for option in scales["phys"]["options"] + scales["phys"]["aside"]:
        option["label"] = {"da": option["label"]["da"]}
    for kind in ("text", "place", "photo"):
        scales[kind] = {"kind": kind, "options": [], "aside": []}
    serial = iter(range(1, 1000))

    def item(scale: str, *, scored: bool, parent: Data | None = None, depth: int = 0) -> Data:
        n = next(serial)
        above = scales[parent["scale"]] if parent else None
        keys = [option["key"] for option in above["options"] + above["aside"]] if above else []
        shown = draw(st.lists(st.sampled_from(keys), min_size=1, unique=True)) if keys else []
        made: Data = {
            "key": f"q{n}_{draw(st.sampled_from(['a', 'b_c', 'intro']))}",
            "text": draw(texts(codes)),
            "help": draw(texts(codes, needed=False)),
            "scale": scale,
            "number": None if parent else n,
            "version": draw(st.integers(1, 4)),
            "reverse": draw(st.booleans()),
            "scored": scored and parent is None and scales[scale]["kind"] == "scale",
            "longest": draw(st.one_of(st.none(), st.integers(1, 2000))) if scale == "text" else None,
            "owner": draw(st.sampled_from(["", "property", "local"])),
            "shown_for": shown,
            "follow_ups": [],
        }
        if depth < 2 and scales[scale]["options"] and draw(st.booleans()):
            below = draw(st.sampled_from([key for key in scales if key[0] == "s"]))
            below = draw(st.sampled_from(["text", "place", "photo"])) if scale == "phys" else below
            child = item(below, scored=False, parent=made, depth=depth + 1)
            if scale == "phys":  # a problem is only asked about what its report has a place for
                child["key"] = f"{made['key']}_{ {'text': 'describe', 'place': 'where', 'photo': 'photo'}[below] }"
            made["follow_ups"].append(child)
        return made

    topics = []
    for n in range(draw(st.integers(1, 3))):
        scored = draw(st.booleans())
        use = [draw(st.sampled_from([key for key in scales if key[0] == "s"])) for _ in range(draw(st.integers(1, 3)))]
        topics.append(
            {
                "key": f"t{n}",
                "section": "A",
                "title": draw(texts(codes)),
                "short": draw(texts(codes, needed=False)),
                "intro": draw(texts(codes, needed=False)),
                "scored": scored,
                "threshold": draw(st.integers(5, 20)),
                "switched_on": n == 0 or draw(st.booleans()),
                "items": [item(scale, scored=scored) for scale in use],
            }
        )
    rest: Data = {"short": {}, "intro": {}, "scored": False, "threshold": 5, "switched_on": True}
    if draw(st.booleans()):
        topics.append(
            {**rest, "key": "fa", "section": "B", "title": {"da": "Fysik"}, "items": [item("phys", scored=False)]}
        )
    if draw(st.booleans()):
        topics.append(
            {**rest, "key": "a", "section": "A", "title": {"da": "Ord"}, "items": [item("text", scored=False)]}
        )
    return {
        "key": "mit_skema",
        "version": draw(st.integers(1, 30)),
        "title": draw(texts(codes)),
        "languages": [{"code": code, "name": names[code], "reviewed": code == "da"} for code in codes],
        "scales": scales,
        "topics": topics,
        "comparability": [{"key": "t0", "earlier_key": "x23", "kind": "none", "note": {"da": "Nyt."}}],
    }


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(questionnaires())
def test_any_questionnaire_comes_back_equal(data: Data) -> None:
    assert problems_of(data) == []
    read = workbook_read(workbook_of(data))
    assert read.errors == []
    assert read.data == data


# --- foreign and faulty workbooks ---------------------------------------------------------------------------------

HEAD = ["type", "name", "label", "relevant"]
CHOICES = [["list_name", "name", "label"], ["yn", "yes", "Ja"], ["yn", "no", "Nej"]]


def book(*survey: list[Any], choices: list[list[Any]] = CHOICES, settings: list[list[Any]] | None = None) -> bytes:
    out = io.BytesIO()
    made = xlsxwriter.Workbook(out, {"in_memory": True})
    for name, rows in (("survey", survey), ("choices", choices), ("settings", settings or [])):
        sheet = made.add_worksheet(name)
        for n, row in enumerate(rows):
            sheet.write_row(n, 0, row)
    made.close()
    return out.getvalue()


def said(read: Imported) -> list[tuple[str, int, str]]:
    return [(error.sheet, error.row, error.column) for error in read.errors]


def test_a_form_of_somebody_else_comes_in_with_what_was_left_out() -> None:
    read = workbook_read(
        book(
            [
                "type",
                "name",
                "label::English (en)",
                "label::Danish",
                "hint::Danish",
                "relevant",
                "required",
                "parameters",
            ],
            ["start", "start"],
            ["begin_group", "Team", "My team", "Mit team"],
            ["note", "hello", "Think of it", "Tænk på det"],
            ["select_one yn", "Q-1", "Bullied?", "Mobbet?", "Sig ja eller nej", "", "yes"],
            ["select_multiple yn", "q2", "Who?", "Hvem?", "", "${Q-1} = 'yes'"],
            ["range", "q3", "How well?", "Hvor godt?", "", "", "", "start=1 end=5 step=1"],
            ["geopoint", "where", "Where?", "Hvor?"],
            ["select_one yn", "q4", "There?", "Der?", "", "${where} = 'yes'"],
            ["end_group"],
            ["select_one yn", "last", "Done?", "Færdig?"],
            settings=[["form_title", "form_id", "version"], ["My form", "My Form", "2026"]],
        )
    )
    assert read.errors == []
    assert read.data is not None
    assert read.data["key"] == "my_form"
    assert [row["code"] for row in read.data["languages"]] == ["en", "da"]
    first = read.data["topics"][0]
    assert (first["key"], first["intro"]["da"]) == ("team", "Tænk på det")
    assert [item["key"] for item in first["items"]] == ["q_1", "q3"]
    assert first["items"][0]["follow_ups"][0]["shown_for"] == ["yes"]
    assert read.data["scales"]["range_q3"]["options"][4]["points"] == 100
    assert read.data["topics"][1]["items"][0]["key"] == "last"
    notes = " ".join(read.notes)
    for words in ("«start»", "«geopoint»", "følger op på «where»", "required", "uden for en gruppe"):
        assert words in notes


@pytest.mark.parametrize(
    ("rows", "where"),
    [
        ([["typ", "navn"], ["a", "b"]], ("survey", 1, "type")),
        ([HEAD, ["selct_one yn", "a", "x"]], ("survey", 2, "type")),
        ([HEAD, ["select_one nowhere", "a", "x"]], ("survey", 2, "type")),
        ([HEAD, ["select_one yn", "", "x"]], ("survey", 2, "name")),
        ([HEAD, ["select_one yn", "a", "x"], ["select_one yn", "a", "y"]], ("survey", 3, "name")),
        ([HEAD, ["select_one yn", "a", "x"], ["select_one yn", "b", "y", "${a} != 'no'"]], ("survey", 3, "relevant")),
        ([HEAD, ["select_one yn", "a", "x", "${b} = 'yes'"]], ("survey", 2, "relevant")),
        ([HEAD, ["begin_group", "g", "G"], ["select_one yn", "a", "x"]], ("survey", 2, "")),
        ([HEAD, ["begin_repeat", "g", "G"], ["select_one yn", "a", "x"], ["end_repeat"]], ("survey", 2, "type")),
        (
            [HEAD, ["begin_group", "g", "G", "1 = 1"], ["select_one yn", "a", "x"], ["end_group"]],
            ("survey", 2, "relevant"),
        ),
        ([HEAD, ["select_one yn", "sprog", "x"]], ("survey", 2, "name")),
        ([HEAD, ["select_one yn", "a", "x"], ["select_one yn", "b", "y", "${a} = 'maybe'"]], ("survey", 3, "name")),
    ],
)
def test_errors_say_sheet_row_and_column(rows: list[list[Any]], where: tuple[str, int, str]) -> None:
    read = workbook_read(book(*rows))
    assert read.data is None
    assert where in said(read), read.errors


def test_errors_in_the_choices() -> None:
    head = ["list_name", "name", "label", "trivsel_points"]
    question = [HEAD, ["select_one yn", "a", "x"]]
    wrong = workbook_read(book(*question, choices=[head, ["yn", "yes", "Ja", "101"], ["yn", "no", "Nej", 0]]))
    assert said(wrong) == [("choices", 2, "trivsel_points")]
    twice = workbook_read(book(*question, choices=[head, ["yn", "yes", "Ja"], ["yn", "yes", "Også"]]))
    assert any(sheet == "choices" for sheet, _row, _column in said(twice))


def test_without_a_survey_sheet() -> None:
    out = io.BytesIO()
    made = xlsxwriter.Workbook(out, {"in_memory": True})
    made.add_worksheet("Ark1")
    made.close()
    assert ("survey", 0, "") in said(workbook_read(out.getvalue()))


# --- in the browser -----------------------------------------------------------------------------------------------


def send(client: Client, raw: bytes, name: str = "skema.xlsx") -> Any:
    return client.post(reverse("surveys:questionnaire_import"), {"file": SimpleUploadedFile(name, raw)})


def members(raw: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(raw)) as package:
        return {name: package.read(name) for name in package.namelist()}


def packed(parts: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, data in parts.items():
            package.writestr(name, data)
    return out.getvalue()


def test_export_and_import_make_an_equal_draft(town: Town, as_person: As) -> None:
    client = as_person(town.person["hr"])
    apv = questionnaire_load(MASTER)
    out = client.get(reverse("surveys:questionnaire_export", args=["apv", 1]))
    assert out.headers["Content-Disposition"].endswith('"apv-v1.xlsx"')
    answer = send(client, out.content)
    made = Questionnaire.objects.get(key="apv", version=2)
    assert answer.url == reverse("surveys:questionnaire_edit", args=["apv", 2])
    assert content_digest(questionnaire_dump(made)) != ""
    same, again = questionnaire_dump(apv), questionnaire_dump(made)
    for topic in same["topics"]:
        for item in topic["items"]:
            item["number"] = None  # numbered anew, in the order in which they are asked
    for topic in again["topics"]:
        for item in topic["items"]:
            item["number"] = None
    assert again["topics"] == same["topics"]
    assert again["scales"] == same["scales"]
    assert not any(row["reviewed"] for row in made.languages if row["code"] != "da")
    assert questionnaire_dump(apv)["version"] == 1
    assert AuditEntry.objects.filter(verb="questionnaire_imported").count() == 1
    assert converts(questionnaire_workbook(made))


def test_a_refused_workbook_changes_nothing_and_says_why(
    town: Town, as_person: As, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = as_person(town.person["hr"])
    good = book(HEAD, ["select_one yn", "a", "x"])
    parts = members(good)
    faulty = {
        "makroer": packed({**parts, "xl/vbaProject.bin": b"x"}),
        "adgangskode": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le") + bytes(4000),
        "gamle format": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(4000),
        "beskadiget": good[:900],
        "fylder for meget, når den pakkes ud": packed({**parts, "xl/media/bomb": bytes(310 * 1024 * 1024)}),
        "5 MB": good + bytes(6 * 1024 * 1024),
        "Vælg en fil": b"",
        "række 2": book(HEAD, ["selct_one yn", "a", "x"]),
    }
    for words, raw in faulty.items():
        answer = send(client, raw) if raw else client.post(reverse("surveys:questionnaire_import"))
        page = answer.content.decode()
        assert answer.status_code == 422, words
        assert words in page, words
        assert "Intet er ændret" in page
    monkeypatch.setattr(uploads, "LIMIT", 1000)
    assert "for meget" in send(client, good + bytes(2000)).content.decode()
    assert not Questionnaire.objects.exists()
    assert not AuditEntry.objects.filter(verb="questionnaire_imported").exists()


def test_only_hr_imports_and_only_with_the_token(town: Town, as_person: As) -> None:
    raw = book(HEAD, ["select_one yn", "a", "x"])
    assert send(as_person(town.person["leader"]), raw).status_code == 404
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(town.person["hr"], backend="allauth.account.auth_backends.AuthenticationBackend")
    assert send(strict, raw).status_code == 403
