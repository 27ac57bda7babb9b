"""What a service refused, shown at the field it is about."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.forms import BaseForm


def show_errors(form: BaseForm, error: ValidationError) -> None:
    """Put a service's ValidationError on the form; what belongs to no field of it stands on top."""
    if not hasattr(error, "error_dict"):
        form.add_error(None, error)
        return
    for name, messages in error.message_dict.items():
        for message in messages:
            form.add_error(name if name in form.fields else None, message)
