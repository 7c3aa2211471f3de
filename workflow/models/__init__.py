from workflow.models.award import Award, AwardState
from workflow.models.case import Case, CaseState
from workflow.models.records import (
    CaseResolution,
    ChecklistItem,
    Document,
    FileSequence,
    InformationRequest,
    Threshold,
)

__all__ = [
    "Award",
    "AwardState",
    "Case",
    "CaseResolution",
    "CaseState",
    "ChecklistItem",
    "Document",
    "FileSequence",
    "InformationRequest",
    "Threshold",
]
