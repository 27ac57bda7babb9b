"""The facts of a level as a spreadsheet: the unit and what the reader may see directly below it. Nothing but facts."""

from __future__ import annotations

import json
from collections.abc import Sequence
from hashlib import sha256
from io import BytesIO
from typing import Any

import xlsxwriter
from django.db.models import QuerySet
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from organisation.models import CampaignUnit, StoredFile
from surveys import report_figures as figures
from surveys import report_words
from surveys.models import Release
from surveys.paper import hidden
from surveys.questionnaires import FactItem, Form, form_for
from surveys.report_care import yes_label, yes_share
from surveys.report_files import file_of
from surveys.reports import Report, facts_of, report_of
from surveys.scores import share_of

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
VERSION = "2"  # raise it when a sheet is laid out differently
Table = list[list[Any]]


def report_sheet(unit: CampaignUnit, release: Release, visible: QuerySet[CampaignUnit]) -> StoredFile:
    """The level's workbook in the active language, kept by its content."""
    units = [unit, *visible.filter(parent=unit).order_by("position")]
    form = form_for(release.wave.questionnaire_id)
    facts = facts_of(release, [each.pk for each in units])
    report = report_of(unit, release)
    sheets = [
        (_("Læs mig"), _explained(report)),
        (_("Emner"), _topics(form, units, facts)),
        (_("Spørgsmål"), _items(form, units, facts)),
        (_("Ja og nej"), _yes(form, unit, facts.get(unit.pk, {}))),
        (_("Fysiske fund"), _physical(report)),
    ]
    content = json.dumps(sheets, ensure_ascii=False, default=str)
    language = (get_language() or "da")[:2]
    # Who may see fewer of the units below gets a file of their own.
    below = sha256(json.dumps([each.pk for each in units]).encode()).hexdigest()[:12]
    return file_of(
        f"report:{release.pk}:sheet:{language}:{VERSION}:{unit.pk}:{below}:",
        content=content,
        content_type=XLSX,
        make=lambda: _workbook(report, sheets),
    )


def _explained(report: Report) -> Table:
    rows: Table = [
        [report.title],
        [report.release.wave.campaign.name],
        [_("Arkene viser de samme tal som rapporten, for niveauet selv og det, der ligger lige under.")],
        [_("Hvor et tal ikke vises, står der en sætning i stedet.")],
        [_("Krænkende adfærd og sygefravær står kun for niveauet selv, ikke for enhederne under det.")],
        [],
    ]
    rows += [[word, means] for word, means in [*report_words.guide(), *report_words.glossary()]]
    return rows


def _heads(*words: str) -> list[str]:
    return [_("Enhed"), *words]


def _topics(form: Form, units: Sequence[CampaignUnit], facts: dict[int, dict[str, figures.Shown]]) -> Table:
    topics = [topic for topic in form.anonymous if topic.scored]
    rows: Table = [_heads(*(figures.words(topic.short) for topic in topics))]
    for unit in units:
        scores = figures.scores_of(form, facts.get(unit.pk, {}))
        rows.append([unit.name, *(scores.get(topic.key, hidden()) for topic in topics)])
    return rows


def _scales(form: Form) -> list[FactItem]:
    return [item for item in form.facts if item.kind == "scale" and item.of is None]


def _items(form: Form, units: Sequence[CampaignUnit], facts: dict[int, dict[str, figures.Shown]]) -> Table:
    rows: Table = [
        _heads(_("Emne"), _("Spørgsmål"), _("Svar"), _("Tal"), _("Positive, %"), _("Midt, %"), _("Kritiske, %"))
    ]
    topics = {topic.key: figures.words(topic.short) for topic in form.anonymous}
    for unit in units:
        own = facts.get(unit.pk, {})
        for item in _scales(form):
            line: list[Any] = [unit.name, topics[item.theme], figures.words(item.text)]
            shown = own.get(item.key)
            if shown is None or not shown.n:
                rows.append([*line, hidden()])
                continue
            positive, critical = (
                share_of(item.values, shown.dist, least=75),
                share_of(item.values, shown.dist, most=25),
            )
            score = figures.score_of(item, own)
            rows.append([*line, shown.n, score, positive, max(0, 100 - positive - critical), critical])
    return rows


def _yes(form: Form, unit: CampaignUnit, own: figures.Facts) -> Table:
    """Shares as the page says them, of the level itself: no row of neighbouring units, which would invite guessing.

    A count from one to four is not written here either.
    """
    items = [item for item in form.facts if item.kind == "event" and item.on_its_own and item.option is None]
    rows: Table = [_heads(_("Emne"), _("Spørgsmål"), _("Har svaret ja, %"))]
    topics = {topic.key: figures.words(topic.short) for topic in form.anonymous}
    for item in items:
        if item.whole_only and item.key not in own:
            continue
        said = yes_share(own.get(item.key)) or hidden()
        number = said.removesuffix("%").strip()
        rows.append([unit.name, topics[item.theme], yes_label(item), int(number) if number.isdigit() else said])
    return rows


def _physical(report: Report) -> Table:
    rows: Table = [[_("Emne"), _("Fund"), _("Heraf farlige")]]
    rows += [[line.label, line.findings, line.danger] for line in report.physical]
    return rows


def _workbook(report: Report, sheets: Sequence[tuple[str, Table]]) -> bytes:
    out = BytesIO()
    # A text that begins with «=» stays a text.
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"title": report.title, "subject": report.release.wave.campaign.name})
    plain = book.add_format({"text_wrap": True, "valign": "top"})
    number = book.add_format({"num_format": "#,##0", "valign": "top"})
    head = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
    for place, (name, rows) in enumerate(sheets):
        sheet = book.add_worksheet(name)
        explains = place == 0
        sheet.set_column(0, 0, 34)
        sheet.set_column(1, 1, 90 if explains else 26)
        sheet.set_column(2, 2, 60 if name in (_("Spørgsmål"), _("Ja og nej")) else 26)
        sheet.set_column(3, 9, 26 if name == _("Emner") else 16)
        sheet.set_paper(9)  # A4
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.set_footer("&L" + report.title.replace("&", "&&") + "&R&P / &N")
        for at, row in enumerate(rows):
            for column, value in enumerate(row):
                style = head if at == 0 or (explains and column == 0 and len(row) > 1) else plain
                if isinstance(value, int) and not isinstance(value, bool):
                    sheet.write_number(at, column, value, number)
                else:
                    sheet.write_string(at, column, str(value), style)
        if not explains:
            sheet.repeat_rows(0)
            sheet.freeze_panes(1, 1)
            sheet.autofilter(0, 0, max(1, len(rows) - 1), max(len(row) for row in rows) - 1)
    book.close()
    return out.getvalue()
