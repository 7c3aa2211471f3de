from applications.models.application import (
    COST_LABELS,
    SOURCE_LABELS,
    Application,
    CostLine,
    Revision,
    SourceLine,
)
from applications.models.attachment import Attachment
from applications.models.document import OrganisationDocument, Scan
from applications.models.membership import AccountChange, Invitation, SecondSignature
from applications.models.organisation import Membership, Organisation
from applications.models.questions import EligibilityRule, EvidenceTier, LateLink, Question, QuestionSet

__all__ = [
    "COST_LABELS",
    "SOURCE_LABELS",
    "AccountChange",
    "Application",
    "Attachment",
    "CostLine",
    "EligibilityRule",
    "EvidenceTier",
    "Invitation",
    "LateLink",
    "Membership",
    "Organisation",
    "OrganisationDocument",
    "Question",
    "QuestionSet",
    "Revision",
    "Scan",
    "SecondSignature",
    "SourceLine",
]
