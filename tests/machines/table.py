"""The literal table of the four machines: transition → sources, target, who may. What the code does is checked against it.

`applicant` is a member who may file; `reader` is a member who may only read. `actor` rows of the matrix are all staff
roles, the system, both members, and a stranger who may do all that for another organisation. Whoever may take a step
walks once more as somebody who is bound to the applicant: see JUDGING.
"""

from __future__ import annotations

Row = tuple[str, str, str]
STAYS = "None"
"""In place of a target: the state remains."""
BEFORE_DECISION = (
    "submitted formal_check info_requested technical_review waitlisted in_committee decision_ready revision_offered"
)

JUDGING: dict[str, frozenset[str]] = {
    "Case": frozenset({
        "start_check", "complete_check", "request_information", "lapse", "resume_check", "propose_formal_rejection",
        "propose", "refer_to_committee", "record_resolution", "put_on_waitlist", "approve", "offer", "lapse_offer",
        "reject", "send_rejection", "take_back_decision", "consent_to_early_start", "take_back_check", "reopen_check",
        "take_back_referral", "take_back_proposal", "take_back_formal_rejection",
    }),
    "Award": frozenset({
        "issue", "waive_remedy", "pay_on_notification", "start_report_review", "request_report_information", "settle",
        "close", "revoke",
    }),
    "Disbursement": frozenset({"verify", "authorise", "export", "request_again", "cancel"}),
    "Clawback": frozenset({"assess", "defer", "enforce", "suspend", "waive", "set_off"}),
}  # fmt: skip
"""What is closed to who is bound to the applicant. The other steps belong to the association, or note what others did
or what the calendar says."""

CASE: dict[str, Row] = {
    "start_check": ("submitted", "formal_check", "caseworker"),
    "complete_check": ("formal_check", "technical_review", "caseworker"),
    "request_information": ("formal_check", "info_requested", "caseworker"),
    "answer": ("info_requested", "formal_check", "applicant"),
    "enter_answer": ("info_requested", "formal_check", "caseworker"),
    "lapse": ("info_requested", "lapsed", "caseworker"),
    "resume_check": ("info_requested", "formal_check", "caseworker"),
    "propose_formal_rejection": ("formal_check", "decision_ready", "caseworker"),
    "propose": ("technical_review waitlisted", "decision_ready", "technical_reviewer caseworker"),
    "refer_to_committee": ("technical_review waitlisted", "in_committee", "caseworker technical_reviewer"),
    "record_resolution": ("in_committee", "decision_ready", "committee_office"),
    "put_on_waitlist": ("technical_review decision_ready", "waitlisted", "caseworker decider"),
    "approve": ("decision_ready", "approved", "decider"),
    "offer": ("decision_ready", "revision_offered", "decider"),
    "accept_offer": ("revision_offered", "decision_ready", "applicant"),
    "enter_acceptance": ("revision_offered", "decision_ready", "caseworker"),
    "lapse_offer": ("revision_offered", "lapsed", "caseworker decider system"),
    "reject": ("decision_ready", "rejected", "decider"),
    "send_rejection": ("rejected", "rejected", "caseworker"),
    "take_back_decision": ("approved rejected", "decision_ready", "decider"),
    "consent_to_early_start": (BEFORE_DECISION, STAYS, "decider"),
    "take_back_check": ("formal_check", "submitted", "caseworker"),
    "reopen_check": ("technical_review", "formal_check", "caseworker"),
    "take_back_referral": ("in_committee", "technical_review", "caseworker"),
    "take_back_proposal": ("decision_ready", "technical_review", "technical_reviewer caseworker"),
    "take_back_formal_rejection": ("decision_ready", "formal_check", "caseworker"),
    "withdraw": (BEFORE_DECISION, "withdrawn", "applicant"),
    "enter_withdrawal": (BEFORE_DECISION, "withdrawn", "caseworker"),
}

AWARD: dict[str, Row] = {
    "issue": ("draft_notice", "issued", "caseworker"),
    "notify": ("issued", "notified", "caseworker system"),
    "retrieve": ("issued", "notified", "applicant reader"),
    "send_again": ("issued", "issued", "caseworker"),
    "confirm_finality": ("notified", "active", "caseworker"),
    "waive_remedy": ("notified", "active", "caseworker"),
    "pay_on_notification": ("notified", "active", "caseworker"),
    "contest": ("notified active", "contested", "caseworker"),
    "end_lawsuit": ("contested", "active", "caseworker"),
    "request_report": ("active", "report_due", "caseworker system"),
    "submit_report": ("report_due", "report_submitted", "applicant"),
    "start_report_review": ("report_submitted", "report_in_review", "caseworker"),
    "request_report_information": ("report_in_review", "report_info_requested", "caseworker"),
    "answer_report": ("report_info_requested", "report_in_review", "applicant"),
    "settle": ("report_in_review", "settled", "decider"),
    "close": ("settled", "closed", "caseworker"),
    "renounce": ("issued notified active report_due", "renounced", "applicant"),
    "revoke": (
        "issued notified contested active report_due report_submitted report_info_requested report_in_review",
        "revoked",
        "decider",
    ),
}

DISBURSEMENT: dict[str, Row] = {
    "verify": ("requested", "verified", "verifier"),
    "authorise": ("verified", "authorised", "authoriser"),
    "export": ("authorised", "exported", "treasury"),
    "execute": ("exported", "executed", "treasury"),
    "take_back": ("exported executed", "returned", "treasury"),
    "take_back_late": ("executed", "returned", "budget_officer"),
    "request_again": ("returned", "requested", "verifier"),
    "cancel": ("requested verified authorised", "cancelled", "verifier authoriser"),
}

CLAWBACK: dict[str, Row] = {
    "assess": ("hearing", "assessed", "decider"),
    "fall_due": ("assessed", "due", "treasury"),
    "book_payment": ("assessed due deferred suspended enforced", "paid", "treasury"),
    "defer": ("assessed due", "deferred", "decider"),
    "end_deferral": ("deferred", "due", "treasury"),
    "enforce": ("due", "enforced", "treasury"),
    "suspend": ("due enforced", "suspended", "decider"),
    "waive": ("hearing assessed due deferred suspended enforced", "waived", "decider"),
    "set_off": ("assessed due", "offset", "treasury"),
}
