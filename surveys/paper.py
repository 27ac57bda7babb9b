"""A report as words and figures for a layout in templates/pdf/: the same report as the page, nothing computed anew."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from organisation import charts
from organisation.models import Level
from organisation.templatetags.dates import dk_long, dk_moment, dk_number, dk_short
from organisation.typeset import drawing
from surveys import report_words, rereleases
from surveys.report_care import CareSection
from surveys.report_figures import Beside, Row, TopicSection
from surveys.report_three import Point
from surveys.reports import Report

PX = 3.78  # a drawing's pixels per millimetre, so that its letters stand at three quarters of their size on the page
TEXT_WIDTH = 176  # millimetres between the margins of A4
LABEL, OWN, NUMBER = 46, 18, 16
QUESTION, SCORE, LEVEL, SHARE = 46, 10, 16, 13


def hidden() -> str:
    return _("Vises ikke af hensyn til anonymiteten")


def _document(report: Report) -> dict[str, Any]:
    """What every layout needs: language, names, and the words that stand in place of a figure."""
    return {
        "lang": (get_language() or "da")[:2],
        "title": report.title,
        "subject": report.release.wave.campaign.name,
        "municipality": settings.MUNICIPALITY["name"],
        "path": " › ".join(step.name for step in report.path),
        "own": report.has_own,
        "edition": _edition(report),
        "words": {"hidden": hidden(), "contents": _("Indhold")},
    }


def _edition(report: Report) -> list[str]:
    """A later edition says so: why, and which figures a repair could not replace."""
    release = report.release
    if release.number == 1:
        return []
    when = dk_moment(release.released_at or release.due_at)
    said = [_("Ny udgave fra %(when)s.") % {"when": when} + " " + release.reason]
    kept = rereleases.kept_questions(report.unit, release)
    if kept:
        said.append(_("Disse spørgsmål viser stadig tallet fra den første optælling, af hensyn til anonymiteten:"))
        said += kept
    gone = rereleases.withdrawn_questions(report.unit, release)
    if gone:
        said.append(_("Disse spørgsmål er trukket tilbage og vises ikke mere:"))
        said += gone
    return said


def _rate(report: Report) -> dict[str, str]:
    rate = report.rate
    assert rate is not None
    above = ", ".join(f"{name} {share}" for name, share in rate.above)
    line = _("%(n)s var inviteret.") % {"n": dk_number(rate.invited)}
    return {
        "big": rate.percent,
        "word": _("har svaret."),
        "line": f"{line} {above}." if above else line,
        "note": _("Enkelte besvarelser fra små enheder indgår først i rapporten over denne.")
        if rate.leaves_out
        else "",
    }


def _three(report: Report) -> list[dict[str, Any]]:
    def points(rows: Iterable[Point]) -> list[dict[str, str]]:
        return [{"question": point.question, "reason": point.reason} for point in rows]

    if not (report.keep or report.talk):
        return []
    return [
        {"title": _("Tre at bevare"), "kind": "strength", "points": points(report.keep)},
        {"title": _("Tre at tale om"), "kind": "effort", "points": points(report.talk)},
    ]


def _beside(cell: Beside) -> dict[str, Any]:
    return {"score": cell.score, "says": cell.says, "text": cell.text or "–"}


def _level_word(level: str) -> str:
    words = {"strength": _("Styrke"), "attention": _("Opmærksomhed"), "effort": _("Indsats")}
    return words.get(level, "")


def _dots(report: Report, row: Row, millimetres: float) -> dict[str, Any] | None:
    if not row.shown:
        return None
    names = report.names
    svg = charts.dot_row(
        row.own,
        label=row.label,
        own_name=names["own"],
        workplace=row.workplace,
        workplace_name=names["workplace"],
        whole=row.whole,
        whole_name=names["whole"],
        previous=row.previous.score,
        previous_name=names["previous"],
    )
    return drawing(svg, width=round(millimetres * PX), height=42 if row.previous.score is not None else 32)


def _topics(report: Report) -> dict[str, Any]:
    names = report.names
    columns = 1 + len(report.levels) + bool(report.earlier_year)
    width = TEXT_WIDTH - LABEL - OWN - NUMBER * (columns - 1) - 2
    heads = [_("Emne"), _("Placering fra 0 til 100"), names["own"], *report.levels]
    if report.earlier_year:
        heads.append(names["previous_short"])
    return {
        "title": _("Emnerne"),
        "lead": report_words.scale(),
        "columns": columns,
        "key": {key: names[key] for key in ("own", "workplace", "whole", "previous")},
        "heads": heads,
        "rows": [
            {
                "label": row.label,
                "short": row.short or row.label,
                "sub": row.sub,
                "level": row.level,
                "level_word": _level_word(row.level),
                "own": row.own,
                "figure": _dots(report, row, width),
                "beside": [_beside(cell) for cell in (*row.beside, *([row.previous] if report.earlier_year else []))],
            }
            for row in report.rows
        ],
        "note": _(
            "Skemaet er nyt. Vi sammenligner kun spørgsmål, der er de samme, og som HR har godkendt at sammenligne."
        )
        if report.earlier_year
        else "",
    }


def _section(report: Report, topic: TopicSection) -> dict[str, Any]:
    levels = len(report.levels)
    width = TEXT_WIDTH - QUESTION - SCORE - LEVEL * levels - 2 * SHARE - 2
    heads = [_("Spørgsmål"), _("Sådan falder svarene"), _("Tal"), *report.levels, _("Positive"), _("Kritiske")]
    return {
        "title": topic.title,
        "lead": topic.lead,
        "caption": _(
            "Fra mest kritisk til venstre til mest positiv til højre, i procent af dem, der har svaret. Stregen går "
            "gennem midten af midtersvaret."
        ),
        "levels": levels,
        "heads": heads,
        "rows": [
            {
                "question": bar.question,
                "own": bar.score,
                "figure": drawing(
                    charts.distribution_bar(
                        bar.shares, label=bar.question, names=bar.names, extent=topic.extent, numbers_from=10
                    ),
                    width=round(width * PX),
                    height=40,
                    top=-6,
                )
                if bar.shown
                else None,
                "beside": [_beside(cell) for cell in bar.beside],
                "positive": str(bar.positive) if bar.shown else "–",
                "critical": str(bar.critical) if bar.shown else "–",
            }
            for bar in topic.bars
        ],
    }


def _yes(report: Report, care: CareSection, *, caption: str, notes: list[str]) -> dict[str, Any]:
    heads = [_("Spørgsmål"), report.unit.name, *report.levels]
    if care.has_earlier:
        heads.append(report.names["previous"])
    return {
        "title": care.title,
        "caption": caption,
        "notes": notes,
        "levels": len(heads) - 2,
        "heads": heads,
        "rows": [
            [
                row.label,
                row.own or hidden(),
                *(said or "–" for said in (*row.beside, *([row.earlier] if care.has_earlier else []))),
            ]
            for row in care.rows
        ],
        "follow_ups": [
            {
                "about": group.about,
                "of": _("Andel af dem, der svarede ja:"),
                "questions": [
                    {
                        "question": follow.question,
                        "answers": " · ".join(
                            [f"{label} {said}" for label, said in follow.rows]
                            + ([_("øvrige svar: færre end 5").replace(" 5", "\u00a05")] if follow.few else [])
                        ),
                    }
                    for follow in group.questions
                ],
            }
            for group in care.follow_ups
        ],
    }


def _care(report: Report) -> list[dict[str, Any]]:
    parts = []
    if report.care:
        notes = [_("«Færre end 5» vises uden procent, så ingen kan genkendes. Led ikke efter, hvem det er.")]
        if settings.MUNICIPALITY["help_line"]:
            notes.append(_("Brug for hjælp? Ring til %(line)s") % {"line": settings.MUNICIPALITY["help_line"]})
        parts.append(_yes(report, report.care, caption=_("Har svaret ja, seneste 12 måneder"), notes=notes))
    if report.sick:
        parts.append(_yes(report, report.sick, caption=_("Har svaret ja, lidt eller meget"), notes=[]))
    return parts


def _physical(report: Report) -> dict[str, Any]:
    return {
        "title": _("Fysisk arbejdsmiljø"),
        "lead": _("Denne del er ikke anonym og vises, uanset hvor mange der har svaret."),
        "caption": _("Fund fra den ikke-anonyme del, dubletter lagt sammen"),
        "heads": [_("Emne"), _("Fund"), _("Heraf farlige")],
        "rows": [[line.label, dk_number(line.findings), dk_number(line.danger)] for line in report.physical],
        "none": _("Ingen har meldt fysiske problemer her."),
    }


def report_data(report: Report) -> dict[str, Any]:
    """The unit's report, cover to glossary; of a unit without its own the sentence and where its answers count."""
    data = _document(report)
    if not report.has_own:
        where = report.nearest.name if report.nearest else ""
        return data | {
            "lead": "",
            "elsewhere": _(
                "Ingen svar er gået tabt: De tæller med i rapporten for %(name)s, eller i en rapport over den."
            )
            % {"name": where}
            if where
            else _("Svarene tæller med i en rapport over denne."),
        }
    wave = report.release.wave
    period = {"first": dk_short(wave.opens_at), "last": dk_long(wave.closes_at)}
    return data | {
        "period": _("Svar fra %(first)s til %(last)s.") % period,
        "lead": _("Et sted at begynde samtalen. Tallene siger, hvad I har svaret; I ved selv hvorfor."),
        "rate": _rate(report),
        "three": _three(report),
        "topics": _topics(report),
        "sections": [_section(report, topic) for topic in report.topics],
        "yes": _care(report),
        "indicators": {
            "title": _("Strategiske indikatorer"),
            "lead": _("Emnerne siger noget om kommunens egne mål. Indikatoren har ikke sit eget tal."),
            "heads": [_("Indikator"), _("Emne"), _("Tal")],
            "rows": [
                [line.name if place == 0 else "", topic, hidden() if score is None else str(score)]
                for line in report.indicators
                for place, (topic, score) in enumerate(line.topics)
            ],
        },
        "physical": _physical(report),
        "guides": [
            {"title": _("Sådan læses rapporten"), "rows": report_words.guide()},
            {"title": _("Ordene i rapporten"), "rows": report_words.glossary()},
        ],
    }


def notice_data(report: Report) -> dict[str, Any]:
    """One page for the notice board: no krænkende adfærd and no sick leave, which are not for a wall."""
    data = _document(report)
    return data | {
        "path": " › ".join(step.name for step in report.path) or data["municipality"],
        "lead": _("Det sagde vi i %(campaign)s.") % {"campaign": report.release.wave.campaign.name},
        "rate": _rate(report),
        "three": _three(report),
        "topics": _graded(report),
        "physical": {"title": _("Fysisk arbejdsmiljø"), "line": _physical_line(report)},
        "read": _("Sådan læses tallene"),
        "guide": _(
            "0 til 100, og 100 er altid bedst. Under 5 points forskel betyder sjældent noget. I parentes: få svar, "
            "tolkes med varsomhed. Et tal vises kun, når mindst fem har svaret, og når det ikke kan regnes ud om færre."
        ),
        "next": _("Hvad sker der nu?"),
        "steps": _steps(report),
        "ask": _("Spørg din leder, AMR eller TR, hvis du vil læse hele rapporten."),
    }


def _graded(report: Report) -> dict[str, Any]:
    """The topic table without the single items of the topics that have no score: they are told with care elsewhere."""
    topics = _topics(report)
    rows = [drawn for drawn, row in zip(topics["rows"], report.rows, strict=True) if not row.single]
    return topics | {"rows": rows}


def _steps(report: Report) -> list[str]:
    first = (
        _("MED-udvalget taler om, hvad der går igen flere steder.")
        if report.is_upper
        else _("Leder, AMR og TR læser rapporten sammen.")
    )
    return [
        first,
        _("Vi holder en trivselsdialog om, hvad vi genkender, og hvad vi vil gøre.")
        if report.unit.level_kind == Level.Kind.TEAM
        else _("Hver enhed holder en trivselsdialog om, hvad den genkender, og hvad den vil gøre."),
        _("Det, vi aftaler, bliver til en handleplan, som alle kan følge."),
    ]


def _physical_line(report: Report) -> str:
    findings = sum(line.findings for line in report.physical)
    if not findings:
        return _("Ingen har meldt fysiske problemer her.")
    said = ngettext("Et fund er meldt.", "%(n)s fund er meldt.", findings) % {"n": dk_number(findings)}
    return said + " " + _("Leder, AMR og TR behandler det, der er meldt, og siger til, når det er løst.")


def slides_data(report: Report) -> dict[str, Any]:
    """Few words in large letters for the meeting, from the unit's own results."""
    topics = _graded(report)
    physical = _physical(report)
    levels = len(report.levels)
    return _document(report) | {
        "rate": _rate(report),
        "three": _three(report),
        "topics": topics
        | {
            "heads": [topics["heads"][0], *topics["heads"][2 : 3 + levels]],
            "rows": [row | {"beside": row["beside"][:levels]} for row in topics["rows"] if not row["sub"]],
        },
        "physical": physical | {"rows": physical["rows"][:5]},
        "talk": {
            "title": _("Nu jer"),
            "questions": [
                _("Hvad genkender vi?"),
                _("Hvad undrer os?"),
                _("Hvad vil vi passe på?"),
                _("Hvad vil vi gøre noget ved først?"),
            ],
        },
        "care": _("Krænkende adfærd og sygefravær står ikke på disse sider. Trioen tager det op med råd fra HR."),
    }


# What can be made of a report: its layout's name here, in templates/pdf/ and in the file's key.
LAYOUTS = {"report": report_data, "notice": notice_data, "slides": slides_data}
