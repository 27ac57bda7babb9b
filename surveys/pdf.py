"""The report on paper: the same figures as the page, tagged PDF, made once per set of facts and kept.

WeasyPrint needs Pango from the system. It is imported inside, so that everything else works without it.
"""

from __future__ import annotations

import logging
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from django.utils.translation import get_language

from organisation import clock
from organisation.models import CampaignUnit, StoredFile
from surveys.models import Release
from surveys.reports import report_of

VARIANT = "pdf/ua-1"
TEMPLATE = "pdf/report.html"
PACKAGES = "libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fontconfig"


class NoPango(Exception):
    """The system lacks the library that WeasyPrint draws text with."""


@lru_cache(maxsize=1)
def _engine() -> tuple[Any, Any, Any]:
    """WeasyPrint's HTML class, our style sheet and the fonts: read once per process. Raises NoPango."""
    try:
        from weasyprint import CSS, HTML
        from weasyprint.text.fonts import FontConfiguration
    except OSError as error:
        raise NoPango from error
    # It tells each page it lays out; three thousand reports would fill the log.
    logging.getLogger("weasyprint").setLevel(logging.WARNING)
    logging.getLogger("weasyprint.progress").setLevel(logging.WARNING)
    fonts = FontConfiguration()
    sheet = finders.find("css/pdf.css")
    assert isinstance(sheet, str)
    return HTML, CSS(filename=sheet, font_config=fonts), fonts


def _refuse(url: str, *args: Any, **kwargs: Any) -> Any:
    raise ValueError("a report fetches nothing")


def render(html: str) -> bytes:
    """HTML to tagged PDF. Raises NoPango where the system library is missing."""
    engine, sheet, fonts = _engine()
    made: bytes = engine(string=html, url_fetcher=_refuse).write_pdf(
        stylesheets=[sheet], font_config=fonts, pdf_variant=VARIANT
    )
    return made


@lru_cache(maxsize=1)
def template_version() -> str:
    """Changes with the template, its parts and the style sheet, so that old files are not served for new ones."""
    folder = Path(settings.BASE_DIR) / "templates"
    parts = sorted([*folder.glob("pdf/*.html"), *folder.glob("surveys/report_*.html"), *folder.glob("partials/*.html")])
    sheet = finders.find("css/pdf.css")
    assert isinstance(sheet, str)
    digest = sha256(b"".join(path.read_bytes() for path in [*parts, Path(sheet)]))
    return digest.hexdigest()[:12]


def report_file(unit: CampaignUnit, release: Release) -> StoredFile:
    """The unit's report as PDF in the active language: kept by facts, language and template. Raises NoPango."""
    language = (get_language() or "da")[:2]
    key = f"report:{release.facts_sha256[:32]}:{unit.pk}:{language}:{template_version()}"
    kept = StoredFile.objects.filter(key=key).first()
    if kept is not None:
        return kept
    report = report_of(unit, release)
    html = render_to_string(
        TEMPLATE,
        {
            "report": report,
            "municipality": settings.MUNICIPALITY,
            "document": {"title": report.title, "subject": release.wave.campaign.name, "printed": None},
        },
    )
    kept, _made = StoredFile.objects.get_or_create(
        key=key,
        defaults={"content_type": "application/pdf", "data": render(html), "stored_on": clock.today()},
    )
    return kept
