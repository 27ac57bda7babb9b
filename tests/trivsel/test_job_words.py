"""HR's list of jobs speaks Danish: every job that leaves a line has words of its own."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from organisation.models import JobRun
from surveys.models import KeyRequest
from tests.factories import Town
from tests.test_architecture import PACKAGES, committed
from trivsel import celery_app
from trivsel.demo.stages import JOURNEY, PLAYED
from trivsel.job_words import JOBS, job_words
from trivsel.retention import RULES
from trivsel.schedule import SWEEPS

# These leave no line of their own: the heartbeat is no job, retention leaves one for each rule.
WITHOUT_A_LINE = {"heartbeat", "retention", "advance"}


def names() -> set[str]:
    """Every name that a job gives its line, and every task that a worker knows."""
    said: set[str] = set()
    for path in committed(*PACKAGES):
        if path.suffix == ".py":
            said |= set(re.findall(r'job_run\(\s*"([a-z_]+)"', Path(settings.BASE_DIR, path).read_text()))
    celery_app.loader.import_default_modules()
    ours = {task.rsplit(".", 1)[1] for task in celery_app.tasks if task.split(".")[0] in PACKAGES}
    kinds = {f"key_{purpose}" for purpose in KeyRequest.Purpose.values}
    swept = {f"retention_{rule.key}" for rule in RULES}
    return said | (ours - WITHOUT_A_LINE) | kinds | swept | {JOURNEY, PLAYED}


def test_every_job_has_words() -> None:
    assert {sweep.task.rsplit(".", 1)[1] for sweep in SWEEPS} <= names() | WITHOUT_A_LINE
    assert [name for name in sorted(names()) if job_words(name) == name] == []
    assert set(JOBS) <= names()


@pytest.mark.django_db
def test_hr_reads_them(town: Town) -> None:
    for name in ("rates_count", "retention_codes"):
        JobRun.objects.create(name=name, started_at=timezone.now(), outcome="done")
    hr = Client()
    hr.force_login(town.person["hr"], backend="allauth.account.auth_backends.AuthenticationBackend")
    page = hr.get(reverse("trivsel:job_list")).text
    assert "Svarprocenten tælles" in page
    assert "Sletning: Koder og links" in page
    assert "rates_count" not in page
