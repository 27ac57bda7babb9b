"""People who have left: what leads to the person is erased, and history keeps its shape.

Rows that tell what happened (roles, moves, traces) go on pointing at the person's row, which then says «Tidligere
medarbejder». A signature keeps the name it was made with, for as long as the plan is kept.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.apps import apps
from django.db.models import CharField, Exists, F, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Cast, Concat

from organisation import clock
from organisation.models import (
    ChannelFault,
    DataRequest,
    Employment,
    ManualCorrection,
    Notice,
    Person,
    PlacementException,
    Role,
)

KEPT_DAYS = 30
ERASED_NAME = "Tidligere medarbejder"
PROVIDER_ACCOUNTS: str = "socialaccount.SocialAccount"  # only there when an installation logs in through a provider


def leavers() -> QuerySet[Person]:
    """Everybody whose last employment ended over 30 days ago and who holds no role.

    Somebody who never had an employment (the first HR user, an external data protection officer) has not left.
    """
    cut_off = clock.today() - timedelta(days=KEPT_DAYS)
    jobs = Employment.objects.filter(person=OuterRef("pk"))
    lately = Q(ends__isnull=True) | Q(ends__gte=cut_off)
    return Person.objects.filter(
        Exists(jobs),
        ~Exists(jobs.filter(lately)),
        ~Exists(Role.objects.filter(lately, person=OuterRef("pk"))),
    ).exclude(number=None, email=None, mobile="", name=ERASED_NAME)


def leavers_erase() -> int:
    """Erase those who have left. Returns how many; run again it does nothing."""
    gone = list(leavers().values_list("pk", flat=True))
    if gone:
        persons_erase(gone)
    return len(gone)


def persons_erase(ids: list[int]) -> None:
    """Take away what leads to these people: name, numbers, addresses, log-in, messages and requests."""
    people = Person.objects.filter(pk__in=ids)
    people.update(
        name=ERASED_NAME,
        number=None,
        email=None,
        mobile="",
        survey_channel="",
        language="da",
        password="!",  # noqa: S106  (unusable)
        is_active=False,
        last_login=None,
    )
    ChannelFault.objects.filter(person__in=ids).delete()
    Employment.objects.filter(person__in=ids).update(
        number=Concat(Value("slettet-"), Cast(F("pk"), CharField())), title=""
    )
    PlacementException.objects.filter(person__in=ids).update(wish="")
    ManualCorrection.objects.filter(subject_type="person", subject_id__in=ids).delete()
    EmailAddress.objects.filter(user__in=ids).delete()
    Authenticator.objects.filter(user__in=ids).delete()
    if apps.is_installed("allauth.socialaccount"):
        accounts: Any = apps.get_model(PROVIDER_ACCOUNTS)
        accounts.objects.filter(user__in=ids).delete()
    Notice.objects.filter(person__in=ids).delete()
    DataRequest.objects.filter(person__in=ids).delete()
