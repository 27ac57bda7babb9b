"""A questionnaire to a workbook of the sheets survey, choices and settings, and two of our own.

Topics are groups, introductions notes, follow-ups questions with a `relevant`. `trivsel_scales` says of what kind a
scale is, `trivsel_earlier` what may be set beside an earlier measurement. Read back by `importing`.
"""

from __future__ import annotations

from io import BytesIO
from typing import Any

import xlsxwriter

from surveys.models import Questionnaire, Scale
from surveys.questionnaire_data import Data, items_of, questionnaire_dump
from surveys.xlsform.columns import ITEM, NO, OWN, TOPIC, YES, label

Row = dict[str, Any]
TYPES = {Scale.Kind.TEXT: "text", Scale.Kind.PLACE: "text", Scale.Kind.PHOTO: "image"}


def questionnaire_workbook(questionnaire: Questionnaire) -> bytes:
    return workbook_of(questionnaire_dump(questionnaire))


def workbook_of(data: Data) -> bytes:
    """The workbook's bytes. The same data gives the same cells."""
    names = {language["code"]: language["name"] for language in data["languages"]}
    sheets = {
        "survey": _survey(data, names),
        "choices": _choices(data, names),
        "settings": _settings(data, names),
        "trivsel_scales": [{"scale": key, "kind": scale["kind"]} for key, scale in data["scales"].items()],
        "trivsel_earlier": [_earlier(row) for row in data["comparability"]],
    }
    heads = {
        "survey": [
            "type",
            "name",
            *(label(code, name) for code, name in names.items()),
            *(label(code, name, "hint") for code, name in names.items()),
            "relevant",
            *(f"{OWN}{name}" for name in (*TOPIC, *ITEM)),
            *(f"{OWN}short_{code}" for code in names),
        ],
        "choices": [
            "list_name",
            "name",
            *(label(code, name) for code, name in names.items()),
            f"{OWN}points",
            f"{OWN}aside",
        ],
        "settings": ["form_title", "form_id", "version", "default_language", *(f"{OWN}title_{code}" for code in names)],
        "trivsel_scales": ["scale", "kind"],
        "trivsel_earlier": ["key", "earlier_key", "kind", "note_da", "note_en"],
    }
    return _written(sheets, heads)


def _written(sheets: dict[str, list[Row]], heads: dict[str, list[str]]) -> bytes:
    out = BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    bold, wrapped = book.add_format({"bold": True}), book.add_format({"text_wrap": True, "valign": "top"})
    for name, rows in sheets.items():
        sheet = book.add_worksheet(name)
        sheet.freeze_panes(1, 2)
        for column, head in enumerate(heads[name]):
            sheet.write_string(0, column, head, bold)
            sheet.set_column(column, column, 48 if "::" in head else 16, wrapped)
        for line, row in enumerate(rows, start=1):
            for column, head in enumerate(heads[name]):
                value = row.get(head)
                if value not in (None, ""):
                    sheet.write_string(line, column, str(value))
    book.close()
    return out.getvalue()


def _labels(words: dict[str, str], names: dict[str, str], column: str = "label") -> Row:
    return {label(code, name, column): words.get(code, "") for code, name in names.items()}


def _survey(data: Data, names: dict[str, str]) -> list[Row]:
    rows: list[Row] = []
    taken = {item["key"] for _topic, item, _parent in items_of(data)} | {topic["key"] for topic in data["topics"]}
    for topic in data["topics"]:
        rows.append(
            {
                "type": "begin_group",
                "name": topic["key"],
                **_labels(topic["title"], names),
                f"{OWN}section": topic["section"],
                f"{OWN}scored": _yes(topic.get("scored", True)),
                f"{OWN}threshold": topic.get("threshold", 5),
                f"{OWN}switched_on": _yes(topic.get("switched_on", True)),
                **{f"{OWN}short_{code}": topic.get("short", {}).get(code, "") for code in names},
            }
        )
        if topic.get("intro"):
            name = f"{topic['key']}_intro"
            while name in taken:
                name += "_"
            rows.append({"type": "note", "name": name, **_labels(topic["intro"], names)})
        for item in topic["items"]:
            _item(data, item, None, names, rows)
        rows.append({"type": "end_group", "name": topic["key"]})
    return rows


def _item(data: Data, item: Data, parent: Data | None, names: dict[str, str], rows: list[Row]) -> None:
    kind = data["scales"][item["scale"]]["kind"]
    choose = "select_multiple" if kind == Scale.Kind.MANY else "select_one"
    rows.append(
        {
            "type": TYPES.get(kind, f"{choose} {item['scale']}"),
            "name": item["key"],
            **_labels(item["text"], names),
            **_labels(item.get("help", {}), names, "hint"),
            "relevant": _relevant(data, item, parent) if parent else "",
            f"{OWN}number": item.get("number"),
            f"{OWN}version": item.get("version", 1),
            f"{OWN}scale": item["scale"],
            f"{OWN}kind": kind,
            f"{OWN}reverse": _yes(item.get("reverse", False)),
            f"{OWN}item_scored": _yes(item.get("scored", False)),
            f"{OWN}longest": item.get("longest"),
            f"{OWN}owner": item.get("owner", ""),
        }
    )
    for child in item.get("follow_ups", []):
        _item(data, child, item, names, rows)


def _relevant(data: Data, item: Data, parent: Data) -> str:
    many = data["scales"][parent["scale"]]["kind"] == Scale.Kind.MANY
    form = "selected(${{{}}}, '{}')" if many else "${{{}}} = '{}'"
    return " or ".join(form.format(parent["key"], option) for option in item["shown_for"])


def _choices(data: Data, names: dict[str, str]) -> list[Row]:
    return [
        {
            "list_name": key,
            "name": option["key"],
            **_labels(option["label"], names),
            f"{OWN}points": option.get("points"),
            f"{OWN}aside": YES if aside else "",
        }
        for key, scale in data["scales"].items()
        for aside, options in ((False, scale["options"]), (True, scale["aside"]))
        for option in options
    ]


def _settings(data: Data, names: dict[str, str]) -> list[Row]:
    return [
        {
            "form_title": data["title"].get("da", data["key"]),
            "form_id": data["key"],
            "version": data["version"],
            "default_language": f"{names.get('da', 'Dansk')} (da)",
            **{f"{OWN}title_{code}": data["title"].get(code, "") for code in names},
        }
    ]


def _earlier(row: Data) -> Row:
    note = row.get("note", {})
    return {**row, "note": None, "note_da": note.get("da", ""), "note_en": note.get("en", "")}


def _yes(value: bool) -> str:
    return YES if value else NO
