"""The year as a wheel with today on it, and the rows of the table that is its key.

January is at the top and the year runs clockwise. The wheel's labels are dates only; the words
stand in the table beside it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, pi, sin

from django.utils import dateformat
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from organisation.charts import ACCENT, D2, D4, D5, FONT, INK, INK_2, LINE, LINE_2, svg_join, svg_number
from organisation.templatetags.dates import dk_day, dk_short, dk_span, dk_week

CENTRE = 230.0
RING, BAND, INNER, MONTHS, OUTSIDE = 146.0, 168.0, 130.0, 103.0, 186.0
LABEL_HEIGHT = 21.0

# How a kind of milestone is drawn: a band in one colour; "point" and "onward" have drawings of their own.
BANDS = {"answering": D5, "dialogue": D4, "evaluation": D2, "preparation": LINE_2}


@dataclass(frozen=True)
class WheelMark:
    """One date or period of the year.

    kind: "point", "preparation", "answering", "dialogue", "onward" (a dotted line to the end of
    the year) or "evaluation". `when` replaces the dates in the table, `short` on the wheel
    («aug–sep»), where a date is not that exact.
    """

    start: dt.date
    text: str
    kind: str = "point"
    end: dt.date | None = None
    when: str = ""
    short: str = ""

    def contains(self, day: dt.date) -> bool:
        if self.kind == "onward":
            return False
        return self.start <= day <= (self.end or self.start)


@dataclass(frozen=True)
class WheelRow:
    """One row of the table: swatch, date, words, and whether today lies in it."""

    swatch: SafeString
    when: str
    text: str
    current: bool


@dataclass
class _Label:
    x: float
    y: float
    anchor: str
    text: str


def _angle(day: dt.date, year: int) -> float:
    """The day's place on the wheel in radians, clockwise from the top."""
    first = dt.date(year, 1, 1)
    length = (dt.date(year + 1, 1, 1) - first).days
    passed = min(max((day - first).days, 0), length)
    return 2 * pi * passed / length


def _at(angle: float, radius: float) -> tuple[float, float]:
    return CENTRE + radius * sin(angle), CENTRE - radius * cos(angle)


def _xy(angle: float, radius: float) -> str:
    x, y = _at(angle, radius)
    return f"{svg_number(x)} {svg_number(y)}"


def _arc(start: float, end: float, radius: float) -> str:
    """An arc as path data; a whole turn is drawn just short of itself, else it would vanish."""
    end = min(end, start + 2 * pi - 0.001)
    large = 1 if end - start > pi else 0
    r = svg_number(radius)
    return f"M{_xy(start, radius)}A{r} {r} 0 {large} 1 {_xy(end, radius)}"


def year_wheel(marks: Sequence[WheelMark], today: dt.date) -> SafeString:
    """The drawing. Its year is the first mark's; outside that year no part of the ring is filled."""
    year = marks[0].start.year if marks else today.year
    parts: list[str] = [
        format_html(
            '<circle cx="230" cy="230" r="{}" fill="none" stroke="{}" stroke-width="2"/>', svg_number(RING), LINE
        ),
        *_months(year, today),
    ]
    here = _angle(today, year)
    if today.year >= year and here > 0:
        parts.append(
            format_html(
                '<path d="{}" fill="none" stroke="{}" stroke-width="4"/>',
                _arc(0, here if today.year == year else 2 * pi, RING),
                ACCENT,
            )
        )
    points = [m for m in marks if m.kind == "point"]
    parts.extend(_band(m, year) for m in marks if m.kind in BANDS)
    parts.extend(_onward(m, year) for m in marks if m.kind == "onward")
    # The hand lies under the points, so that a date of today can still be seen.
    if today.year == year:
        parts.append(
            format_html('<path d="M{}L{}" stroke="{}" stroke-width="4"/>', _xy(here, RING), _xy(here, RING + 36), INK)
        )
    for mark in points:
        x, y = _at(_angle(mark.start, year), BAND)
        parts.append(
            format_html(
                '<circle cx="{}" cy="{}" r="8.5" fill="#fff" stroke="{}" stroke-width="3.5"/>',
                svg_number(x),
                svg_number(y),
                INK,
            )
        )
    labels = _labels([m for m in marks if m.kind != "onward"], year)
    for label in labels:
        parts.append(
            format_html(
                '<text x="{}" y="{}" text-anchor="{}" fill="{}">{}</text>',
                svg_number(label.x),
                svg_number(label.y),
                label.anchor,
                INK,
                label.text,
            )
        )
    if today.year == year:
        x, y = _at(here, RING)
        parts.append(
            format_html(
                '<circle cx="{}" cy="{}" r="12" fill="{}" stroke="#fff" stroke-width="4"/>',
                svg_number(x),
                svg_number(y),
                ACCENT,
            )
        )
    parts.append(_today(today))
    left, top, width, height = _frame(labels)
    return format_html(
        '<svg class="wheel" viewBox="{} {} {} {}" role="img" aria-label="{}" font-size="18" font-family="{}">{}</svg>',
        svg_number(left),
        svg_number(top),
        svg_number(width),
        svg_number(height),
        _spoken(marks, today, year),
        FONT,
        svg_join(parts),
    )


def _spoken(marks: Sequence[WheelMark], today: dt.date, year: int) -> str:
    sentence = _("Året %(year)d som et hjul. I dag er %(today)s.") % {"year": year, "today": dk_short(today)}
    now = [m.text for m in marks if m.contains(today)]
    if now:
        sentence += " " + _("Lige nu: %(what)s.") % {"what": "; ".join(now)}
    return sentence + " " + _("Datoerne står i tabellen.")


def _english() -> bool:
    return (get_language() or "da").startswith("en")


def _month(day: dt.date) -> str:
    """Three letters: «maj», "May". Django's Danish list has capitals and a four-letter September."""
    name = dateformat.format(day, "M")[:3]
    return name if _english() else name.lower()


def _months(year: int, today: dt.date) -> list[str]:
    parts: list[str] = []
    for month in range(1, 13):
        first = dt.date(year, month, 1)
        after = dt.date(year + month // 12, month % 12 + 1, 1)
        edge = _angle(first, year)
        # December's end is the next year's first day: a whole turn, not zero.
        middle = (edge + (2 * pi if month == 12 else _angle(after, year))) / 2
        x, y = _at(middle, MONTHS)
        now = today.year == year and today.month == month
        parts.append(
            format_html(
                '<path d="M{}L{}" stroke="{}" stroke-width="1.5"/>'
                '<text x="{}" y="{}" text-anchor="middle" fill="{}" font-weight="{}" font-size="17">{}</text>',
                _xy(edge, 138),
                _xy(edge, RING),
                LINE_2,
                svg_number(x),
                svg_number(y + 6),
                INK if now else INK_2,
                "700" if now else "400",
                _month(first),
            )
        )
    return parts


def _band(mark: WheelMark, year: int) -> SafeString:
    end = (mark.end or mark.start) + dt.timedelta(days=1)
    start_angle = _angle(mark.start, year)
    # A band of a single day would be a hair; three days are the least one can see.
    end_angle = max(_angle(end, year), start_angle + 2 * pi * 3 / 365)
    return format_html(
        '<path d="{}" fill="none" stroke="{}" stroke-width="18"/>',
        _arc(start_angle, end_angle, BAND),
        BANDS[mark.kind],
    )


def _onward(mark: WheelMark, year: int) -> SafeString:
    end = _angle(mark.end, year) if mark.end else 2 * pi * 0.998
    return format_html(
        '<path d="{}" fill="none" stroke="{}" stroke-width="2.5" stroke-dasharray="0.1 6" stroke-linecap="round"/>',
        _arc(_angle(mark.start, year), end, INNER),
        INK_2,
    )


def _whole_months(mark: WheelMark) -> bool:
    """From a first to a last of a month: then the months say it better than the days."""
    if mark.end is None or mark.start.day != 1 or mark.start.month == mark.end.month:
        return False
    return (mark.end + dt.timedelta(days=1)).day == 1


def _when(mark: WheelMark) -> str:
    """The date in the table: «8/4 – 22/4», «aug – sep», «fra 11/5»."""
    if mark.when:
        return mark.when
    if mark.kind == "onward":
        return _("fra %(day)s") % {"day": dk_day(mark.start)}
    if mark.end and _whole_months(mark):
        return f"{_month(mark.start)} – {_month(mark.end)}"
    return dk_span(mark.start, mark.end)


def _short(mark: WheelMark) -> str:
    if mark.short:
        return mark.short
    if not mark.end or mark.end == mark.start:
        return dk_day(mark.start)
    if _whole_months(mark):
        return f"{_month(mark.start)}–{_month(mark.end)}"
    if mark.end.month == mark.start.month and not _english():
        return f"{mark.start.day}–{dk_day(mark.end)}"
    return f"{dk_day(mark.start)}–{dk_day(mark.end)}"


def _labels(marks: Sequence[WheelMark], year: int) -> list[_Label]:
    """A label outside each mark, pushed down where two would touch."""
    labels: list[_Label] = []
    for mark in marks:
        start = _angle(mark.start, year)
        end = _angle(mark.end, year) if mark.end else start
        angle = (start + end) / 2
        lean = sin(angle)
        x, y = _at(angle, OUTSIDE if mark.kind == "point" else OUTSIDE + 4)
        anchor = "middle" if abs(lean) < 0.2 else ("start" if lean > 0 else "end")
        # Above and below the wheel the text stands clear of the mark, at its side it is centred on it.
        labels.append(_Label(x, y + 6 - 8 * cos(angle), anchor, _short(mark)))
    placed: list[_Label] = []
    for label in sorted(labels, key=lambda lb: lb.y):
        for other in placed:
            if _touch(other, label):
                label.y = other.y + LABEL_HEIGHT
        placed.append(label)
    return labels


def _reach(label: _Label) -> tuple[float, float]:
    width = 9.6 * len(label.text)
    start = {"start": label.x, "end": label.x - width, "middle": label.x - width / 2}[label.anchor]
    return start, start + width


def _touch(one: _Label, other: _Label) -> bool:
    (a, b), (c, d) = _reach(one), _reach(other)
    return abs(one.y - other.y) < LABEL_HEIGHT and a < d + 6 and c < b + 6


def _frame(labels: Sequence[_Label]) -> tuple[float, float, float, float]:
    """The viewBox: the wheel and every label, and no more air than needed."""
    edge = BAND + 12
    lefts = [CENTRE - edge, *(_reach(lb)[0] - 4 for lb in labels)]
    rights = [CENTRE + edge, *(_reach(lb)[1] + 4 for lb in labels)]
    tops = [CENTRE - edge, *(lb.y - 20 for lb in labels)]
    bottoms = [CENTRE + edge, *(lb.y + 8 for lb in labels)]
    return min(lefts), min(tops), max(rights) - min(lefts), max(bottoms) - min(tops)


def _today(today: dt.date) -> SafeString:
    day = dk_short(today)
    if len(day) > 8:
        stop = "" if _english() else "."
        day = f"{today.day}{stop} {_month(today)}"
    return format_html(
        '<text x="230" y="206" text-anchor="middle" fill="{0}">{1}</text>'
        '<text x="230" y="241" text-anchor="middle" font-size="34" font-weight="600" fill="{2}">{3}</text>'
        '<text x="230" y="268" text-anchor="middle" fill="{0}">{4}</text>',
        INK_2,
        _("I dag"),
        INK,
        day,
        dk_week(today),
    )


def _swatch(kind: str) -> SafeString:
    if kind in BANDS:
        inner = format_html('<path d="M1 9H19" stroke="{}" stroke-width="9"/>', BANDS[kind])
    elif kind == "onward":
        inner = format_html(
            '<path d="M2 9H19" stroke="{}" stroke-width="2.5" stroke-dasharray="0.1 5.5" stroke-linecap="round"/>',
            INK_2,
        )
    else:
        inner = format_html('<circle cx="10" cy="9" r="6.5" fill="#fff" stroke="{}" stroke-width="3"/>', INK)
    return format_html('<svg width="20" height="18" aria-hidden="true">{}</svg>', inner)


def wheel_rows(marks: Sequence[WheelMark], today: dt.date) -> list[WheelRow]:
    """The table beside the wheel, in the order given."""
    return [
        WheelRow(
            swatch=_swatch(mark.kind),
            when=_when(mark),
            text=mark.text,
            current=mark.contains(today),
        )
        for mark in marks
    ]
