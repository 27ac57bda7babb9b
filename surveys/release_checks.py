"""What HR should have in order before the reports open, besides the audit and the approvals. No figure, no unit."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from organisation.models import CampaignUnit, UnitSuccession
from organisation.templatetags.dates import dk_number
from surveys.models import Comparability, Release, Wave


@dataclass(frozen=True)
class Check:
    """One line of the check list: what, how it stands, and where it is put right."""

    label: str
    says: str
    done: bool
    url: str = ""


def checks_of(release: Release) -> list[Check]:
    return [_key(release.wave), *_earlier(release.wave)]


def _key(wave: Wave) -> Check:
    if wave.key_mode == Wave.KeyMode.TRUSTEES:
        return Check(_("To nøgleholdere åbnede kuverterne sammen"), _("ja"), done=True)
    gone = wave.state == Wave.State.OPENED
    return Check(_("Nøglen på serveren"), _("slettet") if gone else _("i gang"), gone)


def units_unknown(campaign: int) -> QuerySet[CampaignUnit]:
    """Units of the campaign that no earlier measurement knows, and of which nobody has said what they were before."""
    earlier = CampaignUnit.objects.filter(campaign__waves__kind=Wave.Kind.IMPORTED)
    return (
        CampaignUnit.objects.filter(campaign=campaign, invited__gt=0)
        .exclude(unit__in=earlier.values("unit_id"))
        .exclude(unit__in=UnitSuccession.objects.values("unit_id"))
        .order_by("position")
    )


def _earlier(wave: Wave) -> list[Check]:
    """The previous measurement: units known again, and HR's word on what may be set beside it."""
    imports = reverse("surveys:earlier_list")
    if not CampaignUnit.objects.filter(campaign__waves__kind=Wave.Kind.IMPORTED).exists():
        return [Check(_("Den tidligere måling er hentet ind"), _("nej"), done=False, url=imports)]
    unknown = units_unknown(wave.campaign_id).count()
    waiting = Comparability.objects.filter(
        questionnaire=wave.questionnaire_id, approved_by="", kind__in=[Comparability.Kind.ITEM, Comparability.Kind.FULL]
    ).count()
    asked = wave.questionnaire
    return [
        Check(_("Enheder, der ikke kendes igen fra sidste måling"), dk_number(unknown), not unknown, imports),
        Check(
            _("Sammenligninger, der venter på godkendelse"),
            dk_number(waiting),
            not waiting,
            reverse("surveys:comparison_list", args=[asked.key, asked.version]),
        ),
    ]
