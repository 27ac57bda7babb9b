"""The shipped master against its specification, table by table: every question, option, label and follow-up.

`recorded/questionnaire-2026.md` is the specification as it stood when the master was written.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from surveys.master.apv2026 import MASTER
from surveys.questionnaire_data import items_of

TEXT = (Path(__file__).parent / "recorded" / "questionnaire-2026.md").read_text()
ITEMS = {item["key"]: item for _topic, item, _parent in items_of(MASTER)}
PARENTS = {item["key"]: parent for _topic, item, parent in items_of(MASTER)}
TOPIC_OF = {item["key"]: topic["key"] for topic, item, _parent in items_of(MASTER)}
EXPOSED = ["ka_bullying", "ka_threats", "ka_violence", "ka_sexual", "ka_discrimination"]
PHYSICAL = [f"fa_{name}" for name in (
    "climate", "light", "noise", "space_hygiene", "lifting_posture", "desk_equipment", "substances_infection",
    "accidents", "out_of_house",
)]  # fmt: skip
OWNERS = {"Kommunale Ejendomme": "property", "local": "local"}


def section(number: str) -> str:
    found = re.search(rf"^##+ {re.escape(number)}[. ].*?(?=^##+ \d|\Z)", TEXT, re.M | re.S)
    assert found, number
    return found.group()


def table(number: str, *, head: str) -> list[list[str]]:
    """The rows of the table of a section whose first column has this head; cells without their back quotes."""
    rows: list[list[str]] = []
    for line in section(number).splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split(" | ")] if line.startswith("|") else []
        if cells and cells[0] == head:
            rows = [[]]
        elif rows and cells and not set(line) <= set("|-"):
            rows.append(cells)
        elif len(rows) > 1 and not cells:
            break
    return rows[1:]


def labels(scale: str, *, aside: bool = True) -> list[tuple[str, str]]:
    data = MASTER["scales"][scale]
    return [(o["label"]["da"], o["label"]["en"]) for o in data["options"] + (data["aside"] if aside else [])]


def options(cell: str) -> list[tuple[str, str]]:
    """«Ja / Yes · Nej / No», and «AMR» for what is the same in both."""
    found = [tuple(part.strip().split(" / ")) for part in cell.split(" · ")]
    return [(pair[0], pair[-1]) for pair in found]


def test_every_table_was_found() -> None:
    counts = {n: len(table(n, head="#")) for n in ("3.1", "3.2", "3.3", "3.4", "3.5", "3.6", "3.7")}
    assert counts == {"3.1": 8, "3.2": 8, "3.3": 8, "3.4": 7, "3.5": 3, "3.6": 1, "3.7": 9}
    assert len(table("2", head="Scale")) == 8
    assert len(table("5", head="2023 topic (proposed key)")) == 10


@pytest.mark.parametrize("number", ["3.1", "3.2", "3.3", "3.4", "3.5", "3.6", "3.7"])
def test_every_question_is_there_word_for_word(number: str) -> None:
    for n, key, da, en, *rest in table(number, head="#"):
        key = key.split()[0].strip("`")
        item = ITEMS[key]
        assert (item["text"]["da"], item["text"]["en"]) == (da, en)
        assert item.get("number") == int(n) or (n == "33" and PARENTS[key] is not None)
        if number in ("3.1", "3.2", "3.3"):
            assert [item["scale"], "-" if item["reverse"] else "+"] == [rest[0], rest[1].replace("–", "-")]
        elif number == "3.4":
            assert item["scale"] == rest[0]
        elif number == "3.7":
            assert item["scale"] == "phys"
            assert item["owner"] == OWNERS.get(rest[0], "either")


def test_topics_keys_titles_and_sections() -> None:
    heads = re.findall(r"^### 3\.\d (.+?) — topic key `(\w+)` \((section [AB])", TEXT, re.M)
    assert len(heads) == 6
    topics: dict[str, Any] = {topic["key"]: topic for topic in MASTER["topics"]}
    for title, key, which in heads:
        assert topics[key]["title"]["da"] == title
        assert topics[key]["section"] == which[-1]
        assert all(TOPIC_OF[item["key"]] == key for item in topics[key]["items"])
    assert topics["a"]["section"] == "A"
    assert topics["a"]["switched_on"] is False
    assert ITEMS["a_dialogue_wish"]["longest"] == 500
    assert [key for key, topic in topics.items() if topic.get("scored", True)] == ["ps", "kb", "mt"]


@pytest.mark.parametrize("topic", ["ps", "ka", "fa"])
def test_intros(topic: str) -> None:
    number = {"ps": "3.1", "ka": "3.4", "fa": "3.7"}[topic]
    words = {data["key"]: data["intro"] for data in MASTER["topics"] if "intro" in data}[topic]
    assert f"(da): *{words['da']}*" in section(number)
    assert f"(en): *{words['en']}*" in section(number)


def test_scales() -> None:
    for name, da, en, points in table("2", head="Scale"):
        key = name.strip("`")
        if key in ("multi", "text"):
            continue
        found = labels(key, aside=key in ("yesno", "phys"))
        assert found == list(zip(da.split(" · "), en.split(" · "), strict=True))
        if "·" in points:
            assert "·".join(str(o["points"]) for o in MASTER["scales"][key]["options"]) == points
            assert labels(key)[5:] == [("Ved ikke / ikke relevant", "Don't know / not relevant")]


def test_follow_ups_of_offensive_behaviour() -> None:
    rows = table("3.4", head="Key")
    assert len(rows) == 5
    for parent in EXPOSED:
        for name, da, en, shown in rows:
            key = name.split("`")[1].replace("{k}", parent)
            item = ITEMS[key]
            assert (item["text"]["da"], item["text"]["en"]) == (da, en)
            assert labels(item["scale"]) == options(shown)
            kind = "many" if "multi" in name else "one"
            assert MASTER["scales"][item["scale"]]["kind"] == kind
            above = PARENTS[key]
            assert above is not None
            if "`told`" in name or "if told" in name:
                assert above["key"] == f"{parent}_told"
                assert ("no" in item["shown_for"]) == ("why_not" in key)
            else:
                assert (above["key"], item["shown_for"]) == (parent, ["yes"])
    grounds = ("køn, alder, etnisk baggrund, tro, handicap, seksuel orientering, kønsidentitet eller -udtryk, andet, "
               "ønsker ikke at svare")  # fmt: skip
    assert grounds in section("3.4")
    assert ", ".join(da for da, _en in labels("ka_ground")).lower() == grounds
    assert ITEMS["ka_discrimination_ground"]["scale"] == "ka_ground"
    assert not ITEMS["ka_witness"].get("follow_ups")


def test_sick_leave_options() -> None:
    rows = {row[1].split()[0].strip("`"): row for row in table("3.5", head="#")}
    assert labels("sf_work") == options(rows["sf_work_contributed"][4])
    assert labels("sf_conditions") == options(rows["sf_conditions"][4])
    assert ITEMS["sf_conditions"]["shown_for"] == ["little", "much"]
    assert MASTER["scales"]["sf_conditions"]["kind"] == "many"


def test_follow_ups_of_physical_problems() -> None:
    rows = table("3.7", head="Key")
    assert len(rows) == 6
    for parent in PHYSICAL:
        for name, da, en, kind in rows:
            item = ITEMS[name.strip("`").replace("{k}", parent)]
            assert (item["text"]["da"], item["text"]["en"]) == (da, en)
            assert item["shown_for"] == ["minor", "major", "danger"]
            scale = MASTER["scales"][item["scale"]]
            if "·" in kind:
                assert labels(item["scale"]) == options(kind)
            elif kind.startswith("text"):
                assert (scale["kind"], item["longest"]) == ("text", int(kind.removeprefix("text ").replace(" ", "")))
            else:
                assert scale["kind"] == {"pick": "place", "imag": "photo"}[kind[:4]]


def test_nothing_is_there_that_the_specification_does_not_know() -> None:
    told = {key for number in ("3.1", "3.2", "3.3", "3.4", "3.5", "3.6", "3.7") for key in re.findall(
        r"`((?:ps|kb|mt|ka|sf|a|fa)_\w+)`", section(number))}  # fmt: skip
    ends = {"3.4": re.findall(r"`\{k\}(_\w+)`", section("3.4")), "3.7": re.findall(r"`\{k\}(_\w+)`", section("3.7"))}
    told |= {parent + end for parent in EXPOSED for end in ends["3.4"]}
    told |= {parent + end for parent in PHYSICAL for end in ends["3.7"]} | {"ka_discrimination_ground"}
    assert set(ITEMS) == told


def test_comparability_names_every_topic_of_2023() -> None:
    earlier = {re.findall(r"`(\w+)`", row[0])[0] for row in table("5", head="2023 topic (proposed key)")}
    links = MASTER["comparability"]
    assert {row["earlier_key"].split("_")[0] for row in links} == earlier
    assert {row["key"] for row in links if row["earlier_key"] == "jo23"} == {
        "kb_clear_priority",
        "mt_grow",
        "mt_use_skills",
    }
    assert not any("approved_by" in row for row in links)  # a trend is drawn only on an approved link
