"""How long the survey's own things are kept (domain.md 7.3). Of the anonymous part nothing is left to sweep."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from organisation import clock
from organisation.models import StoredFile
from organisation.retention import DELIVERY_DAYS, NAMES_DAYS, Rule, campaigns_past_keeping
from surveys import mailings, trustees
from surveys.answering import GRACE
from surveys.models import Finding, Mailing, PaperForm, PhysicalForm, PhysicalReport, ReminderDuty, Ticket, Wave

OVER = (Wave.State.CLOSED, Wave.State.OPENED)


def codes_sweep() -> int:
    """Codes of surveys that are over: nobody can get in any more, so nothing may lead from a code to a person."""
    over = Wave.objects.filter(state__in=OVER, closes_at__lt=clock.now() - GRACE)
    secrets = Ticket.objects.filter(wave__in=over).exclude(code_hash=None, link_hash=None)
    mailings.mailings_sweep()  # the files first, or they would outlive their rows
    printed = PaperForm.objects.filter(wave__in=over).delete()[0] + Mailing.objects.filter(wave__in=over).delete()[0]
    return secrets.update(code_hash=None, link_hash=None) + printed


def delivery_sweep() -> int:
    """Who was invited and reminded, by which channel, and whether it arrived: 30 days after closing."""
    over = Wave.objects.filter(state__in=OVER, closes_at__lt=clock.now() - timedelta(days=DELIVERY_DAYS))
    duties = ReminderDuty.objects.filter(ticket__wave__in=over).delete()[0]
    return duties + Ticket.objects.filter(wave__in=over).delete()[0]


def names_sweep() -> int:
    """Names on physical reports: until the problem is closed, at the latest a year. The words stay with the problem."""
    named = PhysicalReport.objects.filter(person__isnull=False).filter(
        Q(finding__state=Finding.State.CLOSED)
        | Q(reported_on__lt=clock.today() - timedelta(days=NAMES_DAYS))
        | Q(person__is_active=False)
    )
    return named.update(person=None)


def form_keys_sweep() -> int:
    """The random keys that keep a form from being sent twice: of no use once no form can be sent."""
    if Wave.objects.exclude(kind=Wave.Kind.IMPORTED).exclude(state=Wave.State.OPENED).exists():
        return 0
    return PhysicalForm.objects.all().delete()[0]


def findings_sweep() -> int:
    """Findings of cycles that are past keeping, with their reports and photos; one in a plan stays as long as that."""
    findings = Finding.objects.filter(
        campaign__in=campaigns_past_keeping(), plans__isnull=True, duplicates__isnull=True
    )
    photos = list(
        PhysicalReport.objects.filter(finding__in=findings, photo__isnull=False).values_list("photo", flat=True)
    )
    count = findings.delete()[0]
    StoredFile.objects.filter(pk__in=photos).delete()
    return count


# Looked at every quarter of an hour, too: a file with codes lies no longer than it must.
MAILINGS = Rule(
    "mailings",
    _("Filer med breve, papirskemaer og koder"),
    _("Til dagen efter, at de er hentet, højst en uge, og ikke længere end målingen er åben."),
    mailings.mailings_sweep,
)

RULES = [
    Rule(
        "codes",
        _("Koder og links, og hvem de hører til"),
        _("Til målingen er lukket. Der gemmes på intet tidspunkt, hvem der har svaret."),
        codes_sweep,
    ),
    Rule(
        "envelopes",
        _("Kuverter med de anonyme svar, og nøglerne til dem"),
        _("Til de er talt op. Optællingen sletter dem selv; kun de tal, der må vises, er tilbage."),
    ),
    Rule(
        "tallies",
        _("Den forseglede optælling, når tre nøgleholdere deler nøglen"),
        _("30 dage efter optællingen, så en påvist fejl kan rettes."),
        trustees.sealed_tallies_delete,
    ),
    MAILINGS,
    Rule(
        "delivery",
        _("Hvordan og hvornår invitationer og påmindelser blev sendt"),
        _("30 dage efter, at målingen er lukket."),
        delivery_sweep,
    ),
    Rule(
        "names",
        _("Navne på fysiske meldinger"),
        _("Til problemet er lukket, højst 12 måneder. Teksten bliver hos problemet."),
        names_sweep,
    ),
    Rule("form_keys", _("Tilfældige nøgler på fysiske skemaer"), _("Til alle målinger er talt op."), form_keys_sweep),
    Rule(
        "findings",
        _("Fysiske forhold, der ikke står i en handleplan"),
        _("Denne og forrige måling, mindst 6 år."),
        findings_sweep,
    ),
]
