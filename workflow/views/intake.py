"""An application on paper, entered by the office: who sent it, how it came, its steps, and filing it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.access import actor_in, roles_required
from accounts.roles import Role
from applications import completeness, uploads
from applications.completeness import Section
from applications.models import Application, Organisation
from applications.views.frame import on_paper, step_items, step_url
from journal import formats
from journal.refusals import Refused
from workflow import intake, mine
from workflow.forms.intake import IntakeForm, PaperOrganisationForm, SearchForm
from workflow.models import Case
from workflow.views.counter import content_of

require_form = require_http_methods(["GET", "HEAD", "POST"])
officers = roles_required(Role.CASEWORKER)


@officers
def papers(request: HttpRequest) -> HttpResponse:
    """Whose paper it is: looked for by name or postcode; and what is begun already."""
    form = SearchForm(request.GET)
    text = form.cleaned_data["text"] if form.is_valid() else ""
    context = {
        "form": form,
        "text": text,
        "found": list(intake.organisations(text)),
        "drafts": [(one, str(one.application)) for one in intake.drafts()],
    }
    return render(request, "workflow/intake/papers.html", context, status=200 if form.is_valid() else 422)


@officers
@require_form
def organisation(request: HttpRequest, key: UUID | None = None) -> HttpResponse:
    """An organisation that is not known yet, or that the office entered: what has members is written by them."""
    known = get_object_or_404(Organisation, key=key, memberships__isnull=True) if key else None
    form = PaperOrganisationForm(request.POST if request.method == "POST" else None, instance=known)
    if request.method == "POST" and form.is_valid():
        made = intake.enter_organisation(form.save(commit=False), actor=actor_in(request), at=timezone.now())
        return HttpResponseRedirect(
            reverse("workflow:paper_applications" if known else "workflow:intake_new", args=[] if known else [made.key])
        )
    context = {
        "form": form,
        "title": _("Angaben ändern") if known else _("Neue Organisation"),
        "back": reverse("workflow:paper_applications"),
    }
    return render(request, "workflow/intake/organisation.html", context, status=422 if form.errors else 200)


@officers
@require_form
def new(request: HttpRequest, key: UUID) -> HttpResponse:
    """How and when the paper came; after it the steps of the form."""
    found, now = get_object_or_404(Organisation, key=key), timezone.now()
    form = IntakeForm(request.POST, request.FILES, now=now) if request.method == "POST" else IntakeForm(now=now)
    if request.method == "POST" and form.is_valid():
        made = _begun(request, found, form)
        if made is not None:
            return HttpResponseRedirect(step_url(made, Section.PROJECT))
    context = {"form": form, "organisation": found}
    return render(request, "workflow/intake/new.html", context, status=422 if form.errors else 200)


def _begun(request: HttpRequest, found: Organisation, form: IntakeForm) -> Application | None:
    data: dict[str, Any] = form.cleaned_data
    try:
        return intake.begin(
            data["programme"], found, uploads.take(data["scan"], at=form.now), received_at=data["received_at"],
            channel=data["channel"], consent_by=data["consent_by"], actor=actor_in(request), at=form.now,
        )  # fmt: skip
    except Refused as refused:
        field = "scan" if refused.field == "file" else refused.field
        form.add_error(field if field in form.fields else None, refused.sentence)
        return None


@officers
@require_form
def paper(request: HttpRequest, key: UUID) -> HttpResponse:
    """Everything on one page, what the paper leaves open, and the button that files it."""
    application = on_paper(actor_in(request), key)
    if application is None or application.filed_at is not None:
        return _filed_before(key)
    if request.method != "POST":
        return _page(request, application)
    try:
        case = intake.file(application, actor=actor_in(request), at=timezone.now())
    except Refused as refused:
        return _page(request, application, sentence=refused.sentence)
    messages.success(request, _done(case))
    return HttpResponseRedirect(reverse("workflow:case", args=[case.reference]))


def _place_of(application: Application, item: completeness.Missing) -> str:
    """Where it is written down; what only the organisation itself may change has no place here."""
    if item.section in set(Section):
        return mine.place_of(application, item)
    if application.organisation.memberships.exists():
        return ""
    return reverse("workflow:paper_organisation_edit", args=[application.organisation.key])


def _filed_before(key: UUID) -> HttpResponse:
    filed = Case.objects.filter(application__key=key, is_paper=True).first()
    if filed is None:
        raise Http404
    return HttpResponseRedirect(reverse("workflow:case", args=[filed.reference]))


def _done(case: Case) -> str:
    return _("Der Antrag ist eingetragen. Das Aktenzeichen ist %(reference)s. Eingegangen ist er am %(day)s.") % {
        "reference": case.reference,
        "day": formats.plain_day(formats.local(case.received_at)),
    }


def _page(request: HttpRequest, application: Application, *, sentence: str = "") -> HttpResponse:
    completeness.prepare(application)
    missing = completeness.missing_in(application, today=timezone.localdate())
    note = intake.intake_of(application)
    context = {
        "application": application,
        "intake": note,
        "is_late": bool(note and application.round.is_late(at=note.received_at)),
        "items": step_items(application, None),
        "missing": [(item.sentence, _place_of(application, item)) for item in missing],
        "sentence": sentence,
        **content_of(application),
    }
    return render(request, "workflow/intake/paper.html", context, status=422 if sentence else 200)
