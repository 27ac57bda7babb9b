"""How long things are kept, as code: one rule a row of the table in domain.md 7.3, one sweep a rule.

Each app lists its own rules; `trivsel.retention` runs them every night and shows them. What is destroyed the moment
it is no longer needed (envelopes, keys) has no sweep: the rule says so.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from importlib import import_module

import pgtrigger
from django.conf import settings
from django.db import transaction
from django.db.models import Count, Q
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from organisation import clock, leaving
from organisation.imports import services as imports
from organisation.models import AuditEntry, Campaign, Deletion, JobRun, Milestone, Notice, OneTimeLink

DELIVERY_DAYS = 30
AUDIT_DAYS = 2 * 365
NAMES_DAYS = 365
DOSSIER_YEARS = 6


@dataclass(frozen=True)
class Rule:
    """`what` is kept, for how long, and the sweep that deletes it and says how many. None: nothing is left to sweep."""

    key: str
    what: str | Promise
    keeps: str | Promise
    sweep: Callable[[], int] | None = None


def rule_run(rule: Rule) -> int:
    """Delete what the rule no longer allows to keep, and note how much; all or nothing. Again it does nothing."""
    if rule.sweep is None:
        return 0
    with transaction.atomic():
        count = rule.sweep()
        if count:
            Deletion.objects.create(rule=rule.key, at=clock.now(), count=count)
    return count


def campaigns_past_keeping() -> list[Campaign]:
    """Campaigns that are six years old and have two newer ones: the current and the previous cycle are kept.

    One that is only planned is no cycle yet.
    """
    measured = list(
        Campaign.objects.annotate(surveys=Count("milestones", filter=Q(milestones__key=Milestone.Key.SURVEY)))
        .filter(surveys__gt=0, frozen_at__isnull=False)
        .order_by("-year")
    )
    return [campaign for campaign in measured[2:] if campaign.year + DOSSIER_YEARS <= clock.today().year]


def messages_sweep() -> int:
    """Empty the text of messages sent over 30 days ago. That one was sent is remembered, or it would go out again."""
    old = Notice.objects.filter(
        state=Notice.State.SENT, sent_at__lt=clock.now() - timedelta(days=DELIVERY_DAYS)
    ).exclude(body="")
    return old.update(subject="", body="", error="")


def audit_sweep() -> int:
    """Delete traces over two years old. The only way through the trigger that makes the table append-only."""
    old = AuditEntry.objects.filter(at__lt=clock.now() - timedelta(days=AUDIT_DAYS))
    with pgtrigger.ignore("organisation.AuditEntry:audit_is_append_only"):
        return old.delete()[0]


def jobs_sweep() -> int:
    """Job runs are timed by the machine's clock, so this compares with that one."""
    return JobRun.objects.filter(finished_at__lt=timezone.now() - timedelta(days=AUDIT_DAYS)).delete()[0]  # noqa: TID251


def sessions_sweep() -> int:
    """Sessions that have run out, and links that were used or are too old. Both keep real time."""
    sessions = import_module(settings.SESSION_ENGINE).SessionStore.get_model_class()
    now = timezone.now()  # noqa: TID251
    gone: int = sessions.objects.filter(expire_date__lt=now).delete()[0]
    return gone + OneTimeLink.objects.filter(Q(used_at__isnull=False) | Q(expires_at__lt=now)).delete()[0]


RULES = [
    Rule(
        "messages",
        _("Teksten i beskeder, der er sendt"),
        _("30 dage efter afsendelsen. At beskeden er sendt, huskes, så den ikke sendes igen."),
        messages_sweep,
    ),
    Rule(
        "left",
        _("Navn, nummer, mail, mobil og log-in på den, der er fratrådt"),
        _("30 dage efter sidste arbejdsdag. Historikken siger derefter «Tidligere medarbejder»."),
        leaving.leavers_erase,
    ),
    Rule(
        "imports",
        _("Importerede filers celler og navne"),
        _("Højst 30 dage. Selve filen og cpr-numre gemmes aldrig."),
        imports.imports_forget,
    ),
    Rule("sessions", _("Log-in, der er udløbet, og brugte engangslinks"), _("Til natten efter."), sessions_sweep),
    Rule("jobs", _("Linjer om job"), _("2 år."), jobs_sweep),
    Rule("audit", _("Spor: hvem ændrede og læste hvad"), _("2 år."), audit_sweep),
]
