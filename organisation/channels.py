"""How each person is reached in a survey (domain.md 7). The first of these that can be used:

1. what HR chose for this one person
2. the rule of the nearest unit above the employment
3. work e-mail, else mobile, else a letter

A letter, the shared tablet and paper can always be used: they need a name and a unit only. So nobody is without a way.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping

from django.conf import settings
from django.db import transaction

from organisation import invitees
from organisation.audit import audit
from organisation.models import Campaign, ChannelFault, ChannelRule, Employment, Person, Placement, Unit

Channel = Person.Channel
RULES = (Channel.EMAIL, Channel.SMS, Channel.DIGITAL_POST, Channel.LETTER, Channel.KIOSK)


def can_use(person: Person, channel: str, faults: Collection[str] = ()) -> bool:
    """Has the person an address for the channel that has not failed?"""
    if channel in faults:
        return False
    if channel == Channel.EMAIL:
        return bool(person.email)
    if channel == Channel.SMS:
        return bool(person.mobile)
    if channel == Channel.DIGITAL_POST:
        return bool(person.number)  # the delivery service finds the CPR number by it
    return True


def channel_of(person: Person, path: Collection[int], rules: Mapping[int, str], faults: Collection[str] = ()) -> str:
    """The way in of one person. `path`: ids of the units from the top down to the employment's own."""
    ruled = (rules[unit] for unit in reversed(list(path)) if unit in rules)
    wished = [person.survey_channel, next(ruled, ""), Channel.EMAIL, Channel.SMS]
    return str(next((wish for wish in wished if wish and can_use(person, wish, faults)), Channel.LETTER))


def channels_of(placements: Iterable[Placement]) -> dict[int, str]:
    """Placement id -> way in. Two queries, whatever the number; `person` and `employment__unit` must be loaded."""
    rules = dict(ChannelRule.objects.values_list("unit_id", "channel"))
    faults: dict[int, set[str]] = {}
    for person_id, channel in ChannelFault.objects.values_list("person_id", "channel"):
        faults.setdefault(person_id, set()).add(channel)
    return {
        row.pk: channel_of(row.person, row.employment.unit.path, rules, faults.get(row.person_id, ()))
        for row in placements
    }


def faults_of(people: Iterable[int]) -> dict[int, set[str]]:
    """Person -> the ways to them that have failed. One query."""
    found: dict[int, set[str]] = {}
    for person, channel in ChannelFault.objects.filter(person__in=people).values_list("person_id", "channel"):
        found.setdefault(person, set()).add(channel)
    return found


def way_of_notice(person: Person, wished: str, faults: Collection[str]) -> str | None:
    """How a notice reaches the person: as was meant, else by the next way that has not failed. None: by none."""
    if wished not in faults:
        return wished
    gateways = {
        Channel.EMAIL: True,
        Channel.SMS: bool(settings.SMS_GATEWAY),
        Channel.LETTER: bool(settings.LETTER_GATEWAY),
    }
    return next((str(way) for way, ours in gateways.items() if ours and can_use(person, way, faults)), None)


def counts_planned(campaign: Campaign) -> Counter[str]:
    """Way in -> people who would be reached by it, before there are tickets. A constant number of queries."""
    if campaign.frozen_at is not None:
        return Counter(channels_of(campaign.placements.select_related("person", "employment__unit")).values())
    places = invitees.invitees_of(campaign).places
    jobs = Employment.objects.filter(pk__in=[job for job, _unit in places.values()])
    rows = [Placement(pk=job.pk, person=job.person, employment=job) for job in jobs.select_related("person", "unit")]
    return Counter(channels_of(rows).values())


@transaction.atomic
def rule_set(*, unit: Unit, channel: str, by: Person) -> ChannelRule:
    """From now on everybody below the unit who has not been sent their way in is reached like this."""
    rule, _made = ChannelRule.objects.update_or_create(unit=unit, defaults={"channel": channel})
    audit("channel_rule_set", rule, actor=by, unit=unit, channel=channel)
    return rule


@transaction.atomic
def rule_remove(*, rule: ChannelRule, by: Person) -> None:
    audit("channel_rule_removed", rule, actor=by, unit=rule.unit_id, channel=rule.channel)
    rule.delete()


def fault_note(person: Person, channel: str) -> None:
    """An address failed. Which message it was is not kept."""
    ChannelFault.objects.get_or_create(person=person, channel=channel)


@transaction.atomic
def faults_note_addresses(*, addresses: Iterable[str], by: Person | None) -> tuple[int, list[str]]:
    """Mark the addresses that came back as bad. Returns (how many people, addresses that nobody here has)."""
    people: dict[str, list[tuple[Person, str]]] = {}
    wanted = {_plain(address) for address in addresses} - {""}
    mails = [address for address in wanted if "@" in address]
    for person in Person.objects.filter(email__in=mails):
        people.setdefault(person.email or "", []).append((person, Channel.EMAIL))
    if len(wanted) > len(mails):
        for person in Person.objects.exclude(mobile=""):
            if (number := _plain(person.mobile)) in wanted:
                people.setdefault(number, []).append((person, Channel.SMS))
    found = [pair for pairs in people.values() for pair in pairs]
    ChannelFault.objects.bulk_create(
        [ChannelFault(person=person, channel=channel) for person, channel in found], ignore_conflicts=True
    )
    if by is not None and found:
        audit("channel_faults_noted", by, actor=by, people=len(found))
    return len(found), sorted(wanted - people.keys())


def _plain(address: str) -> str:
    text = address.strip().strip("<>;,").lower()
    if "@" in text:
        return text
    digits = "".join(sign for sign in text if sign.isdigit())
    return digits[2:] if len(digits) == 10 and digits.startswith("45") else digits


def addresses_changed(*, email: Iterable[int], mobile: Iterable[int]) -> None:
    """These people have another address: that the old one failed says nothing about it."""
    ChannelFault.objects.filter(person__in=email, channel=Channel.EMAIL).delete()
    ChannelFault.objects.filter(person__in=mobile, channel=Channel.SMS).delete()


def fault_clear(*, person: Person, channel: str, by: Person) -> None:
    """The address was put right."""
    gone, _of = ChannelFault.objects.filter(person=person, channel=channel).delete()
    if gone:
        audit("channel_fault_cleared", person, actor=by, channel=channel)
