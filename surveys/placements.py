"""The named exceptions to the frozen roll: somebody who came late, somebody who stands in the wrong unit.

Nobody else is ever moved. What a person has sent stays where it was sent: nobody can know whether there is anything.
The groups of the response rate stay as they were chosen at opening.
"""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from organisation import channels, clock, invitees
from organisation.access import active_on_today
from organisation.audit import audit
from organisation.cpr import no_cpr
from organisation.models import (
    Campaign,
    CampaignUnit,
    Employment,
    Person,
    Placement,
    PlacementException,
    Unit,
)
from surveys.models import Ticket, Wave

Kind, State = PlacementException.Kind, PlacementException.State


def main_wave(campaign: Campaign) -> Wave | None:
    return Wave.objects.filter(campaign=campaign, kind=Wave.Kind.MAIN).first()


@transaction.atomic
def late_joiner_add(
    *, campaign: Campaign, person: Person, reason: str, unit: Unit | None = None, by: Person
) -> PlacementException:
    """Invite one more by hand, until the survey closes. Counts at the main employment unless `unit` says otherwise."""
    wave = _require_open(campaign)
    no_cpr(reason)
    if Placement.objects.filter(campaign=campaign, person=person).exists():
        raise ValidationError({"person": _("%(name)s er allerede inviteret.") % {"name": person.name}})
    job = (
        Employment.objects.filter(active_on_today(), person=person)
        .select_related("unit")
        .order_by("-hours", "starts", "pk")
        .first()
    )
    if job is None:
        raise ValidationError({"person": _("%(name)s er ikke ansat i dag.") % {"name": person.name}})
    place = _campaign_unit(campaign, unit or _place_of(campaign, job))
    made = PlacementException.objects.create(
        campaign=campaign,
        kind=Kind.LATE,
        state=State.DONE,
        person=person,
        unit=place,
        reason=_reason(reason),
        asked_at=clock.now(),
        by=by,
        decided_at=clock.now(),
    )
    _put(wave, Placement(campaign=campaign, person=person, employment=job, unit=place))
    audit("late_joiner_added", made, actor=by, unit=place.unit_id, person=person.pk)
    return made


def _place_of(campaign: Campaign, job: Employment) -> Unit:
    """The unit where freezing would have put the employment."""
    if not campaign.leaders_one_level_up:
        return job.unit
    units = invitees.active_units()
    if job.unit_id not in units:
        return job.unit
    return units[invitees.above_own(job.unit_id, invitees.leaders_of_today()[job.person_id], units)]


@transaction.atomic
def wrong_unit_report(*, placement: Placement, wish: str) -> PlacementException:
    """«Det er ikke min enhed»: an employee's word to HR. Said again, it replaces what was said before."""
    _require_open(placement.campaign)
    no_cpr(wish)
    if not wish.strip():
        raise ValidationError({"wish": _("Skriv, hvor du arbejder.")})
    asked, _made = PlacementException.objects.update_or_create(
        campaign=placement.campaign,
        person_id=placement.person_id,
        state=State.ASKED,
        defaults={
            "kind": Kind.MOVED,
            "stood_in": placement.unit,
            "wish": wish.strip()[:200],
            "asked_at": clock.now(),
        },
    )
    audit("wrong_unit_reported", asked, actor=None, unit=placement.unit.unit_id)
    return asked


@transaction.atomic
def wrong_unit_move(*, asked: PlacementException, unit: Unit, reason: str, by: Person) -> PlacementException:
    """Let the person count in another unit from now on. The old link dies; a new one is sent."""
    asked = PlacementException.objects.select_for_update().get(pk=asked.pk)
    _require_asked(asked)
    wave = _require_open(asked.campaign)
    no_cpr(reason)
    old = Placement.objects.select_related("unit").get(campaign=asked.campaign, person=asked.person)
    place = _campaign_unit(asked.campaign, unit)
    if place.pk == old.unit_id:
        raise ValidationError({"unit": _("Personen tæller allerede dér.")})
    _decide(asked, State.DONE, reason, by, stood_in=old.unit, unit=place)
    employment = old.employment
    _count(old.unit, -1)
    old.delete()
    _put(wave, Placement(campaign=asked.campaign, person=asked.person, employment=employment, unit=place))
    audit("placement_moved", asked, actor=by, unit=place.unit_id, person=asked.person_id, stood_in=old.unit.unit_id)
    return asked


@transaction.atomic
def wrong_unit_refuse(*, asked: PlacementException, reason: str, by: Person) -> PlacementException:
    """Leave the person where the frozen organisation has them, with a reason."""
    asked = PlacementException.objects.select_for_update().get(pk=asked.pk)
    _require_asked(asked)
    no_cpr(reason)
    _decide(asked, State.REFUSED, reason, by)
    audit("placement_kept", asked, actor=by, person=asked.person_id)
    return asked


def _decide(
    asked: PlacementException,
    state: str,
    reason: str,
    by: Person,
    *,
    stood_in: CampaignUnit | None = None,
    unit: CampaignUnit | None = None,
) -> None:
    asked.state, asked.reason, asked.by, asked.decided_at = state, _reason(reason), by, clock.now()
    asked.stood_in, asked.unit = stood_in or asked.stood_in, unit
    asked.save()


def _reason(reason: str) -> str:
    if not reason.strip():
        raise ValidationError({"reason": _("Skriv, hvorfor der gøres en undtagelse.")})
    return reason.strip()[:300]


def _require_asked(asked: PlacementException) -> None:
    if asked.state != State.ASKED:
        raise ValidationError(_("Henvendelsen er allerede afgjort."))


def _require_open(campaign: Campaign) -> Wave | None:
    """Between freezing and closing. Before it the rules decide; after it nothing can be changed."""
    if campaign.frozen_at is None:
        raise ValidationError(_("Organisationen er ikke frosset endnu. Ret reglerne eller organisationen i stedet."))
    wave = main_wave(campaign)
    if wave is not None and (wave.state not in (Wave.State.PLANNED, Wave.State.OPEN) or clock.now() >= wave.closes_at):
        raise ValidationError(_("Målingen er lukket. Der kan ikke gøres undtagelser længere."))
    return wave


def _campaign_unit(campaign: Campaign, unit: Unit) -> CampaignUnit:
    place = CampaignUnit.objects.filter(campaign=campaign, unit=unit).first()
    if place is None:
        raise ValidationError(
            {"unit": _("«%(name)s» er ikke med i den frosne organisation. Vælg en anden enhed.") % {"name": unit.name}}
        )
    return place


def _put(wave: Wave | None, placement: Placement) -> None:
    """Place the person; in an open survey with a ticket, so that the next sweep sends the way in."""
    placement.save()
    _count(placement.unit, 1)
    if wave is not None and wave.state == Wave.State.OPEN:
        way = channels.channels_of([placement])[placement.pk]
        Ticket.objects.create(wave=wave, placement=placement, channel=way)


def _count(unit: CampaignUnit, change: int) -> None:
    """Keep the head-counts of the snapshot true, from the unit to the top."""
    above = CampaignUnit.objects.filter(campaign=unit.campaign_id, unit__in=unit.path).exclude(pk=unit.pk)
    CampaignUnit.objects.filter(pk=unit.pk).update(placed=F("placed") + change, invited=F("invited") + change)
    above.update(invited=F("invited") + change)
