"""The audit's result for the committee, the same words on the page and on paper: totals and the fingerprint."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from organisation.templatetags.dates import dk_moment, dk_number
from organisation.typeset import typeset
from surveys.models import Release


def audit_rows(release: Release) -> list[tuple[str, str]]:
    """What was tried and what came of it, line by line. No unit and no question."""
    report = dict(line.split(": ", 1) for line in release.audit_report.splitlines() if ": " in line)

    def said(name: str) -> str:
        return dk_number(int(report[name])) if report.get(name, "").isdigit() else "–"

    return [
        (
            _("Resultat"),
            _("Grøn: intet kunne regnes ud") if release.audit_green else _("Ikke grøn: kan ikke frigives"),
        ),
        (_("Undersøgte tal"), said("figures")),
        (_("Undersøgte emnetal og ændringer"), said("scores")),
        (_("Målinger set under ét"), said("waves")),
        (_("Udgaver set under ét"), said("releases")),
        (_("Fundet"), said("violations")),
        (_("Kunne allerede udledes af ældre rapporter alene"), said("known from imported reports alone")),
        (_("Kuverter, der ikke kunne læses"), dk_number(release.wave.malformed)),
    ]


def audit_lead(release: Release) -> str:
    return _(
        "Til %(name)s har et program, der ikke deler noget med det, der udvalgte tallene, læst alle tal, som kan ses "
        "af nogen, og forsøgt at regne sig frem til noget om en til fire personer."
    ) % {"name": release.wave.campaign.name}


def audit_paper(release: Release) -> bytes:
    """One page for the committee's minutes, with who approved and when."""
    data: dict[str, Any] = {
        "lang": (get_language() or "da")[:2],
        "title": _("Efterprøvning af tallene"),
        "subject": release.wave.campaign.name,
        "municipality": settings.MUNICIPALITY["name"],
        "lead": audit_lead(release),
        "heads": [_("Hvad"), _("Hvor mange")],
        "rows": [list(row) for row in audit_rows(release)],
        "approved": {
            "title": _("Godkendt af"),
            "rows": [
                [str(approval.person), dk_moment(approval.at)]
                for approval in release.approvals.select_related("person").order_by("at")
            ],
            "none": _("Ingen endnu"),
        },
        "fingerprint": {
            "title": _("Fingeraftryk af tallene (SHA-256)"),
            "parts": [release.facts_sha256[at : at + 8] for at in range(0, len(release.facts_sha256), 8)],
        },
    }
    return typeset("audit.typ", data)
