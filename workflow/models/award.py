"""The Award: what the notice binds, from its draft to the closed file."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any, Self

from django.apps import apps
from django.db import models
from django.db.models import F, Q
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _
from django_fsm import transition

from accounts.roles import Role
from applications.models import Application
from funding.law.periods import Channel
from funding.money import MoneyField
from journal.actors import SYSTEM, Actor
from journal.machine import Machine, StateField, by, step
from workflow import awarding, rules


def case_model() -> Any:
    """The Case: named through the registry, since its module already needs the award's."""
    return apps.get_model("workflow", "Case")


class AwardState(models.TextChoices):
    DRAFT_NOTICE = "draft_notice", _("Bescheid im Entwurf")
    ISSUED = "issued", _("Bescheid versendet")
    NOTIFIED = "notified", _("Bekannt gegeben")
    CONTESTED = "contested", _("Klage anhängig")
    ACTIVE = "active", _("Bestandskräftig")
    REPORT_DUE = "report_due", _("Nachweis offen")
    REPORT_SUBMITTED = "report_submitted", _("Nachweis eingegangen")
    REPORT_INFO_REQUESTED = "report_info_requested", _("Nachforderung zum Nachweis")
    REPORT_IN_REVIEW = "report_in_review", _("Nachweis in Prüfung")
    SETTLED = "settled", _("Festgesetzt")
    CLOSED = "closed", _("Abgeschlossen")
    RENOUNCED = "renounced", _("Verzicht")
    REVOKED = "revoked", _("Bescheid aufgehoben")


S = AwardState
NOTIFIED_STATES = tuple(state for state in S if state not in {S.DRAFT_NOTICE, S.ISSUED})
RUNNING = (S.ACTIVE, S.REPORT_DUE, S.REPORT_SUBMITTED, S.REPORT_INFO_REQUESTED, S.REPORT_IN_REVIEW, S.SETTLED)
CHANNELS = [
    (Channel.LETTER.value, _("Brief mit der Post")),
    (Channel.PORTAL.value, _("zum Abholen im Portal")),
    (Channel.MAIL.value, _("E-Mail")),
]


class Award(Machine):
    """`effective_rate_*` is F0/E0 as the notice states it; `final_amount` is set by the settlement."""

    label_of_machine = "workflow.award"

    case = models.OneToOneField("workflow.Case", on_delete=models.PROTECT, related_name="award")
    state = StateField(_("Stand"), choices=S.choices, default=S.DRAFT_NOTICE)
    amount = MoneyField(_("bewilligt bis zu"))
    eligible_cost = MoneyField(_("zuwendungsfähige Ausgaben"))
    financing = models.CharField(_("Finanzierungsart"), max_length=10)
    effective_rate_numerator = models.BigIntegerField(default=1)
    effective_rate_denominator = models.BigIntegerField(default=1)
    conditions = models.JSONField(_("Nebenbestimmungen"), default=list)
    decided_by = models.UUIDField(null=True)
    decided_on = models.DateField()
    project_ends_on = models.DateField()
    report_due_on = models.DateField(_("Nachweis bis"))
    channel = models.CharField(_("Versand"), max_length=8, choices=CHANNELS, blank=True)
    issued_on = models.DateField(_("versendet am"), null=True)
    issued_by = models.UUIDField(null=True)
    notified_on = models.DateField(_("bekannt gegeben am"), null=True)
    lawsuit_until = models.DateField(_("Klage möglich bis"), null=True)
    waived_on = models.DateField(_("Rechtsbehelfsverzicht vom"), null=True)
    final_on = models.DateField(_("bestandskräftig ab"), null=True)
    report_submitted_on = models.DateField(null=True)
    final_amount = MoneyField(_("endgültiger Betrag"), null=True)
    reviewed_by = models.UUIDField(null=True)
    settled_by = models.UUIDField(null=True)
    settled_on = models.DateField(null=True)
    closed_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="award_state_known", condition=Q(state__in=S.values)),
            models.CheckConstraint(name="award_amount_positive", condition=Q(amount__gt=0)),
            models.CheckConstraint(name="award_rate_positive", condition=Q(effective_rate_denominator__gt=0)),
            models.CheckConstraint(
                name="award_issued_has_day", condition=Q(state=S.DRAFT_NOTICE) | Q(issued_on__isnull=False)
            ),
            models.CheckConstraint(
                name="award_notified_has_day",
                condition=Q(state__in=[S.DRAFT_NOTICE, S.ISSUED, S.RENOUNCED, S.REVOKED])
                | Q(notified_on__isnull=False, lawsuit_until__isnull=False),
            ),
            models.CheckConstraint(
                name="award_settled_within_amount",
                condition=~Q(state__in=[S.SETTLED, S.CLOSED])
                | Q(final_amount__isnull=False, final_amount__gte=0, final_amount__lte=F("amount")),
            ),
            models.CheckConstraint(
                name="award_settled_by_second_person",
                condition=Q(settled_by__isnull=True) | ~Q(settled_by=F("reviewed_by")),
            ),
        ]
        verbose_name = _("Zuwendung")
        verbose_name_plural = _("Zuwendungen")

    def __str__(self) -> str:
        return self.thread

    @property
    def thread(self) -> str:
        return self.case.reference

    @property
    def effective_rate(self) -> Fraction:
        return Fraction(self.effective_rate_numerator, self.effective_rate_denominator)

    @property
    def facts_told(self) -> dict[str, Any]:
        days = {"issued_on": self.issued_on, "notified_on": self.notified_on, "report_due_on": self.report_due_on}
        told = {name: str(day) for name, day in days.items() if day is not None}
        final = {"final_amount": str(self.final_amount)} if self.final_amount is not None else {}
        return told | {"amount": str(self.amount), "channel": self.channel} | final

    @classmethod
    def locked(cls, pk: Any) -> Self:
        """Application, Case, Award: the one lock order of the house."""
        case_pk, application_pk = cls._default_manager.values_list("case_id", "case__application_id").get(pk=pk)
        application = Application.objects.select_for_update(of=("self",)).get(pk=application_pk)
        case = case_model().objects.select_for_update(of=("self",)).get(pk=case_pk)
        case.application = application
        found = super().locked(pk)
        found.case = case
        return found

    # The notice

    @transition(
        field="state", source=[S.DRAFT_NOTICE], target=S.ISSUED,
        custom=step(
            label=_("Bescheid versenden"),
            kind="notice_issued",
            judges=True,
            permission=by(Role.CASEWORKER),
            guards=(rules.notice_is_rendered,),
            form="workflow.forms.award.IssueForm",
            messages=("notice_issued",),
            consequence=_("Ab dann gilt die Bewilligung nach außen und kann nicht mehr einfach zurückgenommen werden."),
        ),
    )  # fmt: skip
    def issue(self, *, actor: Actor, at: datetime, channel: str, sent_on: date, document_sha256: str) -> None:
        awarding.refuse_closed_channel(self, rules.channel_is_open(self, channel))
        awarding.freeze_notice(self, document_sha256=document_sha256, sent_on=sent_on)
        self.channel, self.issued_on, self.issued_by = channel, sent_on, actor.key

    @transition(
        field="state", source=[S.ISSUED], target=S.NOTIFIED,
        custom=step(
            label=_("Bekanntgabe bestätigen"),
            kind="notified",
            permission=by(Role.CASEWORKER, SYSTEM),
            guards=(rules.is_not_for_retrieval, rules.deemed_notified,),
            messages=("notified",),
            consequence=_("Die Frist für die Klage läuft ab der Bekanntgabe (§ 41 Abs. 2 VwVfG, § 74 VwGO)."),
        ),
    )  # fmt: skip
    def notify(self, *, actor: Actor, at: datetime) -> None:
        awarding.set_notified(self, awarding.deemed_on(self))

    @transition(
        field="state", source=[S.ISSUED], target=S.NOTIFIED,
        custom=step(
            label=_("Bescheid abholen"),
            kind="notice_retrieved",
            permission=rules.member_of_organisation,
            guards=(rules.is_for_retrieval, rules.retrieval_is_open),
            form="journal.forms.StepForm",
            consequence=_("Der Bescheid gilt am Tag nach dem Abholen als bekannt gegeben. Ab dann läuft die Frist für eine Klage."),
        ),
    )  # fmt: skip
    def retrieve(self, *, actor: Actor, at: datetime) -> None:
        awarding.set_retrieved(self, at=at)

    @transition(
        field="state", source=[S.ISSUED], target=S.ISSUED,
        custom=step(
            label=_("Erneut versenden"),
            kind="notice_sent_again",
            permission=by(Role.CASEWORKER),
            form="workflow.forms.award.SendAgainForm",
            messages=("notice_issued",),
            consequence=_("Für einen Brief, der zurückkam, oder einen Bescheid, den niemand abgeholt hat."),
            tone="tertiary",
        ),
    )  # fmt: skip
    def send_again(self, *, actor: Actor, at: datetime, channel: str, sent_on: date, reason: str) -> None:
        awarding.refuse_closed_channel(self, rules.channel_is_open(self, channel))
        self.channel, self.issued_on = channel, sent_on

    @transition(
        field="state", source=[S.NOTIFIED], target=S.ACTIVE,
        custom=step(
            label=_("Bestandskraft bestätigen"),
            kind="became_final",
            permission=by(Role.CASEWORKER),
            guards=(rules.lawsuit_period_is_over,),
            messages=("became_final",),
            consequence=_("Der Verein kann dann Geld anfordern."),
        ),
    )  # fmt: skip
    def confirm_finality(self, *, actor: Actor, at: datetime) -> None:
        awarding.activate(self, final_on=awarding.calculated_finality(self))

    @transition(
        field="state", source=[S.NOTIFIED], target=S.ACTIVE,
        custom=step(
            label=_("Rechtsbehelfsverzicht eintragen"),
            kind="remedy_waived",
            judges=True,
            permission=by(Role.CASEWORKER),
            form="workflow.forms.award.WaiverForm",
            messages=("became_final",),
            consequence=_("Der unterschriebene Verzicht macht den Bescheid sofort bestandskräftig."),
            tone="secondary",
        ),
    )  # fmt: skip
    def waive_remedy(self, *, actor: Actor, at: datetime, waived_on: date) -> None:
        self.waived_on = waived_on
        awarding.activate(self, final_on=waived_on)

    @transition(
        field="state", source=[S.NOTIFIED], target=S.ACTIVE,
        custom=step(
            label=_("Zahlbar ab Bekanntgabe"),
            kind="payable_on_notification",
            judges=True,
            permission=by(Role.CASEWORKER),
            guards=(rules.programme_pays_on_notification,),
            messages=("became_final",),
            tone="secondary",
        ),
    )  # fmt: skip
    def pay_on_notification(self, *, actor: Actor, at: datetime) -> None:
        awarding.make_payable(self)

    @transition(
        field="state", source=[S.NOTIFIED, S.ACTIVE], target=S.CONTESTED,
        custom=step(
            label=_("Klage eintragen"),
            kind="contested",
            permission=by(Role.CASEWORKER),
            guards=(rules.is_not_final,),
            form="workflow.forms.award.LawsuitForm",
            consequence=_("Zahlungen sind dann gesperrt."),
            tone="tertiary",
        ),
    )  # fmt: skip
    def contest(self, *, actor: Actor, at: datetime, filed_on: date, reason: str = "") -> None:
        awarding.hold_for_lawsuit(self, actor=actor, at=at)

    @transition(
        field="state", source=[S.CONTESTED], target=S.ACTIVE,
        custom=step(
            label=_("Klage ist erledigt"),
            kind="lawsuit_ended",
            permission=by(Role.CASEWORKER),
            form="workflow.forms.award.LawsuitEndForm",
            messages=("became_final",),
        ),
    )  # fmt: skip
    def end_lawsuit(self, *, actor: Actor, at: datetime, final_on: date, reason: str) -> None:
        awarding.release_lawsuit(self, at=at)
        awarding.activate(self, final_on=final_on)

    # The proof of use

    @transition(
        field="state", source=[S.ACTIVE], target=S.REPORT_DUE,
        custom=step(
            label=_("Nachweis anfordern"),
            kind="report_requested",
            permission=by(Role.CASEWORKER, SYSTEM),
            guards=(rules.project_is_over,),
            messages=("report_requested",),
            consequence=_("Der Verein bekommt eine Nachricht mit der Frist."),
        ),
    )  # fmt: skip
    def request_report(self, *, actor: Actor, at: datetime) -> None:
        """The project is over; the proof is due by `report_due_on`."""

    @transition(
        field="state", source=[S.REPORT_DUE], target=S.REPORT_SUBMITTED,
        custom=step(
            label=_("Nachweis einreichen"),
            kind="report_submitted",
            permission=rules.member_who_may_file,
            messages=("report_submitted", "report_received"),
            internal=True,
        ),
    )  # fmt: skip
    def submit_report(self, *, actor: Actor, at: datetime) -> None:
        self.report_submitted_on = localdate(at)

    @transition(
        field="state",
        source=[S.REPORT_SUBMITTED],
        target=S.REPORT_IN_REVIEW,
        custom=step(
            label=_("Nachweis prüfen"), kind="report_review_started", judges=True, permission=by(Role.CASEWORKER)
        ),
    )
    def start_report_review(self, *, actor: Actor, at: datetime) -> None:
        self.reviewed_by = actor.key

    @transition(
        field="state", source=[S.REPORT_IN_REVIEW], target=S.REPORT_INFO_REQUESTED,
        custom=step(
            label=_("Zum Nachweis nachfragen"),
            kind="report_information_requested",
            judges=True,
            permission=by(Role.CASEWORKER),
            messages=("report_information_requested",),
            internal=True,
        ),
    )  # fmt: skip
    def request_report_information(self, *, actor: Actor, at: datetime, reason: str) -> None:
        """What is missing stands in the reason."""

    @transition(
        field="state", source=[S.REPORT_INFO_REQUESTED], target=S.REPORT_IN_REVIEW,
        custom=step(
            label=_("Antwort zum Nachweis senden"),
            kind="report_information_answered",
            permission=rules.member_who_may_file,
            internal=True,
        ),
    )  # fmt: skip
    def answer_report(self, *, actor: Actor, at: datetime, reason: str = "") -> None:
        """The review goes on."""

    @transition(
        field="state", source=[S.REPORT_IN_REVIEW], target=S.SETTLED,
        custom=step(
            label=_("Endbetrag festsetzen"),
            kind="settled",
            judges=True,
            permission=by(Role.DECIDER),
            guards=(rules.settler_is_second_person,),
            messages=("settled",),
            internal=True,
        ),
    )  # fmt: skip
    def settle(self, *, actor: Actor, at: datetime, final_amount: Decimal, reason: str) -> None:
        self.final_amount, self.settled_by, self.settled_on = final_amount, actor.key, localdate(at)
        awarding.settle_money(self, final_amount=final_amount, reason=reason, actor=actor, at=at)

    @transition(
        field="state", source=[S.SETTLED], target=S.CLOSED,
        custom=step(
            label=_("Akte schließen"),
            kind="closed",
            judges=True,
            permission=by(Role.CASEWORKER),
            guards=(rules.nothing_is_open,),
            messages=("closed",),
        ),
    )  # fmt: skip
    def close(self, *, actor: Actor, at: datetime) -> None:
        self.closed_on = localdate(at)

    # Side exits

    @transition(
        field="state", source=[S.ISSUED, S.NOTIFIED, S.ACTIVE, S.REPORT_DUE], target=S.RENOUNCED,
        custom=step(
            label=_("Auf die Förderung verzichten"),
            kind="renounced",
            permission=rules.member_who_may_file,
            guards=(rules.nothing_is_under_way,),
            form="journal.forms.ReasonForm",
            messages=("renounced", "renunciation_received"),
            consequence=_("Das Geld wird wieder frei. Was schon ausgezahlt ist, müssen Sie zurückzahlen."),
            tone="tertiary",
        ),
    )  # fmt: skip
    def renounce(self, *, actor: Actor, at: datetime, reason: str) -> None:
        awarding.free_money(self, reason=reason, actor=actor, at=at)

    @transition(
        field="state",
        source=[
            S.ISSUED, S.NOTIFIED, S.CONTESTED, S.ACTIVE, S.REPORT_DUE, S.REPORT_SUBMITTED, S.REPORT_INFO_REQUESTED,
            S.REPORT_IN_REVIEW,
        ],
        target=S.REVOKED,
        custom=step(
            label=_("Bescheid aufheben"),
            kind="revoked",
            judges=True,
            permission=by(Role.DECIDER),
            guards=(rules.nothing_is_under_way,),
            messages=("revoked",),
            internal=True,
        ),
    )  # fmt: skip
    def revoke(self, *, actor: Actor, at: datetime, reason: str) -> None:
        awarding.free_money(self, reason=reason, actor=actor, at=at)
