"""People and what they are employed to do."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _


class PersonManager(BaseUserManager["Person"]):
    def create_user(self, *, name: str, email: str | None = None, **fields: Any) -> Person:
        person = self.model(name=name, email=email.lower() if email else None, **fields)
        person.set_unusable_password()
        person.save()
        return person

    def get_by_natural_key(self, username: str | None) -> Person:
        return self.get(email=(username or "").lower())


class Person(AbstractBaseUser):
    """Anybody the municipality knows: employee, leader, HR. One row per human being, log-in or not.

    There is no superuser: what a person may do follows from dated roles alone (`organisation.access`).
    """

    class Channel(models.TextChoices):
        EMAIL = "email", _("E-mail")
        SMS = "sms", _("Sms")
        LETTER = "letter", _("Brev")
        DIGITAL_POST = "digital", _("Digital Post")
        KIOSK = "kiosk", _("Fælles tablet")
        PAPER = "paper", _("Papir")

    # Notices go by the first three; the others are doors of the survey alone.
    SENT_BY_US = (Channel.EMAIL, Channel.SMS)
    PRINTED = (Channel.LETTER, Channel.KIOSK)

    number = models.CharField(_("medarbejdernummer"), max_length=40, unique=True, null=True, blank=True)
    name = models.CharField(_("navn"), max_length=120)
    email = models.EmailField(_("arbejdsmail"), unique=True, null=True, blank=True)
    mobile = models.CharField(_("mobil"), max_length=20, blank=True)
    language = models.CharField(_("sprog"), max_length=8, default="da")
    survey_channel = models.CharField(
        _("vej ind i målingen"),
        max_length=8,
        choices=Channel.choices,
        blank=True,
        help_text="HR's word for one person",
    )
    is_active = models.BooleanField(_("aktiv"), default=True)

    objects = PersonManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("personer")
        constraints = [
            models.CheckConstraint(
                name="person_email_is_lower_case",
                condition=Q(email=Lower("email")),
                violation_error_message=_("Skriv e-mailadressen med små bogstaver."),
            ),
            models.CheckConstraint(
                name="person_email_is_an_address_or_absent",
                condition=~Q(email=""),
                violation_error_message=_("En person uden arbejdsmail har feltet tomt."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def given_name(self) -> str:
        return self.name.split(" ", 1)[0]

    @property
    def channel(self) -> str:
        """How notices reach this person: work e-mail, else mobile, else a letter. The survey: organisation.channels."""
        if self.email:
            return self.Channel.EMAIL
        return self.Channel.SMS if self.mobile else self.Channel.LETTER


class Employment(models.Model):
    """One person's job in one unit for a period. A person may hold several."""

    class Leave(models.TextChoices):
        NONE = "", _("I arbejde")
        PARENTAL = "parental", _("Barsel")
        LEAVE = "leave", _("Orlov")
        SICK = "sick", _("Langtidssyg")

    number = models.CharField(_("ansættelsesnummer"), max_length=40, unique=True)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="employments")
    unit = models.ForeignKey("organisation.Unit", on_delete=models.PROTECT, related_name="employments")
    title = models.CharField(_("stilling"), max_length=120, blank=True)
    hours = models.DecimalField(_("timer om ugen"), max_digits=5, decimal_places=2, default=37)
    starts = models.DateField(_("fra"))
    ends = models.DateField(_("til"), null=True, blank=True)
    leave = models.CharField(_("fravær"), max_length=12, choices=Leave.choices, default=Leave.NONE, blank=True)

    class Meta:
        verbose_name = _("ansættelse")
        verbose_name_plural = _("ansættelser")
        constraints = [
            models.CheckConstraint(
                name="employment_ends_after_it_starts",
                condition=Q(ends__isnull=True) | Q(ends__gte=F("starts")),
                violation_error_message=_("Ansættelsen kan ikke slutte, før den er begyndt."),
            ),
            models.CheckConstraint(
                name="employment_hours_fit_a_week",
                condition=Q(hours__gte=0, hours__lte=60),
                violation_error_message=_("Timer om ugen skal være mellem 0 og 60."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} · {self.unit}"
