from django.apps import AppConfig


class TrivselConfig(AppConfig):
    name = "trivsel"

    def ready(self) -> None:
        from django.conf import settings

        from trivsel import checks
        from trivsel.celery import app
        from trivsel.schedule import beat_schedule

        app.conf.beat_schedule = beat_schedule(demo=settings.DEMO)
        checks.refuse_unsafe_start()
