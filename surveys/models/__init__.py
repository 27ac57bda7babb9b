"""From an answer to a released report.

The envelope model is loaded for Django but not re-exported: only `answering` and `closing` may import it.
"""

from surveys.models import envelope as _envelope  # noqa: F401  (registers the model)
from surveys.models.guidance import Guideline, Indicator
from surveys.models.mailing import Mailing, MailingPart, PaperForm
from surveys.models.physical import Finding, FindingMove, PhysicalCount, PhysicalForm, PhysicalReport
from surveys.models.pulse import Pulse
from surveys.models.questionnaire import Approval, Comparability, Item, Questionnaire, Scale, Topic
from surveys.models.release import Fact, Release, ReleaseApproval, ReportShare
from surveys.models.trustees import KeyHolder, KeyRequest, KeySet, SealedShare, SealedTally
from surveys.models.wave import CodeBrake, LinkageRun, ReceiptList, ReminderDuty, ResponseRate, Ticket, Wave

__all__ = [
    "Approval",
    "CodeBrake",
    "Comparability",
    "Fact",
    "Finding",
    "FindingMove",
    "Guideline",
    "Indicator",
    "Item",
    "KeyHolder",
    "KeyRequest",
    "KeySet",
    "LinkageRun",
    "Mailing",
    "MailingPart",
    "PaperForm",
    "PhysicalCount",
    "PhysicalForm",
    "PhysicalReport",
    "Pulse",
    "Questionnaire",
    "ReceiptList",
    "Release",
    "ReleaseApproval",
    "ReminderDuty",
    "ReportShare",
    "ResponseRate",
    "Scale",
    "SealedShare",
    "SealedTally",
    "Ticket",
    "Topic",
    "Wave",
]
