"""The key's pages: HR names the holders, the sitting makes and splits the key, a holder hands in a part."""

from __future__ import annotations

import base64
import binascii
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from organisation.access import require, require_hr
from organisation.campaigns import newest_campaign
from organisation.formerrors import show_errors
from organisation.models import Person
from organisation.pickers import PersonField, person_label
from surveys import access, trustees
from surveys.models import KeyHolder, KeyRequest, KeySet, Wave

Seat = KeyHolder.Seat
State = Wave.State


class KeyModeForm(forms.Form):
    key_mode = forms.ChoiceField(
        label=gettext_lazy("Hvem gemmer nøglen?"),
        widget=forms.RadioSelect,
        choices=[
            (Wave.KeyMode.TRUSTEES, gettext_lazy("Tre nøgleholdere. To af dem skal til, før svarene kan tælles op.")),
            (Wave.KeyMode.AUTOMATIC, gettext_lazy("Serveren. Svarene tælles op af sig selv, når målingen er lukket.")),
        ],
        help_text=gettext_lazy("Medarbejderne får det at vide på spørgeskemaets første side."),
    )
    hr = PersonField(
        label=Seat.HR.label, required=False, help_text=gettext_lazy("Navn, medarbejdernummer eller mailadresse.")
    )
    staff = PersonField(
        label=Seat.STAFF.label, required=False, help_text=gettext_lazy("For eksempel næstforpersonen i KommuneMED.")
    )
    dpo = PersonField(
        label=Seat.DPO.label, required=False, help_text=gettext_lazy("Eller en anden, der er uafhængig af HR.")
    )

    def people(self) -> dict[str, Person]:
        return {seat: self.cleaned_data[seat] for seat in Seat.values if self.cleaned_data.get(seat)}


def _wave() -> Wave:
    campaign = newest_campaign()
    wave = Wave.objects.filter(campaign=campaign, kind=Wave.Kind.MAIN).select_related("campaign").first()
    if campaign is None or wave is None:
        raise Http404
    return wave


def _saved_words(key_mode: str) -> str:
    if key_mode == Wave.KeyMode.TRUSTEES:
        return _("Gemt. Nøgleholderne har fået rollen og logger ind med to trin.")
    return _("Gemt. Nøglen ligger på serveren, og svarene tælles op af sig selv.")


@login_required
@never_cache
def key_holders(request: HttpRequest) -> HttpResponse:
    """Who keeps the key, the three holders, and what is still missing before the survey can open."""
    person = require_hr(request.user)
    wave = _wave()
    holders = trustees.holders_of(wave)
    initial = {"key_mode": wave.key_mode, **{holder.seat: person_label(holder.person) for holder in holders}}
    form = KeyModeForm(request.POST or None, initial=initial)
    if request.method == "POST":
        require(wave.state == State.PLANNED)
        if form.is_valid():
            try:
                trustees.key_mode_set(
                    wave=wave, key_mode=form.cleaned_data["key_mode"], people=form.people(), by=person
                )
            except ValidationError as error:
                show_errors(form, error)
            else:
                messages.success(request, _saved_words(form.cleaned_data["key_mode"]))
                return redirect("surveys:key_holders")
    checks = trustees.checklist(wave)
    asked = KeyRequest.objects.filter(wave=wave).order_by("-pk").first()
    return render(
        request,
        "surveys/key_holders.html",
        {
            "wave": wave,
            "form": form,
            "holders": holders,
            "checks": checks,
            "ready": all(check.done for check in checks),
            "planned": wave.state == State.PLANNED,
            "key_set": KeySet.objects.filter(wave=wave).first(),
            "asked": asked,
            "given": asked.shares.filter(problem="").count() if asked else 0,
            "worker_is_there": asked is not None and trustees.worker_is_there(asked),
            "may_repair": trustees.may_repair(wave) and (asked is None or asked.state != KeyRequest.State.ASKED),
        },
    )


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def key_sitting(request: HttpRequest) -> HttpResponse:
    """The sitting: the browser makes the key, splits it, prints three parts, and sends the public key alone."""
    person = require_hr(request.user)
    wave = _wave()
    holders = trustees.holders_of(wave)
    if wave.state != State.PLANNED or wave.key_mode != Wave.KeyMode.TRUSTEES or len(holders) != len(Seat.values):
        require(request.method != "POST")
        messages.error(request, _("Vælg tre nøgleholdere først; nøglen kan kun laves, før målingen åbner."))
        return redirect("surveys:key_holders")
    if request.method == "POST":
        try:
            public_key = base64.b64decode(request.POST.get("public_key", ""), validate=True)
            set_id = int(request.POST.get("set_id", ""))
            trustees.key_set_save(wave=wave, public_key=public_key, set_id=set_id, by=person)
        except (ValueError, binascii.Error):
            return JsonResponse({"error": _("Den offentlige nøgle kunne ikke læses. Hold mødet igen.")}, status=422)
        except ValidationError as error:
            return JsonResponse({"error": " ".join(error.messages)}, status=422)
        messages.success(request, _("Nøglen er lavet. Prøv nu to af delene."))
        return JsonResponse({"next": reverse("surveys:key_holders")})
    return render(
        request,
        "surveys/key_sitting.html",
        {"wave": wave, "holders": holders, "again": KeySet.objects.filter(wave=wave).exists()},
    )


@login_required
@require_POST
def rehearsal_start(request: HttpRequest) -> HttpResponse:
    """Ask two holders to try their parts on test envelopes."""
    person = require_hr(request.user)
    try:
        trustees.rehearsal_start(wave=_wave(), by=person)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("Nøgleholderne har fået besked. To af dem skal give deres del."))
    return redirect("surveys:key_holders")


@login_required
@require_POST
def repair_start(request: HttpRequest) -> HttpResponse:
    """Ask two holders to open the sealed counts, because a fault has been proven."""
    person = require_hr(request.user)
    try:
        trustees.repair_start(wave=_wave(), reason=request.POST.get("reason", ""), by=person)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("Nøgleholderne har fået besked. To af dem skal give deres del."))
    return redirect("surveys:key_holders")


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def share_hand_in(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """A holder writes the words; the browser seals them to the worker's key. What is posted is sealed already."""
    asked, holder = access.key_request_for(request.user, uuid)
    if request.method == "POST":
        try:
            sealed = base64.b64decode(request.POST.get("sealed", ""), validate=True)
            number = int(request.POST.get("asked", ""))
        except (ValueError, binascii.Error):
            sealed, number = b"", asked.asked
        try:
            trustees.share_hand_in(request=asked, holder=holder, sealed=sealed, asked=number)
        except trustees.CannotHandIn as error:
            messages.error(request, str(error))
        return redirect("surveys:share_hand_in", asked.uuid)
    context = _hand_in_context(asked, holder)
    return render(request, "surveys/share_hand_in.html" + ("#state" if request.htmx else ""), context)  # type: ignore[attr-defined]


def _hand_in_context(asked: KeyRequest, holder: KeyHolder) -> dict[str, Any]:
    shares = {share.holder_id: share for share in asked.shares.all()}
    own = shares.get(holder.pk)
    key_set = KeySet.objects.filter(wave=asked.wave).first()
    others = [other for other in trustees.holders_of(asked.wave) if other.pk != holder.pk]
    waits = asked.state == KeyRequest.State.ASKED
    return {
        "asked": asked,
        "wave": asked.wave,
        "holder": holder,
        "others": [{"holder": other, "given": other.pk in shares and not shares[other.pk].problem} for other in others],
        "given": own is not None and not own.problem,
        "problem": own.get_problem_display() if own is not None and own.problem else "",
        "waits": waits,
        "worker_is_there": trustees.worker_is_there(asked),
        "asked_again": waits and asked.asked > 1 and own is None,
        "set_id": key_set.set_id if key_set else "",
        "public_key": base64.b64encode(bytes(asked.public_key)).decode("ascii") if asked.public_key else "",
        "bound_to": trustees.bound_to(asked, holder.seat).decode("ascii"),
        "length": trustees.SHARE_LENGTH,
    }
