"""HR orders letters, paper forms and the Digital Post export, sees them being made, and fetches the files."""

from __future__ import annotations

from functools import partial
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import HttpResponseClientRefresh

from organisation import access
from organisation.formerrors import show_errors
from organisation.models import Person
from organisation.pickers import UnitField
from surveys import languages, mailings
from surveys.models import Mailing, MailingPart, Wave
from surveys.tasks import mailings_make
from surveys.views.doors import open_wave

Kind = Mailing.Kind
FILES = {"application/pdf": "pdf", "text/csv": "csv"}
NAMES = {Kind.LETTERS: "breve", Kind.PAPER: "papirskemaer", Kind.DIGITAL_POST: "digital-post"}


class MailingForm(forms.Form):
    """What all kinds ask: for whom."""

    unit = UnitField(
        label=gettext_lazy("Enhed"),
        required=False,
        help_text=gettext_lazy("Enheden og alt under den. Tomt felt: hele kommunen."),
    )


class LettersForm(MailingForm):
    again = forms.BooleanField(
        label=gettext_lazy("Også til dem, der allerede har fået deres"),
        required=False,
        help_text=gettext_lazy("De får den samme kode igen. Vi ved ikke, og må ikke vide, hvem der har svaret."),
    )


class PaperOrderForm(MailingForm):
    language = forms.ChoiceField(label=gettext_lazy("Sprog"))
    lost = forms.IntegerField(
        label=gettext_lazy("Skemaer, der er blevet væk"),
        required=False,
        min_value=0,
        max_value=5,
        initial=0,
        help_text=gettext_lazy(
            "Så mange ekstra til den valgte enhed. Der kan aldrig tastes flere, end der er på papir."
        ),
    )

    def __init__(self, *args: Any, wave: Wave, **more: Any) -> None:
        super().__init__(*args, **more)
        offered = languages.offered(wave.questionnaire)
        spoken = [(row["code"], row["name"]) for row in offered if languages.page_language(row["code"]) == row["code"]]
        self.fields["language"].choices = spoken or [("da", "Dansk")]  # type: ignore[attr-defined]

    def clean_lost(self) -> int:
        return self.cleaned_data["lost"] or 0


@login_required
def mailing_create(request: HttpRequest, kind: str) -> HttpResponse:
    """Order a file of letters, paper forms or messages."""
    person = access.require_hr(request.user)
    if kind not in Kind.values:
        raise Http404
    wave = open_wave()
    data = request.POST if request.method == "POST" else None
    form: MailingForm = PaperOrderForm(data, wave=wave) if kind == Kind.PAPER else LettersForm(data)
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                made = _order(wave, kind, form.cleaned_data, person)
                transaction.on_commit(partial(mailings_make.delay))
        except ValidationError as error:
            show_errors(form, error)
        else:
            return redirect("surveys:mailing_detail", uuid=made.uuid)
    waiting = mailings.tickets_for(wave, kind).count()
    if kind == Kind.PAPER:
        waiting = sum(mailings.paper_missing(wave).values())
    context = {"form": form, "kind": kind, "title": Kind(kind).label, "waiting": waiting}
    return render(request, "surveys/mailing_create.html", context)


def _order(wave: Wave, kind: str, wanted: dict[str, Any], by: Person) -> Mailing:
    if kind == Kind.PAPER:
        return mailings.paper_order(wave=wave, by=by, **wanted)
    return mailings.mailing_order(wave=wave, kind=kind, by=by, **wanted)


def _mailing(request: HttpRequest, uuid: UUID) -> tuple[Person, Mailing]:
    person = access.require_hr(request.user)
    return person, get_object_or_404(Mailing.objects.select_related("wave__questionnaire", "unit", "by"), uuid=uuid)


def _work(mailing: Mailing) -> dict[str, Any] | None:
    if mailing.state not in (Mailing.State.MAKING, Mailing.State.FAILED):
        return None
    seen = mailings.progress(mailing)
    failed = _("Noget gik galt. Prøv igen, eller se under Job.") if mailing.state == Mailing.State.FAILED else ""
    return {
        "done": seen["done"],
        "total": max(seen["total"], 1),
        "text": _("%(done)d af %(total)d er lavet") % seen,
        "finished": False,
        "failed": failed,
        "url": reverse("surveys:mailing_progress", args=[mailing.uuid]),
        "page_url": reverse("surveys:mailing_detail", args=[mailing.uuid]),
    }


@login_required
@require_safe
def mailing_detail(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """One mailing: being made, ready to fetch, or gone."""
    _person, mailing = _mailing(request, uuid)
    return render(
        request,
        "surveys/mailing_detail.html",
        {
            "mailing": mailing,
            "work": _work(mailing),
            "parts": mailing.parts.defer("subjects"),
            "days": mailings.DAYS_AFTER_MAKING,
        },
    )


@login_required
@require_safe
def mailing_progress(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The progress alone. When the work is done, the whole page is fetched anew."""
    _person, mailing = _mailing(request, uuid)
    work = _work(mailing)
    if work is None:
        return HttpResponseClientRefresh()
    return render(request, "partials/work.html", {"work": work})


@login_required
@require_POST
def mailing_file(request: HttpRequest, uuid: UUID, number: int) -> HttpResponse:
    """Fetch one file. It is gone the day after."""
    person, mailing = _mailing(request, uuid)
    part = get_object_or_404(MailingPart.objects.select_related("file"), mailing=mailing, number=number)
    part.mailing = mailing
    try:
        data, content_type = mailings.part_fetch(part=part, by=person)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("surveys:mailing_detail", uuid=uuid)
    return file_response(data, content_type, f"{NAMES[Kind(mailing.kind)]}-{number}.{FILES[content_type]}")


def file_response(data: bytes, content_type: str, name: str) -> HttpResponse:
    response = HttpResponse(data, content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "no-store"
    return response


@login_required
@require_POST
def mailing_remove(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Delete the files of a mailing, or take one up again that failed (`igen`)."""
    person, mailing = _mailing(request, uuid)
    if "igen" in request.POST:
        mailings.mailing_retry(mailing=mailing, by=person)
        mailings_make.delay()
        return redirect("surveys:mailing_detail", uuid=uuid)
    mailings.mailing_remove(mailing=mailing, by=person)
    messages.success(request, _("Filerne er slettet. Koderne i dem virker stadig."))
    return redirect("surveys:door_list")
