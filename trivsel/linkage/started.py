"""Start the attack from a browser or a shell: one process of its own, whose printed result is kept."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from surveys.models import LinkageRun
from trivsel.linkage.run import databases_require, inside_environment

SMALL, WHOLE = 200, 2000  # people: from HR's page, from the shell
LONGEST = timedelta(minutes=45)  # real time, after which a run is taken for dead
LEAK = 1


def command(people: int, folder: Path) -> subprocess.CompletedProcess[str]:
    """Play and read in the throw-away databases. Exit code 0: green, 1: a leak, else it did not come through."""
    argv = [sys.executable, str(settings.BASE_DIR / "manage.py"), "linkage_attack"]
    argv += ["--people", str(people), "--inside", str(folder)]
    return subprocess.run(  # noqa: S603
        argv, env=inside_environment(folder), stdout=subprocess.PIPE, text=True, check=False
    )


def attack(people: int) -> tuple[int, str]:
    """The exit code and what was printed. Raises CannotRun."""
    databases_require()
    folder = Path(tempfile.mkdtemp(prefix="linkage-", dir=settings.VAR_DIR if settings.VAR_DIR.exists() else None))
    try:
        done = command(people, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return done.returncode, done.stdout


def is_running() -> bool:
    began = timezone.now() - LONGEST  # noqa: TID251  (how long a process has run is real time)
    return LinkageRun.objects.filter(green=None, text="", started_at__gt=began).exists()


def run_start(people: int = SMALL) -> LinkageRun:
    return LinkageRun.objects.create(started_at=timezone.now(), people=people)  # noqa: TID251


def run_finish(pk: int) -> bool:
    """Do a started run and keep what it printed. Raises CannotRun, which is kept too."""
    run = LinkageRun.objects.get(pk=pk)
    try:
        code, run.text = attack(run.people)
    except Exception as error:
        LinkageRun.objects.filter(pk=pk).update(text=str(error) or type(error).__name__)
        raise
    run.green = {0: True, LEAK: False}.get(code)
    run.text = run.text or "Efterprøvningen kom ikke igennem."
    run.save(update_fields=["text", "green"])
    return run.green is True
