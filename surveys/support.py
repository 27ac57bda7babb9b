"""HR helps somebody in: another way, a new code, paper. Says how the way in was sent and never whether it was used.

Every new code voids the old one. Each deed leaves a trace with the person it was done for.
"""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from organisation import channels, clock
from organisation.audit import audit
from organisation.models import ChannelFault, Person
from organisation.pickers import people_found
from surveys import answering, codes, keys, tickets
from surveys.models import PaperForm, ReminderDuty, Ticket, Wave

Channel = Person.Channel


def people_of(wave: Wave | None, text: str) -> QuerySet[Person]:
    """People by name or number: everybody employed before the survey opens, the invited afterwards."""
    found = people_found(text)
    if wave is not None and wave.state != Wave.State.PLANNED:
        found = found.filter(placements__campaign=wave.campaign_id)
    return found


def ticket_of(wave: Wave | None, person: Person) -> Ticket | None:
    if wave is None:
        return None
    return (
        Ticket.objects.filter(wave=wave, placement__person=person)
        .select_related(
            "wave__questionnaire",
            "placement__person",
            "placement__unit",
            "placement__employment__unit__parent",
            "placement__employment__unit__level",
        )
        .first()
    )


def require_open(wave: Wave) -> None:
    if wave.state != Wave.State.OPEN or clock.now() >= wave.closes_at:
        raise ValidationError(_("Målingen er ikke åben, så der er ingen koder at give."))


@transaction.atomic
def channel_choose(*, person: Person, channel: str, wave: Wave | None, by: Person) -> Ticket | None:
    """From now on the person is reached this way. In an open survey a new way in is sent, and the old one is void."""
    faults = set(ChannelFault.objects.filter(person=person).values_list("channel", flat=True))
    if not channels.can_use(person, channel, faults):
        raise ValidationError(
            {"channel": _("Den vej kan ikke bruges: Adressen mangler, eller den har vist sig ikke at virke.")}
        )
    ticket = ticket_of(wave, person)
    if ticket is not None and ticket.wave.state == Wave.State.OPEN:
        require_open(ticket.wave)
        if ticket.channel == Channel.PAPER and channel != Channel.PAPER:
            _require_unprinted(ticket)
    Person.objects.filter(pk=person.pk).update(survey_channel=channel)
    person.survey_channel = channel
    if ticket is None:
        audit("channel_chosen", person, actor=by, channel=channel)
        return None
    if channel == Channel.PAPER:
        # What was sent by link would count beside the paper. Nobody is told whether there was anything.
        answering.envelope_withdraw(wave=ticket.wave, pseudonym=keys.pseudonym(ticket.wave, person.pk))
    if channel not in Person.SENT_BY_US:
        ReminderDuty.objects.filter(ticket=ticket, handled=False).delete()
    _void(ticket, channel)
    audit("ticket_to_paper" if channel == Channel.PAPER else "ticket_resent", person, actor=by, channel=channel)
    return ticket


def _void(ticket: Ticket, channel: str) -> None:
    ticket.code_number += 1
    ticket.channel, ticket.code_hash, ticket.link_hash = channel, None, None
    ticket.invited_on = ticket.claimed_at = None
    ticket.failed = ""
    ticket.save()


def _require_unprinted(ticket: Ticket) -> None:
    """Back from paper only while fewer forms are printed than people are on paper: a form cannot be called back."""
    unit = ticket.placement.unit_id
    on_paper = Ticket.objects.filter(wave=ticket.wave, channel=Channel.PAPER, placement__unit=unit).count()
    if PaperForm.objects.filter(wave=ticket.wave, unit=unit).count() >= on_paper:
        raise ValidationError(
            {"channel": _("Papirskemaet er trykt og kan ikke kaldes tilbage. Personen svarer på papir.")}
        )


@transaction.atomic
def way_in_now(*, ticket: Ticket, channel: str, by: Person, verb: str) -> tickets.WayIn:
    """A new code that works at once: to say on the phone (`channel` as it was) or to print as one letter."""
    require_open(ticket.wave)
    if ticket.channel == Channel.PAPER:
        raise ValidationError(_("Personen svarer på papir og har ingen kode."))
    _void(ticket, channel)
    secret = codes.secret_of(ticket.wave)
    tickets.codes_store([ticket], secret)
    Ticket.objects.filter(pk=ticket.pk).update(invited_on=clock.today())
    audit(verb, ticket.placement.person, actor=by)
    return tickets.way_in(secret, ticket)


def unreached(wave: Wave) -> QuerySet[Ticket]:
    """Tickets whose message failed, or whose address has turned out bad: HR finds another way for them."""
    return (
        Ticket.objects.filter(Q(tickets.bad_address()) | ~Q(failed=""), wave=wave)
        .select_related("placement__person", "placement__unit")
        .order_by("placement__unit__position", "pk")
    )


@transaction.atomic
def unsent_try_again(*, wave: Wave, by: Person) -> int:
    """Send once more to those whom only our gateway failed; whoever has a bad address stays on the list."""
    again = (
        Ticket.objects.filter(~tickets.bad_address(), wave=wave).exclude(failed="").update(failed="", claimed_at=None)
    )
    if again:
        audit("invitations_tried_again", wave, actor=by, people=again)
    return again


@transaction.atomic
def channels_apply(wave: Wave | None) -> int:
    """Let HR's rules count for those who have not been sent anything yet. Returns how many have another way now."""
    if wave is None or wave.state != Wave.State.OPEN:
        return 0
    waiting = list(
        Ticket.objects.filter(wave=wave, invited_on=None, claimed_at=None, code_hash=None)
        .exclude(channel=Channel.PAPER)
        .select_related("placement__person", "placement__employment__unit")
    )
    ways = channels.channels_of([ticket.placement for ticket in waiting])
    changed = [ticket for ticket in waiting if ways[ticket.placement_id] != ticket.channel]
    for ticket in changed:
        ticket.channel = ways[ticket.placement_id]
    Ticket.objects.bulk_update(changed, ["channel"], batch_size=5000)
    return len(changed)


@transaction.atomic
def undeliverable(*, wave: Wave, numbers: list[str], by: Person) -> tuple[int, list[str]]:
    """The Digital Post provider's «not deliverable»: these people get a letter. Returns (people, unknown numbers)."""
    wanted = {number.strip() for number in numbers} - {""}
    people = {person.number: person for person in Person.objects.filter(number__in=wanted)}
    ChannelFault.objects.bulk_create(
        [ChannelFault(person=person, channel=Channel.DIGITAL_POST) for person in people.values()],
        ignore_conflicts=True,
    )
    turned = Ticket.objects.filter(
        wave=wave, channel=Channel.DIGITAL_POST, placement__person__in=people.values()
    ).update(channel=Channel.LETTER, invited_on=None, claimed_at=None)
    audit("digital_post_undeliverable", wave, actor=by, people=turned)
    return turned, sorted(wanted - {str(number) for number in people})
