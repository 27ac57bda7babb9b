"""Log-in through allauth, with the doors that this product keeps shut."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from organisation import clock
from organisation.audit import audit
from organisation.models import OneTimeLink, Person, Role


class ClosedSignupAdapter(DefaultAccountAdapter):
    """Nobody signs up: people come from HR's staff list."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def clean_email(self, email: str) -> str:
        return super().clean_email(email).lower()


def first_hr_link(*, email: str) -> str:
    """The one-time address with which a new installation gets its first HR user. Valid for one hour.

    Refused when somebody already holds the HR role: from then on HR gives roles in the product.
    """
    email = email.strip().lower()
    with transaction.atomic():
        if Role.objects.filter(kind=Role.Kind.HR).exclude(person__email=email).exists():
            raise ValueError("Der er allerede en HR-bruger. Nye roller gives af HR i systemet.")
        person = Person.objects.filter(email=email).first()
        if person is None:
            person = Person.objects.create_user(name=email.split("@")[0], email=email)
        Role.objects.get_or_create(person=person, kind=Role.Kind.HR, ends=None, defaults={"starts": clock.today()})
        token = secrets.token_urlsafe(32)
        OneTimeLink.objects.create(
            person=person,
            token_hash=hashlib.sha256(token.encode()).digest(),
            expires_at=timezone.now() + timedelta(hours=1),
        )
        audit("first_hr_link_made", person, actor=None)
    return f"{settings.BASE_URL}/velkommen/{token}/"


def person_for_link(token: str) -> Person | None:
    """Use up the link: its person, once and in time, else None."""
    digest = hashlib.sha256(token.encode()).digest()
    link = OneTimeLink.objects.select_related("person").filter(token_hash=digest).first()
    if link is None:
        return None
    used = OneTimeLink.objects.filter(pk=link.pk, used_at=None, expires_at__gt=timezone.now()).update(
        used_at=timezone.now()
    )
    return link.person if used else None
