"""The trio's physical board: what may move where, who moved it, and who is told."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction
from django.db.models import Count, F, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from organisation import access, clock
from organisation.audit import audit
from organisation.models import Campaign, Person, Role, WorkEnvironmentGroup
from organisation.notices import Draft, queue
from surveys.access import released
from surveys.campaigns import running_campaign
from surveys.models import Finding, FindingMove

State = Finding.State

DECIDED = (State.SOLVED, State.PLAN, State.MED, State.PROPERTY, State.DUPLICATE, State.NOTHING)
# Ny → Vurderet → one of the decisions → Tilbagemeldt → Lukket; everything may be taken up again.
MOVES: dict[str, tuple[str, ...]] = {
    State.NEW: (State.ASSESSED, *DECIDED),
    State.ASSESSED: DECIDED,
    State.SOLVED: (State.TOLD, State.ASSESSED),
    State.NOTHING: (State.TOLD, State.ASSESSED),
    State.PLAN: (State.SOLVED, State.MED, State.PROPERTY, State.TOLD, State.ASSESSED),
    State.MED: (State.SOLVED, State.PLAN, State.PROPERTY, State.TOLD, State.ASSESSED),
    State.PROPERTY: (State.SOLVED, State.PLAN, State.MED, State.TOLD, State.ASSESSED),
    State.DUPLICATE: (State.ASSESSED,),
    State.TOLD: (State.CLOSED, State.ASSESSED),
    State.CLOSED: (State.ASSESSED,),
}
NEEDS_MORE = (State.NOTHING, State.DUPLICATE)  # a reason, or which other one


@dataclass(frozen=True)
class Lane:
    """One column of the board: a stage of the work with the states it holds."""

    name: str | Promise
    states: tuple[str, ...]


LANES = (
    Lane(gettext_lazy("Nye"), (State.NEW,)),
    Lane(gettext_lazy("Vurderet"), (State.ASSESSED,)),
    Lane(gettext_lazy("I gang"), (State.PLAN, State.MED, State.PROPERTY)),
    Lane(gettext_lazy("Afgjort"), (State.SOLVED, State.NOTHING)),
    Lane(gettext_lazy("Tilbagemeldt"), (State.TOLD,)),
)
PUT_AWAY = (State.CLOSED, State.DUPLICATE)


class CannotMove(Exception):
    """The move is not possible; the message tells the user why."""


def with_counts(findings: QuerySet[Finding]) -> QuerySet[Finding]:
    """Findings with how many reports they stand on, the reports of their duplicates included."""
    return findings.annotate(
        own_count=Count("reports", distinct=True),
        merged_count=Count("duplicates__reports", distinct=True),
        report_count=F("own_count") + F("merged_count"),
    )


def still_closed() -> Campaign | None:
    """The campaign whose reports the trio still waits for: of that, the board shows only what is dangerous."""
    running = running_campaign()
    if running is None or released(running) is not None:
        return None
    return running


@transaction.atomic
def finding_move(
    finding: Finding,
    *,
    to: str,
    by: Person,
    note: str = "",
    same_as: Finding | None = None,
    seen: str | None = None,
) -> FindingMove:
    """Move a finding on the trio's board. `seen` is the state on the mover's page: somebody else may have moved it."""
    finding = Finding.objects.select_for_update(of=("self",)).select_related("unit__unit").get(pk=finding.pk)
    group_id = finding.unit.unit.work_environment_group_id
    if group_id is None or not access.groups_of(by).filter(pk=group_id).exists():
        raise CannotMove(_("Kun trioen kan flytte sine fund."))
    if seen is not None and seen != finding.state:
        raise CannotMove(
            _("En anden fra trioen har imens flyttet fundet til «%(state)s».") % {"state": finding.get_state_display()}
        )
    if to not in MOVES[finding.state]:
        raise CannotMove(_("Fundet kan ikke flyttes dertil fra «%(state)s».") % {"state": finding.get_state_display()})
    note = note.strip()
    if to == State.NOTHING and not note:
        raise CannotMove(_("Skriv, hvorfor der ikke gøres noget."))
    finding.same_as = _original(finding, same_as, group_id) if to == State.DUPLICATE else None
    if finding.same_as is not None:
        # A chain would hide the reports of the first one: whatever was merged here follows along.
        finding.duplicates.update(same_as=finding.same_as)
    finding.reason = note if to == State.NOTHING else ""
    finding.state = to
    finding.save(update_fields=["state", "same_as", "reason"])
    move = FindingMove.objects.create(finding=finding, by=by, state=to, note=note, at=clock.now())
    audit("finding_moved", finding, actor=by, unit=finding.unit.unit_id, state=to)
    _tell_reporters(finding, move)
    return move


def _original(finding: Finding, same_as: Finding | None, group_id: int) -> Finding:
    """The finding that this one is a duplicate of: on the same board and not itself a duplicate."""
    if same_as is None or same_as.pk == finding.pk:
        raise CannotMove(_("Vælg den melding, som denne er en dublet af."))
    other = Finding.objects.filter(
        pk=same_as.pk, campaign=finding.campaign_id, unit__unit__work_environment_group=group_id
    ).first()
    if other is None or other.state == State.DUPLICATE:
        raise CannotMove(_("Vælg den melding, som denne er en dublet af."))
    return other


def _tell_reporters(finding: Finding, move: FindingMove) -> None:
    """Those who gave their name hear that it moved. The message says where to, not what it is about."""
    people = Person.objects.filter(
        pk__in=finding.reports.filter(person__isnull=False).values("person_id"), is_active=True
    )
    queue(
        Draft(
            key=f"finding-move:{move.pk}:{person.pk}",
            person=person,
            kind="finding_moved",
            subject=_("Nyt om din fysiske melding"),
            body=_("Trioen har flyttet din melding til «%(state)s». Se mere med koden på din kvittering.")
            % {"state": finding.get_state_display()},
        )
        for person in people
    )


def others_on_board(finding: Finding, group: WorkEnvironmentGroup) -> QuerySet[Finding]:
    """What a finding may be a duplicate of."""
    return (
        Finding.objects.filter(campaign=finding.campaign_id, unit__unit__work_environment_group=group)
        .exclude(Q(pk=finding.pk) | Q(state=State.DUPLICATE))
        .order_by("title", "pk")
    )


@transaction.atomic
def property_reply(finding: Finding, *, by: Person, note: str, done: bool) -> FindingMove:
    """Kommunale Ejendomme answers a finding that was sent to them; `done` also marks it solved."""
    finding = Finding.objects.select_for_update(of=("self",)).get(pk=finding.pk)
    if not access.is_property(by):
        raise CannotMove(_("Kun Kommunale Ejendomme kan svare her."))
    if finding.state != State.PROPERTY:
        raise CannotMove(_("Sagen ligger ikke længere hos Kommunale Ejendomme."))
    if not note.strip():
        raise CannotMove(_("Skriv et svar til trioen."))
    if done:
        finding.state = State.SOLVED
        finding.save(update_fields=["state"])
    move = FindingMove.objects.create(finding=finding, by=by, state=finding.state, note=note.strip(), at=clock.now())
    audit("property_replied", finding, actor=by, state=finding.state)
    if done:
        _tell_reporters(finding, move)
    return move


def contacts_of(group_ids: set[int]) -> dict[int, Person]:
    """Whom Kommunale Ejendomme may call: the trio's AMR, otherwise its leader."""
    contacts: dict[int, Person] = {}
    roles = (
        Role.objects.filter(
            access.active_on_today(),
            kind__in=[Role.Kind.AMR, Role.Kind.LEADER],
            unit__work_environment_group__in=group_ids,
        )
        .select_related("person", "unit")
        .order_by("-kind", "pk")  # leader first, so that an AMR replaces him
    )
    for role in roles:
        assert role.unit is not None
        assert role.unit.work_environment_group_id is not None
        contacts[role.unit.work_environment_group_id] = role.person
    return contacts
