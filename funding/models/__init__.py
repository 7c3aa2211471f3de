from funding.models.budget import BudgetAlert, BudgetLine, Commitment, Hold, Reservation, Resolution, SubBudget
from funding.models.catalogue import Goal, Measure, Municipality, Programme, Round
from funding.models.clawback import Clawback, ClawbackState
from funding.models.disbursement import Disbursement, DisbursementState
from funding.models.ledger import BudgetImport, DayBalance, Kind, LedgerEntry
from funding.models.payment_run import PaymentRun

__all__ = [
    "BudgetAlert",
    "BudgetImport",
    "BudgetLine",
    "Clawback",
    "ClawbackState",
    "Commitment",
    "DayBalance",
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
    "SubBudget",
]
