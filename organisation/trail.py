"""The trail of the answering pages: where one is, and where the border between the two parts lies."""

from __future__ import annotations

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from organisation.charts import ACCENT, INK, LINE, LINE_2, svg_join, svg_number


def answer_trail(topic: int, topics: int, *, part: str = "anonymous") -> SafeString:
    """Where one is in the questionnaire. It shows the border: solid stops, a bar, a dotted stop.

    `topic` is 1..topics in the anonymous part; `part` is "anonymous", "border" or "physical".
    """
    first, last, border, physical = 4.0, 72.0, 84.0, 96.0
    gap = (last - first) / max(1, topics - 1)
    sent = part != "anonymous"
    reached = last if sent else first + gap * (topic - 1)
    if sent:
        label = _("Den anonyme del er afsluttet. Nu kommer de fysiske rammer, som ikke er anonyme.")
    else:
        label = _(
            "Emne %(topic)d af %(topics)d i den anonyme del. Derefter kommer de fysiske rammer, som ikke er anonyme."
        ) % {"topic": topic, "topics": topics}
    parts: list[str] = [
        _trail_line(first, last, LINE, 4),
        _trail_line(first, reached, ACCENT, 4),
        format_html(
            '<line x1="75%" x2="95%" y1="12" y2="12" stroke="{}" stroke-width="2" stroke-dasharray="3 4"/>'
            '<line x1="{}%" x2="{}%" y1="-2" y2="26" stroke="{}" stroke-width="2"/>',
            LINE_2,
            svg_number(border),
            svg_number(border),
            INK,
        ),
    ]
    for stop in range(1, topics + 1):
        x = svg_number(first + gap * (stop - 1))
        if not sent and stop == topic:
            parts.append(_trail_here(x, ACCENT))
        elif sent or stop < topic:
            parts.append(format_html('<circle cx="{}%" cy="12" r="6" fill="{}"/>', x, ACCENT))
        else:
            parts.append(
                format_html('<circle cx="{}%" cy="12" r="6" fill="#fff" stroke="{}" stroke-width="2"/>', x, LINE_2)
            )
    if sent:
        parts.append(_trail_here(svg_number(physical), INK))
    else:
        parts.append(
            format_html(
                '<circle cx="{}%" cy="12" r="6" fill="#fff" stroke="{}" stroke-width="2" stroke-dasharray="2.5 2"/>',
                svg_number(physical),
                INK,
            )
        )
    return format_html('<svg class="trail" role="img" aria-label="{}">{}</svg>', label, svg_join(parts))


def _trail_line(start: float, end: float, colour: str, width: int) -> SafeString:
    return format_html(
        '<line x1="{}%" x2="{}%" y1="12" y2="12" stroke="{}" stroke-width="{}"/>',
        svg_number(start),
        svg_number(end),
        colour,
        width,
    )


def _trail_here(x: str, colour: str) -> SafeString:
    return format_html(
        '<circle cx="{0}%" cy="12" r="10" fill="{1}" stroke="#fff" stroke-width="2"/>'
        '<circle cx="{0}%" cy="12" r="3.5" fill="#fff"/>',
        x,
        colour,
    )
