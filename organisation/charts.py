"""Figures: facts in, SVG markup out. Pure functions, the same drawing on the page and in the PDF.

Only presentation attributes (a strict Content-Security-Policy allows no style attribute, and the
typesetter reads them too). Horizontal places are percentages without a viewBox, so dots and text
keep their size at every width; height and width come from the class, on paper from
`organisation.typeset.drawing`. Few <text> nodes: the numbers stand in the table beside the figure.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from organisation.templatetags.dates import dk_number, percent

# Critical to good, always left to right; safe for colour-blind readers (mock-ups, tokens).
D1, D2, D3, D4, D5 = "#8a4513", "#dfb48a", "#e2e5e4", "#8dc0c6", "#0f5563"
SCALE_COLOURS = (D1, D2, D3, D4, D5)
HATCHED = (D1, D2)  # the critical side: grey print and colour-blind readers tell it by its stripes
INK, INK_2, LINE, LINE_2 = "#14242b", "#4a5b62", "#d8dedd", "#76868c"
ACCENT = D5
# On paper a drawing does not inherit the page's font, so one with text names it itself.
FONT = "IBM Plex Sans, sans-serif"

# Statuspilen: five stops, in this order, in these words (the card's poster).
ARROW_STOPS = (
    gettext_lazy("Aftalt"),
    gettext_lazy("Begyndt"),
    gettext_lazy("Halvvejs"),
    gettext_lazy("Gennemført"),
    gettext_lazy("Virker i hverdagen"),
)


def svg_join(parts: Iterable[str]) -> SafeString:
    return format_html_join("", "{}", ((part,) for part in parts))


def svg_number(value: float) -> str:
    """A coordinate: at most two decimals, a point as decimal mark whatever the language."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


# ---------------------------------------------------------------- 0 to 100


def _place(value: float) -> str:
    """Where 0..100 lies on the line, with two per cent of air at each end."""
    return f"{svg_number(2 + 0.96 * max(0.0, min(100.0, value)))}%"


def _diamond(x: str, y: float) -> SafeString:
    return format_html(
        '<svg x="{}" y="{}" overflow="visible"><path d="M0-7.5 7.5 0 0 7.5-7.5 0z" fill="#fff" stroke="{}"'
        ' stroke-width="2"/></svg>',
        x,
        svg_number(y),
        INK_2,
    )


def _bar_mark(x: str, y: float) -> SafeString:
    return format_html(
        '<line x1="{}" x2="{}" y1="{}" y2="{}" stroke="{}" stroke-width="3"/>',
        x,
        x,
        svg_number(y - 11),
        svg_number(y + 11),
        INK,
    )


def dot_row(
    own: float | None,
    *,
    label: str,
    own_name: str = "",
    workplace: float | None = None,
    workplace_name: str = "",
    whole: float | None = None,
    whole_name: str = "",
    previous: float | None = None,
    previous_name: str = "",
) -> SafeString:
    """One line from 0 to 100 with our dot, the workplace's diamond and the municipality's stroke.

    A previous figure hangs below on a thin line; draw it only where the link is approved. A figure
    that may not be shown is None and is simply not drawn: the sentence beside the row says so.
    """
    named = [
        (own_name or _("Vi"), own),
        (workplace_name or _("arbejdspladsen"), workplace),
        (whole_name or _("kommunen"), whole),
        (previous_name or _("tidligere"), previous),
    ]
    spoken = ", ".join(f"{name} {dk_number(value)}" for name, value in named if value is not None)
    if own is None and not spoken:
        return hidden_row(label=label)
    marks: list[str] = [
        format_html('<line x1="2%" x2="98%" y1="16" y2="16" stroke="{}" stroke-width="2"/>', LINE),
        *(
            format_html(
                '<line x1="{}" x2="{}" y1="12" y2="20" stroke="{}" stroke-width="1"/>', _place(t), _place(t), LINE_2
            )
            for t in (0, 25, 50, 75, 100)
        ),
    ]
    if previous is not None:
        if own is not None:
            marks.append(
                format_html(
                    '<line x1="{}" x2="{}" y1="33" y2="16" stroke="{}" stroke-width="1.5"/>',
                    _place(previous),
                    _place(own),
                    ACCENT,
                )
            )
        marks.append(
            format_html(
                '<circle cx="{}" cy="33" r="6" fill="#fff" stroke="{}" stroke-width="2" stroke-dasharray="2.5 2"/>',
                _place(previous),
                ACCENT,
            )
        )
    if whole is not None:
        marks.append(_bar_mark(_place(whole), 16))
    if workplace is not None:
        marks.append(_diamond(_place(workplace), 16))
    if own is not None:
        marks.append(
            format_html('<circle cx="{}" cy="16" r="8" fill="{}" stroke="#fff" stroke-width="2"/>', _place(own), ACCENT)
        )
    kind = "dotline dotline--prev" if previous is not None else "dotline"
    return format_html('<svg class="{}" role="img" aria-label="{}: {}">{}</svg>', kind, label, spoken, svg_join(marks))


def dot_axis() -> SafeString:
    """The numbers 0, 25, 50, 75 and 100 above a column of dot rows."""
    texts = format_html_join(
        "",
        '<text x="{}" y="13" text-anchor="middle" fill="{}">{}</text>',
        ((_place(t), INK_2, str(t)) for t in (0, 25, 50, 75, 100)),
    )
    return format_html(
        '<svg class="dotline dotline--axis" font-size="13" font-family="{}" aria-hidden="true">{}</svg>', FONT, texts
    )


def hidden_row(*, label: str) -> SafeString:
    """Hatching in the place of a figure that is not shown; the words stand beside it."""
    return format_html(
        '<svg class="dotline" role="img" aria-label="{}: {}"><line x1="2%" x2="98%" y1="16" y2="16" stroke="{}"'
        ' stroke-width="16" stroke-dasharray="1.2 6"/></svg>',
        label,
        _("vises ikke af hensyn til anonymiteten"),
        LINE_2,
    )


# ---------------------------------------------------------------- distributions


def distribution_extent(shares: Sequence[float]) -> float:
    """How far a bar reaches to the longer side of the middle answer's middle, in percent points."""
    total = sum(shares) or 1
    scaled = [100 * s / total for s in shares]
    half, odd = divmod(len(scaled), 2)
    middle = scaled[half] / 2 if odd else 0
    return max(sum(scaled[:half]) + middle, sum(scaled[half + odd :]) + middle)


def distribution_bar(
    shares: Sequence[float], *, label: str, names: Sequence[str] = (), extent: float = 0, numbers_from: float = 5
) -> SafeString:
    """How the answers fall, from the most critical to the most positive, centred on the middle.

    `shares` are counts or percentages in the order critical → good: five, three, two or any number.
    `names` are the words of the answers in the same order, for the spoken label. `extent` is the
    largest `distribution_extent` of the bars drawn together, so that all have one measure. A part
    narrower than `numbers_from` per cent of the drawing carries no number.
    """
    total = sum(shares)
    if not total:
        return hidden_row(label=label)
    scaled = [100 * s / total for s in shares]
    half, odd = divmod(len(scaled), 2)
    left = sum(scaled[:half]) + (scaled[half] / 2 if odd else 0)
    unit = 48 / max(extent, distribution_extent(shares))
    x = 50 - left * unit
    parts: list[str] = []
    for share, colour in zip(scaled, scale_colours(len(scaled)), strict=True):
        width = share * unit
        if share <= 0:
            continue
        parts.append(
            format_html(
                '<rect x="{}%" width="{}%" y="0" height="28" fill="{}" stroke="#fff" stroke-width="1.5"/>',
                svg_number(x),
                svg_number(width),
                colour,
            )
        )
        if colour in HATCHED:
            parts.append(_hatching(f"{svg_number(x + 0.4)}%", f"{svg_number(x + width - 0.4)}%"))
        # Narrower than this, the number would touch its neighbours; the table has it.
        if width >= numbers_from:
            parts.append(
                format_html(
                    '<text x="{}%" y="19" text-anchor="middle" fill="{}">{}</text>',
                    svg_number(x + width / 2),
                    "#fff" if colour in (D1, D5) else INK,
                    dk_number(share),
                )
            )
        x += width
    parts.append(
        format_html(
            '<line x1="50%" x2="50%" y1="-6" y2="0" stroke="{0}" stroke-width="2"/>'
            '<line x1="50%" x2="50%" y1="28" y2="34" stroke="{0}" stroke-width="2"/>',
            INK,
        )
    )
    spoken = ", ".join(f"{name} {percent(share)}" for name, share in zip(names, scaled, strict=False))
    return format_html(
        '<svg class="distribution" font-size="13" font-family="{}" role="img" aria-label="{}. {}">{}</svg>',
        FONT,
        label,
        spoken,
        svg_join(parts),
    )


def _hatching(x1: str, x2: str) -> SafeString:
    """Stripes at the foot of a part, so that critical and positive differ without colour; the number stands above."""
    return format_html(
        '<line x1="{}" x2="{}" y1="23" y2="23" stroke="#fff" stroke-width="3" stroke-dasharray="2 3"/>', x1, x2
    )


def scale_colours(steps: int) -> tuple[str, ...]:
    """The five data colours spread over a scale with any number of answers."""
    if steps <= 1:
        return (D5,)
    return tuple(SCALE_COLOURS[round(4 * i / (steps - 1))] for i in range(steps))


# ---------------------------------------------------------------- status


def status_bar(ready: int, draft: int, missing: int, *, label: str, names: Sequence[str] = ()) -> SafeString:
    """How many workplaces are ready, have a draft, have not begun: one stacked line."""
    words = tuple(names) or (_("klar"), _("udkast"), _("ikke begyndt"))
    counts = (ready, draft, missing)
    total = sum(counts)
    spoken = ", ".join(f"{dk_number(n)} {word}" for n, word in zip(counts, words, strict=True))
    parts: list[str] = []
    x = 0.0
    for count, colour in zip(counts, (D5, D4, D2), strict=True):
        if not count:
            continue
        width = 100 * count / total
        parts.append(
            format_html(
                '<rect x="{}%" width="{}%" y="2" height="16" fill="{}" stroke="#fff" stroke-width="1.5"/>',
                svg_number(x),
                svg_number(width),
                colour,
            )
        )
        x += width
    if not total:
        parts.append(format_html('<line x1="0" x2="100%" y1="10" y2="10" stroke="{}" stroke-width="2"/>', LINE))
    return format_html('<svg class="statusbar" role="img" aria-label="{}: {}">{}</svg>', label, spoken, svg_join(parts))


def share_bar(done: float, total: float, *, label: str) -> SafeString:
    """A line that fills: the progress of long work, a response rate."""
    reached = 0.0 if not total else max(0.0, min(100.0, 100 * done / total))
    return format_html(
        '<svg class="sharebar" role="img" aria-label="{label}: {spoken}">'
        '<line x1="0" x2="100%" y1="6" y2="6" stroke="{line}" stroke-width="6" stroke-linecap="round"/>'
        '<line x1="0" x2="{x}%" y1="6" y2="6" stroke="{accent}" stroke-width="6" stroke-linecap="round"/>'
        '<circle cx="{x}%" cy="6" r="6" fill="{accent}" stroke="#fff" stroke-width="2"/></svg>',
        label=label,
        spoken=percent(reached),
        line=LINE,
        accent=ACCENT,
        x=svg_number(reached),
    )


def status_arrow(progress: int, *, large: bool = False) -> SafeString:
    """Statuspilen: five stops, `progress` 1..5 is where the activity stands.

    The large one carries all five words and is made for the poster.
    """
    here = max(1, min(5, int(progress)))
    label = _("Trin %(n)d af 5: %(word)s") % {"n": here, "word": ARROW_STOPS[here - 1]}
    return _arrow_large(here, label) if large else _arrow_small(here, label)


def _arrow_small(here: int, label: str) -> SafeString:
    xs = (12, 63, 114, 165, 216)
    x = xs[here - 1]
    parts: list[str] = [
        format_html('<path d="M12 16H244" stroke="{}" stroke-width="6" stroke-linecap="round"/>', LINE),
        format_html(
            '<path d="M242 6l14 10-14 10" fill="none" stroke="{}" stroke-width="3" stroke-linecap="round"'
            ' stroke-linejoin="round"/>',
            ACCENT if here == 5 else LINE_2,
        ),
    ]
    if here > 1:
        parts.append(
            format_html('<path d="M12 16H{}" stroke="{}" stroke-width="6" stroke-linecap="round"/>', x, ACCENT)
        )
    for stop, cx in enumerate(xs, start=1):
        if stop < here:
            parts.append(format_html('<circle cx="{}" cy="16" r="5" fill="{}"/>', cx, ACCENT))
        elif stop > here:
            parts.append(
                format_html('<circle cx="{}" cy="16" r="5.5" fill="#fff" stroke="{}" stroke-width="2"/>', cx, LINE_2)
            )
    parts.append(
        format_html(
            '<circle cx="{}" cy="16" r="10" fill="{}" stroke="#fff" stroke-width="2"/>'
            '<path d="M{} 16l3 3 5.5-6" fill="none" stroke="#fff" stroke-width="2" stroke-linecap="round"'
            ' stroke-linejoin="round"/>',
            x,
            ACCENT,
            x - 4,
        )
    )
    return format_html(
        '<svg class="arrow" viewBox="0 0 260 32" role="img" aria-label="{}">{}</svg>', label, svg_join(parts)
    )


def _arrow_large(here: int, label: str) -> SafeString:
    xs = (40, 174, 308, 442, 576)
    x = xs[here - 1]
    parts: list[str] = [
        format_html('<path d="M40 34H622" stroke="{}" stroke-width="14" stroke-linecap="round"/>', LINE),
        format_html(
            '<path d="M618 12l28 22-28 22" fill="none" stroke="{}" stroke-width="6" stroke-linecap="round"'
            ' stroke-linejoin="round"/>',
            ACCENT if here == 5 else LINE_2,
        ),
    ]
    if here > 1:
        parts.append(
            format_html('<path d="M40 34H{}" stroke="{}" stroke-width="14" stroke-linecap="round"/>', x, ACCENT)
        )
    for stop, cx in enumerate(xs, start=1):
        if stop < here:
            parts.append(format_html('<circle cx="{}" cy="34" r="10" fill="{}"/>', cx, ACCENT))
        elif stop > here:
            parts.append(
                format_html('<circle cx="{}" cy="34" r="12" fill="#fff" stroke="{}" stroke-width="3.5"/>', cx, LINE_2)
            )
        else:
            parts.append(
                format_html(
                    '<circle cx="{}" cy="34" r="24" fill="{}" stroke="#fff" stroke-width="4"/>'
                    '<path d="M{} 34l7 7 12-13" fill="none" stroke="#fff" stroke-width="4.5" stroke-linecap="round"'
                    ' stroke-linejoin="round"/>',
                    cx,
                    ACCENT,
                    cx - 9,
                )
            )
        first, _space, rest = str(ARROW_STOPS[stop - 1]).rpartition(" ")
        for row, words in enumerate(w for w in (first, rest) if w):
            parts.append(
                format_html(
                    '<text x="{}" y="{}" text-anchor="middle" font-size="21" font-weight="{}" fill="{}">{}</text>',
                    cx,
                    84 + 23 * row,
                    "700" if stop == here else "400",
                    INK if stop <= here else INK_2,
                    words,
                )
            )
    return format_html(
        '<svg class="arrow arrow--large" viewBox="0 0 660 113" font-family="{}" role="img" aria-label="{}">{}</svg>',
        FONT,
        label,
        svg_join(parts),
    )
