"""HR's page about the ways in: how many by which, the rules per unit, and who could not be reached."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from organisation import access, channels, notices
from organisation.campaigns import newest_campaign
from organisation.formerrors import show_errors
from organisation.imports.csvfile import csv_rows
from organisation.imports.refusal import FileRefused
from organisation.models import Campaign, ChannelRule, Person, Role
from organisation.pickers import UnitField
from surveys import codes, mailings, support, tickets
from surveys.models import Mailing, Ticket, Wave
from surveys.placements import main_wave

Channel = Person.Channel
MOST_ADDRESSES = 20_000  # characters


class RuleForm(forms.Form):
    unit = UnitField(
        label=gettext_lazy("Enhed"),
        help_text=gettext_lazy("Reglen gælder enheden og alt under den."),
    )
    channel = forms.ChoiceField(
        label=gettext_lazy("Vej ind"),
        choices=[(value, Channel(value).label) for value in channels.RULES],
        widget=forms.RadioSelect,
        help_text=gettext_lazy("Den, der ikke kan nås ad den vej, nås på mail, sms eller med et brev."),
    )


class BouncesForm(forms.Form):
    addresses = forms.CharField(
        label=gettext_lazy("Adresser, der er kommet retur"),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=MOST_ADDRESSES,
        help_text=gettext_lazy(
            "Mailadresser eller mobilnumre, én på hver linje. Vi gemmer ikke, hvilken besked det var."
        ),
    )


class UndeliverableForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("Leverandørens liste (CSV)"),
        help_text=gettext_lazy("Medarbejdernummeret skal stå i den første kolonne. Personerne får et brev i stedet."),
    )


def campaign_and_wave() -> tuple[Campaign, Wave | None]:
    campaign = newest_campaign()
    if campaign is None:
        raise Http404
    return campaign, main_wave(campaign)


def open_wave() -> Wave:
    """The survey while it is open; 404 before and after, when there are no codes to do anything with."""
    wave = campaign_and_wave()[1]
    if wave is None or wave.state != Wave.State.OPEN:
        raise Http404
    return wave


@login_required
@require_safe
def door_list(request: HttpRequest) -> HttpResponse:
    """How people get in: by which way how many, what is waiting to be printed, and where HR steps in."""
    access.require_hr(request.user)
    campaign, wave = campaign_and_wave()
    is_open = wave is not None and wave.state == Wave.State.OPEN
    return render(
        request,
        "surveys/door_list.html",
        {
            "campaign": campaign,
            "wave": wave,
            "is_open": is_open,
            "rows": _counts(campaign, wave),
            "is_over": wave is not None and wave.state in (Wave.State.CLOSED, Wave.State.OPENED),
            "rules": ChannelRule.objects.select_related("unit").order_by("unit__path"),
            "unreached": support.unreached(wave).count() if wave is not None and is_open else 0,
            "mailings": Mailing.objects.filter(wave=wave).select_related("unit", "by")[:20] if wave else [],
            "paper_missing": sum(mailings.paper_missing(wave).values()) if wave is not None and is_open else 0,
            "helpers": _helpers(),
            "brake": is_open and codes.brake_is_on(tickets.DOOR),
        },
    )


def _helpers() -> list[Person]:
    roles = Role.objects.filter(access.active_on_today(), kind=Role.Kind.PAPER_HELPER).select_related("person")
    return [role.person for role in roles]


def _counts(campaign: Campaign, wave: Wave | None) -> list[dict[str, Any]]:
    """Per way in: the people, and how many of them have been sent it. Before opening only how many it will be."""
    if wave is not None and wave.tickets.exists():
        found: dict[str, Any] = {
            row["channel"]: dict(row)
            for row in wave.tickets.values("channel").annotate(
                people=Count("pk"), sent=Count("pk", filter=Q(invited_on__isnull=False))
            )
        }
    elif wave is not None and wave.state != Wave.State.PLANNED:
        return []  # deleted a month after closing
    else:
        found = {channel: {"people": n, "sent": None} for channel, n in channels.counts_planned(campaign).items()}
    return [{"channel": value, "label": label, **found[value]} for value, label in Channel.choices if value in found]


@login_required
def channel_rule_create(request: HttpRequest) -> HttpResponse:
    """«Hjemmeplejen: brev»."""
    person = access.require_hr(request.user)
    _campaign, wave = campaign_and_wave()
    form = RuleForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        channels.rule_set(by=person, **form.cleaned_data)
        changed = support.channels_apply(wave)
        messages.success(request, _("Reglen er gemt.") + _changed(changed))
        return redirect("surveys:door_list")
    return render(request, "surveys/channel_rule_create.html", {"form": form})


def _changed(n: int) -> str:
    return " " + _("%(n)d, der ikke har fået noget endnu, får nu en anden vej ind.") % {"n": n} if n else ""


@login_required
@require_POST
def channel_rule_remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a rule away; those not yet written to follow what is left."""
    person = access.require_hr(request.user)
    rule = get_object_or_404(ChannelRule, pk=pk)
    channels.rule_remove(rule=rule, by=person)
    changed = support.channels_apply(campaign_and_wave()[1])
    messages.success(request, _("Reglen er fjernet.") + _changed(changed))
    return redirect("surveys:door_list")


@login_required
def unreached_list(request: HttpRequest) -> HttpResponse:
    """Who could not be reached, and what HR does about it."""
    person = access.require_hr(request.user)
    _campaign, wave = campaign_and_wave()
    bounces = BouncesForm(request.POST or None)
    if request.method == "POST" and bounces.is_valid():
        people, unknown = channels.faults_note_addresses(
            addresses=bounces.cleaned_data["addresses"].splitlines(), by=person
        )
        messages.success(request, _("%(n)d personer er sat på listen.") % {"n": people})
        if unknown:
            messages.warning(
                request,
                _("%(n)d adresser kender vi ikke: %(some)s") % {"n": len(unknown), "some": ", ".join(unknown[:5])},
            )
        return redirect("surveys:unreached_list")
    found = support.unreached(wave) if wave is not None else Ticket.objects.none()
    page = Paginator(found, 50).get_page(request.GET.get("side"))
    context = {
        "wave": wave,
        "page": page,
        "bounces": bounces,
        "notices": notices.unreached(),
        "system": found.filter(failed__gt="").exclude(failed="AddressRefused").exists(),
    }
    return render(request, "surveys/unreached_list.html", context)


@login_required
@require_POST
def unsent_again(request: HttpRequest) -> HttpResponse:
    """Send once more what our own gateway failed to send."""
    person = access.require_hr(request.user)
    again = support.unsent_try_again(wave=open_wave(), by=person)
    messages.success(request, _("%(n)d beskeder prøves igen inden for et minut.") % {"n": again})
    return redirect("surveys:unreached_list")


@login_required
def digital_post_undeliverable(request: HttpRequest) -> HttpResponse:
    """The provider's list of those it could not deliver to: they get a letter."""
    person = access.require_hr(request.user)
    wave = open_wave()
    form = UndeliverableForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        upload: UploadedFile = form.cleaned_data["file"]
        try:
            numbers = [row[0] for row in csv_rows(upload.read()) if row]
            people, unknown = support.undeliverable(wave=wave, numbers=numbers, by=person)
        except FileRefused as error:
            form.add_error("file", str(error))
        except ValidationError as error:
            show_errors(form, error)
        else:
            messages.success(request, _("%(n)d personer får et brev i stedet for Digital Post.") % {"n": people})
            if len(unknown) > 1:  # the heading is one
                messages.warning(request, _("%(n)d numre kender vi ikke.") % {"n": len(unknown)})
            return redirect("surveys:door_list")
    return render(request, "surveys/digital_post_undeliverable.html", {"form": form})
