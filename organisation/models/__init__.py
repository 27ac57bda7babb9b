"""Who and when: the shared ground of every other app."""

from organisation.models.audit import AuditEntry, OneTimeLink, SeenAssertion
from organisation.models.building import Building, Room
from organisation.models.campaign import Campaign, CampaignUnit, Milestone, Placement
from organisation.models.channel import ChannelFault, ChannelRule
from organisation.models.clock import ClockShift
from organisation.models.committee import Committee
from organisation.models.file import StoredFile
from organisation.models.imports import ColumnMapping, Import, ManualCorrection
from organisation.models.invitation import PlacementException, ReportGroup, ReportGroupUnit
from organisation.models.job import JobRun
from organisation.models.notice import DemoMessage, Notice
from organisation.models.person import Employment, Person
from organisation.models.retention import DataRequest, Deletion
from organisation.models.role import Role
from organisation.models.structure import StructureChange, UnitSuccession
from organisation.models.unit import Level, Unit, WorkEnvironmentGroup

__all__ = [
    "AuditEntry",
    "Building",
    "Campaign",
    "CampaignUnit",
    "ChannelFault",
    "ChannelRule",
    "ClockShift",
    "ColumnMapping",
    "Committee",
    "DataRequest",
    "Deletion",
    "DemoMessage",
    "Employment",
    "Import",
    "JobRun",
    "Level",
    "ManualCorrection",
    "Milestone",
    "Notice",
    "OneTimeLink",
    "Person",
    "Placement",
    "PlacementException",
    "ReportGroup",
    "ReportGroupUnit",
    "Role",
    "Room",
    "SeenAssertion",
    "StoredFile",
    "StructureChange",
    "Unit",
    "UnitSuccession",
    "WorkEnvironmentGroup",
]
