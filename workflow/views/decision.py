"""Where deciders decide: what waits for them, and the one page on which they do."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from accounts.access import actor_in, roles_required
from accounts.actors import names_of
from accounts.roles import Role
from funding.money import format_money
from journal.forms import StepForm
from journal.machine import Offer, perform, step_of
from journal.refusals import Faster, Forbidden, Refused
from workflow import decisions, errands, queries, rules
from workflow.forms.desk import ChoiceForm
from workflow.models import Case, CaseState
from workflow.views.steps import CaseStepView

CHOICES = ("approve", "offer", "reject")
ZERO = Decimal("0.00")


@roles_required(Role.DECIDER)
def decision_list(request: HttpRequest) -> HttpResponse:
    """What waits for a decision: first what this person may decide."""
    actor, today = actor_in(request), timezone.localdate()
    waiting = list(queries.in_lists().filter(state=CaseState.DECISION_READY).order_by("received_at"))
    mine = [case for case in waiting if case.proposed_by != actor.key]
    recent = queries.in_lists().filter(decisions.REVOCABLE, decided_by=actor.key).order_by("-decided_at")
    names = names_of({case.proposed_by for case in waiting})
    context = {
        "today": today,
        "mine": [(case, names.get(case.proposed_by) if case.proposed_by else "") for case in mine],
        "own": [case for case in waiting if case.proposed_by == actor.key],
        "recent": list(recent[:20]),
        "total": sum((case.proposed_amount or ZERO for case in mine), ZERO),
        "lines": queries.current_lines(today),
        **errands.of(actor, at=timezone.now()),
    }
    return render(request, "workflow/office/decisions.html", context)


class DecideView(CaseStepView):
    """Approve, offer or reject: one page, three forms of the machine, one door."""

    template_name = "workflow/office/decide.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if request.user.is_authenticated:
            self.actor = actor_in(request)
            if not rules.may_decide(self.actor):
                raise Forbidden(_("Diese Seite gehört zu einer anderen Aufgabe."))
            self.obj: Any = _case(kwargs["reference"])
            return super(LoginRequiredMixin, self).dispatch(request, *args, **kwargs)
        return self.handle_no_permission()

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.obj.state != CaseState.DECISION_READY:
            return HttpResponseRedirect(self.url_after(self.obj, self.actor))
        return self._show(request, status=200)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        # The button inside a card says what it does, even where the circle of another card is filled.
        choice = request.POST.get("do") or request.POST.get("choice") or ""
        if choice not in CHOICES:
            return self._show(request, sent=("", ChoiceForm(request.POST, labels=[])), status=422)
        form = self._form_of(choice, request.POST)
        if not form.is_valid():
            return self._show(request, sent=(choice, form), status=422)
        try:
            done = self._perform(choice, form)
        except Faster as faster:
            return self._faster(request, faster, form)
        except Refused as refused:
            form.add_error(refused.field if refused.field in form.fields else None, refused.sentence)
            self.obj = _case(self.obj.reference)
            return self._show(request, sent=(choice, form), status=422)
        self.name, self.step = choice, step_of(Case.transitions()[choice])
        messages.success(request, self.confirmation(done))
        return HttpResponseRedirect(self.url_after(done, self.actor))

    def _perform(self, choice: str, form: StepForm) -> Case:
        case: Case = perform(
            self.obj,
            choice,
            actor=self.actor,
            at=timezone.now(),
            data=form.data_for_step(),
            expected_version=form.cleaned_data["version"],
        )
        return case

    def _form_of(self, choice: str, data: Any = None) -> StepForm:
        factory = import_string(step_of(Case.transitions()[choice]).form or "journal.forms.StepForm")
        form: StepForm = factory(data, obj=self.obj, actor=self.actor, today=timezone.localdate(), prefix=choice)
        return form

    def _show(self, request: HttpRequest, *, sent: tuple[str, Any] | None = None, status: int) -> HttpResponse:
        today = timezone.localdate()
        offers = {offer.name: offer for offer in self.obj.offers(actor=self.actor, today=today)}
        forms = {name: self._form_of(name) for name in CHOICES if name in offers and offers[name].is_open}
        if sent and sent[0]:
            forms[sent[0]] = sent[1]
        page = decisions.page(self.obj, actor=self.actor, today=today)
        if page["is_provisional"]:
            forms.pop("approve", None)
        context = page | {
            "forms": forms,
            "choice": ChoiceForm(labels=_labels(self.obj, forms), initial={"choice": _first(forms, sent)}),
            "wrong": sent[1] if sent else None,
            "refusals": _refusals(offers),
            "waitlist": offers.get("put_on_waitlist"),
            "early_start": _open(offers.get("consent_to_early_start")),
        }
        return render(request, self.template_name, context, status=status)


def _open(offer: Offer | None) -> Offer | None:
    return offer if offer is not None and offer.is_open else None


def _case(reference: str) -> Case:
    found = queries.with_everything().filter(reference=reference).first()
    if found is None:
        raise Http404
    return found


def _labels(case: Case, forms: dict[str, StepForm]) -> list[tuple[str, str]]:
    texts = {
        "approve": _("Bewilligen wie vorgeschlagen: %(amount)s") % {"amount": format_money(case.proposed_amount)},
        "offer": _("Einen niedrigeren Betrag anbieten"),
        "reject": _("Ablehnen"),
    }
    return [(name, texts[name]) for name in forms]


def _first(forms: dict[str, StepForm], sent: tuple[str, Any] | None) -> str:
    """What was sent stays chosen; at first the proposal is, but never a refusal (no tempting presets)."""
    if sent and sent[0] in forms:
        return sent[0]
    return "approve" if "approve" in forms else ""


def _refusals(offers: dict[str, Offer]) -> list[str]:
    """Why something cannot be decided here: each sentence once."""
    shut = (offers[name] for name in CHOICES if name in offers and not offers[name].is_open)
    return list(dict.fromkeys(sentence for offer in shut for sentence in offer.refusals))
