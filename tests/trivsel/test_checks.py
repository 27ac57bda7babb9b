"""What may not start, and what `check --deploy` wants."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings as django_settings

from trivsel import checks

LONG = "x7" * 30
PRODUCTION = {
    "TRIVSEL_SECRET_KEY": "k9Q" * 25 + "-unlike-any-other-5v",
    "TRIVSEL_BASE_URL": "https://trivsel.example.dk",
    "TRIVSEL_ALLOWED_HOSTS": "trivsel.example.dk",
    "TRIVSEL_MUNICIPALITY": "Lindevig Kommune",
    "TRIVSEL_EMBEDDED": "0",
    "TRIVSEL_PRIVATE_KEY_DIR": "/nowhere/private-keys",
}


@pytest.mark.parametrize(
    ("secret", "embedded", "demo", "https", "word"),
    [
        ("demo-" + LONG, False, False, True, "secret of a demonstration"),
        ("demo-" + LONG, False, True, False, "secret of a demonstration"),
        ("short", False, False, True, "at least 40"),
        ("", False, False, False, "at least 40"),
        (LONG, False, True, True, "anybody log in"),
        ("demo-" + LONG, True, True, True, "anybody log in"),
    ],
)
def test_what_may_not_start(secret: str, embedded: bool, demo: bool, https: bool, word: str) -> None:
    assert word in " ".join(checks.refusals(secret=secret, embedded=embedded, demo=demo, https=https))


def test_what_may_start() -> None:
    assert checks.refusals(secret=LONG, embedded=False, demo=False, https=True) == []
    assert checks.refusals(secret="demo-" + LONG, embedded=True, demo=True, https=False) == []


def manage(tmp_path: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """A process of its own: settings are read once."""
    ours = ("TRIVSEL_", "DJANGO_")
    env = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    env |= {"TRIVSEL_VAR": str(tmp_path)} | PRODUCTION | variables
    argv = [sys.executable, "manage.py", *arguments]
    return subprocess.run(argv, cwd=django_settings.BASE_DIR, env=env, capture_output=True, text=True)


def test_check_deploy_is_clean_under_production_settings(tmp_path: Path) -> None:
    done = manage(tmp_path, "check", "--deploy", "--fail-level", "WARNING")
    assert done.returncode == 0, done.stderr
    assert "no issues (0 silenced)" in done.stdout


def test_a_start_with_the_demonstrations_secret_is_refused(tmp_path: Path) -> None:
    done = manage(tmp_path, "check", TRIVSEL_SECRET_KEY="demo-" + LONG)
    assert done.returncode != 0
    assert "secret of a demonstration" in done.stderr


def test_a_start_with_the_demo_log_in_is_refused(tmp_path: Path) -> None:
    done = manage(tmp_path, "check", TRIVSEL_DEMO="1")
    assert done.returncode != 0
    assert "log in as anybody" in done.stderr


def test_check_deploy_names_what_is_missing(tmp_path: Path) -> None:
    keys = tmp_path / "keys"
    keys.mkdir(mode=0o755)
    done = manage(tmp_path, "check", "--deploy", TRIVSEL_MUNICIPALITY="", TRIVSEL_BASE_URL="http://trivsel.example.dk")
    assert done.returncode != 0
    for identity in ("trivsel.E010", "trivsel.E012", "trivsel.E013"):
        assert identity in done.stderr


def test_the_private_keys_lie_apart_from_what_the_web_server_reads(tmp_path: Path) -> None:
    for folder in ("", str(tmp_path / "keys"), str(tmp_path / "keys" / "private")):
        done = manage(tmp_path, "check", "--deploy", TRIVSEL_PRIVATE_KEY_DIR=folder)
        assert "trivsel.E014" in done.stderr, folder


@pytest.mark.django_db(databases=["default", "urn"])
def test_the_clusters_of_the_tests_are_apart_and_the_urn_keeps_no_trace() -> None:
    assert [message.msg for message in checks.clusters_are_apart(None, databases=["urn"])] == []


@pytest.mark.django_db(databases=["default", "urn"])
def test_a_wrong_setting_of_the_urn_is_an_error_in_production(monkeypatch: pytest.MonkeyPatch, settings) -> None:
    settings.EMBEDDED = False
    monkeypatch.setattr(checks, "urn_settings", lambda: {"log_statement": "all"})
    found = checks.clusters_are_apart(None, databases=["urn"])
    assert [message.is_serious() for message in found] == [True]
    assert "log_statement" in found[0].msg


def test_the_database_check_leaves_other_databases_alone() -> None:
    assert checks.clusters_are_apart(None, databases=["default"]) == []
    assert checks.clusters_are_apart(None) == []
