"""What may stand in a log of the pages where people answer: the kind of error, and nothing else.

Their addresses carry a code, and the text of an error may quote what was sent.
"""

from __future__ import annotations

import logging

from surveys.middleware import ANSWERING


class AnsweringIsSilent(logging.Filter):
    """Takes the address and the traceback out of everything that is logged about an answering page."""

    def filter(self, record: logging.LogRecord) -> bool:
        request = getattr(record, "request", None)
        if request is not None and str(getattr(request, "path", "")).startswith(ANSWERING):
            kind = record.exc_info[0].__name__ if record.exc_info and record.exc_info[0] else record.levelname
            record.msg, record.args = "An answering page: %s", (kind,)
            record.exc_info = record.exc_text = record.stack_info = None
        return True
