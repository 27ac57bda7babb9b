"""What HR should have in order before the reports open, besides the audit and the approvals. No figure, no unit."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from organisation.models import CampaignUnit, UnitSuccession
from organisation.templatetags.dates import dk_number
from surveys.models import Comparability, Release, Wave
from surveys.report_files import progress_of


@dataclass(frozen=True)
class Check:
    """One line of the check list: what, how it stands, and where it is put right (the name of an address)."""

    label: str
    says: str
    done: bool
    url: str = ""


def checks_of(release: Release) -> list[Check]:
    return [_key(release.wave), *_earlier(release.wave), _papers(release)]


def _papers(release: Release) -> Check:
    made = progress_of(release)
    says = _("%(done)s af %(total)s") % {"done": dk_number(made.done), "total": dk_number(made.total)}
    return Check(_("Rapporter lavet som PDF"), says, done=made.done >= made.total)


def _key(wave: Wave) -> Check:
    if wave.key_mode == Wave.KeyMode.TRUSTEES:
        return Check(_("Nøglen"), _("to nøgleholdere har åbnet sammen"), done=True)
    return Check(_("Nøglen"), _("lå på serveren og er slettet"), done=wave.state == Wave.State.OPENED)


def _earlier(wave: Wave) -> list[Check]:
    """The previous measurement: units known again, and HR's word on what may be set beside it."""
    earlier = CampaignUnit.objects.filter(campaign__waves__kind=Wave.Kind.IMPORTED)
    if not earlier.exists():
        return [Check(_("Tidligere måling"), _("ikke hentet ind"), done=False, url="surveys:earlier_list")]
    told = UnitSuccession.objects.values("unit_id")
    unknown = (
        CampaignUnit.objects.filter(campaign=wave.campaign_id, invited__gt=0)
        .exclude(unit__in=earlier.values("unit_id"))
        .exclude(unit__in=told)
        .count()
    )
    waiting = Comparability.objects.filter(
        questionnaire=wave.questionnaire_id, approved_by="", kind__in=[Comparability.Kind.ITEM, Comparability.Kind.FULL]
    ).count()
    units = ngettext(
        "%(n)s enhed kendes ikke igen og får ingen sammenligning",
        "%(n)s enheder kendes ikke igen og får ingen sammenligning",
        unknown,
    ) % {"n": dk_number(unknown)}
    links = ngettext("%(n)s spørgsmål venter på godkendelse", "%(n)s spørgsmål venter på godkendelse", waiting) % {
        "n": dk_number(waiting)
    }
    return [
        Check(
            _("Enheder fra sidste måling"),
            units if unknown else _("alle er koblet"),
            not unknown,
            "surveys:earlier_list",
        ),
        Check(_("Hvad der må sammenlignes"), links if waiting else _("godkendt"), done=not waiting),
    ]
