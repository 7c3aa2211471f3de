"""The buttons of cases and awards: the one view of the machine, mounted for the office and for members alike."""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.actors import names_of
from funding.money import format_money
from journal import formats
from journal.actors import APPLICANT, SYSTEM, Actor
from journal.forms import StepForm
from journal.machine import Machine
from journal.models import Event
from journal.outbox import Letter
from journal.views import StepView
from workflow import listing, rules
from workflow.messages import case_of, preview
from workflow.models import Award, Case, InformationRequest

Sentence = Callable[[Any], str]


def url_of(case: Case, actor: Actor) -> str:
    """Where this person reads the case."""
    if rules.may_read_case(actor):
        return reverse("workflow:case", args=[case.reference])
    return reverse("workflow:my_case", args=[case.application.key])


def visible_to(actor: Actor, found: Case | None) -> Case:
    """The case if this person may know of it: the office any, members their own. Otherwise Http404."""
    if found is None:
        raise Http404
    if rules.may_read_case(actor) or rules.member_of_organisation(found, actor):
        return found
    raise Http404


def who(event: Event, *, for_office: bool) -> str:
    """The office reads names; members read roles."""
    if event.actor_role == SYSTEM or event.actor_key is None:
        return _("Fördertopf")
    if for_office:
        return names_of({event.actor_key}).get(event.actor_key) or _("Jemand")
    if event.actor_role == APPLICANT:
        return _("Eine Person aus Ihrer Organisation")
    return _("Die Verwaltung")


def _day(value: Any) -> str:
    return formats.day_long(value)


CONFIRMATIONS: dict[str, Sentence] = {
    "start_check": lambda _case: _("Die Prüfung hat begonnen. Jetzt prüfen Sie Punkt für Punkt."),
    "complete_check": lambda _case: _("Der Antrag ist vollständig. Als Nächstes kommt die fachliche Prüfung."),
    "request_information": lambda case: (
        _("Die Nachforderung ist gesendet. Der Verein antwortet bis %(day)s.") % {"day": _day(case.answer_due_on)}
    ),
    "enter_answer": lambda _case: _("Die Antwort ist eingetragen. Die Prüfung geht weiter."),
    "enter_acceptance": lambda case: (
        _("Die Annahme über %(amount)s ist eingetragen.") % {"amount": format_money(case.proposed_amount)}
    ),
    "answer": lambda _case: _("Ihre Antwort ist angekommen. Wir prüfen jetzt weiter."),
    "lapse": lambda _case: _("Der Antrag ist beendet. Der Verein bekommt eine Nachricht."),
    "resume_check": lambda _case: _("Die Prüfung geht ohne Antwort weiter."),
    "propose_formal_rejection": lambda _case: _("Die Ablehnung ist vorgeschlagen. Es entscheidet eine andere Person."),
    "propose": lambda case: (
        _("%(amount)s sind vorgeschlagen und vorgemerkt. Es entscheidet eine andere Person.")
        % {"amount": format_money(case.proposed_amount)}
    ),
    "refer_to_committee": lambda _case: _("Der Vorgang ist beim Gremium. Als Nächstes wird der Beschluss eingetragen."),
    "record_resolution": lambda _case: _("Der Beschluss ist eingetragen. Als Nächstes entscheidet die Leitung."),
    "consent_to_early_start": lambda case: (
        _("Dem vorzeitigen Beginn ab %(day)s ist zugestimmt. Der Verein bekommt eine Nachricht.")
        % {"day": formats.plain_day(case.early_start_from)}
    ),
    "take_back_check": lambda _case: _("Der Antrag ist wieder neu. Der Beginn der Prüfung ist zurückgenommen."),
    "reopen_check": lambda _case: _("Die formale Prüfung ist wieder offen."),
    "take_back_referral": lambda _case: _("Der Vorgang ist wieder in der fachlichen Prüfung."),
    "take_back_proposal": lambda _case: _("Der Vorschlag ist zurückgenommen. Das vorgemerkte Geld ist wieder frei."),
    "take_back_formal_rejection": lambda _case: _("Die vorgeschlagene Ablehnung ist zurückgenommen."),
    "put_on_waitlist": lambda _case: _("Der Antrag steht auf der Warteliste. Das vorgemerkte Geld ist wieder frei."),
    "approve": lambda case: (
        _("%(amount)s sind bewilligt. Als Nächstes wird der Bescheid erstellt.")
        % {"amount": format_money(case.decided_amount)}
    ),
    "offer": lambda case: (
        _("%(amount)s sind angeboten. Der Verein antwortet bis %(day)s.")
        % {"amount": format_money(case.offered_amount), "day": _day(case.answer_due_on)}
    ),
    "accept_offer": lambda case: (
        _("Ihr Finanzplan über %(amount)s ist angekommen. Jetzt entscheidet die Verwaltung.")
        % {"amount": format_money(case.proposed_amount)}
    ),
    "lapse_offer": lambda _case: _("Das Angebot ist abgelaufen. Das vorgemerkte Geld ist wieder frei."),
    "reject": lambda _case: _("Der Antrag ist abgelehnt. Als Nächstes wird der Bescheid erstellt."),
    "send_rejection": lambda _case: _("Der Ablehnungsbescheid ist versendet. Der Verein bekommt eine Nachricht."),
    "take_back_decision": lambda _case: _("Die Entscheidung ist zurückgenommen. Der Vorschlag steht wieder."),
    "withdraw": lambda _case: _(
        "Ihr Antrag ist zurückgezogen. Solange das Programm offen ist, können Sie einen neuen stellen."
    ),
    "enter_withdrawal": lambda _case: _("Der Antrag ist als zurückgezogen eingetragen. Der Scan liegt in der Akte."),
    "issue": lambda award: (
        _("Der Bescheid ist am %(day)s versendet. Der Verein bekommt eine Nachricht.")
        % {"day": formats.plain_day(award.issued_on)}
    ),
    "notify": lambda award: (
        _("Der Bescheid ist bekannt gegeben. Eine Klage ist bis %(day)s möglich.") % {"day": _day(award.lawsuit_until)}
    ),
    "retrieve": lambda _award: _("Der Bescheid ist abgeholt. Sie können ihn jetzt lesen und speichern."),
    "send_again": lambda award: (
        _("Der Bescheid ist am %(day)s noch einmal versendet.") % {"day": formats.plain_day(award.issued_on)}
    ),
    "confirm_finality": lambda _award: _("Der Bescheid ist bestandskräftig. Der Verein kann jetzt Geld anfordern."),
    "waive_remedy": lambda _award: _("Der Verzicht ist eingetragen. Der Verein kann jetzt Geld anfordern."),
    "pay_on_notification": lambda _award: _("Ab der Bekanntgabe kann der Verein Geld anfordern."),
    "contest": lambda _award: _("Die Klage ist eingetragen. Zahlungen sind gesperrt."),
    "end_lawsuit": lambda _award: _("Die Klage ist erledigt. Zahlungen sind wieder möglich."),
    "request_report": lambda award: (
        _("Der Nachweis ist angefordert, Frist %(day)s.") % {"day": _day(award.report_due_on)}
    ),
    "start_report_review": lambda _award: _("Die Prüfung des Nachweises hat begonnen."),
    "close": lambda _award: _("Die Akte ist geschlossen."),
    "renounce": lambda _award: _("Ihr Verzicht ist eingegangen. Das Geld wird wieder frei."),
}


class OfficeStepView(StepView):
    """What cases and awards have in common."""

    obj: Any

    def url_after(self, obj: Machine, actor: Actor) -> str:
        """Inside the list that the person came from, if the address says one."""
        return url_of(case_of(obj), actor) + listing.carried(self.request.GET)  # type: ignore[arg-type]

    def title_of(self, obj: Machine) -> str:
        case = case_of(obj)  # type: ignore[arg-type]
        return f"{case.reference} · {case.application}"

    def name_of(self, event: Event) -> str:
        return who(event, for_office=rules.may_read_case(self.actor))

    def confirmation(self, obj: Machine) -> str:
        sentence = CONFIRMATIONS.get(self.name)
        return sentence(obj) if sentence else super().confirmation(obj)


OWN_PAGES = {
    "request_information": "workflow/office/information_request.html",
    "propose": "workflow/office/propose.html",
    "record_resolution": "workflow/office/propose.html",
}
"""Steps whose forms fold a part of their fields away."""


def letter_of(case: Case, form: StepForm) -> Letter | None:
    """The question as the association would read it."""
    data = form.data_for_step()
    seen = copy(case)
    seen.answer_due_on = data["due_on"]
    question = InformationRequest(case=case, **data)
    return preview("information_requested", case, extra={"case": seen, "question": question})


class CaseStepView(OfficeStepView):
    letter: Letter | None = None

    def template(self) -> str:
        return OWN_PAGES.get(self.name, super().template())

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """A question can be looked at before it is sent."""
        if "preview" not in request.POST or self.name != "request_information":
            return super().post(request, *args, **kwargs)
        self._check_permission()
        form = self._form(request.POST)
        if not form.is_valid():
            return self._page(request, form, status=422)
        self.letter = letter_of(self.obj, form)
        form.write_draft()  # type: ignore[attr-defined]
        return self._page(request, form, status=200)

    def context(self, obj: Machine, actor: Actor, today: date) -> dict[str, Any]:
        return super().context(obj, actor, today) | {"letter": self.letter}

    def find(self, actor: Actor, key: str) -> Machine:
        cases = Case.objects.select_related("application__organisation", "application__round__programme", "programme")
        return visible_to(actor, cases.filter(pk=key).first())


class AwardStepView(OfficeStepView):
    def find(self, actor: Actor, key: str) -> Machine:
        awards = Award.objects.select_related(
            "case__application__organisation", "case__application__round__programme", "case__programme"
        )
        found = awards.filter(pk=key).first()
        visible_to(actor, found.case if found else None)
        assert found is not None
        return found
