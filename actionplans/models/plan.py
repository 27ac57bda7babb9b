"""The handleplan and the rows of its Statuspil."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class ActionPlan(models.Model):
    """One handleplan of one trio: a problem that could not be solved at once, its goal and what is done about it.

    What the plan must hold (BEK 65/2024: description of the problem, measures, who is responsible, timetable for
    carrying out and for follow-up) is in the fields and in the activities.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("Udkast")
        SIGNED = "signed", _("Skrevet under")
        CLOSED = "closed", _("Afsluttet")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    campaign = models.ForeignKey("organisation.Campaign", on_delete=models.PROTECT, related_name="action_plans")
    group = models.ForeignKey(
        "organisation.WorkEnvironmentGroup", on_delete=models.PROTECT, related_name="action_plans"
    )
    agreement = models.ForeignKey(
        "dialogs.Agreement", on_delete=models.PROTECT, null=True, blank=True, related_name="plans"
    )
    finding = models.ForeignKey(
        "surveys.Finding", on_delete=models.PROTECT, null=True, blank=True, related_name="plans"
    )
    topic = models.SlugField(_("emne"), max_length=20, blank=True)
    title = models.CharField(_("overskrift"), max_length=160)
    problem = models.TextField(_("problem"))
    cause = models.TextField(_("årsag"), blank=True)
    goal = models.TextField(_("mål"))
    state = models.CharField(max_length=8, choices=State.choices, default=State.DRAFT)
    follow_up_on = models.DateField(_("opfølgning"))
    follow_up_how = models.CharField(_("sådan ser vi, om det virker"), max_length=300, blank=True)
    created_on = models.DateField()

    class Meta:
        verbose_name = _("handleplan")
        verbose_name_plural = _("handleplaner")
        indexes = [models.Index(fields=["group", "state"], name="action_plan_group_state")]
        constraints = [
            models.UniqueConstraint(fields=["agreement"], name="action_plan_one_per_agreement"),
            models.CheckConstraint(name="action_plan_has_a_title", condition=~Q(title="")),
        ]

    def __str__(self) -> str:
        return self.title


class Activity(models.Model):
    """A row of Statuspilen: aktivitet, tovholder, deadline, hvor langt."""

    class Progress(models.IntegerChoices):
        AGREED = 0, _("Aftalt")
        BEGUN = 1, _("Begyndt")
        HALFWAY = 2, _("Halvvejs")
        DONE = 3, _("Gennemført")
        WORKS = 4, _("Virker i hverdagen")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    plan = models.ForeignKey(ActionPlan, on_delete=models.CASCADE, related_name="activities")
    what = models.CharField(_("aktivitet"), max_length=300)
    owner = models.ForeignKey("organisation.Person", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    owner_name = models.CharField(_("tovholder"), max_length=120)
    deadline = models.DateField(_("deadline"))
    progress = models.PositiveSmallIntegerField(
        _("hvor langt er vi"), choices=Progress.choices, default=Progress.AGREED
    )

    class Meta:
        verbose_name = _("aktivitet")
        verbose_name_plural = _("aktiviteter")
        ordering = ["deadline", "pk"]
        constraints = [
            models.CheckConstraint(name="activity_has_an_owner", condition=~Q(owner_name="")),
            models.CheckConstraint(name="activity_progress_is_a_stop_on_the_arrow", condition=Q(progress__lte=4)),
        ]

    def __str__(self) -> str:
        return self.what


class ActivityMove(models.Model):
    """Who moved the arrow, when and to where."""

    activity = models.ForeignKey(Activity, on_delete=models.CASCADE, related_name="moves")
    by = models.ForeignKey("organisation.Person", on_delete=models.PROTECT, related_name="+")
    progress = models.PositiveSmallIntegerField(choices=Activity.Progress.choices)
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.activity_id} → {self.progress}"


class SignOff(models.Model):
    """A trio member's signature: leader and AMR sign, TR marks it seen. Proof that the AMO took part."""

    class Role(models.TextChoices):
        LEADER = "leader", _("Leder")
        AMR = "amr", _("AMR")
        TR = "tr", _("TR")

    plan = models.ForeignKey(ActionPlan, on_delete=models.CASCADE, related_name="sign_offs")
    person = models.ForeignKey("organisation.Person", on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=120, help_text="as signed: stays with the plan when the person has left")
    role = models.CharField(max_length=6, choices=Role.choices)
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("underskrift")
        verbose_name_plural = _("underskrifter")
        constraints = [models.UniqueConstraint(fields=["plan", "person", "role"], name="sign_off_once")]

    def __str__(self) -> str:
        return f"{self.plan_id} {self.role}"
