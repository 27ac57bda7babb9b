"""Wiring: settings, URLs, jobs and the pages that read across all apps. Imported by nobody."""

from trivsel.celery import app as celery_app

__all__ = ["celery_app"]
