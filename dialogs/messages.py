"""What the dialogues say to people: invitation, summary, and the nudge to a trio without a date."""

from __future__ import annotations

from collections.abc import Iterable

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from dialogs.guide import REFLECTION
from dialogs.models import Dialogue
from organisation import clock
from organisation.access import active_on_today
from organisation.models import CampaignUnit, Employment, Person
from organisation.notices import Draft, in_language_of
from organisation.templatetags.dates import dk_moment


def staff_of(dialogue: Dialogue) -> list[Person]:
    """Everybody at work in the dialogue's units today, once. People on leave are left in peace (domain.md 6.2)."""
    return list(
        Person.objects.filter(
            pk__in=Employment.objects.filter(
                active_on_today(),
                leave=Employment.Leave.NONE,
                unit__in=CampaignUnit.objects.filter(dialogues=dialogue).values("unit_id"),
            ).values("person_id"),
            is_active=True,
        ).order_by("pk")
    )


def unit_names(dialogue: Dialogue) -> str:
    """«Afsnit Syd og Køkkenet»."""
    names = [unit.name for unit in dialogue.units.all()]
    return names[0] if len(names) == 1 else " og ".join([", ".join(names[:-1]), names[-1]]) if names else ""


def page_of(dialogue: Dialogue) -> str:
    return settings.BASE_URL + reverse("dialogs:dialogue_detail", args=[dialogue.uuid])


def invitation_key(dialogue: Dialogue) -> str:
    """What all invitations to this dialogue begin with."""
    return f"dialogue_invitation:{dialogue.uuid}:"


def invitations(dialogue: Dialogue, *, moved: bool) -> list[Draft]:
    """One to everybody in the units. A moved date is a new message, so the key carries the minute it was set."""
    assert dialogue.planned_at is not None
    names, stamp = unit_names(dialogue), int(clock.now().timestamp())
    drafts = []
    for person in staff_of(dialogue):
        with in_language_of(person):
            about = {
                "units": names,
                "when": dk_moment(dialogue.planned_at),
                "place": dialogue.place,
                "url": page_of(dialogue),
            }
            if person.channel == Person.Channel.SMS:
                body = _("Trivselsdialog i %(units)s: %(when)s, %(place)s. Læs mere: %(url)s") % about
            else:
                questions = "\n".join(f"{n}. {question}" for n, question in enumerate(REFLECTION, start=1))
                hello = _("Kære alle i %(units)s") % about
                lead = _("Vi mødes %(when)s til trivselsdialog. Sted: %(place)s.") % about
                rest = _(
                    "Vi ser på resultaterne sammen og aftaler, hvad vi vil gøre. "
                    "Du behøver ikke forberede andet end at tænke over:"
                )
                body = f"{hello}\n\n{lead} {rest}\n\n{questions}\n\n{page_of(dialogue)}"
            subject = _("Ny tid til trivselsdialogen") if moved else _("Invitation til trivselsdialog")
            drafts.append(
                Draft(f"{invitation_key(dialogue)}{stamp}:{person.pk}", person, "dialogue_invitation", subject, body)
            )
    return drafts


def summaries(dialogue: Dialogue) -> list[Draft]:
    """What was agreed, to everybody in the units, once."""
    agreed = "\n".join(
        f"- {agreement.text}" + (f" ({agreement.owner})" if agreement.owner else "")
        for agreement in dialogue.agreements.all()
    )
    drafts = []
    for person in staff_of(dialogue):
        with in_language_of(person):
            if person.channel == Person.Channel.SMS:
                body = _("Aftalerne fra trivselsdialogen er klar: %(url)s") % {"url": page_of(dialogue)}
            else:
                said = agreed or _("Der er ikke skrevet aftaler ned.")
                lead = _("Tak for trivselsdialogen. Det aftalte vi:")
                body = f"{lead}\n\n{said}\n\n{page_of(dialogue)}"
            drafts.append(
                Draft(
                    f"dialogue_summary:{dialogue.uuid}:{person.pk}",
                    person,
                    "dialogue_summary",
                    _("Aftalerne fra trivselsdialogen"),
                    body,
                )
            )
    return drafts


def date_nudges(dialogue: Dialogue, members: Iterable[Person], *, milestone_id: int) -> list[Draft]:
    """To a trio that has set no date when the milestone comes."""
    drafts = []
    for person in members:
        with in_language_of(person):
            body = _(
                "Trioen «%(group)s» har endnu ikke sat en dato for trivselsdialogen. Vælg en dato, så alle kan nå at "
                "få en invitation.\n\n%(url)s"
            ) % {"group": dialogue.group.name, "url": page_of(dialogue)}
            drafts.append(
                Draft(
                    f"dialogue_date_nudge:{milestone_id}:{dialogue.pk}:{person.pk}",
                    person,
                    "dialogue_date_nudge",
                    _("Sæt dato for trivselsdialogen"),
                    body,
                )
            )
    return drafts
