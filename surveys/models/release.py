"""What was released: facts are the only lasting trace of the anonymous part."""

from __future__ import annotations

import uuid

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

# Only two people's word opens a release, and a later one only repeats what the one before showed (anonymity.md 3.7).
_OPENS_BY_RULE = """
    IF NEW.state NOT IN ('approved', 'released') OR NEW.state = OLD.state
       OR EXISTS (SELECT 1 FROM surveys_wave WHERE id = NEW.wave_id AND kind = 'imported') THEN
        RETURN NEW;
    END IF;
    IF (SELECT count(*) FROM surveys_releaseapproval WHERE release_id = NEW.id) < 2 THEN
        RAISE EXCEPTION 'a release needs the approval of two people' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.number > 1 AND EXISTS (
        SELECT 1 FROM surveys_fact f WHERE f.release_id = NEW.id AND f.n IS NOT NULL AND NOT EXISTS (
            SELECT 1 FROM surveys_fact o JOIN surveys_release r ON r.id = o.release_id
            WHERE r.wave_id = NEW.wave_id AND o.n IS NOT NULL AND r.number = (
                  SELECT max(b.number) FROM surveys_release b
                  WHERE b.wave_id = NEW.wave_id AND b.number < NEW.number AND b.released_at IS NOT NULL)
              AND o.unit_id = f.unit_id AND o.item = f.item AND o.minus = f.minus
              AND (NEW.kind = 'repair' OR (o.n = f.n AND o.dist IS NOT DISTINCT FROM f.dist)))
    ) THEN
        RAISE EXCEPTION 'a new release shows only what the last one out showed' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
"""
# A release's facts are written before anybody has approved it, and never after.
_WRITTEN_BEFORE_APPROVAL = """
    IF EXISTS (
        SELECT 1 FROM surveys_release r JOIN surveys_wave w ON w.id = r.wave_id
        WHERE r.id IN (SELECT DISTINCT release_id FROM written) AND r.state <> 'waiting' AND w.kind <> 'imported'
    ) THEN
        RAISE EXCEPTION 'facts are written before a release is approved' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
"""


class Release(models.Model):
    """One frozen set of facts of one wave: counted, audited, approved by two people, shown from a set minute.

    A wave's second release and those after it are editions of the same facts, or the same plan on a repaired count.
    """

    class Kind(models.TextChoices):
        FIRST = "first", _("Første frigivelse")
        EDITION = "edition", _("Ny udgave af de samme tal")
        REPAIR = "repair", _("Rettelse af en påvist fejl i optællingen")

    class State(models.TextChoices):
        WAITING = "waiting", _("Afventer godkendelse")
        APPROVED = "approved", _("Godkendt")
        RELEASED = "released", _("Frigivet")
        WITHDRAWN = "withdrawn", _("Trukket tilbage")
        REPLACED = "replaced", _("Afløst af en ny udgave")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    wave = models.ForeignKey("surveys.Wave", on_delete=models.PROTECT, related_name="releases")
    number = models.PositiveSmallIntegerField(default=1)
    kind = models.CharField(max_length=7, choices=Kind.choices, default=Kind.FIRST)
    reason = models.TextField(_("hvorfor en ny udgave"), blank=True, help_text="told with the reports")
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    due_at = models.DateTimeField(_("frigives"))
    released_at = models.DateTimeField(null=True, blank=True)
    audit_green = models.BooleanField(default=False)
    audit_report = models.TextField(blank=True)
    facts_sha256 = models.CharField(max_length=64, blank=True)
    withdrawn_reason = models.TextField(_("hvorfor trukket tilbage"), blank=True)

    class Meta:
        verbose_name = _("frigivelse")
        verbose_name_plural = _("frigivelser")
        constraints = [
            models.UniqueConstraint(fields=["wave", "number"], name="release_number_is_unique_per_wave"),
            models.CheckConstraint(
                name="release_needs_a_green_audit",
                condition=Q(state__in=["waiting", "withdrawn"]) | Q(audit_green=True),
            ),
            models.UniqueConstraint(
                fields=["wave"], condition=Q(state="released"), name="release_one_of_a_wave_is_out_at_a_time"
            ),
            models.CheckConstraint(
                name="release_after_the_first_says_why",
                condition=Q(number=1, kind="first") | (Q(number__gt=1, kind__in=["edition", "repair"]) & ~Q(reason="")),
            ),
            models.CheckConstraint(
                name="release_withdrawn_says_why", condition=~Q(state="withdrawn") | ~Q(withdrawn_reason="")
            ),
            models.CheckConstraint(
                name="release_knows_when_it_happened",
                condition=~Q(state="released") | Q(released_at__isnull=False),
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="release_opens_by_rule", when=pgtrigger.Before, operation=pgtrigger.Update, func=_OPENS_BY_RULE
            ),
            pgtrigger.ReadOnly(name="release_is_what_was_audited", fields=["wave", "number", "kind", "facts_sha256"]),
        ]

    def __str__(self) -> str:
        return f"{self.wave} · {self.number}"


class ReleaseApproval(models.Model):
    """One of the two approvals. Two different people, by the database's word."""

    release = models.ForeignKey(Release, on_delete=models.CASCADE, related_name="approvals")
    person = models.ForeignKey("organisation.Person", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["release", "person"], name="release_approved_once_by_a_person")]

    def __str__(self) -> str:
        return f"{self.release_id} by {self.person_id}"


class Fact(models.Model):
    """One released figure: a unit and everybody below it, one item. Append-only; all that is shown follows from these.

    `dist` are the counts per category in the order of the item's values; imported facts have a `mean`, with or without
    it. `n` null means the figure is not shown, and no reason is kept. `minus` names the parts left out:
    campaign unit ids, or "id#" for the people placed directly on a unit. `kept`: an old figure that a repair could not
    replace, because the difference would have been about fewer than five; it is marked where it is shown.
    """

    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="facts")
    unit = models.ForeignKey("organisation.CampaignUnit", on_delete=models.PROTECT, related_name="facts")
    item = models.SlugField(max_length=64, help_text="item key, key.option, or _answered for the section count")
    n = models.PositiveIntegerField(null=True)
    dist = ArrayField(models.PositiveIntegerField(), null=True)
    mean = models.DecimalField(max_digits=5, decimal_places=2, null=True)
    minus = ArrayField(models.CharField(max_length=24), default=list)
    kept = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("tal")
        verbose_name_plural = _("tal")
        constraints = [
            models.UniqueConstraint(fields=["release", "unit", "item"], name="fact_once_per_release_unit_and_item"),
            models.CheckConstraint(
                name="fact_is_hidden_or_has_its_figure",
                condition=Q(n__isnull=True, dist__isnull=True, mean__isnull=True)
                | (Q(n__isnull=False) & (Q(dist__isnull=False) | Q(mean__isnull=False))),
            ),
            models.CheckConstraint(
                name="fact_stands_on_five_answers_or_none", condition=Q(n__isnull=True) | Q(n=0) | Q(n__gte=5)
            ),
        ]
        indexes = [models.Index(fields=["unit", "release"], name="fact_unit_release")]
        triggers = [
            pgtrigger.Protect(name="fact_is_append_only", operation=pgtrigger.Update | pgtrigger.Delete),
            pgtrigger.Trigger(
                name="fact_is_written_before_approval",
                level=pgtrigger.Statement,
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                referencing=pgtrigger.Referencing(new="written"),
                func=_WRITTEN_BEFORE_APPROVAL,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.item}"


class ReportShare(models.Model):
    """The trio has shown its unit's report to the staff."""

    release = models.ForeignKey(Release, on_delete=models.CASCADE, related_name="shares")
    unit = models.ForeignKey("organisation.CampaignUnit", on_delete=models.CASCADE, related_name="+")
    by = models.ForeignKey("organisation.Person", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["release", "unit"], name="report_shared_once")]

    def __str__(self) -> str:
        return f"{self.release_id} {self.unit_id}"
