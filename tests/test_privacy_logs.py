"""An error on an answering page leaves neither the code nor what was sent in any log."""

from __future__ import annotations

import io
import logging
from pathlib import Path

import pytest
import yaml
from django.conf import settings
from django.db import connection
from django.test import Client
from django.utils.module_loading import import_string

from surveys.views import answering

pytestmark = pytest.mark.django_db


def logged_at(path: str, monkeypatch: pytest.MonkeyPatch, *, method: str = "post") -> str:
    """What the console of production shows when the page at `path` breaks with words of the answer in its error."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    for name in settings.LOGGING["handlers"]["console"]["filters"]:
        handler.addFilter(import_string(settings.LOGGING["filters"][name]["()"])())
    logger = logging.getLogger("django.request")
    logger.addHandler(handler)
    client = Client(raise_request_exception=False)
    try:
        assert getattr(client, method)(path, {"code": "ACDEFGHJ"}).status_code == 500
    finally:
        logger.removeHandler(handler)
    return written.getvalue()


def test_an_error_where_people_answer_is_told_without_code_or_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(code: str) -> None:
        raise RuntimeError("row contains (det trækker fra vinduet)")

    monkeypatch.setattr(answering, "door", broken)
    said = logged_at("/svar/ACDEFGHJ/", monkeypatch)
    assert "RuntimeError" in said
    assert "ACDEFGHJ" not in said
    assert "vinduet" not in said


def test_other_errors_keep_their_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> None:
        raise RuntimeError("the schedule could not be read")

    monkeypatch.setattr("trivsel.views.campaign_of_the_year", broken)
    said = logged_at("/", monkeypatch, method="get")
    assert "the schedule could not be read" in said


def test_the_database_logs_neither_statements_nor_rows_of_errors() -> None:
    """This server is started by bin/ as the installation's own is."""
    with connection.cursor() as cursor:
        cursor.execute("select current_setting('log_min_error_statement'), current_setting('log_error_verbosity')")
        assert cursor.fetchone() == ("panic", "terse")


def test_compose_starts_the_database_as_quiet() -> None:
    compose = yaml.safe_load(Path(settings.BASE_DIR, "docker-compose.yml").read_text(encoding="utf-8"))
    assert set(compose["services"]["db"]["command"]) >= {
        "--log_min_error_statement=panic",
        "--log_error_verbosity=terse",
    }
