"""One measuring year: its schedule, its frozen organisation, and where each person counts."""

from __future__ import annotations

import uuid
from datetime import datetime, time

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from organisation.models.unit import Level


class Campaign(models.Model):
    """A Trivselsmåling & APV, from the first plan to three years of follow-up."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(_("navn"), max_length=120)
    year = models.PositiveSmallIntegerField(_("år"), unique=True)
    employed_by = models.DateField(
        _("ansat senest"), null=True, blank=True, help_text=_("Kun den, der var ansat denne dag, inviteres.")
    )
    leaders_one_level_up = models.BooleanField(
        _("ledere svarer i gruppen over deres egen enhed"),
        default=True,
        help_text=_("Ellers er lederens svar en del af den rapport, som lederen selv læser."),
    )
    least_hours = models.DecimalField(
        _("mindst timer om ugen"),
        max_digits=4,
        decimal_places=2,
        null=True,
        blank=True,
        help_text=_("Den, der er ansat til færre timer, inviteres ikke. Tomt felt: alle."),
    )
    invited_leave = ArrayField(
        models.CharField(max_length=12),
        verbose_name=_("inviteres, selv om de er fraværende"),
        default=list,
        blank=True,
    )
    left_out_titles = ArrayField(
        models.CharField(max_length=120), verbose_name=_("stillinger, der ikke inviteres"), default=list, blank=True
    )
    frozen_at = models.DateTimeField(_("organisationen er frosset"), null=True, blank=True)

    class Meta:
        verbose_name = _("måling")
        verbose_name_plural = _("målinger")

    def __str__(self) -> str:
        return self.name


class Milestone(models.Model):
    """One date or period of the campaign's schedule. HR sets it; jobs look at it; beat holds no date.

    `at` and `ends_at` are Copenhagen wall-clock times on `starts` and `ends`.
    """

    class Key(models.TextChoices):
        MED_DAY = "med_day", _("Store MED-dag")
        FREEZE = "freeze", _("Organisationen fryses")
        SURVEY = "survey", _("Spørgeskemaet er åbent")
        REMINDER_1 = "reminder_1", _("Første påmindelse")
        REMINDER_2 = "reminder_2", _("Anden påmindelse")
        REPORTS = "reports", _("Rapporterne frigives")
        STAFF_REPORTS = "staff_reports", _("Medarbejderne ser rapporten senest")
        WEBINAR_1 = "webinar_1", _("Webinar")
        WEBINAR_2 = "webinar_2", _("Webinar")
        WEBINAR_3 = "webinar_3", _("Webinar")
        DIALOGUE_DATE_NUDGE = "dialogue_date_nudge", _("Trioer uden dialogdato mindes om det")
        DIALOGUES = "dialogues", _("Trivselsdialoger")
        PLAN_NUDGE_1 = "plan_nudge_1", _("Første påmindelse om handleplan")
        PLAN_NUDGE_2 = "plan_nudge_2", _("Anden påmindelse om handleplan")
        PLAN_DEADLINE = "plan_deadline", _("Frist for handleplaner")
        PLAN_ESCALATION = "plan_escalation", _("Manglende handleplaner går til lederens leder")
        IMPLEMENTATION = "implementation", _("Handleplanerne føres ud i livet")
        EVALUATION = "evaluation", _("Evaluering i MED")
        NEXT_CYCLE = "next_cycle", _("Næste måling")

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="milestones")
    key = models.CharField(max_length=24, choices=Key.choices)
    title = models.CharField(_("tekst"), max_length=160)
    title_en = models.CharField(_("tekst på engelsk"), max_length=160, blank=True)
    starts = models.DateField(_("dato"))
    at = models.TimeField(_("klokkeslæt"), default=time(8))
    ends = models.DateField(_("slutdato"), null=True, blank=True)
    ends_at = models.TimeField(_("slutter klokken"), default=time(23, 59))
    on_wheel = models.BooleanField(_("vises på årshjulet"), default=False)

    class Meta:
        verbose_name = _("milepæl")
        verbose_name_plural = _("milepæle")
        ordering = ["starts", "at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["campaign", "key"], name="milestone_once_per_campaign"),
            models.CheckConstraint(
                name="milestone_ends_after_it_starts",
                condition=Q(ends__isnull=True) | Q(ends__gte=F("starts")),
                violation_error_message=_("Perioden kan ikke slutte, før den begynder."),
            ),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        return self.title_en if (get_language() or "da").startswith("en") and self.title_en else self.title

    @property
    def starts_moment(self) -> datetime:
        return datetime.combine(self.starts, self.at, timezone.get_default_timezone())

    @property
    def ends_moment(self) -> datetime:
        """The last minute of the period; for a single date the end of that day's minute `ends_at`."""
        return datetime.combine(self.ends or self.starts, self.ends_at, timezone.get_default_timezone())


class CampaignUnit(models.Model):
    """A unit as it stood when the campaign was frozen. Facts, reports and plans hang on this, not on today's tree."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="units")
    unit = models.ForeignKey("organisation.Unit", on_delete=models.PROTECT, related_name="+")
    parent = models.ForeignKey("self", on_delete=models.CASCADE, null=True, blank=True, related_name="children")
    name = models.CharField(max_length=160)
    level_kind = models.CharField(max_length=16, choices=Level.Kind.choices)
    path = ArrayField(models.BigIntegerField(), help_text="ids of units (not campaign units) from the root to this")
    position = models.PositiveIntegerField(help_text="place in the organisation's own order, depth first")
    placed = models.PositiveIntegerField(default=0, help_text="people placed directly here")
    invited = models.PositiveIntegerField(default=0, help_text="people placed here and below")
    own_report = models.BooleanField(default=True, help_text="false: HR put the unit in a report group before opening")

    class Meta:
        verbose_name = _("enhed i målingen")
        verbose_name_plural = _("enheder i målingen")
        ordering = ["position"]
        indexes = [GinIndex(fields=["path"], name="campaign_unit_path_gin")]
        constraints = [
            models.UniqueConstraint(fields=["campaign", "unit"], name="campaign_unit_once_per_campaign"),
            models.CheckConstraint(
                name="campaign_unit_invites_at_least_the_placed", condition=Q(invited__gte=F("placed"))
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Placement(models.Model):
    """Where one person counts in one campaign: frozen at opening, one envelope per person."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="placements")
    person = models.ForeignKey("organisation.Person", on_delete=models.PROTECT, related_name="placements")
    employment = models.ForeignKey("organisation.Employment", on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey(CampaignUnit, on_delete=models.PROTECT, related_name="placements")

    class Meta:
        verbose_name = _("placering")
        verbose_name_plural = _("placeringer")
        constraints = [models.UniqueConstraint(fields=["campaign", "person"], name="placement_one_per_person")]
        triggers = [pgtrigger.Protect(name="placement_is_frozen", operation=pgtrigger.Update)]

    def __str__(self) -> str:
        return f"{self.person_id} · {self.unit_id}"
