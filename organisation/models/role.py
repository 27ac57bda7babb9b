"""Dated, scoped roles: the only source of rights."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value
from django.utils.translation import gettext_lazy as _


class Role(models.Model):
    """One person holds one role on one unit or committee, or for the whole municipality, for a period."""

    class Kind(models.TextChoices):
        LEADER = "leader", _("Leder")
        AMR = "amr", _("Arbejdsmiljørepræsentant (AMR)")
        TR = "tr", _("Tillidsrepræsentant (TR)")
        FACILITATOR = "facilitator", _("Facilitator")
        MED_CHAIR = "med_chair", _("Forperson")
        MED_VICE = "med_vice", _("Næstforperson")
        MED_MEMBER = "med_member", _("MED-medlem")
        HR = "hr", _("HR")
        PROPERTY = "property", _("Kommunale Ejendomme")
        DPO = "dpo", _("Databeskyttelsesrådgiver")
        KEY_HOLDER = "key_holder", _("Nøgleholder")
        PAPER_HELPER = "helper", _("Taster papirskemaer")

    UNIT_KINDS = (Kind.LEADER, Kind.AMR, Kind.TR, Kind.FACILITATOR)
    TRIO_KINDS = (Kind.LEADER, Kind.AMR, Kind.TR)
    COMMITTEE_KINDS = (Kind.MED_CHAIR, Kind.MED_VICE, Kind.MED_MEMBER)
    MUNICIPAL_KINDS = (Kind.HR, Kind.PROPERTY, Kind.DPO, Kind.KEY_HOLDER, Kind.PAPER_HELPER)
    # Whoever sets up the year, or holds a part of the key to the urn, logs in with a second factor.
    SECOND_FACTOR_KINDS = (Kind.HR, Kind.KEY_HOLDER)

    person = models.ForeignKey("organisation.Person", on_delete=models.PROTECT, related_name="roles")
    kind = models.CharField(_("rolle"), max_length=16, choices=Kind.choices)
    unit = models.ForeignKey("organisation.Unit", on_delete=models.PROTECT, null=True, blank=True, related_name="roles")
    committee = models.ForeignKey(
        "organisation.Committee", on_delete=models.PROTECT, null=True, blank=True, related_name="roles"
    )
    starts = models.DateField(_("fra"))
    ends = models.DateField(_("til"), null=True, blank=True)
    is_deputy = models.BooleanField(_("stedfortræder"), default=False, help_text=_("Samme rettigheder, i en periode."))

    class Meta:
        verbose_name = _("rolle")
        verbose_name_plural = _("roller")
        constraints = [
            models.CheckConstraint(
                name="role_has_the_scope_of_its_kind",
                condition=(
                    Q(kind__in=["leader", "amr", "tr", "facilitator"], unit__isnull=False, committee__isnull=True)
                    | Q(kind__in=["med_chair", "med_vice", "med_member"], unit__isnull=True, committee__isnull=False)
                    | Q(
                        kind__in=["hr", "property", "dpo", "key_holder", "helper"],
                        unit__isnull=True,
                        committee__isnull=True,
                    )
                ),
                violation_error_message=_(
                    "Leder, AMR, TR og facilitator hører til en enhed; MED-roller til et udvalg."
                ),
            ),
            models.CheckConstraint(
                name="role_ends_after_it_starts",
                condition=Q(ends__isnull=True) | Q(ends__gte=F("starts")),
                violation_error_message=_("Rollen kan ikke slutte, før den er begyndt."),
            ),
            models.CheckConstraint(
                name="role_deputy_has_a_last_day",
                condition=Q(is_deputy=False) | Q(ends__isnull=False),
                violation_error_message=_("En stedfortræder vikarierer i en periode. Skriv den sidste dag."),
            ),
            ExclusionConstraint(
                name="role_one_leader_of_a_unit_at_a_time",
                expressions=[
                    ("unit", RangeOperators.EQUAL),
                    (
                        Func(F("starts"), F("ends"), Value("[]"), function="daterange", output_field=DateRangeField()),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                condition=Q(kind="leader", is_deputy=False),
                violation_error_message=_("Enheden har allerede en leder i den periode."),
            ),
        ]
        indexes = [models.Index(fields=["kind", "unit"], name="role_kind_unit")]

    def __str__(self) -> str:
        return f"{self.person}: {self.get_kind_display()}"
