"""Key holders: who holds a part of a wave's key, the set of parts that was made, and a worker that asks for them.

No part of a key is ever stored. What a holder hands in is sealed to a key pair in the memory of one worker.
"""

from __future__ import annotations

import uuid

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

# Named at planning, fixed at opening: whoever could change them later could wait for two shares in peace.
_LOCKED = """
    IF EXISTS (SELECT 1 FROM surveys_wave WHERE id = COALESCE(NEW.wave_id, OLD.wave_id) AND state <> 'planned')
    THEN RAISE EXCEPTION 'the key holders of a wave are fixed when it opens';
    END IF;
    RETURN COALESCE(NEW, OLD);
"""


class KeyHolder(models.Model):
    """One of the three people who hold a part of a wave's key: one in each seat, three different people."""

    class Seat(models.TextChoices):
        HR = "hr", _("HR's projektleder")
        STAFF = "staff", _("Medarbejdersiden")
        DPO = "dpo", _("Databeskyttelsesrådgiveren")

    wave = models.ForeignKey("surveys.Wave", on_delete=models.CASCADE, related_name="key_holders")
    seat = models.CharField(_("plads"), max_length=5, choices=Seat.choices)
    person = models.ForeignKey(
        "organisation.Person", on_delete=models.PROTECT, related_name="+", verbose_name=_("nøgleholder")
    )

    class Meta:
        verbose_name = _("nøgleholder")
        verbose_name_plural = _("nøgleholdere")
        constraints = [
            models.UniqueConstraint(fields=["wave", "seat"], name="key_holder_one_in_each_seat"),
            models.UniqueConstraint(
                fields=["wave", "person"],
                name="key_holders_are_different_people",
                violation_error_message=_("De tre nøgleholdere skal være tre forskellige personer."),
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="key_holders_are_fixed_at_opening",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                func=_LOCKED,
            )
        ]

    def __str__(self) -> str:
        return f"{self.wave_id}: {self.seat}"

    @property
    def number(self) -> int:
        """Which part is theirs: 1, 2 or 3, in the order of the seats, as the sitting hands them out."""
        return list(self.Seat.values).index(self.seat) + 1


class KeySet(models.Model):
    """What came out of the key holders' sitting: the public key, and the number that stands on all three parts.

    `set_id` is SLIP-39's identifier (15 random bits, no secret): it tells a part of another survey's key from ours.
    """

    wave = models.OneToOneField("surveys.Wave", on_delete=models.CASCADE, related_name="key_set")
    public_key = models.BinaryField(max_length=65)
    set_id = models.PositiveSmallIntegerField()
    made_at = models.DateTimeField()
    rehearsed_at = models.DateTimeField(null=True, blank=True, help_text="two parts opened test envelopes")

    class Meta:
        verbose_name = _("nøglesæt")
        verbose_name_plural = _("nøglesæt")

    def __str__(self) -> str:
        return f"{self.wave_id}: {self.set_id}"


class KeyRequest(models.Model):
    """A worker asks two of the holders for their parts. `public_key` belongs to a pair in its memory, and dies with it:
    a worker that was restarted publishes a new one, and `asked` counts up. ASKED without a key waits for a worker."""

    class Purpose(models.TextChoices):
        REHEARSAL = "rehearsal", _("Prøve før åbning")
        OPENING = "opening", _("Åbning af kuverterne")
        REPAIR = "repair", _("Rettelse af en påvist fejl")

    class State(models.TextChoices):
        ASKED = "asked", _("Venter på to nøgleholdere")
        DONE = "done", _("Gennemført")
        FAILED = "failed", _("Ikke gennemført")

    class Problem(models.TextChoices):
        """Why a request failed. Kinds only: nothing of a part, and no text of an error, is kept."""

        AUDIT_RED = "audit_red", _("Efterprøvningen er ikke grøn. Intet er skrevet, og intet er slettet.")
        BROKE = "broke", _("Serveren fik en fejl undervejs. Intet er gået tabt.")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    wave = models.ForeignKey("surveys.Wave", on_delete=models.CASCADE, related_name="key_requests")
    purpose = models.CharField(max_length=9, choices=Purpose.choices)
    state = models.CharField(max_length=6, choices=State.choices, default=State.ASKED)
    problem = models.CharField(max_length=9, choices=Problem.choices, blank=True)
    public_key = models.BinaryField(max_length=65, null=True, blank=True)
    worker = models.CharField(max_length=80, blank=True)
    asked = models.PositiveSmallIntegerField(default=0, help_text="how many key pairs were made for it so far")
    seen_at = models.DateTimeField(null=True, blank=True, help_text="real time: the worker still holds its key")
    ended_at = models.DateTimeField(null=True, blank=True)
    by = models.ForeignKey("organisation.Person", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    reason = models.TextField(blank=True, help_text="which fault was proven; told with the repaired reports")

    class Meta:
        verbose_name = _("anmodning til nøgleholderne")
        verbose_name_plural = _("anmodninger til nøgleholderne")
        constraints = [
            models.UniqueConstraint(
                fields=["wave"], condition=Q(state="asked"), name="key_request_one_at_a_time_for_a_wave"
            ),
            models.CheckConstraint(
                name="key_request_for_repair_says_why", condition=~Q(purpose="repair") | ~Q(reason="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.wave_id}: {self.purpose} {self.state}"


class SealedShare(models.Model):
    """A holder's part on its way into one worker's memory: bytes that only that worker can open, gone when it has.

    `problem` is what the worker found wrong with it, for its holder's eyes; such a part has been thrown away.
    """

    class Problem(models.TextChoices):
        UNREADABLE = "unreadable", _("Delen kunne ikke læses. Skriv den igen.")
        OTHER_SET = "other_set", _("Delen hører til en anden målings nøgle.")
        OTHER_HOLDER = "other_holder", _("Delen tilhører en af de andre nøgleholdere.")
        WRONG_KEY = "wrong_key", _("De to dele passer ikke sammen.")

    request = models.ForeignKey(KeyRequest, on_delete=models.CASCADE, related_name="shares")
    holder = models.ForeignKey(KeyHolder, on_delete=models.CASCADE, related_name="+")
    sealed = models.BinaryField(null=True, blank=True)
    problem = models.CharField(max_length=12, choices=Problem.choices, blank=True)

    class Meta:
        verbose_name = _("forseglet del")
        verbose_name_plural = _("forseglede dele")
        constraints = [
            models.UniqueConstraint(fields=["request", "holder"], name="sealed_share_one_of_each_holder"),
            models.CheckConstraint(
                name="sealed_share_is_sealed_or_was_wrong",
                condition=Q(problem="", sealed__isnull=False) | (~Q(problem="") & Q(sealed__isnull=True)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.request_id}: {self.holder_id}"


class SealedTally(models.Model):
    """The counts of a wave with key holders, sealed to their key again when the envelopes were destroyed.

    Kept 30 days, to repair a fault that has been proven, by the same plan. Needs two of the three parts, like before.
    """

    wave = models.OneToOneField("surveys.Wave", on_delete=models.CASCADE, related_name="sealed_tally")
    sealed = models.BinaryField()
    kept_until = models.DateField(_("slettes"))

    class Meta:
        verbose_name = _("forseglet optælling")
        verbose_name_plural = _("forseglede optællinger")

    def __str__(self) -> str:
        return f"{self.wave_id}: {self.kept_until}"
