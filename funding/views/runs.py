"""Payment runs: assembled by one person, released by another, handed to the bank, executed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.access import actor_in, roles_required
from accounts.actors import names_of
from accounts.roles import FINANCE_READERS, Role
from funding import exports, labels, payments, queries, rules, run_checks, sepa
from funding.forms.runs import AssembleForm, ExecutedForm, ReturnForm
from funding.models import Disbursement, DisbursementState, PaymentRun
from funding.money import format_money
from journal import formats, impartial
from journal.actors import Actor
from journal.refusals import Faster, Refused

PAGE = 25
LEFT_OUT = 20
TONES = {PaymentRun.State.ASSEMBLED: "w", PaymentRun.State.RELEASED: "w", PaymentRun.State.EXECUTED: "s"}
SUBJECT = "funding.paymentrun"
Act = Callable[..., PaymentRun]


@roles_required(*FINANCE_READERS)
def run_list(request: HttpRequest) -> HttpResponse:
    if request.method == "POST":
        answer: HttpResponse = assemble(request)
        return answer
    return _list_page(request, AssembleForm())


@roles_required(Role.TREASURY)
def assemble(request: HttpRequest) -> HttpResponse:
    form = AssembleForm(request.POST)
    if not form.is_valid():
        return _list_page(request, form, status=422)
    try:
        run = payments.assemble(list(form.cleaned_data["payments"]), actor=actor_in(request), at=timezone.now())
    except Faster as faster:
        return _faster(request, faster, reverse("funding:run_list"))
    messages.success(
        request,
        _("Der Lauf %(number)s über %(total)s ist zusammengestellt. Freigeben muss ihn eine andere Person.")
        % {"number": run.number, "total": format_money(run.total)},
    )
    return HttpResponseRedirect(reverse("funding:run", args=[run.number]))


def _list_page(request: HttpRequest, form: AssembleForm, *, status: int = 200) -> HttpResponse:
    page = Paginator(queries.runs(), PAGE).get_page(request.GET.get("page"))
    ready = list(queries.ready_for_run())
    context = {
        "page": page,
        "rows": [(run, TONES.get(PaymentRun.State(run.state), "n")) for run in page],
        "form": form,
        "ready": ready,
        "ready_sum": sum((found.amount for found in ready), queries.ZERO),
        "may_assemble": actor_in(request).has_role(Role.TREASURY),
        "waiting": [run for run in page if run.state == PaymentRun.State.ASSEMBLED],
    }
    return render(request, "funding/run_list.html", context, status=status)


@require_GET
@roles_required(*FINANCE_READERS)
def run(request: HttpRequest, number: str) -> HttpResponse:
    return _page(request, _find(number))


def _find(number: str) -> PaymentRun:
    return get_object_or_404(queries.runs(), number=number)


def _page(request: HttpRequest, found: PaymentRun, *, status: int = 200, **forms: Form) -> HttpResponse:
    actor, today = actor_in(request), timezone.localdate()
    items = list(found.disbursements.select_related("commitment").prefetch_related("commitment__holds").order_by("pk"))
    context = {
        "run": found,
        "tone": TONES.get(PaymentRun.State(found.state), "n"),
        "title": _title(found),
        "assembled_by": _name(found.assembled_by),
        "items": [(item, sepa.mask_iban(item.payee_iban)) for item in items],
        "findings": run_checks.findings(found, items, actor=actor, today=today) if items else [],
        "figures": _figures(found),
        "left_out": _left_out(found),
        "story": labels.story(list(queries.events_of(SUBJECT, found.pk))),
        "is_treasury": actor.has_role(Role.TREASURY),
        "bias": impartial.bias(*(item.commitment for item in items), actor=actor, today=today) or "",
        "is_author": rules.may_release_run(found, actor=actor) is not None,
        "forms": [form for form in forms.values() if form.errors],
        "return_form": forms.get("return_form", ReturnForm()),
        "executed_form": forms.get("executed_form", ExecutedForm(initial={"executed_on": today})),
    }
    return render(request, "funding/run.html", context, status=status)


def _name(key: Any) -> str:
    return names_of({key}).get(key, "")


def _title(found: PaymentRun) -> str:
    """What is to be done with how many, in words."""
    one, count = found.count == 1, formats.count_word(found.count)
    words = {
        PaymentRun.State.ASSEMBLED: (_("Eine Zahlung freigeben"), _("%(count)s Zahlungen freigeben")),
        PaymentRun.State.RELEASED: (_("Eine Zahlung an die Bank geben"), _("%(count)s Zahlungen an die Bank geben")),
        PaymentRun.State.EXPORTED: (_("Eine Zahlung ist bei der Bank"), _("%(count)s Zahlungen sind bei der Bank")),
        PaymentRun.State.EXECUTED: (_("Eine Zahlung ist ausgeführt"), _("%(count)s Zahlungen sind ausgeführt")),
        PaymentRun.State.RETURNED: (
            _("Lauf mit einer Zahlung, zurückgegeben"),
            _("Lauf mit %(count)s Zahlungen, zurückgegeben"),
        ),
    }[PaymentRun.State(found.state)]
    text = words[0] if one else words[1] % {"count": count}
    return text[:1].upper() + text[1:]


def _figures(found: PaymentRun) -> list[dict[str, Any]]:
    account = payments.paying_account(on=found.execution_on)
    return [
        {"label": _("Summe"), "value": format_money(found.total), "is_main": True},
        {"label": _("Zahlungen"), "value": found.count},
        {"label": _("Ausführung"), "value": formats.day(found.execution_on), "note": _("nächster Bankarbeitstag")},
        {"label": _("Vom Konto"), "value": sepa.mask_iban(account.iban), "note": account.name},
    ]


def _left_out(found: PaymentRun) -> list[tuple[Disbursement, str]]:
    """What is not in the run and why; of interest only before the run leaves the house."""
    if found.state not in {PaymentRun.State.ASSEMBLED, PaymentRun.State.RELEASED}:
        return []
    return [(other, _why_left_out(other)) for other in queries.not_in_a_run()[:LEFT_OUT]]


def _why_left_out(other: Disbursement) -> str:
    if other.state == DisbursementState.AUTHORISED:
        return _("Angeordnet, aber nicht in diesen Lauf genommen.")
    return labels.waiting_sentence(other)


def _done(request: HttpRequest, found: PaymentRun, sentence: str) -> HttpResponse:
    messages.success(request, sentence)
    return HttpResponseRedirect(reverse("funding:run", args=[found.number]))


def _faster(request: HttpRequest, faster: Faster, url: str, typed: dict[str, str] | None = None) -> HttpResponse:
    return render(request, "409.html", {"sentence": faster.sentence, "url": url, "typed": typed}, status=409)


def _act(request: HttpRequest, found: PaymentRun, act: Act, sentence: str, form: Form) -> HttpResponse:
    """Takes a step of a run; a refusal stands on the page of the run, a faster person on a page of their own."""
    try:
        done = act(found, actor=actor_in(request), at=timezone.now())
    except Faster as faster:
        typed = {str(form[name].label): str(text) for name, text in form.data.items() if name in form.fields and text}
        return _faster(request, faster, reverse("funding:run", args=[found.number]), typed)
    except Refused as refused:
        form.add_error(refused.field if refused.field in form.fields else None, refused.sentence)
        return _page(request, _find(found.number), status=422, **{_slot(form): form})
    return _done(request, done, sentence)


def _slot(form: Form) -> str:
    return {ReturnForm: "return_form", ExecutedForm: "executed_form"}.get(type(form), "other_form")


def _bare(request: HttpRequest) -> Form:
    return Form(request.POST)


@require_POST
@roles_required(Role.TREASURY)
def release(request: HttpRequest, number: str) -> HttpResponse:
    found = _find(number)
    sentence = _("%(total)s sind freigegeben. Als Nächstes entsteht die Datei für die Bank.")
    return _act(request, found, payments.release_run, sentence % {"total": format_money(found.total)}, _bare(request))


@require_POST
@roles_required(Role.TREASURY)
def give_back(request: HttpRequest, number: str) -> HttpResponse:
    found, form = _find(number), ReturnForm(request.POST)
    if not form.is_valid():
        return _page(request, found, status=422, return_form=form)
    act = partial(payments.return_run, reason=form.cleaned_data["reason"])
    return _act(request, found, act, _("Der Lauf ist zurückgegeben. Seine Zahlungen warten auf einen neuen."), form)


@require_POST
@roles_required(Role.TREASURY)
def export(request: HttpRequest, number: str) -> HttpResponse:
    found = _find(number)
    sentence = _("Die SEPA-Datei ist erstellt und geprüft. Bitte geben Sie sie jetzt an die Bank.")
    return _act(request, found, payments.export_run, sentence, _bare(request))


@require_POST
@roles_required(Role.TREASURY)
def execute(request: HttpRequest, number: str) -> HttpResponse:
    found, form = _find(number), ExecutedForm(request.POST)
    if not form.is_valid():
        return _page(request, found, status=422, executed_form=form)
    day: date = form.cleaned_data["executed_on"]
    act = partial(payments.execute_run, executed_on=day)
    return _act(request, found, act, _("Die Zahlungen sind als ausgeführt gebucht."), form)


@require_GET
@roles_required(Role.TREASURY)
def sepa_file(request: HttpRequest, number: str) -> HttpResponse:
    """The bytes as they left: the same file as often as it is fetched."""
    found = get_object_or_404(PaymentRun, number=number)
    if found.file is None:
        raise Http404
    return exports.download(bytes(found.file), name=found.number, kind="xml")


def waiting_count(actor: Actor) -> int:
    """Runs that this person could release."""
    if actor.key is None or not actor.has_role(Role.TREASURY):
        return 0
    return PaymentRun.objects.filter(state=PaymentRun.State.ASSEMBLED).exclude(assembled_by=actor.key).count()
