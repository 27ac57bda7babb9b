"""The audit's result for the committee, the same words on the page and on paper: totals and the fingerprint."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from organisation.templatetags.dates import dk_long, dk_number
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
        (_("Steder, hvor noget om en til fire personer kunne regnes ud"), said("violations")),
        (_("Kunne allerede regnes ud af tidligere målinger alene"), said("known from imported reports alone")),
        (_("Kuverter, der ikke kunne læses"), dk_number(release.wave.malformed)),
    ]


def audit_title(release: Release) -> str:
    if release.number == 1:
        return _("Efterprøvning af tallene")
    return _("Efterprøvning af tallene, udgave %(number)s") % {"number": release.number}


def fingerprint_parts(release: Release) -> list[str]:
    """In eights, so that two people can read it to each other."""
    return [release.facts_sha256[at : at + 8] for at in range(0, len(release.facts_sha256), 8)]


def audit_lead(release: Release) -> str:
    return _(
        "Til %(name)s har et program, der ikke deler noget med det, der udvalgte tallene, læst alle tal, som kan ses "
        "af nogen, og forsøgt at regne sig frem til noget om en til fire personer."
    ) % {"name": release.wave.campaign.name}


def audit_paper(release: Release) -> bytes:
    """One page for the committee's minutes, with who approved and when."""
    data: dict[str, Any] = {
        "lang": (get_language() or "da")[:2],
        "title": audit_title(release),
        "subject": release.wave.campaign.name,
        "municipality": settings.MUNICIPALITY["name"],
        "lead": audit_lead(release),
        "heads": [_("Hvad"), _("Svar")],
        "rows": [list(row) for row in audit_rows(release)],
        "approved": {
            "title": _("Godkendt af"),
            "rows": [
                [str(approval.person), dk_long(approval.at)]
                for approval in release.approvals.select_related("person").order_by("at")
            ],
            "none": _("Ingen endnu"),
        },
        "fingerprint": {
            "title": _("Fingeraftryk af tallene (SHA-256)"),
            "parts": fingerprint_parts(release),
        },
    }
    return typeset("audit.typ", data)
