"""The jobs in plain words, for HR's list."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from trivsel.retention import RULES

JOBS: dict[str, Promise | str] = {
    "activity_deadlines": gettext_lazy("Besked om deadlines i handleplaner"),
    "campaign_freeze": gettext_lazy("Organisationen fryses"),
    "demo_journey": gettext_lazy("Demonstrationen flytter året frem"),
    "demo_played_until": gettext_lazy("Demonstrationens folk lever med"),
    "dialogue_date_nudges": gettext_lazy("Påmindelse om dato for trivselsdialogen"),
    "dialogues_open": gettext_lazy("Trivselsdialoger åbnes"),
    "import_apply": gettext_lazy("Import indlæses"),
    "import_read": gettext_lazy("Importeret fil læses"),
    "import_undo": gettext_lazy("Import fortrydes"),
    "imports_sweep": gettext_lazy("Importer, der gik i stå, tages op igen"),
    "invitations_send": gettext_lazy("Invitationer sendes"),
    "key_holders_remind": gettext_lazy("Påmindelse til nøgleholderne"),
    "key_opening": gettext_lazy("Kuverterne åbnes med nøgleholdernes dele"),
    "key_rehearsal": gettext_lazy("Nøglen prøves før åbning"),
    "key_repair": gettext_lazy("Optællingen rettes med nøgleholdernes dele"),
    "linkage_attack": gettext_lazy("Anonymiteten efterprøves"),
    "mailings_make": gettext_lazy("Breve, skemaer og filer til Digital Post laves"),
    "mailings_sweep": gettext_lazy("Filer med koder slettes"),
    "notices_send": gettext_lazy("Beskeder sendes"),
    "plan_escalations": gettext_lazy("Manglende handleplaner til lederens leder"),
    "plan_nudges": gettext_lazy("Påmindelse om handleplaner"),
    "questionnaire_warn": gettext_lazy("HR mindes om spørgeskemaet"),
    "rates_count": gettext_lazy("Svarprocenten tælles"),
    "releases_publish": gettext_lazy("Rapporter frigives"),
    "reminders_prepare": gettext_lazy("Påmindelser gøres klar"),
    "reminders_send": gettext_lazy("Påmindelser sendes"),
    "reports_make": gettext_lazy("Rapporter laves som PDF"),
    "waves_close": gettext_lazy("Målingen lukkes"),
    "waves_count": gettext_lazy("Kuverterne åbnes og tælles op"),
    "waves_open": gettext_lazy("Målingen åbnes"),
}


def job_words(name: str) -> str:
    """«Svarprocenten tælles». Deletions are named by what they delete."""
    rule = next((rule for rule in RULES if name == f"retention_{rule.key}"), None)
    if rule is not None:
        return _("Sletning: %(what)s") % {"what": rule.what}
    return str(JOBS.get(name, name))
