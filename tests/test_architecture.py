"""Rules of the code that no linter knows."""

from __future__ import annotations

import inspect
import re
import subprocess
from pathlib import Path

import pytest
from django.conf import settings
from django.db import models
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils.module_loading import import_string

from surveys.models.envelope import Envelope
from trivsel.schedule import SWEEPS, beat_schedule

ROOT = Path(settings.BASE_DIR)
PACKAGES = ["trivsel", "actionplans", "dialogs", "surveys", "organisation"]
OWN_NAMESPACES = {"trivsel", "organisation", "surveys", "dialogs", "actionplans", "demo"}


def committed(*patterns: str) -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "--", *patterns], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split()
    return [ROOT / name for name in listed if (ROOT / name).exists()]


def own_patterns() -> list[tuple[str, URLPattern]]:
    """(full name, pattern) of every address of ours."""
    found: list[tuple[str, URLPattern]] = []

    def walk(resolver: URLResolver, namespace: str) -> None:
        for entry in resolver.url_patterns:
            if isinstance(entry, URLResolver):
                walk(entry, entry.namespace or namespace)
            elif namespace in OWN_NAMESPACES:
                found.append((f"{namespace}:{entry.name}", entry))

    walk(get_resolver(), "")
    return found


def test_there_are_addresses() -> None:
    assert len(own_patterns()) > 25


@pytest.mark.parametrize(("name", "pattern"), own_patterns(), ids=[name for name, _ in own_patterns()])
def test_url_and_view_share_one_name(name: str, pattern: URLPattern) -> None:
    namespace, short = name.split(":")
    view = inspect.unwrap(pattern.callback)
    assert view.__name__ == short
    assert view.__module__.split(".")[0] == ("trivsel" if namespace == "demo" else namespace)


def test_views_render_the_template_of_their_name() -> None:
    """A view that renders a page renders <app>/<its name>.html; parts of pages (page.html#part) are free."""
    wrong = []
    for name, pattern in own_patterns():
        namespace, short = name.split(":")
        rendered = re.findall(
            r"render\(\s*request,\s*\"((?!partials/)[\w/]+)\.html(?!#)",
            inspect.getsource(inspect.unwrap(pattern.callback)),
        )
        if rendered and not any(template == f"{namespace}/{short}" for template in rendered):
            wrong.append((name, rendered))
    assert not wrong


def test_every_beat_entry_is_a_real_task_with_fitting_arguments() -> None:
    for entry in beat_schedule(demo=False).values():
        task = import_string(entry["task"])
        inspect.signature(task.run).bind(*entry.get("args", ()))
    assert [sweep.why for sweep in SWEEPS if not sweep.why] == []


def test_the_envelope_has_nothing_that_leads_to_a_person_or_a_time() -> None:
    assert {field.name for field in Envelope._meta.get_fields()} == {"pk", "wave", "pseudonym", "unit", "sealed"}
    for field in Envelope._meta.get_fields():
        assert not isinstance(field, models.DateField | models.TimeField | models.AutoField | models.ForeignKey)


def test_envelopes_are_reached_by_answering_and_closing_only() -> None:
    allowed = {"surveys/answering.py", "surveys/closing.py", "surveys/models/__init__.py", "surveys/models/envelope.py"}
    # The attack reads the table's bytes as whoever holds the database would; it imports nothing that could open one.
    allowed |= {"trivsel/linkage/run.py", "trivsel/linkage/traces.py"}
    reaching = {
        str(path.relative_to(ROOT))
        for package in PACKAGES
        for path in committed(f"{package}/*.py")
        if re.search(r"models\.envelope|import envelope|surveys_envelope|get_model\([^)]*[Ee]nvelope", path.read_text())
        and "/migrations/" not in str(path)
    }
    assert reaching <= allowed, reaching - allowed


def test_modules_are_short_enough_to_read() -> None:
    long = {
        str(path.relative_to(ROOT)): lines
        for package in PACKAGES
        for path in committed(f"{package}/*.py")
        if "/migrations/" not in str(path) and (lines := len(path.read_text().splitlines())) > 420
    }
    assert not long


def test_templates_have_no_inline_script_or_style_and_no_foreign_host() -> None:
    wrong = []
    for path in committed("templates/*.html"):
        text = path.read_text()
        if re.search(r"\sstyle=\"|<style|\son[a-z]+=\"|<script(?![^>]*\ssrc=)", text):
            wrong.append(f"{path.relative_to(ROOT)}: inline")
        if re.search(r"(?:src|href|action)=\"(?:https?:)?//", text):
            wrong.append(f"{path.relative_to(ROOT)}: another host")
    assert not wrong


def test_no_registry_address_is_committed() -> None:
    """Packages come from wherever the machine is told to fetch them; no file names a host."""
    words = ["registry" + ".npmjs", "files." + "pythonhosted", "pypi" + ".org", "deb." + "debian"]
    named = [
        str(path.relative_to(ROOT))
        for path in committed()
        if path.suffix not in {".png", ".woff2"} and any(word in path.read_text(errors="ignore") for word in words)
    ]
    assert not named


# What a reader sees of these depends on the reader's roles: a view gets them from an `access` module, which takes the
# reader. The exceptions hang on something that the same view has fetched so, or are the counts of a page of HR's.
PROTECTED = (
    "ActionPlan", "Activity", "Agreement", "AuditEntry", "Dialogue", "Envelope", "Evaluation", "Fact", "Finding",
    "KeyRequest", "PhysicalReport", "Release", "ResponseRate", "SealedTally", "SignOff", "Ticket",
)  # fmt: skip
FETCHED = {
    ("actionplans/evaluation_views.py", "Evaluation"): "of a committee that the reader sits in; all for HR",
    ("actionplans/list_views.py", "Agreement"): "of the trios that the reader sits in",
    ("actionplans/list_views.py", "Finding"): "of the trios that the reader sits in",
    ("actionplans/views.py", "Agreement"): "of the trios that the reader sits in",
    ("actionplans/views.py", "Finding"): "of the trios that the reader sits in",
    ("dialogs/views.py", "Agreement"): "of a dialogue that the reader may see",
    ("surveys/views/board.py", "Finding"): "an empty choice, filled from the board",
    ("surveys/views/board.py", "PhysicalReport"): "of a finding on a board that the reader may see",
    ("surveys/views/doors.py", "Ticket"): "an empty list, on a page of HR's",
    ("surveys/views/earlier.py", "Release"): "imported figures, on a page of HR's",
    ("surveys/views/key_holders.py", "KeyRequest"): "of the wave, on a page of HR's",
    ("surveys/views/pulses.py", "Fact"): "which releases show anything, on a page of HR's",
    ("surveys/views/questionnaire_care.py", "Fact"): "the whole municipality's, on a page of HR's",
    ("surveys/views/rates.py", "ResponseRate"): "of units that the reader may see the rate of",
    ("surveys/views/release.py", "Release"): "the list, for release_reader",
    ("trivsel/hr.py", "Ticket"): "counts, on a page of HR's",
    ("trivsel/med.py", "Evaluation"): "of a committee that the reader sits in",
    ("trivsel/med.py", "Finding"): "sent to MED, below a committee that the reader sits in",
    ("trivsel/med.py", "ResponseRate"): "below a committee that the reader sits in",
}


def view_modules() -> set[Path]:
    return {Path(inspect.getsourcefile(inspect.unwrap(pattern.callback)) or "") for _, pattern in own_patterns()}


def test_views_fetch_through_access() -> None:
    asked = re.compile(rf"\b({'|'.join(PROTECTED)})\.objects\b|get_object_or_404\(\s*({'|'.join(PROTECTED)})\b")
    found = {
        (str(path.relative_to(ROOT)), first or second)
        for path in view_modules()
        for first, second in asked.findall(path.read_text())
    }
    assert found - set(FETCHED) == set(), "fetch it through an access module that takes the reader"
    assert set(FETCHED) - found == set(), "not needed any more"


def test_view_modules_ask_an_access_module() -> None:
    """All but the pages that are the same for everybody, and answering, whose key is the code."""
    public = {"surveys/views/answering.py", "surveys/views/physical.py", "surveys/views/pages.py",
              "surveys/views/receipts.py", "trivsel/demo/views.py"}  # fmt: skip
    without = {
        str(path.relative_to(ROOT))
        for path in view_modules()
        if not re.search(r"\baccess\b[.\s]*import|import .*\baccess\b|\.access import", path.read_text())
    }
    assert without - public == set()
