"""What the organisation lacks before a measurement can run: lists with a count each, as HR works through them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from organisation.access import active_on_today
from organisation.models import Committee, Employment, Level, Person, Role, Unit, WorkEnvironmentGroup
from organisation.sorting import danish


@dataclass(frozen=True)
class Lack:
    """One list. `rows`: what is missing, in Danish order; `subject`: what a row is (unit, trio, committee, person)."""

    key: str
    title: str | Promise
    why: str | Promise
    subject: str
    rows: Callable[[], QuerySet[Any]]


def _roles(*kinds: str) -> QuerySet[Role]:
    return Role.objects.filter(active_on_today(), kind__in=kinds, person__is_active=True)


def units_without_leader() -> QuerySet[Unit]:
    """Living units, the municipality itself aside, that nobody leads today. A deputy leads, too."""
    led = _roles(Role.Kind.LEADER).filter(unit=OuterRef("pk"))
    return (
        Unit.objects.filter(active_on_today(), ~Exists(led), parent__isnull=False)
        .select_related("parent", "level")
        .order_by(danish("name"), "pk")
    )


def workplaces_without_amr() -> QuerySet[Unit]:
    """Workplaces with nobody elected as AMR on themselves or anywhere below."""
    elected: set[int] = set()
    for path in _roles(Role.Kind.AMR).values_list("unit__path", flat=True):
        elected.update(path or ())
    return (
        Unit.objects.filter(active_on_today(), level__kind=Level.Kind.WORKPLACE)
        .exclude(pk__in=elected)
        .select_related("parent", "level")
        .order_by(danish("name"), "pk")
    )


def trios_without_tr() -> QuerySet[WorkEnvironmentGroup]:
    """Trios that cover a living unit and have no TR on any of their units."""
    covering = Unit.objects.filter(active_on_today(), work_environment_group=OuterRef("pk"))
    elected = _roles(Role.Kind.TR).filter(unit__work_environment_group=OuterRef("pk"))
    return (
        WorkEnvironmentGroup.objects.filter(Exists(covering), ~Exists(elected))
        .select_related("workplace")
        .order_by(danish("name"), "pk")
    )


def units_without_trio() -> QuerySet[Unit]:
    """Units with people and no trio: nobody would get their physical reports."""
    employed = Employment.objects.filter(active_on_today(), unit=OuterRef("pk"))
    return (
        Unit.objects.filter(
            active_on_today(),
            Exists(employed),
            work_environment_group__isnull=True,
            level__kind__in=[Level.Kind.WORKPLACE, Level.Kind.TEAM],
        )
        .select_related("parent", "level")
        .order_by(danish("name"), "pk")
    )


def committees_without_chair() -> QuerySet[Committee]:
    """MED committees of living units without a forperson. A staff meeting needs none: the leader chairs it."""
    chaired = _roles(Role.Kind.MED_CHAIR).filter(committee=OuterRef("pk"))
    return (
        Committee.objects.filter(active_on_today("unit__"), ~Exists(chaired), is_staff_meeting=False)
        .select_related("unit")
        .order_by(danish("name"), "pk")
    )


def people_without_channel() -> QuerySet[Person]:
    """Employed people with neither work e-mail nor mobile: a letter is all that reaches them."""
    employed = Employment.objects.filter(active_on_today(), person=OuterRef("pk"))
    return (
        Person.objects.filter(Exists(employed), Q(email__isnull=True), mobile="", is_active=True)
        .prefetch_related("employments__unit")
        .order_by(danish("name"), "pk")
    )


LACKS = [
    Lack(
        "leder",
        _("Enheder uden leder"),
        _("Ingen får rapporten eller ansvaret for handleplanen."),
        "unit",
        units_without_leader,
    ),
    Lack(
        "amr",
        _("Arbejdspladser uden AMR"),
        _("Den nærmeste arbejdsmiljøgruppe tager over, til en AMR er valgt."),
        "unit",
        workplaces_without_amr,
    ),
    Lack("trio", _("Enheder uden trio"), _("Ingen får de fysiske meldinger."), "unit", units_without_trio),
    Lack(
        "tr",
        _("Trioer uden TR"),
        _("Trioen forbereder dialogen uden medarbejdernes tillidsvalgte."),
        "trio",
        trios_without_tr,
    ),
    Lack(
        "forperson",
        _("MED-udvalg uden forperson"),
        _("Ingen får udvalgets opgaver og påmindelser."),
        "committee",
        committees_without_chair,
    ),
    Lack(
        "kanal",
        _("Medarbejdere uden mail og mobil"),
        _("De kan kun få et brev. Bestil tryk og udbringning i god tid."),
        "person",
        people_without_channel,
    ),
]


def lack_of(key: str) -> Lack | None:
    return next((lack for lack in LACKS if lack.key == key), None)
