"""What the survey holds about one person: that an invitation was sent, and reports with a name. Never an answer."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.shortcuts import get_object_or_404
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from organisation.audit import audit
from organisation.models import AuditEntry, Person
from organisation.personal import Held
from organisation.templatetags.dates import dk_long, dk_moment
from surveys.models import PhysicalReport, Ticket


def own_reports(person: Person) -> list[PhysicalReport]:
    """The physical reports that carry the person's name."""
    return list(
        PhysicalReport.objects.filter(person=person)
        .select_related("finding__item", "finding__unit")
        .order_by("-reported_on", "pk")
    )


def held(person: Person) -> list[Held]:
    """Four queries."""
    reports = own_reports(person)
    language = (get_language() or "da")[:2]
    readings = AuditEntry.objects.filter(
        verb="named_reports_read",
        subject_type="surveys.Finding",
        subject_id__in={str(report.finding_id) for report in reports},
    ).select_related("actor")
    return [
        Held(
            _("Invitationer til målinger"),
            _(
                "At du fik en personlig indgang, og hvordan. Slettes 30 dage efter lukning. "
                "Om du har svaret, og hvad, står ingen steder."
            ),
            (_("Måling"), _("Måde"), _("Sendt")),
            [
                (
                    ticket.wave.campaign.name,
                    str(ticket.get_channel_display()),
                    dk_long(ticket.invited_on) if ticket.invited_on else "",
                )
                for ticket in Ticket.objects.filter(placement__person=person).select_related("wave__campaign")
            ],
        ),
        Held(
            _("Fysiske meldinger med dit navn"),
            _("Din trio ser dem med navn, så de kan spørge ind. Navnet slettes, når problemet er lukket."),
            (_("Dag"), _("Emne"), _("Enhed"), _("Alvor"), _("Hvor"), _("Dine ord"), _("Dit forslag"), _("Billede"),
             _("Status")),
            [
                (
                    dk_long(report.reported_on),
                    report.finding.item.text.get(language) or report.finding.item.text["da"],
                    report.finding.unit.name,
                    str(report.get_severity_display()),
                    report.where,
                    report.description,
                    report.idea,
                    _("ja") if report.photo_id else _("nej"),
                    str(report.finding.get_state_display()),
                )
                for report in reports
            ],
        ),
        Held(
            _("Hvem har læst dine meldinger"),
            _("Hver gang nogen åbner en melding med navn, sættes et spor."),
            (_("Hvornår"), _("Hvem")),
            [(dk_moment(entry.at), entry.actor.name if entry.actor else "") for entry in readings],
        ),
    ]  # fmt: skip


@transaction.atomic
def own_name_remove(*, person: Person, report_id: UUID) -> None:
    """Take one's name off a physical report; the problem stays. 404 for somebody else's.

    The trace tells that it was done, not on which report: it would lead from the report to the person again.
    """
    report = get_object_or_404(PhysicalReport, pk=report_id, person=person)
    PhysicalReport.objects.filter(pk=report.pk, person=person).update(person=None)
    audit("own_name_removed", person, actor=person)
