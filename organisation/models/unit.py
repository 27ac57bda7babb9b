"""The organisation tree and the trios that look after it."""

from __future__ import annotations

import uuid

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class Level(models.Model):
    """What one layer of the tree is called here. Names are data, kinds are what the code knows."""

    class Kind(models.TextChoices):
        MUNICIPALITY = "municipality", _("Kommune")
        DEPARTMENT = "department", _("Afdeling")
        AREA = "area", _("Område")
        WORKPLACE = "workplace", _("Arbejdsplads")
        TEAM = "team", _("Enhed")

    kind = models.CharField(max_length=16, choices=Kind.choices, unique=True)
    name = models.CharField(_("navn"), max_length=60)
    name_plural = models.CharField(_("navn i flertal"), max_length=60)
    committee_name = models.CharField(_("MED-udvalgets navn"), max_length=60, blank=True)

    class Meta:
        verbose_name = _("niveau")
        verbose_name_plural = _("niveauer")

    def __str__(self) -> str:
        return self.name


class WorkEnvironmentGroup(models.Model):
    """A trio (arbejdsmiljøgruppe): covers one or more units of one workplace.

    Its members are not stored: they are whoever holds a leader, AMR or TR role on a unit it covers.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(_("navn"), max_length=120)
    workplace = models.ForeignKey("organisation.Unit", on_delete=models.PROTECT, related_name="work_environment_groups")

    class Meta:
        verbose_name = _("trio")
        verbose_name_plural = _("trioer")

    def __str__(self) -> str:
        return self.name


# The path makes "everybody below" one indexed condition (path @> ARRAY[id]) instead of a recursive query,
# and the trigger makes it true whoever writes the row.
PATH_BEFORE = """
    IF NEW.parent_id IS NULL THEN
        NEW.path := ARRAY[NEW.id];
    ELSE
        SELECT path || NEW.id INTO NEW.path FROM organisation_unit WHERE id = NEW.parent_id;
        IF NEW.path IS NULL THEN
            RAISE EXCEPTION 'unit % has an unknown parent', NEW.id USING ERRCODE = 'foreign_key_violation';
        END IF;
        IF array_position(NEW.path, NEW.id) < cardinality(NEW.path) THEN
            RAISE EXCEPTION 'unit % cannot lie below itself', NEW.id USING ERRCODE = 'check_violation';
        END IF;
    END IF;
    RETURN NEW;
"""
PATH_AFTER = """
    UPDATE organisation_unit SET path = NEW.path || path[cardinality(OLD.path) + 1 : cardinality(path)]
     WHERE path @> ARRAY[NEW.id] AND id <> NEW.id;
    RETURN NULL;
"""


class Unit(models.Model):
    """One node of the organisation: the municipality, an afdeling, an arbejdsplads or an enhed."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    number = models.CharField(_("enhedsnummer"), max_length=60, unique=True)
    name = models.CharField(_("navn"), max_length=160)
    level = models.ForeignKey(Level, on_delete=models.PROTECT, related_name="+")
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="children")
    path = ArrayField(models.BigIntegerField(), editable=False, default=list)
    work_environment_group = models.ForeignKey(
        WorkEnvironmentGroup, on_delete=models.PROTECT, null=True, blank=True, related_name="units"
    )
    buildings = models.ManyToManyField("organisation.Building", related_name="units", blank=True)
    p_number = models.CharField(_("P-nummer"), max_length=10, blank=True)
    starts = models.DateField(_("fra"))
    ends = models.DateField(_("til"), null=True, blank=True)

    class Meta:
        verbose_name = _("enhed")
        verbose_name_plural = _("enheder")
        indexes = [GinIndex(fields=["path"], name="unit_path_gin")]
        constraints = [
            models.UniqueConstraint(
                models.Value(1), condition=Q(parent__isnull=True, ends__isnull=True), name="unit_only_one_root"
            ),
            models.CheckConstraint(
                name="unit_ends_after_it_starts",
                condition=Q(ends__isnull=True) | Q(ends__gte=F("starts")),
                violation_error_message=_("Enheden kan ikke lukke, før den er oprettet."),
            ),
            models.CheckConstraint(
                name="unit_p_number_has_ten_digits",
                condition=Q(p_number="") | Q(p_number__regex=r"^\d{10}$"),
                violation_error_message=_("Et P-nummer har ti cifre."),
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="unit_path_own",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("parent_id"),
                func=PATH_BEFORE,
            ),
            pgtrigger.Trigger(
                name="unit_path_below",
                when=pgtrigger.After,
                operation=pgtrigger.UpdateOf("parent_id"),
                condition=pgtrigger.Condition("OLD.path IS DISTINCT FROM NEW.path"),
                func=PATH_AFTER,
            ),
        ]

    def __str__(self) -> str:
        return self.name
