"""The questionnaire as data: topics, items, scales and languages, in versions."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

KEY = r"^[a-z][a-z0-9_]*$"  # also a name in HTML, in an XLSForm and in the documents that are sealed
LOCAL_ITEMS = 5


LOCKED = """
    IF (SELECT locked FROM surveys_questionnaire WHERE id = ROW.questionnaire_id FOR SHARE) THEN
        RAISE EXCEPTION 'the questionnaire is locked: make a new version';
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    RETURN NEW;
"""


def locked_triggers(name: str) -> list[pgtrigger.Trigger]:
    """No row of a locked questionnaire is added, changed or deleted; a change waits for one who is opening it."""
    return [
        pgtrigger.Trigger(
            name=f"{name}_locked_new",
            when=pgtrigger.Before,
            operation=pgtrigger.Insert | pgtrigger.Update,
            func=LOCKED.replace("ROW", "NEW"),
        ),
        pgtrigger.Trigger(
            name=f"{name}_locked_old",
            when=pgtrigger.Before,
            operation=pgtrigger.Update | pgtrigger.Delete,
            func=LOCKED.replace("ROW", "OLD"),
        ),
    ]


class Questionnaire(models.Model):
    """One version of the form. Locked when a survey opens with it; texts are {"da": …, "en": …, further languages}.

    Locked, only `languages` may still change: a translation that was asked with can be approved late, not reworded.
    """

    key = models.SlugField(max_length=40)
    version = models.PositiveSmallIntegerField(default=1)
    title = models.JSONField()
    languages = models.JSONField(default=list, help_text='[{"code": "da", "name": "Dansk", "reviewed": true}, …]')
    locked = models.BooleanField(default=False)
    copied_from = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="copies")
    notes = models.JSONField(default=list, help_text="what an imported workbook held that could not be taken along")

    class Meta:
        verbose_name = _("spørgeskema")
        verbose_name_plural = _("spørgeskemaer")
        constraints = [models.UniqueConstraint(fields=["key", "version"], name="questionnaire_version_is_unique")]
        triggers = [
            pgtrigger.Protect(
                name="questionnaire_is_locked",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__locked=True)
                & (
                    pgtrigger.Q(old__key__df=pgtrigger.F("new__key"))
                    | pgtrigger.Q(old__version__df=pgtrigger.F("new__version"))
                    | pgtrigger.Q(old__title__df=pgtrigger.F("new__title"))
                    | pgtrigger.Q(old__locked__df=pgtrigger.F("new__locked"))
                ),
            ),
            pgtrigger.Protect(
                name="questionnaire_stays_when_locked",
                operation=pgtrigger.Delete,
                condition=pgtrigger.Q(old__locked=True),
            ),
        ]

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
        ordering = ["order", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["questionnaire", "key"], name="topic_key_is_unique"),
            models.CheckConstraint(name="topic_key_is_a_plain_word", condition=Q(key__regex=KEY)),
            models.CheckConstraint(name="topic_section_is_a_or_b", condition=Q(section__in=["A", "B"])),
            models.CheckConstraint(
                name="topic_threshold_is_five_or_more",
                condition=Q(threshold__gte=5),
                violation_error_message=_("Grænsen kan hæves, men aldrig komme under 5 besvarelser."),
            ),
            models.CheckConstraint(
                name="topic_score_is_of_the_anonymous_part", condition=Q(scored=False) | Q(section="A")
            ),
        ]
        triggers = locked_triggers("topic")

    def __str__(self) -> str:
        return self.key


class Scale(models.Model):
    """An answer scale. Options: [{"key": "0", "points": 0, "label": {"da": …}}, …] in the order shown.

    `aside` are the options that stand off the line (ved ikke, ønsker ikke at svare): counted for the municipality only.
    """

    class Kind(models.TextChoices):
        SCALE = "scale", _("Skala fra 0 til 100 point")  # a mean
        EVENT = "event", _("Hændelse: andel, der siger ja")  # categories from yes to no, a share
        ONE = "one", _("Ét svar af flere: andele")
        MANY = "many", _("Flere svar: andele")  # one yes/no item per option
        PHYSICAL = "physical", _("Problem i de fysiske rammer")
        TEXT = "text", _("Fritekst")
        PLACE = "place", _("Bygning og lokale")
        PHOTO = "photo", _("Billede")

    questionnaire = models.ForeignKey(Questionnaire, on_delete=models.CASCADE, related_name="scales")
    key = models.SlugField(max_length=40)
    kind = models.CharField(max_length=8, choices=Kind.choices)
    options = models.JSONField(default=list)
    aside = models.JSONField(default=list)

    class Meta:
        verbose_name = _("skala")
        verbose_name_plural = _("skalaer")
        constraints = [
            models.UniqueConstraint(fields=["questionnaire", "key"], name="scale_key_is_unique"),
            models.CheckConstraint(name="scale_key_is_a_plain_word", condition=Q(key__regex=KEY)),
        ]
        triggers = locked_triggers("scale")

    def __str__(self) -> str:
        return self.key


ONE_QUESTIONNAIRE = """
    IF (SELECT questionnaire_id FROM surveys_topic WHERE id = NEW.topic_id) IS DISTINCT FROM NEW.questionnaire_id
        OR (SELECT questionnaire_id FROM surveys_scale WHERE id = NEW.scale_id) IS DISTINCT FROM NEW.questionnaire_id
        OR (NEW.parent_id IS NOT NULL
            AND (SELECT topic_id FROM surveys_item WHERE id = NEW.parent_id) IS DISTINCT FROM NEW.topic_id) THEN
        RAISE EXCEPTION 'topic, scale and parent of an item belong to its own questionnaire';
    END IF;
    RETURN NEW;
"""


class Item(models.Model):
    """A question. Keys are stable for all time: a changed meaning gets a new key, a changed wording a new version."""

    class Owner(models.TextChoices):
        PROPERTY = "property", _("Kommunale Ejendomme")
        LOCAL = "local", _("Arbejdspladsen selv")
        EITHER = "either", _("Kommunale Ejendomme eller arbejdspladsen selv")

    questionnaire = models.ForeignKey(Questionnaire, on_delete=models.CASCADE, related_name="items")
    topic = models.ForeignKey(Topic, on_delete=models.CASCADE, related_name="items")
    key = models.SlugField(max_length=48)
    version = models.PositiveSmallIntegerField(default=1, help_text="of the wording; the meaning is the key's")
    number = models.PositiveSmallIntegerField(null=True, blank=True, help_text="as printed; follow-ups have none")
    order = models.PositiveSmallIntegerField()
    text = models.JSONField()
    help = models.JSONField(default=dict)
    scale = models.ForeignKey(Scale, on_delete=models.PROTECT, related_name="+")
    reverse = models.BooleanField(default=False, help_text="100 minus points, so that 100 is best")
    scored = models.BooleanField(default=True, help_text="counts in the topic's score")
    longest = models.PositiveSmallIntegerField(null=True, blank=True, help_text="characters of a text answer")
    owner = models.CharField(max_length=8, choices=Owner.choices, blank=True, help_text="who typically solves it")
    parent = models.ForeignKey("self", on_delete=models.CASCADE, null=True, blank=True, related_name="follow_ups")
    shown_for = models.JSONField(default=list, help_text="option keys of the parent's answer that open this follow-up")

    class Meta:
        verbose_name = _("spørgsmål")
        verbose_name_plural = _("spørgsmål")
        ordering = ["topic__order", "order", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["questionnaire", "key"], name="item_key_is_unique_in_its_questionnaire"),
            models.CheckConstraint(name="item_key_is_a_plain_word", condition=Q(key__regex=KEY)),
            # Together with the unique key: five local items at most.
            models.CheckConstraint(
                name="item_of_our_own_is_one_of_five",
                condition=~Q(key__startswith="lokal_") | Q(key__regex=rf"^lokal_[1-{LOCAL_ITEMS}]$"),
                violation_error_message=_("I kan højst tilføje fem spørgsmål selv."),
            ),
            models.CheckConstraint(
                name="item_follow_up_says_when_it_opens", condition=Q(parent__isnull=True) | ~Q(shown_for=[])
            ),
            models.CheckConstraint(name="item_follows_another", condition=~Q(parent=F("pk"))),
        ]
        triggers = [
            *locked_triggers("item"),
            pgtrigger.Trigger(
                name="item_in_one_questionnaire",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func=ONE_QUESTIONNAIRE,
            ),
        ]

    def __str__(self) -> str:
        return self.key


class Approval(models.Model):
    """KommuneMED's word on one version: when, where it is written, and who put it down here.

    `content` is the digest of what was approved; when the version was changed since, the word no longer covers it.
    """

    questionnaire = models.ForeignKey(Questionnaire, on_delete=models.CASCADE, related_name="approvals")
    committee = models.CharField(_("udvalg"), max_length=120)
    approved_by = models.CharField(_("godkendt af"), max_length=200)
    approved_on = models.DateField(_("mødets dato"))
    minutes = models.CharField(_("referat"), max_length=300)
    minutes_file = models.ForeignKey("organisation.StoredFile", on_delete=models.PROTECT, null=True, related_name="+")
    content = models.CharField(max_length=64)
    recorded_by = models.ForeignKey("organisation.Person", on_delete=models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        verbose_name = _("KommuneMEDs godkendelse")
        verbose_name_plural = _("KommuneMEDs godkendelser")
        ordering = ["-recorded_at", "-pk"]
        triggers = [pgtrigger.Protect(name="approval_is_append_only", operation=pgtrigger.Update)]

    def __str__(self) -> str:
        return f"{self.questionnaire_id}: {self.approved_on}"


class Comparability(models.Model):
    """Whether a figure may be set beside one of an earlier questionnaire. A trend is drawn on `item`/`full` only,
    and only once somebody has approved it by name."""

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
    approved_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["questionnaire", "key"], name="comparability_once_per_key"),
            models.CheckConstraint(
                name="comparability_of_nothing_is_not_approved", condition=~Q(kind="none") | Q(approved_by="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.key} ← {self.earlier_key}: {self.kind}"
