"""Read dialogues: a trio's, a person's tasks, and those that still lack a date."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection

from django.db.models import Exists, OuterRef, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from dialogs.models import Dialogue
from organisation import clock
from organisation.access import active_on_today, facilitated_units, groups_of, own_units
from organisation.campaigns import milestone
from organisation.models import Campaign, CampaignUnit, Milestone, Person, Role, WorkEnvironmentGroup
from organisation.tasklist import Task
from organisation.templatetags.dates import dk_short


def members_by_group(group_ids: Collection[int]) -> dict[int, list[Person]]:
    """Who sits in each of the trios today, each person once. One query."""
    members: dict[int, dict[int, Person]] = defaultdict(dict)
    for role in (
        Role.objects.filter(
            active_on_today(),
            kind__in=Role.TRIO_KINDS,
            unit__work_environment_group__in=group_ids,
            person__is_active=True,
        )
        .select_related("person", "unit")
        .order_by("pk")
    ):
        assert role.unit is not None
        assert role.unit.work_environment_group_id is not None
        members[role.unit.work_environment_group_id][role.person_id] = role.person
    return {group_id: list(people.values()) for group_id, people in members.items()}


def dialogues_of(person: Person, campaign: Campaign) -> QuerySet[Dialogue]:
    """The dialogues of the trios that the person sits in."""
    return (
        Dialogue.objects.filter(campaign=campaign, group__in=groups_of(person))
        .select_related("group__workplace")
        .prefetch_related("units")
        .order_by("pk")
    )


def dialogue_of(group: WorkEnvironmentGroup, campaign: Campaign) -> Dialogue | None:
    """The trio's dialogue, or None before its report is out."""
    return Dialogue.objects.filter(group=group, campaign=campaign).prefetch_related("units").first()


def undated(campaign: Campaign) -> QuerySet[Dialogue]:
    """Dialogues that nobody has set a date for."""
    return Dialogue.objects.filter(campaign=campaign, state=Dialogue.State.OPEN).select_related("group").order_by("pk")


def _newest_of_trios(person: Person) -> QuerySet[Dialogue]:
    """The newest dialogue of each of the person's trios: an older one that was never held is overtaken by it."""
    newer = Dialogue.objects.filter(group=OuterRef("group"), campaign__year__gt=OuterRef("campaign__year"))
    return (
        Dialogue.objects.filter(~Exists(newer), group__in=groups_of(person))
        .select_related("group__workplace", "campaign")
        .prefetch_related("campaign__milestones")
        .order_by("pk")
    )


def _led_by(person: Person) -> QuerySet[Dialogue]:
    """The dialogues to come that the person leads as facilitator, in a role of its own."""
    units = facilitated_units(person)
    if not units:
        return Dialogue.objects.none()
    here = CampaignUnit.objects.filter(dialogues=OuterRef("pk"), unit__in=units)
    return (
        Dialogue.objects.filter(Exists(here))
        .exclude(state=Dialogue.State.HELD)
        .exclude(group__in=groups_of(person))
        .select_related("group")
        .order_by("planned_at", "pk")
    )


def invitations_to(person: Person) -> QuerySet[Dialogue]:
    """Planned dialogues of the units where the person works, without those of the person's own trios."""
    in_own_units = CampaignUnit.objects.filter(dialogues=OuterRef("pk"), unit__in=own_units(person))
    return (
        Dialogue.objects.filter(Exists(in_own_units), state=Dialogue.State.PLANNED)
        .exclude(group__in=groups_of(person))
        .select_related("group")
        .order_by("planned_at")
    )


def tasks_of(person: Person) -> list[Task]:
    """What the dialogues ask of one person, for «Mine opgaver»: each trio's newest one, and invitations of any."""
    tasks = [_trio_task(dialogue, dialogue.campaign) for dialogue in _newest_of_trios(person)]
    tasks += [
        Task(
            title=_("Led trivselsdialogen"),
            url=reverse("dialogs:dialogue_guide", args=[dialogue.uuid]),
            action=_("Åbn guiden"),
            when=timezone.localdate(dialogue.planned_at) if dialogue.planned_at else None,
            more=_("%(group)s, %(place)s.") % {"group": dialogue.group.name, "place": dialogue.place}
            if dialogue.planned_at
            else _("%(group)s har ikke sat en dato endnu.") % {"group": dialogue.group.name},
        )
        for dialogue in _led_by(person)
    ]
    for dialogue in invitations_to(person):
        assert dialogue.planned_at is not None
        if dialogue.planned_at < clock.now():
            continue
        tasks.append(
            Task(
                title=_("Kom til trivselsdialog"),
                url=reverse("dialogs:dialogue_detail", args=[dialogue.uuid]),
                action=_("Læs invitationen"),
                when=timezone.localdate(dialogue.planned_at),
                more=_("%(place)s. Der er fem spørgsmål at tænke over inden.") % {"place": dialogue.place},
            )
        )
    return tasks


def _trio_task(dialogue: Dialogue, campaign: Campaign) -> Task:
    detail = reverse("dialogs:dialogue_detail", args=[dialogue.uuid])
    if dialogue.state == Dialogue.State.HELD:
        return Task(
            title=_("Hold trivselsdialogen"),
            url=detail,
            action=_("Se aftalerne"),
            when=dialogue.held_on,
            more=dialogue.group.name,
            done=True,
        )
    if dialogue.planned_at is None:
        nudge = milestone(campaign, Milestone.Key.DIALOGUE_DATE_NUDGE)
        period = milestone(campaign, Milestone.Key.DIALOGUES)
        last = (period.ends or period.starts) if period else None
        more = dialogue.group.name
        if last is not None:
            more = _("%(group)s. Dialogen holdes senest %(day)s.") % {"group": more, "day": dk_short(last)}
        return Task(
            title=_("Sæt dato for trivselsdialogen"),
            url=reverse("dialogs:dialogue_plan", args=[dialogue.uuid]),
            action=_("Vælg dato"),
            when=nudge.starts if nudge and nudge.starts >= clock.today() else last,
            more=more,
        )
    day = timezone.localdate(dialogue.planned_at)
    if dialogue.planned_at <= clock.now():
        return Task(
            title=_("Skriv referat af trivselsdialogen"),
            url=reverse("dialogs:dialogue_hold", args=[dialogue.uuid]),
            action=_("Skriv referat"),
            when=day,
            more=_("%(group)s. Aftalerne går med ud til alle.") % {"group": dialogue.group.name},
        )
    return Task(
        title=_("Forbered trivselsdialogen"),
        url=detail,
        action=_("Åbn guiden"),
        when=day,
        more=_("%(group)s, %(place)s.") % {"group": dialogue.group.name, "place": dialogue.place},
    )
