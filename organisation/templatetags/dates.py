"""Dates and numbers as people here write them: «tirsdag 19. maj», «8/4», «om 7 dage», «1.234,5»."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from django import template
from django.utils import dateformat, timezone
from django.utils.formats import number_format
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from organisation import clock

register = template.Library()


# How a moment and a long date are written in the further languages of the answering pages; E is the month in the
# case that stands after a day.
FURTHER = {"pl": ("j E, H:i", "j E Y"), "uk": ("j E, H:i", "j E Y р."), "ar": ("j F، H:i", "j F Y")}


def _english() -> bool:
    return (get_language() or "da").startswith("en")


def _further(place: int) -> str | None:
    ways = FURTHER.get(get_language() or "da")
    return ways[place] if ways else None


def _as_date(value: dt.date | dt.datetime) -> dt.date:
    """The Copenhagen date of a moment, or the date itself."""
    if isinstance(value, dt.datetime):
        return timezone.localtime(value).date() if timezone.is_aware(value) else value.date()
    return value


@register.filter
def dk_date(value: dt.date | dt.datetime | None) -> str:
    """Weekday and date: «tirsdag 19. maj», "Tuesday 19 May"."""
    if not value:
        return ""
    return dateformat.format(_as_date(value), "l j F" if _english() else "l j. F")


@register.filter
def dk_short(value: dt.date | dt.datetime | None) -> str:
    """Date without year: «19. maj», "19 May"."""
    if not value:
        return ""
    return dateformat.format(_as_date(value), "j F" if _english() else "j. F")


@register.filter
def dk_long(value: dt.date | dt.datetime | None) -> str:
    """Date with year: «19. maj 2026», "19 May 2026"."""
    if not value:
        return ""
    return dateformat.format(_as_date(value), _further(1) or ("j F Y" if _english() else "j. F Y"))


@register.filter
def dk_moment(value: dt.datetime | None) -> str:
    """Date and hour: «19. maj kl. 08.00», "19 May at 08:00"."""
    if not value:
        return ""
    local = timezone.localtime(value) if timezone.is_aware(value) else value
    return dateformat.format(local, _further(0) or (r"j F \a\t H:i" if _english() else r"j. F \k\l. H.i"))


@register.filter
def dk_day(value: dt.date | dt.datetime | None) -> str:
    """The shortest form, for tables and the wheel: «8/4», "8 Apr"."""
    if not value:
        return ""
    return dateformat.format(_as_date(value), "j M" if _english() else "j/n")


@register.simple_tag
def dk_span(start: dt.date | None, end: dt.date | None = None) -> str:
    """A period in its shortest form: «8/4 – 22/4», or the one day."""
    if not start:
        return ""
    if not end or _as_date(end) == _as_date(start):
        return dk_day(start)
    return f"{dk_day(start)} – {dk_day(end)}"


def days_from(value: dt.date | dt.datetime, today: dt.date | None = None) -> int:
    """Whole days from today to the date; negative when it has passed."""
    return (_as_date(value) - (today or clock.today())).days


@register.filter
def dk_distance(value: dt.date | dt.datetime | None, today: dt.date | None = None) -> str:
    """How far away: «i dag», «i morgen», «om 7 dage», «om 6 uger», «for 3 dage siden»."""
    if not value:
        return ""
    days = days_from(value, today)
    if days == 0:
        return _("i dag")
    if days == 1:
        return _("i morgen")
    if days == -1:
        return _("i går")
    weeks, far = abs(days) // 7, abs(days) > 28
    if days > 0 and far:
        return ngettext("om %(n)d uge", "om %(n)d uger", weeks) % {"n": weeks}
    if days > 0:
        return ngettext("om %(n)d dag", "om %(n)d dage", days) % {"n": days}
    if far:
        return ngettext("for %(n)d uge siden", "for %(n)d uger siden", weeks) % {"n": weeks}
    return ngettext("for %(n)d dag siden", "for %(n)d dage siden", -days) % {"n": -days}


@register.filter
def dk_overdue(value: dt.date | dt.datetime | None, today: dt.date | None = None) -> str:
    """«3 dage over fristen» when the deadline has passed, else nothing."""
    if not value:
        return ""
    late = -days_from(value, today)
    if late <= 0:
        return ""
    return ngettext("%(n)d dag over fristen", "%(n)d dage over fristen", late) % {"n": late}


@register.filter
def dk_week(value: dt.date | dt.datetime | None) -> str:
    """ISO week: «uge 21», "week 21"."""
    if not value:
        return ""
    return _("uge %(n)d") % {"n": _as_date(value).isocalendar().week}


@register.filter
def dk_number(value: float | Decimal | None, decimals: int = 0) -> str:
    """A number with the language's own marks: «1.234,5», "1,234.5"."""
    if value is None or value == "":
        return ""
    quantum = Decimal(1).scaleb(-int(decimals))
    rounded = Decimal(str(value)).quantize(quantum, rounding="ROUND_HALF_UP")
    return number_format(rounded, decimal_pos=int(decimals), use_l10n=True, force_grouping=True)


@register.filter
def percent(value: float | Decimal | None, decimals: int = 0) -> str:
    """A share that is already in percent: 81.25 becomes «81 %» (in English "81%")."""
    if value is None or value == "":
        return ""
    # The space must not break: a figure and its sign are one word.
    return dk_number(value, decimals) + ("%" if _english() else "\u00a0%")


@register.filter
def share(part: float | None, whole: float | None) -> str:
    """Part of a whole in percent: `{{ held|share:total }}`; nothing when the whole is empty."""
    if not whole or part is None:
        return ""
    return percent(100 * part / whole)
