"""Route × person, literally: who gets in, who is told that it is another person's task (403); all others find nothing
(404), and a visitor is sent to the log-in. Whoever adds a page adds a line here.
"""

from __future__ import annotations

from dataclasses import dataclass

VISITOR = "anonymous"
STAFF = frozenset({
    "caseworker", "coordinator", "technical_reviewer", "decider", "committee_office", "budget_officer", "verifier",
    "authoriser", "treasury", "auditor", "dpo", "sysadmin",
})  # fmt: skip
MEMBER = frozenset({"applicant"})
"""May write and file for the organisation whose things stand on the stage."""
MEMBERS = MEMBER | {"reader"}
"""The reader belongs to the same organisation and may only read."""
APPLICANTS = MEMBERS | {"stranger"}
"""The stranger is a member of another organisation."""
PEOPLE = STAFF | APPLICANTS
PUBLIC = PEOPLE | {VISITOR}
NOBODY: frozenset[str] = frozenset()

OFFICE = frozenset({"caseworker", "coordinator", "technical_reviewer", "decider", "committee_office", "auditor"})
FINANCE = frozenset({"verifier", "authoriser", "treasury", "auditor"})
PAYMENTS = FINANCE | {"budget_officer"}
BUDGET = frozenset({"budget_officer", "auditor"})
ADMIN = frozenset({"sysadmin", "coordinator"})
WRITERS = frozenset({"caseworker", "coordinator", "committee_office"})
"""Who writes papers for the bodies."""
PAPERS = WRITERS | {"decider", "auditor"}

SCENARIOS = OFFICE - frozenset({"technical_reviewer"})


def only(*names: str) -> frozenset[str]:
    return frozenset(names)


NO_READER = STAFF | only("reader")
ACCOUNTS = only("caseworker", "verifier", "treasury")
"""Who looks at a new account of an organisation."""


@dataclass(frozen=True, kw_only=True)
class Line:
    """`enters`: gets the page or, for POST, reaches what it does. `refused`: 403. `args` names things on the stage."""

    enters: frozenset[str]
    refused: frozenset[str] = PEOPLE
    args: tuple[str, ...] = ()
    method: str = "get"
    visitor: str = "log-in"


TABLE: dict[str, Line] = {
    # config
    "start": Line(enters=PUBLIC),
    "healthz": Line(enters=PUBLIC),
    "page": Line(enters=PUBLIC, args=("=impressum",)),
    "home": Line(enters=PUBLIC),
    "theme": Line(enters=PUBLIC, method="post"),
    "set_language": Line(enters=PUBLIC, method="post"),
    # accounts
    "accounts:profile": Line(enters=PEOPLE),
    "accounts:demo_people": Line(enters=NOBODY, refused=NOBODY, visitor="nothing"),
    "accounts:mailbox": Line(enters=NOBODY, refused=NOBODY, visitor="nothing"),
    "accounts:people": Line(enters=only("sysadmin")),
    "accounts:invite": Line(enters=only("sysadmin")),
    "accounts:person": Line(enters=only("sysadmin"), args=("person",)),
    "accounts:end_role": Line(enters=only("sysadmin"), args=("person", "grant"), method="post"),
    "accounts:close_person": Line(enters=only("sysadmin"), args=("person",), method="post"),
    "accounts:reopen_person": Line(enters=only("sysadmin"), args=("person",), method="post"),
    # funding
    "funding:programme_list": Line(enters=PUBLIC),
    "funding:disbursement_list": Line(enters=PAYMENTS),
    "funding:disbursement_csv": Line(enters=FINANCE),
    "funding:disbursement_xlsx": Line(enters=FINANCE),
    "funding:disbursement": Line(enters=PAYMENTS, args=("disbursement",)),
    "funding:disbursement_step": Line(enters=only("verifier"), refused=PAYMENTS, args=("disbursement", "=verify")),
    "funding:clawback_step": Line(enters=only("decider"), refused=FINANCE, args=("clawback", "=assess")),
    "funding:run_list": Line(enters=FINANCE),
    "funding:run": Line(enters=FINANCE, args=("run",)),
    "funding:run_release": Line(enters=only("treasury"), args=("run",), method="post"),
    "funding:run_return": Line(enters=only("treasury"), args=("run",), method="post"),
    "funding:run_export": Line(enters=only("treasury"), args=("run",), method="post"),
    "funding:run_execute": Line(enters=only("treasury"), args=("run",), method="post"),
    "funding:run_sepa": Line(enters=only("treasury"), args=("run",)),
    "funding:budget": Line(enters=BUDGET),
    "funding:budget_new": Line(enters=only("budget_officer")),
    "funding:budget_line": Line(enters=BUDGET, args=("line",)),
    "funding:budget_movement": Line(enters=only("budget_officer"), args=("line", "=supplement")),
    "funding:budget_approve": Line(enters=only("budget_officer"), args=("line",)),
    "funding:budget_import": Line(enters=only("budget_officer")),
    "funding:budget_template_csv": Line(enters=only("budget_officer")),
    "funding:budget_template_xlsx": Line(enters=only("budget_officer")),
    "funding:budget_csv": Line(enters=only("budget_officer")),
    "funding:budget_xlsx": Line(enters=only("budget_officer")),
    "funding:bookings": Line(enters=BUDGET),
    "funding:year_end_current": Line(enters=BUDGET),
    "funding:year_end": Line(enters=BUDGET, args=("=2026",)),
    "funding:year_end_commitments": Line(enters=only("budget_officer"), args=("=2026",), method="post"),
    "funding:year_end_rest": Line(enters=only("budget_officer"), args=("=2026", "line")),
    "funding:year_end_lay_out": Line(enters=only("budget_officer"), args=("=2026",), method="post"),
    "funding:year_end_close": Line(enters=only("budget_officer"), args=("=2026",)),
    # applications
    "applications:organisation": Line(enters=APPLICANTS),
    "applications:organisation_new": Line(enters=APPLICANTS),
    "applications:bank": Line(enters=APPLICANTS, method="post"),
    "applications:organisation_edit": Line(enters=MEMBER, refused=NO_READER, args=("organisation",)),
    "applications:organisation_history": Line(enters=MEMBERS, refused=STAFF, args=("organisation",)),
    "applications:members": Line(enters=MEMBERS, refused=STAFF, args=("organisation",)),
    "applications:member_invite": Line(enters=MEMBER, refused=NO_READER, args=("organisation",)),
    "applications:member": Line(enters=MEMBER, refused=NO_READER, args=("organisation", "member")),
    "applications:member_end": Line(enters=MEMBER, refused=NO_READER, args=("organisation", "member"), method="post"),
    "applications:hand_over": Line(enters=MEMBER, refused=NO_READER, args=("organisation",)),
    "applications:leave": Line(enters=MEMBERS, refused=STAFF, args=("organisation",), method="post"),
    "applications:second_signature": Line(enters=MEMBER, refused=NO_READER, args=("organisation",), method="post"),
    "applications:invitation": Line(enters=only("stranger"), args=("secret",)),
    "applications:invitation_resend": Line(
        enters=MEMBER, refused=NO_READER, args=("organisation", "invitation"), method="post"
    ),
    "applications:invitation_revoke": Line(
        enters=MEMBER, refused=NO_READER, args=("organisation", "invitation"), method="post"
    ),
    "applications:account": Line(enters=MEMBERS, refused=STAFF, args=("organisation",)),
    "applications:account_withdraw": Line(enters=MEMBER, refused=NO_READER, args=("organisation",), method="post"),
    "applications:vault": Line(enters=MEMBERS, refused=STAFF, args=("organisation",)),
    "applications:vault_document": Line(enters=MEMBER, refused=NO_READER, args=("organisation", "kept")),
    "applications:vault_remove": Line(enters=MEMBER, refused=NO_READER, args=("organisation", "kept"), method="post"),
    "applications:kept_file": Line(enters=MEMBERS | OFFICE, refused=NOBODY, args=("kept",)),
    "applications:fit": Line(enters=PUBLIC, args=("programme",)),
    "applications:late": Line(enters=MEMBER, args=("late",)),
    "applications:create": Line(enters=APPLICANTS, args=("programme",)),
    "applications:step": Line(enters=MEMBER, refused=only("reader"), args=("draft", "=vorhaben")),
    "applications:import_new": Line(enters=APPLICANTS, args=("programme",)),
    "applications:export": Line(enters=MEMBERS, refused=NOBODY, args=("draft",)),
    "applications:import": Line(enters=MEMBER, refused=only("reader"), args=("draft",)),
    "applications:copy": Line(enters=MEMBER, refused=only("reader"), args=("active",)),
    "applications:discard": Line(enters=MEMBER, refused=only("reader"), args=("draft",)),
    "applications:here": Line(enters=MEMBER, refused=only("reader"), args=("draft", "=vorhaben")),
    "applications:attachment": Line(enters=MEMBERS | OFFICE, refused=NOBODY, args=("attachment",)),
    # workflow: the counter
    "workflow:my_applications": Line(enters=APPLICANTS),
    "workflow:my_case": Line(enters=MEMBERS, refused=NOBODY, args=("active",)),
    "workflow:file": Line(enters=MEMBERS, refused=NOBODY, args=("draft",)),
    "workflow:sign": Line(enters=MEMBER, refused=only("reader"), args=("draft",)),
    "workflow:ask_to_sign": Line(enters=MEMBER, refused=only("reader"), args=("draft",), method="post"),
    "workflow:receipt": Line(enters=MEMBERS, refused=NOBODY, args=("active",)),
    "workflow:my_notice": Line(enters=MEMBERS, refused=NOBODY, args=("active",)),
    "workflow:request_payment": Line(enters=MEMBER, refused=only("reader"), args=("active",)),
    "workflow:my_messages": Line(enters=MEMBERS, refused=NOBODY, args=("active",)),
    "workflow:message_file": Line(enters=MEMBERS | OFFICE, refused=NOBODY, args=("message_file",)),
    "workflow:my_differences": Line(enters=MEMBERS, refused=NOBODY, args=("active",)),
    "workflow:calendar_subscription": Line(enters=PEOPLE),
    "workflow:calendar_make": Line(enters=PEOPLE, method="post"),
    "workflow:calendar_off": Line(enters=PEOPLE, method="post"),
    "workflow:calendar": Line(enters=PUBLIC, args=("feed",)),
    "workflow:own_data": Line(enters=PEOPLE),
    "workflow:own_data_download": Line(enters=PEOPLE, method="post"),
    # workflow: the office
    "workflow:today": Line(enters=only("caseworker", "coordinator", "technical_reviewer")),
    "workflow:case_list": Line(enters=OFFICE),
    "workflow:absences": Line(enters=only("caseworker", "coordinator", "technical_reviewer")),
    "workflow:absence_end": Line(enters=only("caseworker", "coordinator"), args=("absence",), method="post"),
    "workflow:case_list_csv": Line(enters=OFFICE),
    "workflow:case_list_xlsx": Line(enters=OFFICE),
    "workflow:saved_list_new": Line(enters=OFFICE),
    "workflow:saved_list": Line(enters=only("caseworker"), refused=PEOPLE - OFFICE, args=("saved_list",)),
    "workflow:saved_list_remove": Line(
        enters=only("caseworker"), refused=PEOPLE - OFFICE, args=("saved_list",), method="post"
    ),
    "workflow:case": Line(enters=OFFICE, args=("reference",)),
    "workflow:case_step": Line(
        enters=only("caseworker"), refused=OFFICE | MEMBERS, args=("case", "=request_information")
    ),
    "workflow:award_step": Line(enters=only("caseworker"), refused=OFFICE | MEMBERS, args=("award", "=issue")),
    "workflow:tick": Line(enters=only("caseworker"), args=("reference", "point"), method="post"),
    "workflow:point_reopen": Line(enters=only("caseworker"), args=("reference", "point"), method="post"),
    "workflow:assign": Line(enters=only("caseworker"), args=("reference",), method="post"),
    "workflow:paper_applications": Line(enters=only("caseworker")),
    "workflow:paper_organisation": Line(enters=only("caseworker")),
    "workflow:paper_organisation_edit": Line(enters=only("caseworker"), args=("on_paper_organisation",)),
    "workflow:intake_new": Line(enters=only("caseworker"), args=("organisation",)),
    "workflow:paper_application": Line(enters=only("caseworker"), args=("on_paper",)),
    "workflow:letters": Line(enters=only("caseworker")),
    "workflow:letter_posted": Line(enters=only("caseworker"), args=("paper_letter",), method="post"),
    "workflow:letter_pdf": Line(enters=only("caseworker"), args=("paper_letter",)),
    "workflow:findings_refresh": Line(enters=only("caseworker", "decider"), args=("reference",), method="post"),
    "workflow:finding_acknowledge": Line(
        enters=only("caseworker", "decider"), args=("reference", "finding"), method="post"
    ),
    "workflow:hand_over": Line(enters=only("caseworker", "coordinator"), args=("reference",)),
    "workflow:case_labels": Line(enters=OFFICE - only("auditor"), args=("reference",)),
    "workflow:case_here": Line(enters=OFFICE, args=("reference",)),
    "workflow:note_write": Line(enters=OFFICE - only("auditor"), args=("reference",), method="post"),
    "workflow:note_strike": Line(
        enters=only("caseworker", "coordinator"), refused=PEOPLE, args=("reference", "note"), method="post"
    ),
    "workflow:case_messages": Line(enters=OFFICE, args=("reference",)),
    "workflow:case_differences": Line(enters=OFFICE, args=("reference",)),
    "workflow:decide": Line(enters=only("decider"), args=("proposed",)),
    "workflow:notice": Line(enters=OFFICE, args=("approved",)),
    "workflow:document": Line(enters=OFFICE | MEMBERS, refused=NOBODY, args=("active_reference", "receipt")),
    "workflow:account_changes": Line(enters=ACCOUNTS | only("auditor")),
    "workflow:account_change": Line(enters=ACCOUNTS | only("auditor"), args=("account_change",)),
    "workflow:account_check": Line(enters=ACCOUNTS, args=("account_change",), method="post"),
    "workflow:account_confirm": Line(enters=only("verifier", "treasury"), args=("account_change",), method="post"),
    "workflow:account_refuse": Line(enters=ACCOUNTS, args=("account_change",), method="post"),
    "workflow:programme": Line(enters=PUBLIC, args=("programme",)),
    "workflow:review": Line(enters=OFFICE - only("committee_office"), args=("reference",)),
    "workflow:opinions": Line(enters=OFFICE, args=("reference",)),
    "workflow:opinion_withdraw": Line(
        enters=only("caseworker", "technical_reviewer"), args=("reference", "opinion"), method="post"
    ),
    "workflow:opinion": Line(enters=PUBLIC, args=("opinion_secret",)),
    "workflow:criteria": Line(enters=ADMIN),
    "workflow:criterion_programme": Line(enters=ADMIN, args=("programme_pk",)),
    "workflow:criterion_new": Line(enters=ADMIN, args=("programme_pk",)),
    "workflow:criterion_edit": Line(enters=ADMIN, args=("criterion",)),
    "workflow:criterion_move": Line(enters=ADMIN, args=("criterion",), method="post"),
    "workflow:criterion_retire": Line(enters=ADMIN, args=("criterion",), method="post"),
    "workflow:involvements": Line(enters=only("coordinator", "committee_office", "auditor")),
    "workflow:my_involvements": Line(enters=STAFF),
    "workflow:involvement_new": Line(enters=only("coordinator", "committee_office")),
    "workflow:involvement_end": Line(enters=only("coordinator", "committee_office"), args=("tie",)),
    "workflow:late_links": Line(enters=only("caseworker", "coordinator", "auditor")),
    "workflow:late_link_new": Line(enters=only("caseworker", "coordinator")),
    "workflow:late_link_revoke": Line(enters=only("caseworker", "coordinator"), args=("late",), method="post"),
    "workflow:decisions": Line(enters=only("decider")),
    "workflow:resolutions": Line(enters=OFFICE),
    "workflow:consultation": Line(enters=OFFICE, args=("consultation",)),
    "workflow:vote": Line(enters=only("committee_office"), args=("consultation",)),
    "workflow:vote_correct": Line(enters=only("committee_office"), args=("voted",)),
    "workflow:carry_out": Line(enters=only("committee_office", "decider"), args=("voted",)),
    "workflow:follow_up_new": Line(enters=OFFICE - only("auditor"), args=("voted",)),
    "workflow:follow_up_done": Line(enters=only("committee_office", "coordinator"), args=("follow_up",)),
    "workflow:bulk_decide": Line(enters=only("decider"), method="post"),
    "workflow:bulk_sum": Line(enters=OFFICE),
    "workflow:bulk_step": Line(enters=only("caseworker"), args=("=start_check",)),
    "workflow:job": Line(enters=OFFICE, args=("job",)),
    "workflow:waiting_list": Line(enters=OFFICE),
    "workflow:waiting_move": Line(enters=only("caseworker"), args=("reference",)),
    "workflow:scenario_list": Line(enters=SCENARIOS),
    "workflow:scenario_new": Line(enters=only("caseworker", "coordinator")),
    "workflow:scenario_compare": Line(enters=SCENARIOS),
    "workflow:scenario": Line(enters=SCENARIOS, args=("scenario",)),
    "workflow:scenario_cases": Line(enters=only("caseworker", "coordinator"), args=("scenario",)),
    "workflow:scenario_stand": Line(enters=only("caseworker", "coordinator"), args=("scenario",), method="post"),
    "workflow:scenario_remove": Line(enters=only("caseworker", "coordinator"), args=("scenario",), method="post"),
    "workflow:scenario_propose": Line(enters=SCENARIOS, args=("scenario",)),
    "workflow:scenario_paper": Line(enters=only("caseworker"), args=("scenario",), method="post"),
    "workflow:committee": Line(enters=OFFICE),
    "workflow:sessions": Line(enters=PAPERS),
    "workflow:session": Line(enters=PAPERS, args=("session",)),
    "workflow:session_new": Line(enters=only("committee_office")),
    "workflow:session_change": Line(enters=only("committee_office"), args=("session",)),
    "workflow:session_cancel": Line(enters=only("committee_office"), args=("session",)),
    "workflow:session_hold": Line(enters=only("committee_office"), args=("session",), method="post"),
    "workflow:session_agenda": Line(enters=only("committee_office"), args=("session",), method="post"),
    "workflow:body": Line(enters=PAPERS, args=("=kreistag",)),
    "workflow:body_change": Line(enters=only("committee_office"), args=("=kreistag",)),
    "workflow:body_member_new": Line(enters=only("committee_office"), args=("=kreistag",)),
    "workflow:body_member": Line(enters=only("committee_office"), args=("=kreistag", "councillor")),
    "workflow:papers": Line(enters=PAPERS),
    "workflow:paper_new": Line(enters=WRITERS),
    "workflow:paper": Line(enters=PAPERS, args=("paper",)),
    "workflow:paper_edit": Line(enters=WRITERS, args=("paper",)),
    "workflow:paper_annex": Line(enters=PAPERS, args=("annex",)),
    "workflow:paper_annex_new": Line(enters=WRITERS, args=("paper",)),
    "workflow:paper_annex_remove": Line(enters=WRITERS, args=("paper", "annex"), method="post"),
    "workflow:paper_freeze": Line(enters=WRITERS, args=("paper",), method="post"),
    "workflow:paper_take_back": Line(enters=WRITERS, args=("frozen_paper",)),
    "workflow:paper_discard": Line(enters=WRITERS, args=("paper",), method="post"),
    "workflow:paper_file": Line(enters=PAPERS, args=("frozen_paper", "=oeffentlich.pdf")),
    "workflow:overview": Line(enters=PUBLIC),
    "workflow:overview_csv": Line(enters=PUBLIC),
    "workflow:overview_xlsx": Line(enters=PUBLIC),
    "workflow:overview_json": Line(enters=PUBLIC),
    "workflow:funded_csv": Line(enters=PUBLIC),
    "workflow:log": Line(enters=only("auditor", "dpo", "sysadmin")),
    # workflow: the administration
    "workflow:administration": Line(enters=ADMIN),
    "workflow:administration_settings": Line(enters=only("sysadmin")),
    "workflow:administration_setting": Line(enters=only("sysadmin"), args=("=upload.max_files",)),
    "workflow:administration_background": Line(enters=only("sysadmin")),
    "workflow:administration_retry": Line(enters=only("sysadmin"), args=("letter",), method="post"),
    "workflow:administration_entries": Line(enters=ADMIN, args=("=programme",)),
    "workflow:administration_new": Line(enters=ADMIN, args=("=programme",)),
    "workflow:administration_entry": Line(enters=ADMIN, args=("=programme", "programme_pk")),
    "workflow:administration_remove": Line(enters=ADMIN, args=("=unterlagen", "tier")),
    "workflow:checkpoints": Line(enters=ADMIN),
    "workflow:checkpoint_programme": Line(enters=ADMIN, args=("programme_pk",)),
    "workflow:checkpoint_new": Line(enters=ADMIN, args=("programme_pk",)),
    "workflow:checkpoint_edit": Line(enters=ADMIN, args=("check_point",)),
    "workflow:checkpoint_move": Line(enters=ADMIN, args=("check_point",), method="post"),
    "workflow:checkpoint_retire": Line(enters=ADMIN, args=("check_point",), method="post"),
    "workflow:checkpoint_restore": Line(enters=ADMIN, args=("check_point",), method="post"),
    "workflow:questions": Line(enters=ADMIN),
    "workflow:question_programme": Line(enters=ADMIN, args=("programme_pk",)),
    "workflow:question_begin": Line(enters=ADMIN, args=("programme_pk",), method="post"),
    "workflow:question_new": Line(enters=ADMIN, args=("programme_pk",)),
    "workflow:question_preview": Line(enters=ADMIN, args=("programme_pk",)),
    "workflow:question_discard": Line(enters=ADMIN, args=("programme_pk",)),
    "workflow:question_version": Line(enters=ADMIN, args=("programme_pk", "=1")),
    "workflow:question_publish": Line(enters=ADMIN, args=("programme_pk",)),
    "workflow:question_edit": Line(enters=ADMIN, args=("question",)),
    "workflow:question_move": Line(enters=ADMIN, args=("question",), method="post"),
    "workflow:question_remove": Line(enters=ADMIN, args=("question",)),
}

OTHER_TASKS: dict[str, Line] = {
    "workflow:review": Line(enters=only("caseworker", "technical_reviewer"), args=("reference",), method="post"),
    "workflow:opinions": Line(enters=OFFICE, args=("reference",), method="post"),
    "workflow:my_messages": Line(enters=MEMBER, refused=only("reader"), args=("active",), method="post"),
    "workflow:case_messages": Line(enters=OFFICE - only("auditor"), args=("reference",), method="post"),
    "workflow:administration_entries": Line(enters=only("sysadmin"), args=("=wertgrenzen",)),
    "workflow:administration_new": Line(enters=only("sysadmin"), args=("=wertgrenzen",)),
    "workflow:scenario": Line(enters=only("caseworker", "coordinator"), args=("scenario",), method="post"),
    "workflow:scenario_propose": Line(enters=only("caseworker"), args=("frozen_scenario",), method="post"),
    "workflow:case_step": Line(enters=MEMBER, refused=OFFICE | MEMBERS, args=("case", "=withdraw")),
    "workflow:award_step": Line(enters=MEMBER, refused=OFFICE | MEMBERS, args=("active_award", "=renounce")),
    "funding:disbursement_step": Line(enters=FINANCE - only("treasury", "auditor"), refused=PAYMENTS,
                                      args=("disbursement", "=cancel")),
    "funding:run_list": Line(enters=only("treasury"), method="post"),
    "funding:budget_movement": Line(enters=only("budget_officer"), args=("line", "=allocation")),
    "applications:attachment": Line(enters=MEMBERS, refused=NOBODY, args=("draft_attachment",)),
    "applications:kept_file": Line(enters=MEMBERS | ACCOUNTS | only("auditor"), refused=NOBODY, args=("proof",)),
    "workflow:my_notice": Line(enters=NOBODY, refused=NOBODY, args=("undecided",)),
    "workflow:notice": Line(enters=only("caseworker"), args=("approved",), method="post"),
    "workflow:paper_file": Line(enters=PAPERS, args=("paper", "=entwurf.pdf")),
    "workflow:document": Line(enters=OFFICE, refused=NOBODY, args=("approved", "unsent_notice")),
}  # fmt: skip
"""Addresses whose answer depends on what stands in them: a second line for the other case."""

LOG_IN = frozenset({
    "account_login", "account_request_login_code", "account_confirm_login_code", "mfa_login_webauthn",
    "mfa_authenticate", "account_logout", "account_inactive", "account_signup", "account_email_verification_sent",
})  # fmt: skip
"""allauth's, open to everybody."""
OWN_ACCOUNT = frozenset({
    "account_email", "mfa_index", "mfa_reauthenticate", "mfa_activate_totp", "mfa_deactivate_totp",
    "mfa_view_recovery_codes", "mfa_generate_recovery_codes", "mfa_download_recovery_codes", "mfa_list_webauthn",
    "mfa_add_webauthn", "mfa_reauthenticate_webauthn", "mfa_edit_webauthn", "mfa_remove_webauthn",
})  # fmt: skip
"""allauth's, each person for themselves."""
