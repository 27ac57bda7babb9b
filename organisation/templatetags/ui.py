"""What the templates draw with: icons, marks of level, charts, form controls."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django import template
from django.forms import BoundField, Form
from django.forms.widgets import CheckboxInput, CheckboxSelectMultiple, FileInput, RadioSelect, Select
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from organisation import charts, clock, wheel

register = template.Library()

# Word and shape belong together: filled dot, half dot, diamond. Colour only repeats them.
LEVELS = {
    "strength": (
        '<svg width="12" height="12" viewBox="0 0 12 12" aria-hidden="true">'
        '<circle cx="6" cy="6" r="5.5" fill="#0f5563"/></svg>'
    ),
    "attention": (
        '<svg width="12" height="12" viewBox="0 0 12 12" aria-hidden="true">'
        '<circle cx="6" cy="6" r="4.7" fill="#fff" stroke="#4a5b62" stroke-width="1.6"/>'
        '<path d="M6 1.3a4.7 4.7 0 0 1 0 9.4z" fill="#4a5b62"/></svg>'
    ),
    "effort": (
        '<svg width="12" height="12" viewBox="0 0 12 12" aria-hidden="true">'
        '<path d="M6 0l6 6-6 6-6-6z" fill="#8a4513"/></svg>'
    ),
}


@register.filter
def sentence(text: str) -> str:
    """What somebody wrote, with a full stop where none was put."""
    text = (text or "").strip()
    return text if not text or text[-1] in ".!?…" else f"{text}."


@register.simple_tag
def icon(name: str) -> SafeString:
    """An icon from the public design system's sprite; always beside a word, so hidden from readers."""
    return format_html(
        '<svg class="ico" viewBox="0 0 24 24" focusable="false" aria-hidden="true"><use href="{}#{}"></use></svg>',
        static("vendor/icons.svg"),
        name,
    )


@register.simple_tag
def level(kind: str, word: bool = True) -> SafeString:
    """Styrke, Opmærksomhed or Indsats (`strength`, `attention`, `effort`): shape and word."""
    words = {"strength": _("Styrke"), "attention": _("Opmærksomhed"), "effort": _("Indsats")}
    if kind not in words:
        return format_html("")
    return format_html(
        '<span class="level">{}{}</span>', SafeString(LEVELS[kind]), words[kind] if word else format_html("")
    )


@register.simple_tag
def level_shape(kind: str) -> SafeString:
    """The shape alone, where the words stand beside it."""
    return SafeString(LEVELS.get(kind, ""))


@register.filter
def slot(values: Sequence[Any], place: int) -> Any:
    """The value at a place: the head of a column in its cell, for phones. Nothing beyond the end."""
    return values[place] if 0 <= place < len(values) else ""


# ---------------------------------------------------------------- charts


@register.simple_tag
def year_wheel(marks: Sequence[wheel.WheelMark], today: dt.date | None = None) -> SafeString:
    return wheel.year_wheel(marks, today or clock.today())


@register.simple_tag
def wheel_rows(marks: Sequence[wheel.WheelMark], today: dt.date | None = None) -> list[wheel.WheelRow]:
    return wheel.wheel_rows(marks, today or clock.today())


@register.simple_tag
def dot_row(
    own: Any = None,
    label: str = "",
    own_name: str = "",
    workplace: Any = None,
    workplace_name: str = "",
    whole: Any = None,
    whole_name: str = "",
    previous: Any = None,
    previous_name: str = "",
) -> SafeString:
    """See charts.dot_row. A figure that the template's row does not have arrives as an empty text."""
    return charts.dot_row(
        _figure(own),
        label=label,
        own_name=own_name,
        workplace=_figure(workplace),
        workplace_name=workplace_name,
        whole=_figure(whole),
        whole_name=whole_name,
        previous=_figure(previous),
        previous_name=previous_name,
    )


def _figure(value: Any) -> float | None:
    return None if value in (None, "") else float(value)


@register.simple_tag
def dot_axis() -> SafeString:
    return charts.dot_axis()


@register.simple_tag
def distribution_bar(
    shares: Sequence[float], label: str = "", names: Sequence[str] = (), extent: float = 0
) -> SafeString:
    return charts.distribution_bar(shares, label=label, names=names or (), extent=extent or 0)


@register.simple_tag
def status_bar(ready: int, draft: int, missing: int, label: str = "", names: Sequence[str] = ()) -> SafeString:
    return charts.status_bar(ready or 0, draft or 0, missing or 0, label=label, names=names or ())


@register.simple_tag
def share_bar(done: float, total: float, label: str = "") -> SafeString:
    return charts.share_bar(done or 0, total or 0, label=label)


@register.simple_tag
def status_arrow(progress: int, large: bool = False) -> SafeString:
    return charts.status_arrow(progress, large=large)


@register.simple_tag
def arrow_word(progress: int) -> str:
    """The word of the stop: 1 is «Aftalt», 5 is «Virker i hverdagen»."""
    return str(charts.ARROW_STOPS[max(1, min(5, int(progress))) - 1])


@register.simple_tag
def arrow_stops() -> list[tuple[int, str]]:
    """The five stops as (1..5, word), for «Flyt pilen»."""
    return [(number, str(word)) for number, word in enumerate(charts.ARROW_STOPS, start=1)]


# ---------------------------------------------------------------- forms


@register.filter
def control(field: BoundField, extra: str = "") -> SafeString:
    """The field's control in our clothes. `extra` adds classes («short»)."""
    widget = field.field.widget
    if isinstance(widget, (RadioSelect, CheckboxSelectMultiple, CheckboxInput, FileInput)):
        name = ""
    elif isinstance(widget, Select):
        name = "form-select"
    else:
        name = "form-input"
    classes = " ".join(part for part in (widget.attrs.get("class", ""), name, extra) if part)
    return field.as_widget(attrs={"class": classes} if classes else {})


@register.filter
def control_kind(field: BoundField) -> str:
    """How the field is laid out: "choices", "tick", "file" or "line"."""
    widget = field.field.widget
    if isinstance(widget, (RadioSelect, CheckboxSelectMultiple)):
        return "choices"
    if isinstance(widget, CheckboxInput):
        return "tick"
    if isinstance(widget, FileInput):
        return "file"
    return "line"


@register.simple_tag
def wrong_fields(form: Form) -> list[Mapping[str, str]]:
    """The summary on top of a form: every error with the field it leads to."""
    rows: list[Mapping[str, str]] = [{"href": "", "text": str(e)} for e in form.non_field_errors()]
    for field in form:
        if field.errors and not field.is_hidden:
            # A group of radio buttons has no element with the field's own id; its first option does.
            suffix = "_0" if control_kind(field) == "choices" else ""
            rows.extend(
                {"href": f"#{field.auto_id}{suffix}", "text": f"{str(field.label).rstrip('?:')}: {e}"}
                for e in field.errors
            )
    return rows
