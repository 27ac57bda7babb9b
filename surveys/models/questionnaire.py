"""The questionnaire as data: topics, items, scales and languages, in versions."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Questionnaire(models.Model):
    """One version of the form. Locked when a survey opens with it; texts are {"da": …, "en": …, further languages}."""

    key = models.SlugField(max_length=40)
    version = models.PositiveSmallIntegerField(default=1)
    title = models.JSONField()
    languages = models.JSONField(default=list, help_text='[{"code": "da", "name": "Dansk", "reviewed": true}, …]')
    locked = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("spørgeskema")
        verbose_name_plural = _("spørgeskemaer")
        constraints = [models.UniqueConstraint(fields=["key", "version"], name="questionnaire_version_is_unique")]

    def __str__(self) -> str:
        return f"{self.key} v{self.version}"


class Topic(models.Model):
    """A topic (emne). Section A is anonymous, section B is not; frozen when the survey opens."""

    class Section(models.TextChoices):
        ANONYMOUS = "A", _("Anonym del")
        PHYSICAL = "B", _("Ikke-anonym del")

    questionnaire = models.ForeignKey(Questionnaire, on_delete=models.CASCADE, related_name="topics")
    key = models.SlugField(max_length=20)
    section = models.CharField(max_length=1, choices=Section.choices)
    order = models.PositiveSmallIntegerField()
    title = models.JSONField()
    short = models.JSONField(default=dict)
    intro = models.JSONField(default=dict)
    scored = models.BooleanField(default=True, help_text="has a topic score and a place among the three")
    threshold = models.PositiveSmallIntegerField(default=5)
    switched_on = models.BooleanField(default=True)

    class Meta:
        verbose_name = _("emne")
        verbose_name_plural = _("emner")
        ordering = ["order"]
        constraints = [
            models.UniqueConstraint(fields=["questionnaire", "key"], name="topic_key_is_unique"),
            models.CheckConstraint(
                name="topic_threshold_is_five_or_more",
                condition=Q(threshold__gte=5),
                violation_error_message=_("Grænsen kan hæves, men aldrig komme under 5 besvarelser."),
            ),
        ]

    def __str__(self) -> str:
        return self.key


class Scale(models.Model):
    """An answer scale. Options: [{"key": "0", "points": 0, "label": {"da": …}}, …] in the order shown.

    `aside` are the options that stand off the line (ved ikke, ønsker ikke at svare): counted for the municipality only.
    """

    class Kind(models.TextChoices):
        SCALE = "scale", "scale"  # points 0..100, a mean
        EVENT = "event", "event"  # categories from yes to no, a share
        ONE = "one", "one"  # one of several, shares
        MANY = "many", "many"  # several of several: one yes/no item per option
        PHYSICAL = "physical", "physical"
        TEXT = "text", "text"

    questionnaire = models.ForeignKey(Questionnaire, on_delete=models.CASCADE, related_name="scales")
    key = models.SlugField(max_length=40)
    kind = models.CharField(max_length=8, choices=Kind.choices)
    options = models.JSONField(default=list)
    aside = models.JSONField(default=list)

    class Meta:
        verbose_name = _("skala")
        verbose_name_plural = _("skalaer")
        constraints = [models.UniqueConstraint(fields=["questionnaire", "key"], name="scale_key_is_unique")]

    def __str__(self) -> str:
        return self.key


class Item(models.Model):
    """A question. Keys are stable for all time: a changed meaning gets a new key, a changed wording a new version."""

    topic = models.ForeignKey(Topic, on_delete=models.CASCADE, related_name="items")
    key = models.SlugField(max_length=48)
    number = models.PositiveSmallIntegerField(null=True, blank=True, help_text="as printed; follow-ups have none")
    order = models.PositiveSmallIntegerField()
    text = models.JSONField()
    help = models.JSONField(default=dict)
    scale = models.ForeignKey(Scale, on_delete=models.PROTECT, related_name="+")
    reverse = models.BooleanField(default=False, help_text="100 minus points, so that 100 is best")
    scored = models.BooleanField(default=True, help_text="counts in the topic's score")
    parent = models.ForeignKey("self", on_delete=models.CASCADE, null=True, blank=True, related_name="follow_ups")
    shown_for = models.JSONField(default=list, help_text="option keys of the parent's answer that open this follow-up")

    class Meta:
        verbose_name = _("spørgsmål")
        verbose_name_plural = _("spørgsmål")
        ordering = ["topic__order", "order"]
        constraints = [
            models.UniqueConstraint(fields=["topic", "key"], name="item_key_is_unique_in_its_topic"),
            models.CheckConstraint(
                name="item_follow_up_says_when_it_opens", condition=Q(parent__isnull=True) | ~Q(shown_for=[])
            ),
        ]

    def __str__(self) -> str:
        return self.key


class Comparability(models.Model):
    """Whether a figure may be set beside one of an earlier questionnaire. A trend is drawn on `item`/`full` only."""

    class Kind(models.TextChoices):
        FULL = "full", _("Kan sammenlignes")
        ITEM = "item", _("Kun på spørgsmål")
        NONE = "none", _("Kan ikke sammenlignes")

    questionnaire = models.ForeignKey(Questionnaire, on_delete=models.CASCADE, related_name="comparabilities")
    key = models.SlugField(max_length=48, help_text="item or topic of this questionnaire")
    earlier_key = models.SlugField(max_length=48, help_text="item or topic of the earlier one")
    kind = models.CharField(max_length=4, choices=Kind.choices, default=Kind.NONE)
    note = models.JSONField(default=dict)
    approved_by = models.CharField(max_length=120, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["questionnaire", "key"], name="comparability_once_per_key")]

    def __str__(self) -> str:
        return f"{self.key} ← {self.earlier_key}: {self.kind}"
