from workflow.models.award import Award, AwardState
from workflow.models.case import Case, CaseState
from workflow.models.records import (
    CaseResolution,
    CaseShare,
    ChecklistItem,
    Document,
    FileSequence,
    InformationRequest,
    Threshold,
    WaitingOffer,
)
from workflow.models.talk import CalendarFeed, CaseMessage, CaseMessageFile

__all__ = [
    "Award",
    "AwardState",
    "CalendarFeed",
    "Case",
    "CaseMessage",
    "CaseMessageFile",
    "CaseResolution",
    "CaseShare",
    "CaseState",
    "ChecklistItem",
    "Document",
    "FileSequence",
    "InformationRequest",
    "Threshold",
    "WaitingOffer",
]
