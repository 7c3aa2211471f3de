from funding.models.budget import BudgetAlert, BudgetLine, Commitment, Hold, Reservation, Resolution
from funding.models.catalogue import Goal, Measure, Municipality, Programme, Round
from funding.models.clawback import Clawback, ClawbackState
from funding.models.disbursement import Disbursement, DisbursementState
from funding.models.ledger import Kind, LedgerEntry
from funding.models.payment_run import PaymentRun

__all__ = [
    "BudgetAlert",
    "BudgetLine",
    "Clawback",
    "ClawbackState",
    "Commitment",
    "Disbursement",
    "DisbursementState",
    "Goal",
    "Hold",
    "Kind",
    "LedgerEntry",
    "Measure",
    "Municipality",
    "PaymentRun",
    "Programme",
    "Reservation",
    "Resolution",
    "Round",
]
