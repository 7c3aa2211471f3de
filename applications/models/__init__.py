from applications.models.application import (
    COST_LABELS,
    SOURCE_LABELS,
    Application,
    CostLine,
    Revision,
    SourceLine,
)
from applications.models.attachment import Attachment
from applications.models.organisation import Membership, Organisation

__all__ = [
    "COST_LABELS",
    "SOURCE_LABELS",
    "Application",
    "Attachment",
    "CostLine",
    "Membership",
    "Organisation",
    "Revision",
    "SourceLine",
]
