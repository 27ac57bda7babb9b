"""The part that is not anonymous: take in one physical form, and tell the trio about danger the same day.

`physical_send(*, wave, placement, answers: list[PhysicalAnswer], named: bool, form_key: UUID) -> str` returns the
follow-up code of the receipt. A report without a name keeps nothing that leads to a person. Nothing here knows
whether the anonymous part was sent.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID, uuid4

from django.conf import settings
from django.db import connection, transaction
from django.urls import reverse
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from django.utils.translation import override

from organisation import access, clock
from organisation.models import CampaignUnit, Person, Placement, Role, StoredFile, Unit
from organisation.notices import Draft, every_channel, queue
from surveys import answering, codes
from surveys.models import Finding, PhysicalCount, PhysicalForm, PhysicalReport, Wave
from surveys.models.physical import Severity
from surveys.questionnaires import form_for

PROBLEMS = tuple(Severity.values)
NO_PROBLEMS = ("none", "na")
FOLLOW_DOOR = "melding"  # where the receipts' codes are typed, for the brake


@dataclass(frozen=True)
class PhysicalAnswer:
    """One category's answer. Everything but `item` and `answer` belongs to a problem, and may be left out."""

    item: str
    answer: str  # none, minor, major, danger, na
    building_id: int | None = None
    room_id: int | None = None
    where: str = ""
    description: str = ""
    affects: str = ""
    known: str = ""
    idea: str = ""
    photo: bytes | None = None  # a JPEG from `photos.photo_clean`


def follow_hash(code: str) -> bytes:
    return salted_hmac("surveys.physical.follow", code, algorithm="sha256").digest()


def _follow_code(form_key: UUID) -> str:
    # Made from the form's random key, so that a form that was sent twice shows the same receipt.
    return codes.code_from(salted_hmac("surveys.physical.code", str(form_key), algorithm="sha256").digest())


def physical_send(
    *, wave: Wave, placement: Placement, answers: Sequence[PhysicalAnswer], named: bool, form_key: UUID
) -> str:
    """Store one physical form, once: with the same `form_key` again nothing happens. Returns the follow-up code.

    `named` counts only where the campaign lets the employee choose. Each problem becomes a report with a finding of
    its own on the trio's board; «ingen problemer» and «ikke relevant» are only counted for the unit. Raises
    answering.NotOpen, and ValueError on a category or an answer that the questionnaire does not have.
    """
    answering.require_open(wave, grace=answering.GRACE)
    items = {item.key: item for item in form_for(wave.questionnaire_id).physical}
    if len({answer.item for answer in answers}) != len(answers):
        raise ValueError("a category is answered twice")
    for answer in answers:
        if answer.item not in items or answer.answer not in (*PROBLEMS, *NO_PROBLEMS):
            raise ValueError("not an answer of this questionnaire")
    with_name = wave.naming == Wave.Naming.NAMED or (wave.naming == Wave.Naming.OPTIONAL and named)
    person_id = placement.person_id if with_name else None
    code = _follow_code(form_key)
    with transaction.atomic():
        # The claim is the first statement: a second sending waits here for the first, and then finds it done.
        if not _claim(form_key):
            return code
        problems = [answer for answer in answers if answer.answer in PROBLEMS]
        findings = [
            Finding(
                campaign_id=wave.campaign_id,
                unit_id=placement.unit_id,
                item_id=items[answer.item].pk,
                title=_title(items[answer.item].text["da"], answer),
                severity=answer.answer,
                building_id=answer.building_id,
                room_id=answer.room_id,
            )
            for answer in problems
        ]
        photos = [_photo_row(answer) for answer in problems]
        today = clock.today()
        reports = [
            PhysicalReport(
                finding=finding,
                severity=answer.answer,
                person_id=person_id,
                where=answer.where[:160],
                description=answer.description[:1000],
                affects=answer.affects,
                known=answer.known,
                idea=answer.idea[:500],
                photo=photo,
                reported_on=today,
                form_key=form_key,
                item_key=answer.item,
                follow_code_hash=follow_hash(code),
            )
            for finding, answer, photo in zip(findings, problems, photos, strict=True)
        ]
        if any(photos):
            StoredFile.objects.bulk_create([photo for photo in photos if photo])
        if reports:
            Finding.objects.bulk_create(findings)
            PhysicalReport.objects.bulk_create(reports)
        _count(placement.unit_id, [answer for answer in answers if answer.answer in NO_PROBLEMS])
        dangers = [finding for finding in findings if finding.severity == Severity.DANGER]
        if dangers:
            _alert(placement.unit_id, dangers)
    return code


def _claim(form_key: UUID) -> bool:
    table = connection.ops.quote_name(PhysicalForm._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {table} (key) VALUES (%s) ON CONFLICT DO NOTHING", [form_key])  # noqa: S608
        return bool(cursor.rowcount)


def _count(unit_id: int, answers: Sequence[PhysicalAnswer]) -> None:
    """Add one to each answered category's count. Rows in one order, so that two forms do not wait for each other."""
    if not answers:
        return
    table = connection.ops.quote_name(PhysicalCount._meta.db_table)
    rows = sorted((answer.item, answer.answer) for answer in answers)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} AS c (unit_id, item_key, answer, count) "  # noqa: S608
            "SELECT %s, item, answer, 1 FROM unnest(%s::text[], %s::text[]) AS a (item, answer) "
            "ON CONFLICT (unit_id, item_key, answer) DO UPDATE SET count = c.count + 1",
            [unit_id, [item for item, _answer in rows], [answer for _item, answer in rows]],
        )


def _title(category: str, answer: PhysicalAnswer) -> str:
    title = f"{category}: {answer.where.strip()}" if answer.where.strip() else category
    return title if len(title) <= 160 else title[:159].rstrip() + "…"


def _photo_row(answer: PhysicalAnswer) -> StoredFile | None:
    if answer.photo is None:
        return None
    return StoredFile(id=uuid4(), content_type="image/jpeg", data=answer.photo, stored_on=clock.today())


# --- danger -------------------------------------------------------------------------------------------------------


def _alert(unit_id: int, findings: Sequence[Finding]) -> None:
    """Tell the trio at once; where there is none, the leaders above and HR."""
    unit = CampaignUnit.objects.select_related("unit__work_environment_group").get(pk=unit_id)
    drafts: list[Draft] = []
    group = unit.unit.work_environment_group
    url = settings.BASE_URL + (reverse("surveys:board", args=[group.uuid]) if group else reverse("trivsel:task_list"))
    for person in _told_of_danger(unit.unit):
        with override(person.language if person.language in ("da", "en") else "da"):
            subject = _("Farligt forhold meldt i %(unit)s") % {"unit": unit.name}
            body = _(
                "En medarbejder i %(unit)s har meldt et forhold, der er farligt og bør stoppes nu.\n\n"
                "Læs meldingen og tag fat i det i dag:\n%(url)s\n\n"
                "Beskeden er sendt til enhedens leder, AMR og TR."
            ) % {"unit": unit.name, "url": url}
        drafts.extend(
            Draft(
                key=f"danger:{finding.pk}:{person.pk}:{channel}",
                person=person,
                kind="danger",
                subject=subject[:160],
                body=body,
                urgent=True,
                channel=channel,
            )
            for finding in findings
            for channel in every_channel(person)
        )
    queue(drafts)


def _told_of_danger(unit: Unit) -> list[Person]:
    group = unit.work_environment_group
    if group is not None:
        trio = {role.person_id: role.person for role in access.members_of(group)}
        if trio:
            return list(trio.values())
    above = Role.objects.filter(access.active_on_today(), kind=Role.Kind.LEADER, unit_id__in=unit.path).select_related(
        "person", "unit"
    )
    leaders = sorted(above, key=lambda role: len(role.unit.path) if role.unit else 0, reverse=True)[:2]
    hr = Role.objects.filter(access.active_on_today(), kind=Role.Kind.HR).select_related("person")
    return list({role.person_id: role.person for role in [*leaders, *hr]}.values())


# --- what became of it --------------------------------------------------------------------------------------------


def reports_for_code(code: str) -> list[PhysicalReport]:
    """The reports behind a receipt's follow-up code, oldest category first; empty when there is no such code.

    Raises codes.TooManyTries while the brake on guessing is on.
    """
    codes.brake_require_off(FOLLOW_DOOR)
    reports = list(
        PhysicalReport.objects.filter(follow_code_hash=follow_hash(code))
        .select_related("finding__item", "finding__same_as")
        .order_by("finding__item__number")
    )
    if not reports:
        codes.wrong_code(FOLLOW_DOOR)
    return reports
