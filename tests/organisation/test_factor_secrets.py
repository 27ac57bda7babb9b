"""What an app for codes shares with us is encrypted at rest, readable after a rotation, and readable if it is older."""

from __future__ import annotations

from io import StringIO

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.core.cache import cache
from django.core.management import call_command
from pytest_django import Settings

from organisation import factor_secrets
from organisation.models import Person
from tests.factories import make_person
from tests.organisation.test_second_factor import code_of

pytestmark = pytest.mark.django_db


def stored() -> str:
    return str(Authenticator.objects.get(type="totp").data["secret"])


def is_right(person: Person, secret: str) -> bool:
    cache.clear()  # a code is good once
    return bool(TOTP(Authenticator.objects.get(user=person, type="totp")).validate_code(code_of(secret)))


def test_the_database_alone_holds_no_secret() -> None:
    person, secret = make_person(), generate_totp_secret()
    TOTP.activate(person, secret)
    codes = RecoveryCodes.activate(person).get_unused_codes()
    assert stored().startswith("fernet:")
    assert secret not in str(Authenticator.objects.values_list("data", flat=True))
    assert is_right(person, secret)
    assert RecoveryCodes(Authenticator.objects.get(type="recovery_codes")).get_unused_codes() == codes


def test_what_was_stored_in_the_clear_is_readable_and_gets_encrypted() -> None:
    person, secret = make_person(), generate_totp_secret()
    Authenticator.objects.create(user=person, type="totp", data={"secret": secret})
    assert is_right(person, secret)
    said = StringIO()
    call_command("factors_encrypt", stdout=said)
    assert "1 krypteret" in said.getvalue()
    assert secret not in stored()
    assert is_right(person, secret)
    assert factor_secrets.encrypt_all() == (0, 0)


def test_a_rotation_keeps_the_apps_working(settings: Settings) -> None:
    person, secret = make_person(), generate_totp_secret()
    TOTP.activate(person, secret)
    before = stored()
    settings.SECRET_KEY_OLD, settings.SECRET_KEY = [settings.SECRET_KEY], "a-new-one"
    assert is_right(person, secret)
    assert factor_secrets.encrypt_all() == (1, 0)
    assert stored() != before
    settings.SECRET_KEY_OLD = []
    assert is_right(person, secret)


def test_without_the_old_key_no_code_is_right_and_the_command_says_so(settings: Settings) -> None:
    person, secret = make_person(), generate_totp_secret()
    TOTP.activate(person, secret)
    settings.SECRET_KEY = "a-new-one"
    assert not is_right(person, secret)
    said = StringIO()
    call_command("factors_encrypt", stdout=said)
    assert "1 kan ikke læses" in said.getvalue()
