"""The Case: what the office does with an application, from its arrival to the decision."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Self

from django.db import models
from django.db.models import F, Q
from django.utils.timezone import localdate
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django_fsm import transition

from accounts.roles import Role
from applications.models import Application
from funding.models import BudgetLine, Programme
from funding.money import MoneyField, format_money
from journal.actors import SYSTEM, Actor
from journal.machine import Machine, StateField, by, step
from workflow import awarding, inquiries, money, rules, turns, undoing


class CaseState(models.TextChoices):
    SUBMITTED = "submitted", _("Zu prüfen")
    FORMAL_CHECK = "formal_check", _("Formale Prüfung")
    INFO_REQUESTED = "info_requested", _("Nachforderung läuft")
    TECHNICAL_REVIEW = "technical_review", _("Fachliche Prüfung")
    WAITLISTED = "waitlisted", _("Warteliste")
    IN_COMMITTEE = "in_committee", _("Im Gremium")
    DECISION_READY = "decision_ready", _("Zur Entscheidung")
    REVISION_OFFERED = "revision_offered", _("Angebot läuft")
    APPROVED = "approved", _("Bewilligt")
    REJECTED = "rejected", _("Abgelehnt")
    WITHDRAWN = "withdrawn", _("Zurückgezogen")
    LAPSED = "lapsed", _("Verfallen")


S = CaseState
BEFORE_DECISION = (
    S.SUBMITTED, S.FORMAL_CHECK, S.INFO_REQUESTED, S.TECHNICAL_REVIEW, S.WAITLISTED, S.IN_COMMITTEE,
    S.DECISION_READY, S.REVISION_OFFERED,
)  # fmt: skip
CLOSED = (S.WITHDRAWN, S.LAPSED)


class CaseQuerySet(models.QuerySet["Case"]):
    def undecided(self) -> CaseQuerySet:
        return self.filter(state__in=BEFORE_DECISION)

    def for_member(self, user_key: uuid.UUID | None) -> CaseQuerySet:
        """Cases of the organisations in which the person is a member."""
        if user_key is None:
            return self.none()
        return self.filter(application__organisation__memberships__user__key=user_key)


class Case(Machine):
    """`proposed_amount` is None while nothing is proposed, and zero when rejection is proposed."""

    label_of_machine = "workflow.case"
    _is_exception = False
    """Proposed or offered below the programme's least award: the journal says so."""

    application = models.OneToOneField(Application, on_delete=models.PROTECT, related_name="+")
    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="+")
    reference = models.CharField(_("Aktenzeichen"), max_length=24, unique=True)
    fiscal_year = models.PositiveSmallIntegerField(_("Haushaltsjahr"))
    requested_amount = MoneyField(_("beantragt"))
    state = StateField(_("Stand"), choices=S.choices, default=S.SUBMITTED)
    is_partial = models.BooleanField(_("teilweise"), default=False)
    received_at = models.DateTimeField(_("eingegangen"))
    is_late = models.BooleanField(_("verspätet"), default=False)
    complete_since = models.DateField(_("vollständig seit"), null=True)
    answer_due_on = models.DateField(_("Antwort bis"), null=True)
    assigned_to = models.UUIDField(null=True, db_index=True)
    state_since = models.DateTimeField(_("seit"))

    proposed_amount = MoneyField(_("vorgeschlagen"), null=True)
    proposal_reason = models.TextField(_("Begründung des Vorschlags"), blank=True)
    proposed_by = models.UUIDField(null=True)
    proposed_at = models.DateTimeField(null=True)
    score = models.PositiveSmallIntegerField(_("Punkte"), null=True)
    waiting_rank = models.PositiveSmallIntegerField(_("Rang auf der Warteliste"), null=True)
    offered_amount = MoneyField(_("angeboten"), null=True)
    offer_accepted_at = models.DateTimeField(null=True)
    decided_amount = MoneyField(_("bewilligt"), null=True)
    decision_reason = models.TextField(_("Begründung der Entscheidung"), blank=True)
    decided_by = models.UUIDField(null=True)
    decided_at = models.DateTimeField(null=True)
    early_start_from = models.DateField(_("vorzeitiger Beginn ab"), null=True)
    early_start_on = models.DateField(_("vorzeitiger Beginn zugestimmt am"), null=True)
    early_start_by = models.UUIDField(null=True)
    is_paper = models.BooleanField(_("auf Papier"), default=False)
    """Came by post or at the desk: letters go out on paper, too."""
    rejection_sent_on = models.DateField(_("Ablehnung versendet"), null=True)

    objects = CaseQuerySet.as_manager()

    class Meta:
        ordering = ("-received_at",)
        indexes = [
            models.Index(fields=["state", "received_at"], name="case_state_received"),
            models.Index(fields=["-received_at"], name="case_received"),
        ]
        constraints = [
            models.CheckConstraint(name="case_state_known", condition=Q(state__in=S.values)),
            models.CheckConstraint(
                name="case_decider_is_second_person",
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("proposed_by")),
            ),
            models.CheckConstraint(
                name="case_decided_has_person_and_day",
                condition=~Q(state=S.APPROVED)
                | Q(decided_by__isnull=False, decided_at__isnull=False, decided_amount__gt=0),
            ),
            models.CheckConstraint(
                name="case_proposal_before_decision",
                condition=~Q(state__in=[S.DECISION_READY, S.REVISION_OFFERED])
                | Q(proposed_amount__isnull=False, proposed_by__isnull=False),
            ),
            models.CheckConstraint(
                name="case_question_has_deadline",
                condition=~Q(state__in=[S.INFO_REQUESTED, S.REVISION_OFFERED]) | Q(answer_due_on__isnull=False),
            ),
            models.CheckConstraint(
                name="case_early_start_has_person",
                condition=Q(early_start_from__isnull=True)
                | Q(early_start_on__isnull=False, early_start_by__isnull=False),
            ),
            models.CheckConstraint(
                name="case_decided_within_request",
                condition=Q(decided_amount__isnull=True) | Q(decided_amount__lte=F("requested_amount")),
            ),
        ]
        verbose_name = _("Vorgang")
        verbose_name_plural = _("Vorgänge")

    def __str__(self) -> str:
        return self.reference

    @property
    def thread(self) -> str:
        return self.reference

    @property
    def facts_told(self) -> dict[str, Any]:
        """Amounts as they stand after a step, and until when somebody is asked: for the timeline."""
        amounts = {"proposed": self.proposed_amount, "offered": self.offered_amount, "decided": self.decided_amount}
        told = {name: str(amount) for name, amount in amounts.items() if amount is not None}
        days = {"due_on": self.answer_due_on, "early_start_from": self.early_start_from}
        told |= {name: str(day) for name, day in days.items() if day is not None}
        return told | ({"is_exception": True} if self._is_exception else {})

    @classmethod
    def locked(cls, pk: Any) -> Self:
        """Application before Case: the one lock order of the house."""
        held = Application.objects.select_for_update(of=("self",)).get(
            pk=cls.objects.values_list("application_id", flat=True).get(pk=pk)
        )
        found = super().locked(pk)
        found.application = held
        return found

    def budget_line(self) -> BudgetLine:
        """The line that pays this case. Raises Refused if the year has none."""
        return money.line_for(self.programme, self.fiscal_year)

    # The check

    @transition(
        field="state", source=[S.SUBMITTED], target=S.FORMAL_CHECK,
        custom=step(
            label=_("Prüfung beginnen"),
            kind="check_started",
            judges=True,
            permission=by(Role.CASEWORKER),
            consequence=_("Die Prüfliste öffnet sich. Der Verein sieht: „In Prüfung“."),
        ),
    )  # fmt: skip
    def start_check(self, *, actor: Actor, at: datetime) -> None:
        self.state_since, self.assigned_to = at, actor.key
        inquiries.open_checklist(self, at=at)

    @transition(
        field="state", source=[S.FORMAL_CHECK], target=S.TECHNICAL_REVIEW,
        custom=step(
            label=_("Zur fachlichen Prüfung geben"),
            kind="check_completed",
            judges=True,
            permission=by(Role.CASEWORKER),
            guards=(rules.checklist_is_complete,),
            messages=("check_completed",),
            consequence=_("Der Antrag gilt dann ab heute als vollständig. Der Verein bekommt eine kurze Nachricht."),
        ),
    )  # fmt: skip
    def complete_check(self, *, actor: Actor, at: datetime) -> None:
        self.state_since, self.complete_since = at, localdate(at)

    @transition(
        field="state", source=[S.FORMAL_CHECK], target=S.INFO_REQUESTED,
        custom=step(
            label=_("Unterlagen nachfordern"),
            kind="information_requested",
            judges=True,
            permission=by(Role.CASEWORKER),
            form="workflow.forms.inquiry.InformationRequestForm",
            messages=("information_requested",),
            consequence=_("Der Verein kann dann nur die genannten Abschnitte ändern."),
            tone="secondary",
        ),
    )  # fmt: skip
    def request_information(
        self, *, actor: Actor, at: datetime, items: str, sections: list[str], due_on: date, text: str = ""
    ) -> None:
        self.state_since, self.answer_due_on = at, due_on
        inquiries.ask(self, items=items, text=text, sections=sections, due_on=due_on, actor=actor, at=at)

    @transition(
        field="state", source=[S.INFO_REQUESTED], target=S.FORMAL_CHECK,
        custom=step(
            label=_("Antwort senden"),
            kind="information_answered",
            permission=rules.member_who_may_file,
            guards=(rules.application_is_complete,),
            form="workflow.forms.case.AnswerForm",
            messages=("information_answered",),
            consequence=_("Wir prüfen dann weiter."),
        ),
    )  # fmt: skip
    def answer(self, *, actor: Actor, at: datetime, answer: str) -> None:
        self.state_since, self.answer_due_on = at, None
        inquiries.answered(self, answer=answer, actor=actor, at=at)

    @transition(
        field="state", source=[S.INFO_REQUESTED], target=S.FORMAL_CHECK,
        custom=step(
            label=_("Antwort auf Papier eintragen"),
            kind="answer_entered",
            permission=by(Role.CASEWORKER),
            guards=(rules.came_on_paper,),
            form="workflow.forms.intake.AnswerByLetterForm",
            consequence=_("Für einen Brief oder einen Besuch am Schalter. Der Scan kommt in die Akte."),
            tone="secondary",
        ),
    )  # fmt: skip
    def enter_answer(self, *, actor: Actor, at: datetime, answer: str, scan: Any) -> None:
        self.state_since, self.answer_due_on = at, None
        inquiries.file_scan(self, scan=scan, actor=actor, at=at)
        inquiries.answered(self, answer=answer, actor=actor, at=at)

    @transition(
        field="state", source=[S.INFO_REQUESTED], target=S.LAPSED,
        custom=step(
            label=_("Ohne Antwort beenden"),
            kind="lapsed",
            judges=True,
            permission=by(Role.CASEWORKER),
            guards=(rules.answer_is_overdue, rules.reminder_was_sent),
            form="journal.forms.ReasonForm",
            messages=("lapsed",),
            tone="secondary",
        ),
    )  # fmt: skip
    def lapse(self, *, actor: Actor, at: datetime, reason: str) -> None:
        self.state_since, self.answer_due_on = at, None
        inquiries.close(self)

    @transition(
        field="state", source=[S.INFO_REQUESTED], target=S.FORMAL_CHECK,
        custom=step(
            label=_("Prüfung ohne Antwort fortsetzen"),
            kind="check_resumed",
            judges=True,
            permission=by(Role.CASEWORKER),
            guards=(rules.answer_is_overdue, rules.reminder_was_sent),
            form="journal.forms.ReasonForm",
            consequence=_("Danach können Sie die Ablehnung aus formalen Gründen vorschlagen."),
            tone="tertiary",
        ),
    )  # fmt: skip
    def resume_check(self, *, actor: Actor, at: datetime, reason: str) -> None:
        self.state_since, self.answer_due_on = at, None
        inquiries.close(self)

    @transition(
        field="state", source=[S.FORMAL_CHECK], target=S.DECISION_READY,
        custom=step(
            label=_("Ablehnung aus formalen Gründen vorschlagen"),
            kind="rejection_proposed",
            judges=True,
            permission=by(Role.CASEWORKER),
            form="journal.forms.ReasonForm",
            tone="tertiary",
        ),
    )  # fmt: skip
    def propose_formal_rejection(self, *, actor: Actor, at: datetime, reason: str) -> None:
        money.propose(self, Decimal("0.00"), reason=reason, actor=actor, at=at)

    # Review and proposal

    @transition(
        field="state", source=[S.TECHNICAL_REVIEW, S.WAITLISTED], target=S.DECISION_READY,
        custom=step(
            label=_("Vorschlag an die Entscheidung geben"),
            kind="proposed",
            judges=True,
            permission=by(Role.TECHNICAL_REVIEWER, Role.CASEWORKER),
            guards=(rules.not_for_a_body,),
            form="workflow.forms.case.ProposalForm",
            consequence=_("Das Geld wird bis zur Entscheidung vorgemerkt."),
        ),
    )  # fmt: skip
    def propose(
        self,
        *,
        actor: Actor,
        at: datetime,
        amount: Decimal,
        reason: str,
        score: int | None = None,
        shares: dict[BudgetLine, Decimal] | None = None,
        exception: bool = False,
        skipping: str = "",
    ) -> None:
        """`skipping` says why the case goes before others on the waiting list, `exception` that it may be so little."""
        money.refuse_low(self, amount, exception=exception)
        turns.go_before(self, reason=skipping, actor=actor, at=at)
        self.score, self._is_exception = score, exception
        money.propose(self, amount, reason=reason, shares=shares, actor=actor, at=at)

    @transition(
        field="state", source=[S.TECHNICAL_REVIEW, S.WAITLISTED], target=S.IN_COMMITTEE,
        custom=step(
            label=_("An das Gremium geben"),
            kind="referred_to_committee",
            judges=True,
            permission=by(Role.CASEWORKER, Role.TECHNICAL_REVIEWER),
            form="journal.forms.ReasonForm",
            tone="secondary",
        ),
    )  # fmt: skip
    def refer_to_committee(self, *, actor: Actor, at: datetime, reason: str) -> None:
        turns.go_before(self, reason=reason, actor=actor, at=at)
        self.state_since = at
        self.proposed_by, self.proposed_at, self.proposal_reason = actor.key, at, reason

    @transition(
        field="state", source=[S.IN_COMMITTEE], target=S.DECISION_READY,
        custom=step(
            label=_("Beschluss eintragen"),
            kind="resolution_recorded",
            judges=True,
            permission=by(Role.COMMITTEE_OFFICE),
            form="workflow.forms.case.ResolutionForm",
            consequence=_("Das Geld wird vorgemerkt. Danach entscheidet die Leitung im Rahmen des Beschlusses."),
        ),
    )  # fmt: skip
    def record_resolution(
        self,
        *,
        actor: Actor,
        at: datetime,
        amount: Decimal,
        shares: dict[BudgetLine, Decimal] | None = None,
        **vote: Any,
    ) -> None:
        proposer, reason = self.proposed_by, self.proposal_reason
        money.propose(self, amount, reason=reason, shares=shares, actor=actor, at=at)
        self.proposed_by = proposer or actor.key
        awarding.record_resolution(self, amount=amount, vote=vote)

    @transition(
        field="state", source=[S.TECHNICAL_REVIEW, S.DECISION_READY], target=S.WAITLISTED,
        custom=step(
            label=_("Auf die Warteliste setzen"),
            kind="waitlisted",
            judges=True,
            permission=by(Role.CASEWORKER, Role.DECIDER),
            form="journal.forms.ReasonForm",
            messages=("waitlisted",),
            tone="tertiary",
        ),
    )  # fmt: skip
    def put_on_waitlist(self, *, actor: Actor, at: datetime, reason: str) -> None:
        self.state_since = at
        turns.enter(self)
        money.release(self, reason=reason, actor=actor, at=at)

    # Decision

    @transition(
        field="state", source=[S.DECISION_READY], target=S.APPROVED,
        custom=step(
            label=lambda case: _t("%(amount)s bewilligen") % {"amount": format_money(case.proposed_amount)},
            kind="approved",
            judges=True,
            permission=by(Role.DECIDER),
            guards=(
                rules.proposal_is_positive, rules.decider_is_second_person, rules.body_has_resolved,
                rules.offer_is_accepted, rules.project_has_not_begun, rules.nothing_stands_in_the_way,
            ),
            form="workflow.forms.decision.ApprovalForm",
            consequence=_("Das Geld wird sofort gebunden. Nach außen gilt die Entscheidung erst mit dem Bescheid."),
        ),
    )  # fmt: skip
    def approve(self, *, actor: Actor, at: datetime, conditions: list[str], reason: str = "") -> None:
        assert self.proposed_amount is not None
        money.require_reason(self, reason)
        money.decide(self, self.proposed_amount, reason=reason, actor=actor, at=at)
        self.is_partial = self.proposed_amount < self.requested_amount
        awarding.award(self, conditions=conditions, actor=actor, at=at)

    @transition(
        field="state", source=[S.DECISION_READY], target=S.REVISION_OFFERED,
        custom=step(
            label=_("Einen niedrigeren Betrag anbieten"),
            kind="offered",
            judges=True,
            permission=by(Role.DECIDER),
            guards=(rules.proposal_is_positive, rules.decider_is_second_person),
            form="workflow.forms.decision.OfferForm",
            messages=("offered",),
            consequence=_("Der Verein bestätigt zuerst einen Finanzplan über den neuen Betrag. Bis dahin bleibt das Geld vorgemerkt."),
            tone="secondary",
        ),
    )  # fmt: skip
    def offer(
        self, *, actor: Actor, at: datetime, amount: Decimal, reason: str, due_on: date, exception: bool = False
    ) -> None:
        money.refuse_low(self, amount, exception=exception)
        self._is_exception = exception
        self.state_since, self.answer_due_on, self.offered_amount = at, due_on, amount
        self.proposed_amount, self.decision_reason, self.offer_accepted_at = amount, reason, None
        money.reserve(self, amount, actor=actor, at=at)
        inquiries.open_plan(self, amount=amount)

    @transition(
        field="state", source=[S.REVISION_OFFERED], target=S.DECISION_READY,
        custom=step(
            label=inquiries.label_of_acceptance,
            kind="offer_accepted",
            permission=rules.member_who_may_file,
            guards=(rules.plan_fits_offer,),
            form="workflow.forms.case.AcceptanceForm",
            messages=("offer_accepted",),
            consequence=_("Danach entscheidet die Verwaltung. Ihre Annahme ist noch keine Bewilligung."),
        ),
    )  # fmt: skip
    def accept_offer(self, *, actor: Actor, at: datetime, amount: Decimal | None = None) -> None:
        """`amount` is what the person read in the plan; the plan under the lock counts, and it may be less than offered."""
        self._accept(amount, actor=actor, at=at)

    def _accept(self, amount: Decimal | None, *, actor: Actor, at: datetime) -> None:
        accepted = inquiries.accepted_amount(self, seen=amount)
        self.state_since, self.answer_due_on, self.offer_accepted_at = at, None, at
        if accepted != self.proposed_amount:
            self.proposed_amount = accepted
            money.reserve(self, accepted, actor=actor, at=at)
        inquiries.freeze(self, actor=actor, at=at)

    @transition(
        field="state", source=[S.REVISION_OFFERED], target=S.DECISION_READY,
        custom=step(
            label=_("Annahme auf Papier eintragen"),
            kind="offer_acceptance_entered",
            permission=by(Role.CASEWORKER),
            guards=(rules.came_on_paper, rules.plan_fits_offer),
            form="workflow.forms.intake.AcceptanceByLetterForm",
            consequence=_("Tragen Sie zuerst den geänderten Finanzplan ein. Der Scan kommt in die Akte."),
            tone="secondary",
        ),
    )  # fmt: skip
    def enter_acceptance(self, *, actor: Actor, at: datetime, scan: Any, amount: Decimal | None = None) -> None:
        inquiries.file_scan(self, scan=scan, actor=actor, at=at)
        self._accept(amount, actor=actor, at=at)

    @transition(
        field="state", source=[S.REVISION_OFFERED], target=S.LAPSED,
        custom=step(
            label=_("Angebot ist abgelaufen"),
            kind="offer_lapsed",
            judges=True,
            permission=by(Role.CASEWORKER, Role.DECIDER, SYSTEM),
            guards=(rules.answer_is_overdue,),
            messages=("lapsed",),
            tone="secondary",
        ),
    )  # fmt: skip
    def lapse_offer(self, *, actor: Actor, at: datetime) -> None:
        self.state_since, self.answer_due_on = at, None
        inquiries.close(self)
        money.release(self, reason="Angebot abgelaufen", actor=actor, at=at)

    @transition(
        field="state", source=[S.DECISION_READY], target=S.REJECTED,
        custom=step(
            label=_("Antrag ablehnen"),
            kind="rejected",
            judges=True,
            permission=by(Role.DECIDER),
            guards=(rules.decider_is_second_person,),
            form="journal.forms.ReasonForm",
            consequence=_("Der Verein bekommt einen Bescheid mit Begründung."),
            tone="tertiary",
        ),
    )  # fmt: skip
    def reject(self, *, actor: Actor, at: datetime, reason: str) -> None:
        money.decide(self, Decimal("0.00"), reason=reason, actor=actor, at=at)
        money.release(self, reason="Ablehnung", actor=actor, at=at)

    @transition(
        field="state", source=[S.REJECTED], target=S.REJECTED,
        custom=step(
            label=_("Ablehnungsbescheid versenden"),
            kind="rejection_sent",
            judges=True,
            permission=by(Role.CASEWORKER),
            guards=(rules.rejection_is_not_sent, rules.rejection_is_rendered),
            form="workflow.forms.case.DispatchRejectionForm",
            messages=("rejection_sent",),
            consequence=_("Ab dann erfährt der Verein die Entscheidung."),
        ),
    )  # fmt: skip
    def send_rejection(self, *, actor: Actor, at: datetime, sent_on: date) -> None:
        awarding.freeze_rejection(self, sent_on=sent_on)
        self.rejection_sent_on = sent_on

    @transition(
        field="state", source=[S.APPROVED, S.REJECTED], target=S.DECISION_READY,
        custom=step(
            label=_("Entscheidung zurücknehmen"),
            kind="decision_taken_back",
            judges=True,
            permission=by(Role.DECIDER),
            guards=(rules.is_own_decision, rules.nothing_is_sent),
            form="journal.forms.ReasonForm",
            consequence=_("Das geht, solange der Bescheid nicht versendet ist. Das Geld wird wieder vorgemerkt."),
            tone="tertiary",
        ),
    )  # fmt: skip
    def take_back_decision(self, *, actor: Actor, at: datetime, reason: str) -> None:
        awarding.undo(self, reason=reason, actor=actor, at=at)
        money.undecide(self, actor=actor, at=at)

    @transition(
        field="state", source=list(BEFORE_DECISION), target=None,
        custom=step(
            label=_("Vorzeitigem Beginn zustimmen"),
            kind="early_start_consented",
            judges=True,
            permission=by(Role.DECIDER),
            guards=(rules.start_lies_ahead,),
            form="workflow.forms.decision.EarlyStartForm",
            messages=("early_start_consented",),
            consequence=_("Der Verein darf dann vor der Entscheidung beginnen, auf eigenes Risiko. Geld sagt das nicht zu."),
            tone="tertiary",
        ),
    )  # fmt: skip
    def consent_to_early_start(self, *, actor: Actor, at: datetime, valid_from: date, reason: str) -> None:
        undoing.consent(self, valid_from=valid_from, actor=actor, at=at)

    # Back again, as long as nobody outside was told

    @transition(
        field="state", source=[S.FORMAL_CHECK], target=S.SUBMITTED,
        custom=step(
            label=_("Beginn der Prüfung zurücknehmen"),
            kind="check_start_taken_back",
            judges=True,
            permission=by(Role.CASEWORKER),
            guards=(undoing.nothing_is_checked,),
            form="journal.forms.ReasonForm",
            consequence=_("Der Antrag ist dann wieder neu und gehört niemandem. Die leere Prüfliste entfällt."),
            tone="tertiary",
        ),
    )  # fmt: skip
    def take_back_check(self, *, actor: Actor, at: datetime, reason: str) -> None:
        undoing.close_checklist(self, at=at)

    @transition(
        field="state", source=[S.TECHNICAL_REVIEW], target=S.FORMAL_CHECK,
        custom=step(
            label=_("Formale Prüfung wieder öffnen"),
            kind="check_reopened",
            judges=True,
            permission=by(Role.CASEWORKER),
            form="journal.forms.ReasonForm",
            consequence=_("Die Prüfliste ist dann wieder offen. Der Antrag gilt nicht mehr als vollständig."),
            tone="tertiary",
        ),
    )  # fmt: skip
    def reopen_check(self, *, actor: Actor, at: datetime, reason: str) -> None:
        self.state_since, self.complete_since = at, None

    @transition(
        field="state", source=[S.IN_COMMITTEE], target=S.TECHNICAL_REVIEW,
        custom=step(
            label=_("Aus dem Gremium zurückholen"),
            kind="referral_taken_back",
            judges=True,
            permission=by(Role.CASEWORKER),
            guards=(undoing.no_body_has_it,),
            form="journal.forms.ReasonForm",
            consequence=_("Das geht, solange keine festgeschriebene Vorlage den Vorgang nennt und kein Gremium beschlossen hat."),
            tone="tertiary",
        ),
    )  # fmt: skip
    def take_back_referral(self, *, actor: Actor, at: datetime, reason: str) -> None:
        undoing.forget_proposal(self, at=at)

    @transition(
        field="state", source=[S.DECISION_READY], target=S.TECHNICAL_REVIEW,
        custom=step(
            label=_("Vorschlag zurücknehmen"),
            kind="proposal_taken_back",
            judges=True,
            permission=undoing.proposer_or_caseworker,
            guards=(undoing.check_was_completed,),
            form="journal.forms.ReasonForm",
            consequence=_("Das vorgemerkte Geld ist dann wieder frei. Der Vorgang kommt zurück in die fachliche Prüfung."),
            tone="tertiary",
        ),
    )  # fmt: skip
    def take_back_proposal(self, *, actor: Actor, at: datetime, reason: str) -> None:
        undoing.take_back_proposal(self, reason=reason, actor=actor, at=at)

    @transition(
        field="state", source=[S.DECISION_READY], target=S.FORMAL_CHECK,
        custom=step(
            label=_("Vorgeschlagene Ablehnung zurücknehmen"),
            kind="formal_rejection_taken_back",
            judges=True,
            permission=by(Role.CASEWORKER),
            guards=(undoing.check_was_left_open,),
            form="journal.forms.ReasonForm",
            consequence=_("Der Vorgang kommt zurück in die formale Prüfung."),
            tone="tertiary",
        ),
    )  # fmt: skip
    def take_back_formal_rejection(self, *, actor: Actor, at: datetime, reason: str) -> None:
        undoing.take_back_proposal(self, reason=reason, actor=actor, at=at)

    # The association goes

    @transition(
        field="state", source=list(BEFORE_DECISION), target=S.WITHDRAWN,
        custom=step(
            label=_("Antrag zurückziehen"),
            kind="withdrawn",
            permission=rules.member_who_may_file,
            form="workflow.forms.case.WithdrawalForm",
            messages=("withdrawn", "withdrawal_received"),
            consequence=_("Wir prüfen dann nicht weiter. Solange das Programm offen ist, können Sie einen neuen Antrag stellen."),
            tone="tertiary",
        ),
    )  # fmt: skip
    def withdraw(self, *, actor: Actor, at: datetime, reason: str = "") -> None:
        self.state_since, self.answer_due_on = at, None
        inquiries.close(self)
        money.release(self, reason="Antrag zurückgezogen", actor=actor, at=at)

    @transition(
        field="state", source=list(BEFORE_DECISION), target=S.WITHDRAWN,
        custom=step(
            label=_("Als zurückgezogen eintragen"),
            kind="withdrawal_entered",
            permission=by(Role.CASEWORKER),
            form="workflow.forms.case.WithdrawalByLetterForm",
            messages=("withdrawn",),
            consequence=_("Für einen Brief oder einen Besuch am Schalter. Der Scan kommt in die Akte."),
            tone="tertiary",
        ),
    )  # fmt: skip
    def enter_withdrawal(self, *, actor: Actor, at: datetime, reason: str, scan: Any) -> None:
        inquiries.file_scan(self, scan=scan, actor=actor, at=at)
        self.state_since, self.answer_due_on = at, None
        inquiries.close(self)
        money.release(self, reason="Antrag zurückgezogen", actor=actor, at=at)
