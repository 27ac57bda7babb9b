"""A wave: one opening of one questionnaire, and the tickets that let people in."""

from __future__ import annotations

import uuid

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from organisation.models import Person


class Wave(models.Model):
    """Envelope, closing, planner, facts and audit work on a wave. The campaign's survey is its main wave;
    an imported earlier measurement is a wave that only has facts."""

    class Kind(models.TextChoices):
        MAIN = "main", _("Trivselsmåling og APV")
        PULSE = "pulse", _("Kort måling")
        IMPORTED = "imported", _("Tidligere måling")

    class State(models.TextChoices):
        PLANNED = "planned", _("Planlagt")
        OPEN = "open", _("Åben")
        CLOSED = "closed", _("Lukket")
        OPENED = "opened", _("Kuverterne er åbnet og talt")

    class Naming(models.TextChoices):
        OPTIONAL = "optional", _("Medarbejderen vælger selv")
        NAMED = "named", _("Altid med navn")
        UNIT = "unit", _("Kun enheden")

    class KeyMode(models.TextChoices):
        TRUSTEES = "trustees", _("Delt mellem tre nøgleholdere")
        AUTOMATIC = "automatic", _("Gemt på serveren")

    class Problem(models.TextChoices):
        """Why a closed wave could not be counted. Kinds only."""

        AUDIT_RED = "audit_red", _("Efterprøvningen er ikke grøn")
        EARLIER = "earlier", _("Efterprøvningen er ikke grøn sammen med den tidligere måling")
        KEY_MISSING = "no_key", _("Nøglen mangler på serveren")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    campaign = models.ForeignKey("organisation.Campaign", on_delete=models.PROTECT, related_name="waves")
    kind = models.CharField(max_length=8, choices=Kind.choices, default=Kind.MAIN)
    questionnaire = models.ForeignKey("surveys.Questionnaire", on_delete=models.PROTECT, related_name="+")
    opens_at = models.DateTimeField()
    closes_at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.PLANNED)
    naming = models.CharField(
        _("navn på fysiske meldinger"), max_length=8, choices=Naming.choices, default=Naming.OPTIONAL
    )
    key_mode = models.CharField(_("nøglen"), max_length=9, choices=KeyMode.choices, default=KeyMode.AUTOMATIC)
    public_key = models.BinaryField(null=True, blank=True, help_text="DHKEM(P-256) public key, uncompressed point")
    private_key_fingerprint = models.CharField(max_length=64, blank=True)
    pseudonym_key_fingerprint = models.CharField(max_length=64, blank=True)
    left_out_cap = models.DecimalField(max_digits=3, decimal_places=2, default="0.10")
    level_weights = models.JSONField(
        default=dict, blank=True, help_text="{level: factor} in the release plan's objective; 1 where nothing is said"
    )
    malformed = models.PositiveIntegerField(default=0)
    opened_at = models.DateTimeField(null=True, blank=True)
    problem = models.CharField(max_length=9, choices=Problem.choices, blank=True, help_text="of the last counting")
    tried_at = models.DateTimeField(null=True, blank=True, help_text="when that counting was; null: try at once")

    class Meta:
        verbose_name = _("måling")
        verbose_name_plural = _("målinger")
        constraints = [
            models.UniqueConstraint(fields=["campaign"], condition=Q(kind="main"), name="wave_one_main_per_campaign"),
            models.CheckConstraint(name="wave_closes_after_it_opens", condition=Q(closes_at__gt=F("opens_at"))),
            models.CheckConstraint(
                name="wave_leaves_out_at_most_a_tenth", condition=Q(left_out_cap__gte=0, left_out_cap__lte="0.10")
            ),
            models.CheckConstraint(
                name="wave_is_open_only_with_a_public_key",
                condition=Q(kind="imported") | ~Q(state="open") | Q(public_key__isnull=False),
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="wave_questionnaire_is_fixed_at_opening",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__state__in=["open", "closed", "opened"])
                & pgtrigger.Q(old__questionnaire__df=pgtrigger.F("new__questionnaire")),
            ),
            pgtrigger.Protect(
                name="wave_release_rules_are_fixed_at_opening",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__state__in=["open", "closed", "opened"])
                & (
                    pgtrigger.Q(old__left_out_cap__df=pgtrigger.F("new__left_out_cap"))
                    | pgtrigger.Q(old__level_weights__df=pgtrigger.F("new__level_weights"))
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.campaign} · {self.get_kind_display()}"


class Ticket(models.Model):
    """One invited person's way in. Its two secrets live in the link, message or letter only; here are their hashes.

    Nothing is written here when somebody answers.
    """

    wave = models.ForeignKey(Wave, on_delete=models.CASCADE, related_name="tickets")
    placement = models.ForeignKey("organisation.Placement", on_delete=models.CASCADE, related_name="+")
    code_hash = models.BinaryField(max_length=32, null=True, blank=True, unique=True, help_text="of what is typed")
    link_hash = models.BinaryField(max_length=32, null=True, blank=True, unique=True, help_text="of links and QR codes")
    code_number = models.PositiveSmallIntegerField(
        default=0, help_text="which of this ticket's codes counts; a re-send takes the next and voids the old"
    )
    channel = models.CharField(max_length=8, choices=Person.Channel.choices)
    invited_on = models.DateField(null=True, blank=True, help_text="the invitation went out; null: still to be sent")
    claimed_at = models.DateTimeField(null=True, blank=True)
    failed = models.CharField(max_length=120, blank=True, help_text="why the channel did not work, for HR")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["wave", "placement"], name="ticket_one_per_placement")]
        indexes = [models.Index(fields=["wave"], condition=Q(invited_on__isnull=True), name="ticket_to_invite")]

    def __str__(self) -> str:
        return f"ticket {self.pk}"


class CodeBrake(models.Model):
    """How many wrong codes were typed at one door lately, in the whole municipality: `level` as it was at `at`."""

    door = models.CharField(max_length=8, unique=True)
    level = models.FloatField(default=0)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.door


class ReminderDuty(models.Model):
    """One row for every invited person and reminder. Handled either way, whether a mail went out or not."""

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="+")
    milestone = models.CharField(max_length=24)
    handled = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["ticket", "milestone"], name="reminder_duty_once")]
        indexes = [models.Index(fields=["milestone"], condition=Q(handled=False), name="reminder_to_handle")]

    def __str__(self) -> str:
        return f"{self.milestone} {self.ticket_id}"


class ResponseRate(models.Model):
    """A nightly whole percentage for groups chosen at opening so that every block has ten invited or more."""

    wave = models.ForeignKey(Wave, on_delete=models.CASCADE, related_name="rates")
    unit = models.ForeignKey("organisation.CampaignUnit", on_delete=models.CASCADE, related_name="+")
    invited = models.PositiveIntegerField()
    percent = models.PositiveSmallIntegerField(null=True, blank=True)
    counted_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["wave", "unit"], name="response_rate_once_per_unit"),
            models.CheckConstraint(
                name="response_rate_groups_have_ten_invited",
                condition=Q(invited__gte=10),
            ),
            models.CheckConstraint(
                name="response_rate_is_a_percentage", condition=Q(percent__isnull=True) | Q(percent__lte=100)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit_id}: {self.percent}"


class ReceiptList(models.Model):
    """The receipt codes that begin with one sign, as they were one night: hashes of envelopes, sorted, without unit."""

    wave = models.ForeignKey(Wave, on_delete=models.CASCADE, related_name="receipt_lists")
    first = models.CharField(max_length=1)
    codes = models.TextField(blank=True, help_text="one a line")
    made_on = models.DateField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["wave", "first"], name="receipt_list_once_per_first_sign")]

    def __str__(self) -> str:
        return f"{self.wave_id} {self.first}"


class LinkageRun(models.Model):
    """One attempt to match made-up people with their envelopes, and what it printed for the committee."""

    started_at = models.DateTimeField()
    people = models.PositiveIntegerField()
    green = models.BooleanField(null=True, blank=True, help_text="nobody was matched; null: running, or it broke off")
    text = models.TextField(blank=True)

    class Meta:
        verbose_name = _("efterprøvning af anonymiteten")
        verbose_name_plural = _("efterprøvninger af anonymiteten")
        ordering = ["-started_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.people}: {self.green}"
