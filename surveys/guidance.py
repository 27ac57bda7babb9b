"""The red thread for a trio: what is told about krænkende adfærd, and what the guideline asks, as HR writes it."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from organisation.audit import audit
from organisation.models import CampaignUnit, Level, Person
from surveys import report_figures as figures
from surveys.models import Guideline, Release
from surveys.questionnaires import form_for
from surveys.report_care import CareSection, care_sections
from surveys.reports import facts_of, levels_above

TELLS_LEADERS = (Level.Kind.MUNICIPALITY, Level.Kind.DEPARTMENT)
CARE = "ka"


def own_words() -> dict[str, str]:
    """What stands until HR has written more. Names no rule that we do not know."""
    line = settings.MUNICIPALITY["help_line"] or _("HR")
    return {
        Guideline.Part.RULES: _(
            "KommuneMED har aftalt en retningslinje om vold, mobning og chikane. Find den hos HR, og læs den sammen, "
            "før I gør noget."
        ),
        Guideline.Part.CALL: _("Ring til %(line)s, før I tager emnet op. De hjælper jer med, hvad I gør, og hvordan.")
        % {"line": line},
        Guideline.Part.AVOID: "\n".join(
            [
                _("Led ikke efter, hvem det er."),
                _("Tag det ikke op for alle uden råd fra HR."),
                _("Spørg ikke nogen, hvad de har svaret."),
                _("Lad det ikke ligge. Ring til HR, også når I er i tvivl."),
            ]
        ),
    }


@dataclass(frozen=True)
class Part:
    title: str
    lines: tuple[str, ...]


def parts() -> dict[str, Part]:
    """The three parts in the reader's language, each as lines."""
    english = (get_language() or "da").startswith("en")
    found = {row.part: (row.en if english and row.en else row.da) for row in Guideline.objects.all()}
    own = own_words()
    return {
        part.value: Part(str(part.label), tuple((found.get(part) or own[part]).strip().splitlines()))
        for part in Guideline.Part
    }


@transaction.atomic
def guideline_write(texts: dict[str, dict[str, str]], *, by: Person) -> None:
    """Keep what HR wrote, {part: {"da": …, "en": …}}. An empty part shows our own words again."""
    for part, words in texts.items():
        row, _made = Guideline.objects.update_or_create(part=part, defaults=words)
        audit("guideline_written", row, actor=by, part=part)


def told_above(unit: CampaignUnit, release: Release) -> tuple[CampaignUnit, CareSection] | None:
    """The nearest level above where more is told about those who said yes; None where no level has five."""
    steps = levels_above(unit, release)
    facts = facts_of(release, [step.pk for step in steps])
    form = form_for(release.wave.questionnaire_id)
    for step in steps:
        source = figures.Sources(form=form, own=facts.get(step.pk, {}))
        section = care_sections(source, leaders_told=step.level_kind in TELLS_LEADERS).get(CARE)
        if section and section.follow_ups:
            return step, section
    return None
