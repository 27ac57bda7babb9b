"""When a closed survey cannot be counted: what HR is told, what HR can do, and when it is tried again.

The reason is a kind, kept on the wave. What the auditor could derive is written nowhere: there are no facts yet.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from organisation import access, clock
from organisation.audit import audit
from organisation.models import Person, Role
from organisation.notices import Draft, in_language_of, queue
from surveys.models import Wave

Problem = Wave.Problem
TRIED_AGAIN = timedelta(hours=1)  # counting a whole municipality takes minutes, and nothing changes by itself


def waits() -> Q:
    """Waves that were tried a short while ago in vain."""
    return ~Q(problem="") & Q(tried_at__gt=clock.now() - TRIED_AGAIN)


def note(wave: Wave, problem: str) -> None:
    """Remember why a counting came to nothing, and tell HR, once a day and kind."""
    wave.problem, wave.tried_at = problem, clock.now()
    wave.save(update_fields=["problem", "tried_at"])
    audit("wave_not_counted", wave, actor=None, problem=problem)
    hr = Person.objects.filter(
        pk__in=Role.objects.filter(access.active_on_today(), kind=Role.Kind.HR).values("person_id"), is_active=True
    )
    queue(_draft(wave, person) for person in hr)


def _draft(wave: Wave, person: Person) -> Draft:
    with in_language_of(person):
        told = words_of(wave)
        assert told is not None
        url = settings.BASE_URL.rstrip("/") + reverse("surveys:release_list")
        return Draft(
            key=f"not-counted:{wave.pk}:{wave.problem}:{clock.today().isoformat()}:{person.pk}",
            person=person,
            kind="not_counted",
            subject=_("Målingen kunne ikke tælles op"),
            body="\n\n".join([told.what, *told.steps, url]),
        )


@dataclass(frozen=True)
class Told:
    """What has happened, in one paragraph, and what HR does about it, in order."""

    what: str
    steps: tuple[str, ...]


def words_of(wave: Wave) -> Told | None:
    """None where nothing stands in the way."""
    if not wave.problem or wave.state != Wave.State.CLOSED:
        return None
    safe = _("Intet er skrevet, intet er slettet, og ingen har set et tal. Svarene ligger stadig forseglet.")
    again = _("Tryk derefter på «Tæl op igen» på siden om frigivelse.")
    if wave.key_mode == Wave.KeyMode.TRUSTEES:
        again += " " + _("To nøgleholdere skal så give deres del igen.")
    late = _("Rapporterne kan ikke frigives, før det er sket. Skriv til trioerne, hvis datoen ikke kan holdes.")
    if wave.problem == Problem.KEY_MISSING:
        what = _("Nøglen, der skal åbne svarene, findes ikke på serveren eller er en anden, end da målingen åbnede.")
        first = _("Bed driften om at finde nøglefilen. Lad dem ikke slette eller geninstallere noget imens.")
        return Told(f"{what} {safe}", (first, again, late))
    what = _(
        "Efterprøvningen er ikke grøn: Af de tal, der skulle vises, kunne man regne sig frem til noget om færre "
        "end fem."
    )
    if wave.problem == Problem.EARLIER:
        first = _(
            "Det kommer af sammenligningen med en tidligere måling. Uden den er efterprøvningen grøn: Tag den "
            "tidligere måling ud af brug."
        )
        return Told(f"{what} {safe}", (first, again, late))
    first = _(
        "Det er en fejl i programmet og ikke i svarene. Ring til leverandøren, og sig, at efterprøvningen er rød. "
        "I kan ikke selv rette den, og ingen må slå efterprøvningen fra."
    )
    return Told(f"{what} {safe}", (first, again, late))


def try_again(wave: Wave, *, by: Person) -> None:
    """HR has had it put right: count at the next round, or ask the key holders again. Twice is once."""
    if Wave.objects.filter(pk=wave.pk, state=Wave.State.CLOSED, tried_at__isnull=False).update(tried_at=None):
        audit("wave_count_again", wave, actor=by)
