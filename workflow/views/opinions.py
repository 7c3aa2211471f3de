"""Opinions of others: asked for in the office, given behind a personal link without a log-in."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import actor_in, roles_required
from accounts.actors import names_of
from accounts.roles import CASE_READERS
from funding.law.periods import information_due_on
from journal import impartial
from journal.refusals import Faster, Refused
from workflow import opinions, queries
from workflow.forms.opinions import AnswerForm, AskForm
from workflow.models import Case, Opinion

DAYS = 21
"""Suggested time for an answer."""


@roles_required(*CASE_READERS)
def case_opinions(request: HttpRequest, reference: str) -> HttpResponse:
    case = get_object_or_404(queries.with_everything(), reference=reference)
    today = timezone.localdate()
    form = AskForm(
        request.POST if request.method == "POST" else None, initial={"due_on": information_due_on(today, days=DAYS)}
    )
    if request.method == "POST" and form.is_valid() and _asked(request, case, form):
        return HttpResponseRedirect(reverse("workflow:opinions", args=[reference]))
    return _page(request, case, form)


def _asked(request: HttpRequest, case: Case, form: AskForm) -> bool:
    try:
        opinion = opinions.ask(case, **form.cleaned_data, actor=actor_in(request), at=timezone.now())
    except Refused as refused:
        form.add_error(refused.field, refused.sentence)
        return False
    messages.success(request, _("Die Anfrage geht an %(who)s.") % {"who": opinion.asked_of})
    return True


def _page(request: HttpRequest, case: Case, form: AskForm) -> HttpResponse:
    actor, today = actor_in(request), timezone.localdate()
    found = list(case.opinions.all())
    names = names_of({one.asked_by for one in found})
    bias = impartial.bias(case, actor=actor, today=today)
    may_ask = not bias and opinions.refuse_asking(case, actor) is None
    context = {
        "case": case,
        "rows": [
            (one, names.get(one.asked_by, _("Name gelöscht")), *opinions.state_of(one, today=today)) for one in found
        ],
        "may_ask": may_ask,
        "bias": bias,
        "form": form,
    }
    return render(request, "workflow/office/opinions.html", context, status=422 if form.errors else 200)


@require_POST
@roles_required(*opinions.ASKERS)
def withdraw(request: HttpRequest, reference: str, key: UUID) -> HttpResponse:
    found = get_object_or_404(Opinion.objects.select_related("case__application"), key=key, case__reference=reference)
    opinions.withdraw(found, actor=actor_in(request), at=timezone.now())
    messages.success(request, _("Zurückgezogen. Der Link sagt jetzt, dass nichts mehr zu tun ist."))
    return HttpResponseRedirect(reverse("workflow:opinions", args=[reference]))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def opinion(request: HttpRequest, secret: str) -> HttpResponse:
    """Behind the link: the form, thanks for an answer that is there (also to a second one, 409), or why it is over."""
    found = opinions.found_by(secret)
    if found is None:
        raise Http404
    if found.answered_at is not None:
        return _outside(request, "opinion_thanks.html", found, status=409 if request.method == "POST" else 200)
    sentence = opinions.over_sentence(found, today=timezone.localdate())
    if sentence:
        return _outside(request, "opinion_over.html", found, status=410, sentence=sentence)
    form = AnswerForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        return _answered(request, found, form, secret)
    return _outside(request, "opinion.html", found, status=422 if form.errors else 200, form=form)


def _answered(request: HttpRequest, found: Opinion, form: AnswerForm, secret: str) -> HttpResponse:
    data = form.cleaned_data
    try:
        opinions.answer(
            found, verdict=data["verdict"], text=data["answer"], name=data["answered_by"], at=timezone.now()
        )
    except Faster as faster:
        return _outside(request, "opinion_over.html", found, status=409, sentence=faster.sentence)
    return HttpResponseRedirect(reverse("workflow:opinion", args=[secret]))


def _outside(request: HttpRequest, template: str, found: Opinion, *, status: int, **more: object) -> HttpResponse:
    """Nothing of it is kept by a search engine or told to the next page."""
    application = found.case.application
    context = {
        "opinion": found,
        "case": found.case,
        "programme": found.case.programme,
        "organisation": "" if application.organisation.is_natural_person else str(application.organisation),
        **more,
    }
    answer = render(request, f"workflow/opinion/{template}", context, status=status)
    answer["X-Robots-Tag"] = "noindex"
    answer["Referrer-Policy"] = "no-referrer"
    return answer
