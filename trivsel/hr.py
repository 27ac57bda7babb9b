"""HR's own pages: the schedule as data, the state of the survey, the jobs and the traces."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override
from django.views.decorators.http import require_safe

from organisation import access, clock
from organisation.audit import audit
from organisation.campaigns import measured_campaigns, newest_campaign
from organisation.models import Campaign, JobRun, Milestone, Notice
from surveys.campaigns import Choice, choice
from surveys.models import Ticket, Wave
from surveys.questionnaire_approval import standing_of
from trivsel.campaigns import may_begin
from trivsel.job_words import job_words


class MilestoneForm(forms.ModelForm):
    class Meta:
        model = Milestone
        fields = ["title", "title_en", "starts", "at", "ends", "ends_at", "on_wheel"]
        widgets = {
            "starts": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            "ends": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            "at": forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
            "ends_at": forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        }
        help_texts = {"ends": gettext_lazy("Lad feltet stå tomt, når det er en enkelt dag.")}


# Once the survey is open, these dates decide who could answer and when: they are promises to employees.
LOCKED_WHEN_OPEN = (Milestone.Key.FREEZE, Milestone.Key.SURVEY)
# Dates that a schedule can do without: HR adds them when they are wanted.
OPTIONAL = (Milestone.Key.STAFF_REPORTS,)


def _choice(request: HttpRequest) -> Choice:
    """The campaign that is being prepared, or an earlier one whose later dates HR still sets."""
    found = measured_campaigns()
    return choice(request, next(iter(found), None), found)


def _main_wave(campaign: Campaign | None) -> Wave | None:
    return (
        Wave.objects.filter(campaign=campaign, kind=Wave.Kind.MAIN).select_related("questionnaire").first()
        if campaign
        else None
    )


@login_required
@require_safe
def hr_campaign(request: HttpRequest) -> HttpResponse:
    """The year as HR set it, and how far it has come."""
    access.require_hr(request.user)
    chosen = _choice(request)
    campaign = chosen.campaign
    wave = _main_wave(campaign)
    tickets = (
        Ticket.objects.filter(wave=wave).aggregate(
            all=Count("pk"),
            invited=Count("pk", filter=Q(invited_on__isnull=False)),
            failed=Count("pk", filter=~Q(failed="")),
        )
        if wave
        else {}
    )
    milestones = list(campaign.milestones.all()) if campaign else []
    return render(
        request,
        "trivsel/hr_campaign.html",
        {
            "campaign": campaign,
            "campaigns": chosen.campaigns,
            "wave": wave,
            "tickets": tickets,
            "questionnaire": standing_of(wave.questionnaire) if wave else None,
            "milestones": milestones,
            "not_set": [
                (key.value, key.label) for key in OPTIONAL if campaign and key not in {row.key for row in milestones}
            ],
            "today": clock.today(),
            "may_begin": may_begin(),
            "failed_jobs": JobRun.objects.filter(outcome=JobRun.Outcome.FAILED).count(),
            "failed_notices": Notice.objects.filter(state=Notice.State.FAILED).count(),
        },
    )


def _not_set(campaign: Campaign | None, key: str) -> Milestone:
    """A date that the schedule can do without, to be added; 404 for any other."""
    if campaign is None or key not in OPTIONAL:
        raise Http404
    with override("en"):
        english = str(Milestone.Key(key).label)
    with override("da"):
        danish = str(Milestone.Key(key).label)
    return Milestone(campaign=campaign, key=key, title=danish, title_en=english)


@login_required
def milestone_edit(request: HttpRequest, key: str) -> HttpResponse:
    """Change one date of the schedule. Everything that depends on it follows by itself."""
    person = access.require_hr(request.user)
    campaign = _choice(request).campaign
    milestone = Milestone.objects.filter(campaign=campaign, key=key).first() or _not_set(campaign, key)
    wave = _main_wave(campaign)
    locked = key in LOCKED_WHEN_OPEN and wave is not None and wave.state != Wave.State.PLANNED
    form = MilestoneForm(request.POST or None, instance=milestone)
    if request.method == "POST":
        access.require(not locked)
        if form.is_valid():
            with transaction.atomic():
                form.save()
                if key == Milestone.Key.SURVEY and wave is not None:
                    Wave.objects.filter(pk=wave.pk).update(
                        opens_at=milestone.starts_moment, closes_at=milestone.ends_moment
                    )
                audit("milestone_changed", milestone, actor=person, key=key, fields=form.changed_data)
            messages.success(request, _("Datoen er gemt. Job og opgaver følger den nye dato."))
            return redirect(_back(campaign))
    context = {"form": form, "milestone": milestone, "locked": locked, "back": _back(campaign)}
    return render(request, "trivsel/milestone_edit.html", context)


def _back(campaign: Campaign | None) -> str:
    """HR's page of the same campaign."""
    page = reverse("trivsel:hr_campaign")
    return page if campaign is None or campaign == newest_campaign() else f"{page}?maaling={campaign.year}"


@login_required
@require_safe
def job_list(request: HttpRequest) -> HttpResponse:
    """What the background jobs did, newest first; failures say so."""
    access.require_hr(request.user)
    page = Paginator(JobRun.objects.all(), 50).get_page(request.GET.get("side"))
    rows = [(run, job_words(run.name)) for run in page]
    return render(request, "trivsel/job_list.html", {"page": page, "rows": rows})
