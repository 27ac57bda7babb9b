"""HR changes the tree: create, correct, move, merge, split, close. Each is one change that can be taken back."""

from __future__ import annotations

from collections.abc import Collection

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from organisation import clock
from organisation.access import active_on_today
from organisation.models import (
    Building,
    Committee,
    Employment,
    Level,
    Person,
    Role,
    StructureChange,
    Unit,
    UnitSuccession,
    WorkEnvironmentGroup,
)
from organisation.structure import Notebook, last_day, succession_note

ORDER = list(Level.Kind)  # from the municipality down to the team
Kind = StructureChange.Kind


@transaction.atomic
def unit_create(*, number: str, name: str, level: Level, parent: Unit, by: Person) -> Unit:
    """A new unit below `parent`, from today. New in the sense of the measurement: it is compared with nothing."""
    book = Notebook(by=by)
    unit = _make(number=number, name=name, level=level, parent=parent, book=book)
    succession_note(unit, UnitSuccession.Kind.NEW, [], change=book.close(Kind.CREATE, unit))
    return unit


def _make(*, number: str, name: str, level: Level, parent: Unit, book: Notebook) -> Unit:
    _require_living(parent, "parent")
    _require_order(level, parent)
    unit = Unit(number=number.strip(), name=name.strip(), level=level, parent=parent, starts=clock.today())
    unit.full_clean(exclude=["path"])
    unit.save()
    unit.refresh_from_db()
    book.made.append(unit.pk)
    book.hold(unit)
    return unit


@transaction.atomic
def unit_edit(
    *,
    unit: Unit,
    name: str,
    level: Level,
    p_number: str,
    work_environment_group: WorkEnvironmentGroup | None,
    buildings: Collection[Building] | None,
    by: Person,
) -> Unit:
    """Correct a unit by hand. What is changed here survives the next import."""
    if unit.parent is not None:
        _require_order(level, unit.parent)
    probe = Unit(pk=unit.pk, number=unit.number, name=name.strip(), level=level, parent=unit.parent,
                 p_number=p_number.strip(), starts=unit.starts, ends=unit.ends)  # fmt: skip
    probe._state.adding = False
    probe.full_clean(exclude=["path", "number"])
    book = Notebook(by=by)
    book.set(
        unit,
        name=name.strip(),
        level_id=level.pk,
        p_number=p_number.strip(),
        work_environment_group_id=work_environment_group.pk if work_environment_group else None,
    )
    if buildings is not None and {b.pk for b in buildings} != set(unit.buildings.values_list("pk", flat=True)):
        unit.buildings.set(buildings)
        book.hold(unit, "buildings")
    if book.before or book.held:
        book.close(Kind.EDIT, unit)
    unit.refresh_from_db()
    return unit


@transaction.atomic
def unit_move(*, unit: Unit, parent: Unit, by: Person) -> StructureChange:
    """Hang a unit, with everything below it, under another. It stays the same unit."""
    unit, parent = _fresh(unit), _fresh(parent)
    _require_living(unit, None)
    _require_living(parent, "parent")
    if unit.parent_id is None:
        raise ValidationError({"parent": _("Kommunen selv kan ikke flyttes.")})
    if unit.pk in parent.path:
        raise ValidationError({"parent": _("En enhed kan ikke ligge under sig selv.")})
    if parent.pk == unit.parent_id:
        raise ValidationError({"parent": _("Enheden ligger der allerede.")})
    _require_order(unit.level, parent)
    book = Notebook(by=by)
    book.set(unit, parent_id=parent.pk)
    return book.close(Kind.MOVE, unit)


@transaction.atomic
def unit_merge(*, unit: Unit, into: Unit, by: Person) -> StructureChange:
    """Put a unit into another one: its people and units move over, its roles end, and it closes.

    The other unit is from now on «merged from» both, so a trend sums the two.
    """
    unit, into = _fresh(unit), _fresh(into)
    _require_living(unit, None)
    _require_living(into, "into")
    if unit.pk == into.pk:
        raise ValidationError({"into": _("Vælg en anden enhed.")})
    if unit.pk in into.path or unit.parent_id is None:
        raise ValidationError({"into": _("En enhed kan ikke lægges ind under sig selv.")})
    for child in unit.children.filter(active_on_today()).select_related("level"):
        _require_order(child.level, into)
    _require_no_committee(unit)
    book = Notebook(by=by)
    _move_people(unit, into, book)
    for child in unit.children.filter(active_on_today()):
        book.set(child, parent_id=into.pk)
    for group in WorkEnvironmentGroup.objects.filter(workplace=unit):
        book.set(group, workplace_id=into.pk)
    _end(unit, book)
    change = book.close(Kind.MERGE, into)
    before = _earlier(into) + _earlier(unit)
    succession_note(into, UnitSuccession.Kind.MERGED_FROM, {old.pk: old for old in before}.values(), change=change)
    return change


def _earlier(unit: Unit) -> list[Unit]:
    """What a unit stands for when it is summed: itself, or the units it was made of. A new one stands for nothing."""
    rows = list(unit.successions.select_related("earlier"))
    if not rows:
        return [unit]
    return [row.earlier for row in rows if row.earlier is not None]


@transaction.atomic
def unit_split(
    *, unit: Unit, number: str, name: str, employments: Collection[Employment], by: Person
) -> StructureChange:
    """Take some of a unit's people out into a new unit beside it. The new one succeeds the old; neither is the same."""
    unit = _fresh(unit)
    _require_living(unit, None)
    if unit.parent is None:
        raise ValidationError(_("Kommunen selv kan ikke deles."))
    if not employments:
        raise ValidationError({"employments": _("Vælg dem, der skal over i den nye enhed.")})
    if any(job.unit_id != unit.pk for job in employments):
        raise ValidationError({"employments": _("Kun enhedens egne ansatte kan flyttes med.")})
    staying = Employment.objects.filter(active_on_today(), unit=unit).exclude(pk__in=[job.pk for job in employments])
    if not staying.exists():
        raise ValidationError({"employments": _("Der skal blive nogen tilbage i enheden. Ret ellers bare dens navn.")})
    book = Notebook(by=by)
    new = _make(number=number, name=name, level=unit.level, parent=unit.parent, book=book)
    Unit.objects.filter(pk=new.pk).update(work_environment_group=unit.work_environment_group_id)
    for job in employments:
        book.set(job, unit_id=new.pk)
    change = book.close(Kind.SPLIT, new)
    earlier = _earlier(unit)
    succession_note(new, UnitSuccession.Kind.SUCCESSOR, earlier, change=change)
    if earlier == [unit]:
        succession_note(unit, UnitSuccession.Kind.SUCCESSOR, [unit], change=change)
    return change


@transaction.atomic
def unit_close(*, unit: Unit, by: Person) -> StructureChange:
    """Close an empty unit as of today. ValidationError while people or units are still in it."""
    unit = _fresh(unit)
    _require_living(unit, None)
    if unit.parent_id is None:
        raise ValidationError(_("Kommunen selv kan ikke lukkes."))
    people = Employment.objects.filter(active_on_today(), unit=unit).count()
    if people:
        raise ValidationError(
            ngettext(
                "%(n)d ansat er stadig i enheden. Læg enheden sammen med en anden, så følger personen med.",
                "%(n)d ansatte er stadig i enheden. Læg enheden sammen med en anden, så følger de med.",
                people,
            )
            % {"n": people}
        )
    units = unit.children.filter(active_on_today()).count()
    if units:
        raise ValidationError(
            ngettext(
                "%(n)d enhed ligger stadig under den. Flyt den først.",
                "%(n)d enheder ligger stadig under den. Flyt dem først.",
                units,
            )
            % {"n": units}
        )
    _require_no_committee(unit)
    book = Notebook(by=by)
    _end(unit, book)
    return book.close(Kind.CLOSE, unit)


def _move_people(unit: Unit, into: Unit, book: Notebook) -> None:
    for job in Employment.objects.filter(unit=unit).exclude(ends__lt=clock.today()):
        book.set(job, unit_id=into.pk)


def _end(unit: Unit, book: Notebook) -> None:
    """Close the unit, and end the roles on it; a role that has not begun yet ends on its first day."""
    for role in Role.objects.filter(unit=unit).exclude(ends__lt=clock.today()):
        book.set(role, ends=last_day(role.starts))
    book.set(unit, ends=last_day(unit.starts))


def _fresh(unit: Unit) -> Unit:
    """The unit as it stands now, held until the change is written."""
    return Unit.objects.select_for_update(of=("self",)).select_related("level", "parent__level").get(pk=unit.pk)


def _require_living(unit: Unit, field: str | None) -> None:
    if unit.starts > clock.today() or (unit.ends is not None and unit.ends < clock.today()):
        message = _("Enheden «%(name)s» er lukket.") % {"name": unit.name}
        raise ValidationError({field: message} if field else message)


def _require_order(level: Level, parent: Unit) -> None:
    """A workplace does not lie below a team. Two of the same level may lie one below the other."""
    if ORDER.index(Level.Kind(level.kind)) < ORDER.index(Level.Kind(parent.level.kind)):
        raise ValidationError(
            _("%(level)s kan ikke ligge under «%(parent)s», som er %(other)s.")
            % {"level": level.name, "parent": parent.name, "other": parent.level.name.lower()}
        )


def _require_no_committee(unit: Unit) -> None:
    committee = Committee.objects.filter(unit=unit).first()
    if committee is None:
        return
    today = clock.today()
    if Role.objects.filter(committee=committee).exclude(ends__lt=today).exists():
        raise ValidationError(
            _("%(name)s har stadig medlemmer. Afslut deres roller, før enheden forsvinder.") % {"name": committee.name}
        )
