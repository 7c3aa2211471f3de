"""The rules of the office. Each has one home and a name: steps, forms, pages and letters ask here.

A guard takes (obj, actor=, today=) and answers with the sentence that says why not, or None. A permission takes
(obj, actor) and answers with the role in which the actor may do it, or None.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from accounts.roles import CASE_READERS, Role
from applications import completeness, plans
from applications.models import Membership
from funding.law import periods
from funding.models import Clawback, Disbursement, Resolution
from funding.models.clawback import OPEN as OPEN_CLAWBACKS
from funding.money import format_money
from journal.actors import APPLICANT, Actor
from journal.formats import local, plain_day
from journal.models import Reminder
from workflow import awarding, competence, findings
from workflow.models.records import ChecklistItem, Document

ZERO = Decimal("0.00")


# Who


def has_membership(organisation_id: int, key: UUID | None, **rights: bool) -> str | None:
    if key is None:
        return None
    found = Membership.objects.filter(organisation_id=organisation_id, user__key=key, **rights)
    return APPLICANT if found.exists() else None


def _organisation_of(obj: Any) -> int:
    case = getattr(obj, "case", obj)
    organisation: int = case.application.organisation_id
    return organisation


def _is_surely_foreign(obj: Any, actor: Actor) -> bool:
    """The page has read that nobody of the office acts for this organisation: it need not be asked again."""
    return actor.is_staff and not getattr(getattr(obj, "case", obj), "has_ties", True)


def member_of_organisation(obj: Any, actor: Actor) -> str | None:
    if _is_surely_foreign(obj, actor):
        return None
    return has_membership(_organisation_of(obj), actor.key)


def member_who_may_file(obj: Any, actor: Actor) -> str | None:
    if _is_surely_foreign(obj, actor):
        return None
    return has_membership(_organisation_of(obj), actor.key, may_file=True)


def may_read_case(actor: Actor) -> bool:
    return actor.has_role(*CASE_READERS)


def may_check(actor: Actor) -> bool:
    return actor.has_role(Role.CASEWORKER)


def may_decide(actor: Actor) -> bool:
    return actor.has_role(Role.DECIDER)


# Check


def checklist_is_complete(case: Any, *, actor: Actor, today: date) -> str | None:
    waiting = case.checklist.filter(result__in=[ChecklistItem.Result.OPEN, ChecklistItem.Result.MISSING]).count()
    if not waiting:
        return None
    if waiting == 1:
        return _("Noch nicht möglich: Ein Punkt der Prüfung ist offen.")
    return _("Noch nicht möglich: %(count)s Punkte der Prüfung sind offen.") % {"count": waiting}


def application_is_complete(case: Any, *, actor: Actor, today: date) -> str | None:
    """The answer goes out only when the reopened sections are complete again."""
    sections = set(case.application.open_sections)
    missing = [item for item in completeness.missing_in(case.application, today=today) if item.section in sections]
    return missing[0].sentence if missing else None


def came_on_paper(case: Any, *, actor: Actor, today: date) -> str | None:
    """Who applied in the portal answers there."""
    return None if case.is_paper else _("Dieser Antrag kam über das Portal. Der Verein antwortet dort selbst.")


def answer_is_overdue(case: Any, *, actor: Actor, today: date) -> str | None:
    if case.answer_due_on is not None and today > case.answer_due_on:
        return None
    return _("Die Frist für die Antwort läuft noch.")


def reminder_was_sent(case: Any, *, actor: Actor, today: date) -> str | None:
    """Nothing ends silently: at least one reminder of this very deadline went out."""
    own = Reminder.objects.filter(
        subject_label=case.label_of_machine,
        subject_key=str(case.pk),
        deadline_on=case.answer_due_on,
        done_at__isnull=False,
    )
    return None if own.exists() else _("Es wurde noch nicht erinnert.")


# Proposal and decision


def not_for_a_body(case: Any, *, actor: Actor, today: date) -> str | None:
    """Where the threshold table names a body, its resolution comes first."""
    body = competence.body_for(case, case.requested_amount, on=today)
    if body == Resolution.Body.ADMINISTRATION or competence.favourable_resolution(case, body=body):
        return None
    return _("Bei diesem Betrag entscheidet: %(body)s. Bitte geben Sie den Vorgang zuerst an das Gremium.") % {
        "body": Resolution.Body(body).label
    }


def proposal_is_positive(case: Any, *, actor: Actor, today: date) -> str | None:
    return None if case.proposed_amount else _("Vorgeschlagen ist die Ablehnung.")


def decider_is_second_person(case: Any, *, actor: Actor, today: date) -> str | None:
    """Four eyes: the decider is not the author of the proposal."""
    if actor.key != case.proposed_by:
        return None
    return _("Sie haben den Vorschlag geschrieben. Entscheiden muss eine andere Person.")


def body_has_resolved(case: Any, *, actor: Actor, today: date) -> str | None:
    amount = case.proposed_amount or ZERO
    body = competence.body_for(case, amount, on=today)
    if body == Resolution.Body.ADMINISTRATION:
        return None
    found = competence.favourable_resolution(case, body=body)
    if found is None:
        return _("Es fehlt der Beschluss: %(body)s.") % {"body": Resolution.Body(body).label}
    if amount > found.amount:
        return _("Der Beschluss erlaubt höchstens %(amount)s.") % {"amount": format_money(found.amount)}
    return None


def offer_is_accepted(case: Any, *, actor: Actor, today: date) -> str | None:
    """Less than requested needs a plan for the reduced amount that the association confirmed."""
    if case.proposed_amount is None or case.proposed_amount >= case.requested_amount:
        return None
    if case.offer_accepted_at is not None and case.proposed_amount <= (case.offered_amount or ZERO):
        return None
    return _("Der Betrag ist niedriger als beantragt. Bitte bieten Sie ihn dem Verein zuerst an.")


def plan_fits_offer(case: Any, *, actor: Actor, today: date) -> str | None:
    """The association may get by with less than it was offered, never with more, and not with nothing."""
    plan = plans.plan_of(case.application)
    if plan.requested <= ZERO:
        return _("Im Finanzplan fehlt der Betrag, den Sie beantragen.")
    if plan.requested > case.offered_amount:
        return above_offer(case.offered_amount)
    found = plans.sentences(plan, case.application)
    return found[0] if found else None


def above_offer(offered: Decimal) -> str:
    return _("Angeboten sind höchstens %(amount)s. Bitte schreiben Sie diesen Betrag oder einen niedrigeren.") % {
        "amount": format_money(offered)
    }


def earliest_start(case: Any) -> date | None:
    """The day from which the office lets the project begin before its notice; None where it has not consented."""
    found: date | None = case.early_start_from
    return found


def project_has_not_begun(case: Any, *, actor: Actor, today: date) -> str | None:
    """No award for what has begun, unless the office consented to begin from a day on."""
    starts_on, earliest = case.application.starts_on, earliest_start(case)
    if starts_on is not None and (starts_on > today or (earliest is not None and starts_on >= earliest)):
        return None
    if starts_on is not None and earliest is not None:
        return _("Das Projekt beginnt am %(start)s. Zugestimmt ist erst ab dem %(earliest)s.") % {
            "start": plain_day(starts_on),
            "earliest": plain_day(earliest),
        }
    return _("Das Projekt hat schon begonnen. Dann ist keine Bewilligung möglich.")


def start_lies_ahead(case: Any, *, actor: Actor, today: date) -> str | None:
    """What began before the application came in cannot be consented to any more."""
    starts_on, received = case.application.starts_on, local(case.received_at)
    if starts_on is None or starts_on >= received:
        return None
    return _("Das Projekt begann am %(day)s, vor dem Eingang des Antrags. Dann ist keine Zustimmung möglich.") % {
        "day": plain_day(starts_on)
    }


def nothing_stands_in_the_way(case: Any, *, actor: Actor, today: date) -> str | None:
    """No award while the recipient owes a report or money, unless the decider lets it pass; never more than the costs."""
    sentence = findings.in_the_way(case, today=today)
    if sentence is None:
        return None
    return _("%(finding)s Das ist auf der Seite des Vorgangs zu klären.") % {"finding": sentence}


def is_own_decision(case: Any, *, actor: Actor, today: date) -> str | None:
    return None if actor.key == case.decided_by else _("Zurücknehmen kann nur, wer entschieden hat.")


def nothing_is_sent(case: Any, *, actor: Actor, today: date) -> str | None:
    """After dispatch only the law's own ways are left (§§ 48, 49 VwVfG)."""
    if case.rejection_sent_on is None and awarding.is_draft(case):
        return None
    return _("Der Bescheid ist schon versendet. Die Entscheidung lässt sich nicht mehr zurücknehmen.")


def rejection_is_not_sent(case: Any, *, actor: Actor, today: date) -> str | None:
    return _("Der Ablehnungsbescheid ist schon versendet.") if case.rejection_sent_on else None


def rejection_is_rendered(case: Any, *, actor: Actor, today: date) -> str | None:
    return _has_document(case, Document.Kind.REJECTION_NOTICE, case.version)


def _has_document(case: Any, kind: str, version: int) -> str | None:
    current = case.documents.filter(kind=kind, subject_version=version)
    # A decision that was taken back and made anew begins again at version nought: its old notice does not count.
    if current.filter(rendered_at__gte=case.decided_at).exists():
        return None
    return _("Bitte erstellen Sie zuerst den Bescheid und sehen Sie ihn an.")


# Notice and finality


def channel_is_open(award: Any, channel: str) -> str | None:
    """The portal only for those who agreed to collect there (§ 41 Abs. 2a VwVfG)."""
    if channel != periods.Channel.PORTAL or award.case.application.wants_portal:
        return None
    return _("Der Verein hat dem Abholen im Portal nicht zugestimmt. Bitte wählen Sie den Brief.")


def notice_is_rendered(award: Any, *, actor: Actor, today: date) -> str | None:
    return _has_document(award.case, Document.Kind.AWARD_NOTICE, award.version)


def is_for_retrieval(award: Any, *, actor: Actor, today: date) -> str | None:
    return None if award.channel == periods.Channel.PORTAL else _("Der Bescheid kommt mit der Post.")


def is_not_for_retrieval(award: Any, *, actor: Actor, today: date) -> str | None:
    if award.channel != periods.Channel.PORTAL:
        return None
    return _("Der Bescheid liegt zum Abholen bereit. Er gilt erst nach dem Abholen als bekannt gegeben.")


def retrieval_is_open(award: Any, *, actor: Actor, today: date) -> str | None:
    """§ 41 Abs. 2a VwVfG: within ten days after the message."""
    if today <= periods.retrieval_ends_on(award.issued_on):
        return None
    return _("Die Zeit zum Abholen ist vorbei. Wir schicken Ihnen den Bescheid mit der Post.")


def deemed_notified(award: Any, *, actor: Actor, today: date) -> str | None:
    day = awarding.deemed_on(award)
    if day is not None and today >= day:
        return None
    return _("Der Bescheid gilt erst am %(day)s als bekannt gegeben (§ 41 Abs. 2 VwVfG).") % {
        "day": day.strftime("%d.%m.%Y") if day else "–"
    }


def lawsuit_period_is_over(award: Any, *, actor: Actor, today: date) -> str | None:
    if today >= awarding.calculated_finality(award):
        return None
    return _("Eine Klage ist noch bis %(day)s möglich (§ 74 VwGO).") % {"day": award.lawsuit_until.strftime("%d.%m.%Y")}


def is_not_final(award: Any, *, actor: Actor, today: date) -> str | None:
    return _("Der Bescheid ist schon bestandskräftig.") if award.final_on and award.final_on <= today else None


def programme_pays_on_notification(award: Any, *, actor: Actor, today: date) -> str | None:
    programme = award.case.programme
    if programme.payable_on == programme.PayableOn.NOTIFICATION:
        return None
    return _("Dieses Programm zahlt erst, wenn der Bescheid bestandskräftig ist.")


# The end


def project_is_over(award: Any, *, actor: Actor, today: date) -> str | None:
    return None if today > award.project_ends_on else _("Das Projekt läuft noch.")


def settler_is_second_person(award: Any, *, actor: Actor, today: date) -> str | None:
    if actor.key != award.reviewed_by:
        return None
    return _("Sie haben den Nachweis geprüft. Festsetzen muss eine andere Person.")


def nothing_is_under_way(award: Any, *, actor: Actor, today: date) -> str | None:
    under_way = Disbursement.objects.filter(commitment__thread=award.thread).pending()
    return _("Eine Zahlung ist noch unterwegs.") if under_way.exists() else None


def nothing_is_open(award: Any, *, actor: Actor, today: date) -> str | None:
    if Clawback.objects.filter(commitment__thread=award.thread, state__in=OPEN_CLAWBACKS).exists():
        return _("Eine Rückforderung ist noch offen.")
    open_amount = awarding.open_amount(award)
    if open_amount:
        return _("%(amount)s sind noch nicht ausgezahlt.") % {"amount": format_money(open_amount)}
    return nothing_is_under_way(award, actor=actor, today=today)
