"""What is held about one person, in words: for the person («Mine data»), and for HR when somebody asks by letter.

Each app tells its own part with `held(person)`; of the anonymous part nothing is held that leads to a person.
"""

from __future__ import annotations

from dataclasses import dataclass

from allauth.mfa.models import Authenticator
from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import get_language_info
from django.utils.translation import gettext as _

from organisation import clock, notices
from organisation.audit import audit
from organisation.channels import addresses_changed
from organisation.cpr import no_cpr
from organisation.imports.corrections import correction_record
from organisation.models import (
    AuditEntry,
    DataRequest,
    Employment,
    Notice,
    Person,
    Placement,
    PlacementException,
    Role,
)
from organisation.templatetags.dates import dk_long, dk_moment, dk_number

SELF_KEPT = ("mobile", "language")  # what people may correct themselves, and imports leave alone from then on


@dataclass(frozen=True)
class Held:
    """One table of what is held: its heading, why it is held, its columns and rows."""

    title: str
    why: str
    columns: tuple[str, ...]
    rows: list[tuple[str, ...]]

    def plain(self) -> dict[str, object]:
        """For the file that is downloaded."""
        return {
            "overskrift": self.title,
            "hvorfor": self.why,
            "indhold": [dict(zip(self.columns, row, strict=True)) for row in self.rows],
        }


def _days(row: Employment | Role) -> tuple[str, str]:
    return dk_long(row.starts), dk_long(row.ends) if row.ends else ""


def held(person: Person) -> list[Held]:
    """The staff list, roles, placements, log-in, messages and traces. Nine queries."""
    since, until = _("Fra"), _("Til")
    return [
        Held(
            _("Dig"),
            _("Fra kommunens lønsystem og HR. Bruges til at invitere dig, give dig besked og lade dig logge ind."),
            (_("Hvad"), _("Indhold")),
            [
                (_("Navn"), person.name),
                (_("Medarbejdernummer"), person.number or ""),
                (_("Arbejdsmail"), person.email or ""),
                (_("Mobil"), person.mobile),
                (_("Sprog"), get_language_info(person.language)["name_local"]),
                (_("Sådan får du besked"), str(Person.Channel(person.channel).label)),
                (_("Vej ind i målingen, valgt af HR"), person.get_survey_channel_display()),
                (
                    _("Adresser, der har vist sig ikke at virke"),
                    ", ".join(fault.get_channel_display() for fault in person.channel_faults.all()),
                ),
                (_("Senest logget ind"), dk_moment(person.last_login) if person.last_login else ""),
                *(
                    (_("Ekstra log-in"), str(Authenticator.Type(kind).label))
                    for kind in Authenticator.objects.filter(user=person).values_list("type", flat=True)
                ),
            ],
        ),
        Held(
            _("Ansættelser"),
            _("Afgør, om du inviteres, og hvilken enhed du tæller i."),
            (_("Nummer"), _("Enhed"), _("Stilling"), _("Timer om ugen"), _("Fravær"), since, until),
            [
                (
                    job.number,
                    job.unit.name,
                    job.title,
                    dk_number(job.hours, 2).removesuffix(",00"),
                    str(job.get_leave_display()),
                    *_days(job),
                )
                for job in Employment.objects.filter(person=person).select_related("unit").order_by("starts", "pk")
            ],
        ),
        Held(
            _("Roller"),
            _("Afgør, hvad du kan se og gøre."),
            (_("Rolle"), _("Hvor"), since, until),
            [
                (str(role.get_kind_display()), str(role.unit or role.committee or _("Hele kommunen")), *_days(role))
                for role in Role.objects.filter(person=person)
                .select_related("unit", "committee")
                .order_by("starts", "pk")
            ],
        ),
        Held(
            _("Hvor du tæller i målingen"),
            _("Fryses, før målingen åbner, så ingen kan flyttes bagefter."),
            (_("Måling"), _("Enhed")),
            [
                (place.campaign.name, place.unit.name)
                for place in Placement.objects.filter(person=person).select_related("campaign", "unit")
            ],
        ),
        Held(
            _("«Det er ikke min enhed» og andre undtagelser"),
            _("Hvis du har skrevet, at enheden er forkert, eller HR har inviteret dig senere end de andre."),
            (_("Måling"), _("Undtagelse"), _("Status"), _("Dine ord"), _("Begrundelse")),
            [
                (
                    row.campaign.name,
                    str(row.get_kind_display()),
                    str(row.get_state_display()),
                    row.wish,
                    row.reason,
                )
                for row in PlacementException.objects.filter(person=person).select_related("campaign")
            ],
        ),
        Held(
            _("Beskeder til dig"),
            _("Teksten slettes efter 30 dage. Invitationer og påmindelser om målingen står her ikke."),
            (_("Hvornår"), _("Emne"), _("Måde"), _("Status")),
            [
                (
                    dk_moment(notice.sent_at or notice.due_at),
                    notice.subject,
                    str(notice.get_channel_display()),
                    str(notice.get_state_display()),
                )
                for notice in Notice.objects.filter(person=person).order_by("-due_at", "-pk")
            ],
        ),
        Held(
            _("Det, du har bedt HR om"),
            _("Dine anmodninger om at få noget rettet eller slettet."),
            (_("Hvornår"), _("Hvad"), _("Status"), _("Svar")),
            [
                (dk_moment(asked.asked_at), asked.text, str(asked.get_state_display()), asked.reply)
                for asked in DataRequest.objects.filter(person=person)
            ],
        ),
    ]


def deeds(person: Person, words: dict[str, str | Promise]) -> Held:
    """What the person did here. `words` says the verbs of the traces in plain words."""
    return Held(
        _("Det, du har gjort her"),
        _("Spor, så man kan se, hvem der har ændret og læst hvad. Slettes efter 2 år. At svare sætter ingen spor."),
        (_("Hvornår"), _("Handling"), _("Enhed")),
        [
            (dk_moment(entry.at), str(words.get(entry.verb, entry.verb)), entry.unit.name if entry.unit else "")
            for entry in AuditEntry.objects.filter(actor=person).select_related("unit").order_by("-at", "-pk")
        ],
    )


# --- correcting ---------------------------------------------------------------------------------------------------


@transaction.atomic
def own_data_change(*, person: Person, mobile: str, language: str) -> list[str]:
    """The person's own word for mobile and language; later imports leave them alone. Returns what was changed."""
    new = {"mobile": mobile, "language": language}
    changed = [name for name in SELF_KEPT if getattr(person, name) != new[name]]
    for name in changed:
        setattr(person, name, new[name])
        correction_record(subject=person, field=name, by=person)
    if changed:
        person.full_clean()
        person.save(update_fields=changed)
        addresses_changed(email=(), mobile=[person.pk] if "mobile" in changed else ())
        audit("own_data_changed", person, actor=person, fields=changed)
    return changed


@transaction.atomic
def data_request_make(*, person: Person, text: str) -> DataRequest:
    """Ask HR to correct or erase something. Raises ValidationError, also on a CPR number."""
    no_cpr(text)
    request = DataRequest(person=person, text=text.strip(), asked_at=clock.now())
    request.full_clean()
    request.save()
    audit("data_request_made", request, actor=person)
    return request


@transaction.atomic
def data_request_answer(*, request: DataRequest, state: str, reply: str, by: Person) -> DataRequest:
    """HR's answer; the person is told. Raises ValidationError when it was answered already or says nothing."""
    request = DataRequest.objects.select_for_update(of=("self",)).select_related("person").get(pk=request.pk)
    no_cpr(reply)
    request.state, request.reply, request.by, request.answered_at = state, reply.strip(), by, clock.now()
    request.full_clean()
    request.save(update_fields=["state", "reply", "by", "answered_at"])
    audit("data_request_answered", request, actor=by, state=state)
    with notices.in_language_of(request.person):
        notices.queue(
            [
                notices.Draft(
                    key=f"data-request:{request.pk}:{request.answered_at.timestamp():.0f}",
                    person=request.person,
                    kind="data_request",
                    subject=_("HR har svaret om dine data"),
                    body=_("Log ind, og se svaret under «Mine data»."),
                )
            ]
        )
    return request
