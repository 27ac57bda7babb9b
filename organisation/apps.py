from django.apps import AppConfig


class OrganisationConfig(AppConfig):
    name = "organisation"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from allauth.mfa.signals import authenticator_added, authenticator_removed

        from organisation import login

        authenticator_added.connect(login.factor_was_added)
        authenticator_removed.connect(login.factor_was_removed)
