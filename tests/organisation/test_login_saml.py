"""SAML with an assertion that the test signs: accepted once, and refused when anything about it is wrong."""

from __future__ import annotations

import base64
import copy
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from lxml import etree
from pytest_django import Settings

from organisation import clock
from organisation.identity import privileges
from organisation.models import AuditEntry, Person, Role, SeenAssertion
from tests.factories import make_person
from tests.organisation.idp import CERTIFICATE, OTHER_KEY, request_id, saml_response
from trivsel.sso import EMAIL_ATTRIBUTE

pytestmark = pytest.mark.django_db
LOGIN, ACS = "/konto/saml/sso/login/", "/konto/saml/sso/acs/"
CVR = "12345678"
HR_PRIVILEGE = "http://lindevig.example/roles/usersystemrole/trivsel_hr/1"


@pytest.fixture
def source(settings: Settings) -> dict[str, Any]:
    settings.SSO = copy.deepcopy(settings.SSO)
    providers = copy.deepcopy(settings.SOCIALACCOUNT_PROVIDERS)
    providers["saml"]["APPS"][0]["settings"]["idp"]["x509cert"] = CERTIFICATE
    settings.SOCIALACCOUNT_PROVIDERS = providers
    cache.clear()
    return settings.SSO["saml"]


def advanced(settings: Settings) -> dict[str, Any]:
    found: dict[str, Any] = settings.SOCIALACCOUNT_PROVIDERS["saml"]["APPS"][0]["settings"]["advanced"]
    return found


def visitor() -> Client:
    return Client(HTTP_HOST="localhost")


def press(client: Client) -> str:
    """Press the button: the id of the request that went to the provider."""
    away = client.post(LOGIN)
    assert away.status_code == 302
    assert away["Location"].startswith("https://adfs.idp.example/adfs/ls/?SAMLRequest=")
    return request_id(away["Location"])


def come_back(client: Client, response: str) -> Any:
    first = client.post(ACS, {"SAMLResponse": response, "RelayState": ""})
    assert first["Location"] == f"{ACS}finish/"
    return client.get(first["Location"])


def log_in(**more: Any) -> tuple[Client, Any]:
    client = visitor()
    return client, come_back(client, saml_response(in_response_to=press(client), **more))


def mail_of(person: Person) -> dict[str, Any]:
    return {EMAIL_ATTRIBUTE: person.email}


def assert_refused(client: Client, answer: Any, status: int = 401) -> None:
    assert answer.status_code == status
    assert "_auth_user_id" not in client.session


def test_a_signed_answer_to_our_question_logs_in(source: dict[str, Any]) -> None:
    person = make_person(email="karen@lindevig.example")
    client, answer = log_in(attributes={EMAIL_ATTRIBUTE: "Karen@Lindevig.example"})
    assert answer["Location"] == "/opgaver/"
    assert client.session["_auth_user_id"] == str(person.pk)
    client.post("/konto/logout/")
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize(
    "wrong",
    [
        {"sign": False},
        {"key": OTHER_KEY},
        {"starts": timedelta(hours=-1)},
        {"starts": timedelta(hours=1)},
        {"audience": "https://another.example/metadata"},
        {"acs": "https://another.example/acs/"},
        {"issuer": "https://another.example/idp"},
    ],
    ids=["unsigned", "another key", "expired", "not yet", "another audience", "another recipient", "another issuer"],
)
def test_an_answer_that_is_wrong_in_one_way_is_refused(source: dict[str, Any], wrong: dict[str, Any]) -> None:
    client, answer = log_in(attributes=mail_of(make_person()), **wrong)
    assert_refused(client, answer)
    assert "Du blev ikke logget ind" in answer.content.decode()
    assert not SeenAssertion.objects.exists()


def test_a_tampered_answer_is_refused(source: dict[str, Any]) -> None:
    person, other = make_person(email="aa@lindevig.example"), make_person(email="bb@lindevig.example")
    client = visitor()
    response = saml_response(in_response_to=press(client), attributes=mail_of(person))
    tampered = base64.b64decode(response).replace(b"aa@lindevig", b"bb@lindevig")
    assert_refused(client, come_back(client, base64.b64encode(tampered).decode()))
    assert other.last_login is None


def test_a_second_unsigned_assertion_beside_the_signed_one_is_refused(source: dict[str, Any]) -> None:
    """Signature wrapping: a copy with another address in front of what was signed."""
    person, other = make_person(email="aa@lindevig.example"), make_person(email="bb@lindevig.example")
    client = visitor()
    root = etree.fromstring(base64.b64decode(saml_response(in_response_to=press(client), attributes=mail_of(person))))
    signed = root[-1]
    evil = etree.fromstring(etree.tostring(signed).replace(b"aa@lindevig", b"bb@lindevig"))
    evil.remove(next(child for child in evil if child.tag.endswith("Signature")))
    evil.set("ID", "_evil")
    root.insert(len(root) - 1, evil)
    assert_refused(client, come_back(client, base64.b64encode(etree.tostring(root)).decode()))
    assert other.last_login is None


def test_an_answer_works_once(source: dict[str, Any], settings: Settings) -> None:
    person = make_person()
    client = visitor()
    response = saml_response(in_response_to=press(client), attributes=mail_of(person))
    assert come_back(client, response)["Location"] == "/opgaver/"
    client.post("/konto/logout/")
    assert_refused(client, come_back(client, response))
    assert_refused(visitor(), come_back(visitor(), response))
    assert SeenAssertion.objects.count() == 1


def test_used_answers_are_remembered_until_they_expire_and_not_longer(source: dict[str, Any]) -> None:
    SeenAssertion.objects.create(digest=b"0" * 32, until=clock.now() - timedelta(days=2))
    log_in(attributes=mail_of(make_person()))
    assert SeenAssertion.objects.get().until > clock.now()


def test_an_answer_that_nobody_asked_for_is_refused_unless_allowed(source: dict[str, Any], settings: Settings) -> None:
    person = make_person()
    client = visitor()
    assert_refused(client, come_back(client, saml_response(in_response_to=None, attributes=mail_of(person))))
    advanced(settings)["reject_idp_initiated_sso"] = False
    response = saml_response(in_response_to=None, attributes=mail_of(person))
    assert come_back(client, response)["Location"] == "/opgaver/"
    stranger = visitor()
    assert_refused(stranger, come_back(stranger, response))  # and still only once


def test_an_answer_to_somebody_elses_question_is_refused(source: dict[str, Any]) -> None:
    person, mine, theirs = make_person(), visitor(), visitor()
    response = saml_response(in_response_to=press(theirs), attributes=mail_of(person))
    assert_refused(mine, come_back(mine, response), status=403)


def test_an_unknown_identity_gets_a_clear_page_and_makes_no_person(source: dict[str, Any]) -> None:
    before = Person.objects.count()
    client, answer = log_in(attributes={EMAIL_ATTRIBUTE: "ukendt@lindevig.example"})
    assert_refused(client, answer, status=403)
    assert "Du står ikke på personalelisten" in answer.content.decode()
    assert Person.objects.count() == before
    assert_refused(*log_in(attributes={"another": "attribute"}), status=403)


def test_metadata_that_cannot_be_had_say_so_in_our_words(source: dict[str, Any], settings: Settings) -> None:
    settings.SOCIALACCOUNT_PROVIDERS["saml"]["APPS"][0]["settings"]["idp"]["metadata_url"] = "http://127.0.0.1:9/m"
    answer = visitor().post(LOGIN)
    assert answer.status_code == 401
    assert "Du blev ikke logget ind" in answer.content.decode()


def test_garbage_and_an_early_finish_are_refused(source: dict[str, Any]) -> None:
    client = visitor()
    assert_refused(client, come_back(client, "ikke base64"))
    assert_refused(client, client.get(f"{ACS}finish/"))


def test_the_metadata_can_be_handed_to_the_municipalitys_it_department(source: dict[str, Any]) -> None:
    answer = visitor().get("/konto/saml/sso/metadata/")
    assert answer.status_code == 200
    assert 'Location="http://localhost/konto/saml/sso/acs/"' in answer.content.decode()
    assert 'WantAssertionsSigned="true"' in answer.content.decode()


# ---------------------------------------------------------------- privileges


def privilege_list(scope: str, *names: str, namespace: str = "http://itst.dk/oiosaml/basic_privilege_profile") -> str:
    inside = "".join(f"<Privilege>{name}</Privilege>" for name in names)
    text = (
        f'<bpp:PrivilegeList xmlns:bpp="{namespace}"><PrivilegeGroup Scope="{scope}">{inside}</PrivilegeGroup>'
        "</bpp:PrivilegeList>"
    )
    return base64.b64encode(text.encode()).decode()


OURS = f"urn:dk:gov:saml:cvrNumberIdentifier:{CVR}"


@pytest.mark.parametrize(
    "attribute",
    [
        "dk:gov:saml:attribute:Privileges_intermediate",
        "https://data.gov.dk/model/core/eid/privilegesIntermediate",
    ],
)
def test_a_privilege_of_the_municipality_gives_hr_for_the_day(source: dict[str, Any], attribute: str) -> None:
    source |= {"privileges": {HR_PRIVILEGE: "hr"}, "cvr": CVR}
    person = make_person()
    attributes = mail_of(person) | {attribute: privilege_list(OURS, HR_PRIVILEGE, "http://x.example/other")}
    client, _ = log_in(attributes=attributes)
    role = Role.objects.get(person=person)
    assert (role.kind, role.starts, role.ends) == ("hr", clock.today(), clock.today())
    assert client.get("/hr/").status_code == 200
    entry = AuditEntry.objects.get(verb="role_given_by_log_in")
    assert (entry.actor, entry.subject_id) == (person, str(role.pk))
    log_in(attributes=attributes)
    assert Role.objects.filter(person=person).count() == 1


def test_privileges_of_others_and_unmapped_ones_give_nothing(source: dict[str, Any]) -> None:
    source |= {"privileges": {HR_PRIVILEGE: "hr"}, "cvr": CVR}
    person = make_person()
    name = "dk:gov:saml:attribute:Privileges_intermediate"
    for text in (
        privilege_list("urn:dk:gov:saml:cvrNumberIdentifier:87654321", HR_PRIVILEGE),
        privilege_list("", HR_PRIVILEGE),
        privilege_list(OURS, HR_PRIVILEGE + "x"),
        "ikke base64",
        base64.b64encode(b"<PrivilegeList>").decode(),
    ):
        assert log_in(attributes=mail_of(person) | {name: text})[1]["Location"] == "/opgaver/"
    assert not Role.objects.exists()


def test_privileges_give_nothing_where_none_are_set_up(source: dict[str, Any]) -> None:
    person = make_person()
    name = "dk:gov:saml:attribute:Privileges_intermediate"
    log_in(attributes=mail_of(person) | {name: privilege_list(OURS, HR_PRIVILEGE)})
    assert not Role.objects.exists()


def test_an_entity_in_the_privileges_is_not_followed() -> None:
    text = (
        '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]>'
        f'<PrivilegeList><PrivilegeGroup Scope="{OURS}"><Privilege>&e;</Privilege></PrivilegeGroup></PrivilegeList>'
    )
    name = "dk:gov:saml:attribute:Privileges_intermediate"
    assert privileges({name: [base64.b64encode(text.encode()).decode()]}, cvr=CVR) <= {""}


def test_a_strong_log_in_counts_only_where_the_settings_name_it(source: dict[str, Any], settings: Settings) -> None:
    settings.DEMO = False
    source |= {"privileges": {HR_PRIVILEGE: "hr"}, "cvr": CVR}
    attributes = mail_of(make_person()) | {
        "dk:gov:saml:attribute:Privileges_intermediate": privilege_list(OURS, HR_PRIVILEGE),
        "https://data.gov.dk/concept/core/nsis/loa": "Substantial",
    }
    client, _ = log_in(attributes=attributes)
    assert client.get("/hr/")["Location"] == "/konto/2fa/"
    source["strong"] = [("https://data.gov.dk/concept/core/nsis/loa", "Substantial")]
    client, _ = log_in(attributes=attributes)
    assert client.get("/hr/").status_code == 200
