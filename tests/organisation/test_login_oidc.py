"""OIDC against a provider that the test starts on loopback, shaped as a tenant of Entra ID."""

from __future__ import annotations

import copy
import time
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from allauth.socialaccount.models import SocialAccount
from django.core.cache import cache
from django.test import Client
from pytest_django import Settings

from organisation.models import Person
from tests.factories import make_person, make_role
from tests.organisation.idp import OTHER_KEY, OidcIdp, oidc_idp

pytestmark = pytest.mark.django_db
LOGIN = "/konto/oidc/sso/login/"


@pytest.fixture
def source(settings: Settings) -> dict[str, Any]:
    """The settings of the provider, for this test alone."""
    settings.SSO = copy.deepcopy(settings.SSO)
    cache.clear()
    return settings.SSO["openid_connect"]


@pytest.fixture
def idp(settings: Settings, source: dict[str, Any]) -> Iterator[OidcIdp]:
    with oidc_idp() as started:
        providers = copy.deepcopy(settings.SOCIALACCOUNT_PROVIDERS)
        providers["openid_connect"]["APPS"][0]["settings"]["server_url"] = started.issuer
        settings.SOCIALACCOUNT_PROVIDERS = providers
        yield started


def log_in(idp: OidcIdp, client: Client | None = None, **claims: Any) -> tuple[Client, Any]:
    """Press the button, come back from the provider with these claims."""
    client = client or Client()
    away = client.post(LOGIN)
    assert away.status_code == 302
    asked = parse_qs(urlsplit(away["Location"]).query)
    idp.claims = {"nonce": asked["nonce"][0], **claims}
    return client, client.get(f"{LOGIN}callback/", {"code": "c", "state": asked["state"][0]})


def assert_refused(client: Client, answer: Any, status: int = 401) -> None:
    assert answer.status_code == status
    assert "_auth_user_id" not in client.session


def test_the_button_leads_to_the_tenant_with_everything_that_protects_the_way(idp: OidcIdp) -> None:
    page = Client().get("/konto/login/").content.decode()
    assert f'action="{LOGIN}' in page
    asked = parse_qs(
        urlsplit(Client().post(LOGIN + "?process=connect&scope=mail&auth_params=prompt%3Dnone")["Location"]).query
    )
    assert asked["response_type"] == ["code"]
    assert sorted(asked["scope"][0].split()) == ["email", "openid", "profile"]
    assert asked["code_challenge_method"] == ["S256"]
    assert asked["nonce"][0]
    assert "prompt" not in asked
    assert asked["redirect_uri"] == ["http://testserver/konto/oidc/sso/login/callback/"]


def test_a_verified_work_mail_logs_in(idp: OidcIdp) -> None:
    person = make_person(email="karen@lindevig.example")
    client, answer = log_in(idp, email="Karen@Lindevig.example", email_verified=True)
    assert answer["Location"] == "/opgaver/"
    assert client.session["_auth_user_id"] == str(person.pk)
    assert "code_verifier" in idp.asked[0]
    assert client.post("/konto/logout/").status_code == 302
    assert "_auth_user_id" not in client.session
    assert not SocialAccount.objects.exists()
    assert not EmailAddress.objects.exists()


def test_a_mail_that_is_not_verified_counts_only_where_the_tenant_writes_it(
    idp: OidcIdp, source: dict[str, Any]
) -> None:
    person = make_person()
    assert_refused(*log_in(idp, email=person.email), status=403)
    source["email_is_verified"] = True
    _, answer = log_in(idp, email=person.email)
    assert answer["Location"] == "/opgaver/"


def test_the_employee_number_decides_alone_where_it_is_set_up(idp: OidcIdp, source: dict[str, Any]) -> None:
    source["number"] = "employeeid"
    person, other = make_person(), make_person()
    client, _ = log_in(idp, employeeid=person.number, email=other.email, email_verified=True)
    assert client.session["_auth_user_id"] == str(person.pk)
    assert_refused(*log_in(idp, email=other.email, email_verified=True), status=403)
    assert_refused(*log_in(idp, employeeid=[person.number, other.number]), status=403)


def test_an_unknown_identity_gets_a_clear_page_and_makes_no_person(idp: OidcIdp) -> None:
    before = Person.objects.count()
    client, answer = log_in(idp, email="ukendt@lindevig.example", email_verified=True, name="Ukendt")
    assert_refused(client, answer, status=403)
    assert "Du står ikke på personalelisten" in answer.content.decode()
    assert Person.objects.count() == before
    assert client.get("/konto/3rdparty/signup/").status_code == 404


def test_an_inactive_person_is_unknown(idp: OidcIdp) -> None:
    person = make_person()
    Person.objects.filter(pk=person.pk).update(is_active=False)
    assert_refused(*log_in(idp, email=person.email, email_verified=True), status=403)


@pytest.mark.parametrize(
    "wrong",
    [
        {"aud": "another-app"},
        {"iss": "https://login.idp.example/another-tenant/v2.0"},
        {"exp": int(time.time()) - 60},
        {"nonce": "of another log-in"},
        {"nonce": ""},
    ],
    ids=["audience", "issuer", "expired", "nonce", "no nonce"],
)
def test_an_id_token_for_somebody_or_something_else_is_refused(idp: OidcIdp, wrong: dict[str, Any]) -> None:
    person = make_person()
    assert_refused(*log_in(idp, **({"email": person.email, "email_verified": True} | wrong)))


def test_an_id_token_signed_with_another_key_is_refused(idp: OidcIdp) -> None:
    person = make_person()
    idp.key = OTHER_KEY
    assert_refused(*log_in(idp, email=person.email, email_verified=True))


def test_an_id_token_signed_with_the_secret_or_not_at_all_is_refused(idp: OidcIdp) -> None:
    person = make_person()
    idp.key, idp.algorithm = "only-for-tests-and-long-enough-for-a-hash", "HS256"
    assert_refused(*log_in(idp, email=person.email, email_verified=True))
    idp.key, idp.algorithm = None, "none"
    assert_refused(*log_in(idp, email=person.email, email_verified=True))


def test_a_state_that_was_not_given_out_here_is_refused_and_one_works_once(idp: OidcIdp) -> None:
    person = make_person()
    client, _ = log_in(idp, email=person.email, email_verified=True)
    client.post("/konto/logout/")
    assert_refused(Client(), Client().get(f"{LOGIN}callback/", {"code": "c", "state": "made-up"}))
    away = client.post(LOGIN)
    state = parse_qs(urlsplit(away["Location"]).query)["state"][0]
    idp.claims["nonce"] = parse_qs(urlsplit(away["Location"]).query)["nonce"][0]
    stranger = Client()
    assert_refused(stranger, stranger.get(f"{LOGIN}callback/", {"code": "c", "state": state}))
    assert client.get(f"{LOGIN}callback/", {"code": "c", "state": state})["Location"] == "/opgaver/"
    client.post("/konto/logout/")
    assert_refused(client, client.get(f"{LOGIN}callback/", {"code": "c", "state": state}))


def test_hr_shows_a_second_factor_also_behind_the_tenants_log_in(
    idp: OidcIdp, source: dict[str, Any], settings: Settings
) -> None:
    settings.DEMO = False
    person = make_person()
    make_role(person, "hr")
    claims = {"email": person.email, "email_verified": True, "amr": ["pwd", "mfa"]}
    client, _ = log_in(idp, **claims)
    assert client.get("/hr/")["Location"] == "/konto/2fa/"
    source["strong"] = [("amr", "mfa")]
    client, _ = log_in(idp, **claims)
    assert client.get("/hr/").status_code == 200
    client, _ = log_in(idp, **(claims | {"amr": ["pwd"]}))
    assert client.get("/hr/")["Location"] == "/konto/2fa/"


def test_whoever_has_an_app_is_asked_for_it_also_behind_the_tenants_log_in(idp: OidcIdp) -> None:
    person = make_person()
    TOTP.activate(person, generate_totp_secret())
    client, answer = log_in(idp, email=person.email, email_verified=True)
    assert answer["Location"] == "/konto/2fa/authenticate/"
    assert client.get(answer["Location"]).status_code == 200
    assert "_auth_user_id" not in client.session


def test_another_provider_has_no_address() -> None:
    assert Client().get("/konto/oidc/google/login/callback/").status_code == 404
    assert Client().post("/konto/oidc/google/login/").status_code == 404


def test_a_provider_that_is_down_says_so_in_our_words(settings: Settings, source: dict[str, Any]) -> None:
    providers = copy.deepcopy(settings.SOCIALACCOUNT_PROVIDERS)
    providers["openid_connect"]["APPS"][0]["settings"]["server_url"] = "http://127.0.0.1:1/tenant/v2.0"
    settings.SOCIALACCOUNT_PROVIDERS = providers
    answer = Client().post(LOGIN)
    assert answer.status_code == 401
    assert "Du blev ikke logget ind" in answer.content.decode()


def test_somebody_else_who_is_logged_in_is_out_when_another_comes_back(
    idp: OidcIdp, as_person: Callable[[Person], Client]
) -> None:
    first, second = make_person(), make_person()
    client, _ = log_in(idp, as_person(first), email=second.email, email_verified=True)
    assert client.session["_auth_user_id"] == str(second.pk)
