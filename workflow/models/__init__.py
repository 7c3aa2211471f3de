from workflow.models.award import (
    Award,
    AwardState,
)
from workflow.models.case import (
    Case,
    CaseState,
)
from workflow.models.conditions import SideCondition
from workflow.models.conflict import Involvement
from workflow.models.council import (
    Body,
    BodyMember,
    Consultation,
    ConsultationCase,
    CouncilPaper,
    FollowUp,
    PaperAnnex,
    PaperCase,
    PaperDocument,
    Recusal,
    Session,
)
from workflow.models.desk import (
    Absence,
    BulkJob,
    BulkRow,
    CaseNote,
    Label,
    SavedList,
)
from workflow.models.intake import PaperIntake, PaperLetter
from workflow.models.listing import (
    CaseCount,
    CaseText,
)
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
from workflow.models.review import (
    CheckPoint,
    Criterion,
    Finding,
    Opinion,
    Review,
    ReviewScore,
)
from workflow.models.scenario import (
    Scenario,
    ScenarioRow,
)
from workflow.models.talk import (
    CalendarFeed,
    CaseMessage,
    CaseMessageFile,
)

__all__ = [
    "Absence",
    "Award",
    "AwardState",
    "Body",
    "BodyMember",
    "BulkJob",
    "BulkRow",
    "CalendarFeed",
    "Case",
    "CaseCount",
    "CaseMessage",
    "CaseMessageFile",
    "CaseNote",
    "CaseResolution",
    "CaseShare",
    "CaseState",
    "CaseText",
    "CheckPoint",
    "ChecklistItem",
    "Consultation",
    "ConsultationCase",
    "CouncilPaper",
    "Criterion",
    "Document",
    "FileSequence",
    "Finding",
    "FollowUp",
    "InformationRequest",
    "Involvement",
    "Label",
    "Opinion",
    "PaperAnnex",
    "PaperCase",
    "PaperDocument",
    "PaperIntake",
    "PaperLetter",
    "Recusal",
    "Review",
    "ReviewScore",
    "SavedList",
    "Scenario",
    "ScenarioRow",
    "Session",
    "SideCondition",
    "Threshold",
    "WaitingOffer",
]
