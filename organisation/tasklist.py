"""One thing to do, as «Mine opgaver» shows it. Each app offers its own; the front page only puts them in order."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Task:
    """What is due for one person.

    `when` is the deadline (None: whenever), `title` starts with a verb, `more` is one line of why,
    `url` leads to the page where it is done and `action` is the text of its button.
    """

    title: str
    url: str
    action: str
    when: date | None = None
    more: str = ""
    done: bool = False
