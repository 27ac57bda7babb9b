"""HR helps one person in: how the way in was sent, and another one. Never whether the person has answered."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from organisation import access, channels
from organisation.formerrors import show_errors
from organisation.models import ChannelFault, Person
from surveys import codes, letters, support
from surveys.models import Ticket, Wave
from surveys.views.doors import campaign_and_wave
from surveys.views.mailings import file_response

SHOWN = 25
Channel = Person.Channel


class FindForm(forms.Form):
    who = forms.CharField(
        label=gettext_lazy("Navn eller medarbejdernummer"),
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class ChannelForm(forms.Form):
    channel = forms.ChoiceField(label=gettext_lazy("Vej ind"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, person: Person, faults: set[str], **more: Any) -> None:
        super().__init__(*args, **more)
        usable = [(value, label) for value, label in Channel.choices if channels.can_use(person, value, faults)]
        self.fields["channel"].choices = usable  # type: ignore[attr-defined]


@login_required
def person_find(request: HttpRequest) -> HttpResponse:
    """Find somebody by name or number. Posted, so that no name stands in an address or a log."""
    access.require_hr(request.user)
    _campaign, wave = campaign_and_wave()
    form, found = FindForm(request.POST or None), None
    if request.method == "POST" and form.is_valid():
        rows = support.people_of(wave, form.cleaned_data["who"]).prefetch_related("employments__unit")
        found = list(rows[: SHOWN + 1])
    context = {"form": form, "found": (found or [])[:SHOWN], "asked": found is not None, "shown": SHOWN}
    return render(request, "surveys/person_find.html", {**context, "more": len(found or []) > SHOWN})


@login_required
def person_door(request: HttpRequest, pk: int) -> HttpResponse:
    """One person's way in: how it was sent, whether it failed, and what HR can do."""
    hr = access.require_hr(request.user)
    person = get_object_or_404(Person, pk=pk)
    _campaign, wave = campaign_and_wave()
    ticket = support.ticket_of(wave, person)
    faults = set(ChannelFault.objects.filter(person=person).values_list("channel", flat=True))
    form = ChannelForm(
        request.POST if request.POST.get("do") == "channel" else None,
        person=person,
        faults=faults,
        initial={"channel": ticket.channel if ticket else person.survey_channel},
    )
    if request.method == "POST":
        answer = _deed(request, hr, person, wave, ticket, form)
        if answer is not None:
            return answer
    return render(request, "surveys/person_door.html", _context(person, wave, ticket, form, faults))


def _context(
    person: Person, wave: Wave | None, ticket: Ticket | None, form: ChannelForm, faults: set[str]
) -> dict[str, Any]:
    return {
        "employee": person,  # the header of every page is about `person`
        "wave": wave,
        "ticket": ticket,
        "is_open": wave is not None and wave.state == Wave.State.OPEN,
        "form": form,
        "faults": [(value, label) for value, label in Channel.choices if value in faults],
        "has_way_in": ticket is not None and ticket.link_hash is not None,
    }


def _deed(
    request: HttpRequest, hr: Person, person: Person, wave: Wave | None, ticket: Ticket | None, form: ChannelForm
) -> HttpResponse | None:
    """What HR asked for; None shows the page again, with what was wrong."""
    do = request.POST.get("do", "")
    try:
        if do == "channel":
            if not form.is_valid():
                return None
            support.channel_choose(person=person, channel=form.cleaned_data["channel"], wave=wave, by=hr)
            messages.success(request, _said(form.cleaned_data["channel"], ticket))
        elif do == "mended":
            channels.fault_clear(person=person, channel=request.POST.get("fault", ""), by=hr)
            messages.success(request, _("Adressen kan bruges igen."))
        elif ticket is not None and do == "phone":
            return _phone(request, hr, person, ticket, form)
        elif ticket is not None and do == "letter":
            way = support.way_in_now(ticket=ticket, channel=Channel.LETTER, by=hr, verb="letter_printed")
            return file_response(letters.letters_pdf(ticket.wave, [(ticket, way)]), "application/pdf", "brev.pdf")
    except ValidationError as error:
        if form.is_bound:
            show_errors(form, error)
            return None
        messages.error(request, " ".join(error.messages))
    return redirect("surveys:person_door", pk=person.pk)


def _said(channel: str, ticket: Ticket | None) -> str:
    if ticket is None:
        return _("Valget er gemt og gælder, når målingen åbner.")
    if channel == Channel.PAPER:
        return _("Personen svarer på papir. Link og kode virker ikke længere, og der sendes ingen påmindelser.")
    if channel in Person.SENT_BY_US:
        return _("En ny kode sendes inden for et minut (uden for stille tid). Den gamle virker ikke længere.")
    return _("Den gamle kode virker ikke længere. Den nye kommer med næste forsendelse. Bestil den under Veje ind.")


def _phone(request: HttpRequest, hr: Person, person: Person, ticket: Ticket, form: ChannelForm) -> HttpResponse:
    """Show a new code once, to be read aloud: in this answer only, and kept nowhere."""
    way = support.way_in_now(ticket=ticket, channel=ticket.channel, by=hr, verb="code_said")
    context = {"employee": person, "code": codes.pretty(way.code), "signs": list(way.code)}
    response = render(request, "surveys/person_code.html", context)
    response["Cache-Control"] = "no-store"
    return response
