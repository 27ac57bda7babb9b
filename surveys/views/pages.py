"""What every employee can read before answering: how anonymity works, questions and answers, the questionnaire."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from organisation.campaigns import campaign_of_the_year, newest_campaign
from organisation.models import Campaign
from surveys import anonymity as what_is_kept
from surveys import languages
from surveys.models import Wave
from surveys.questionnaire_approval import standing_of
from surveys.questionnaires import form_for


def _wave_of(campaign: Campaign | None) -> Wave | None:
    if campaign is None:
        return None
    return (
        Wave.objects.filter(campaign=campaign, kind=Wave.Kind.MAIN).select_related("campaign", "questionnaire").first()
    )


def prepared_wave() -> Wave | None:
    """For HR: the survey that is being prepared, or the last one."""
    return _wave_of(newest_campaign())


def told_wave() -> Wave | None:
    """For everybody: the survey to come, from half a year before it opens, or else the last one."""
    return _wave_of(campaign_of_the_year())


@require_safe
def anonymity(request: HttpRequest) -> HttpResponse:
    """What is kept, who can see it, and what is not promised; true for the key mode of the current survey."""
    wave = told_wave()
    automatic = wave is None or wave.key_mode == Wave.KeyMode.AUTOMATIC
    urn, columns = what_is_kept.urn_as_it_is()
    context = {
        "wave": wave,
        "automatic": automatic,
        "row": what_is_kept.example_row(form_for(wave.questionnaire_id)) if wave else None,
        "columns": columns,
        "urn": urn,
        "scripts": what_is_kept.scripts(),
        "source": settings.SOURCE_URL,
    }
    return render(request, "surveys/anonymity.html", context)


@require_safe
def faq(request: HttpRequest) -> HttpResponse:
    """Questions that employees ask before they answer."""
    return render(request, "surveys/faq.html", {"wave": told_wave()})


@require_safe
def questionnaire_detail(request: HttpRequest) -> HttpResponse:
    """The whole questionnaire, to read and to print, in every language in which somebody may answer it."""
    wave = told_wave()
    form = form_for(wave.questionnaire_id) if wave else None
    spoken = languages.offered(wave.questionnaire) if wave else []
    language = languages.choose(spoken, request.GET.get("sprog"), (get_language() or "da")[:2])
    approval = standing_of(wave.questionnaire) if wave else None
    context = {
        "wave": wave,
        "form": form,
        "lang": language,
        "words": languages.page_language(language),
        "dir": "rtl" if language in languages.RIGHT_TO_LEFT else "ltr",
        "spoken": spoken,
        "approval": approval.approval if approval and approval.approved else None,
    }
    return render(request, "surveys/questionnaire_detail.html", context)
