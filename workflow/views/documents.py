"""The notice as it will leave the house, and the documents of a case as files."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.access import actor_in, roles_required
from accounts.roles import CASE_READERS
from journal.actors import Actor
from journal.machine import Offer
from journal.refusals import Forbidden
from workflow import notices, queries, rules, timeline
from workflow.models import Award, AwardState, Case, CaseState, Document
from workflow.views.steps import visible_to


@require_http_methods(["GET", "POST"])
@roles_required(*CASE_READERS)
def notice(request: HttpRequest, reference: str) -> HttpResponse:
    """„Bescheid ansehen": POST has it typeset, GET shows its key data and leads to the dispatch."""
    actor = actor_in(request)
    case = get_object_or_404(queries.with_everything(), reference=reference)
    subject = subject_of(case)
    if request.method == "POST":
        return _make(request, case, subject, actor)
    kind = kind_of(subject)
    documents = list(case.documents.filter(kind=kind).defer("pdf").order_by("-number"))
    current = documents[0] if documents and is_current(documents[0], subject) else None
    context = {
        "case": case,
        "award": queries.award_of(case),
        "kind": Document.Kind(kind).label,
        "is_rejection": kind == Document.Kind.REJECTION_NOTICE,
        "current": current,
        "older": [document for document in documents if document is not current],
        "sent": next((document for document in documents if document.sent_on), None),
        "may_make": may_make(subject, actor),
        "dispatch": _dispatch(subject, actor) if current else None,
        "subject": subject,
    }
    return render(request, "workflow/office/notice.html", context)


def subject_of(case: Case) -> Award | Case:
    """What the notice speaks of: the award, or the rejected case. Http404 while nothing is decided."""
    award = queries.award_of(case)
    if case.state == CaseState.APPROVED and award is not None:
        found: Award = award
        return found
    if case.state == CaseState.REJECTED:
        return case
    raise Http404


def kind_of(subject: Award | Case) -> str:
    return Document.Kind.AWARD_NOTICE if isinstance(subject, Award) else Document.Kind.REJECTION_NOTICE


def is_current(document: Document, subject: Award | Case) -> bool:
    """Whether it speaks of the present state of the decision."""
    case = subject.case if isinstance(subject, Award) else subject
    return document.subject_version == subject.version and (
        case.decided_at is None or document.rendered_at >= case.decided_at
    )


def may_make(subject: Award | Case, actor: Actor) -> bool:
    if not rules.may_check(actor):
        return False
    return subject.state == AwardState.DRAFT_NOTICE if isinstance(subject, Award) else not subject.rejection_sent_on


def _make(request: HttpRequest, case: Case, subject: Award | Case, actor: Actor) -> HttpResponse:
    """Typesets outside any transaction."""
    if not may_make(subject, actor):
        raise Forbidden(_("Diese Aufgabe gehört einer anderen Person."))
    if isinstance(subject, Award):
        notices.render_award_notice(subject, actor=actor, at=timezone.now())
    else:
        notices.render_rejection_notice(subject, actor=actor, at=timezone.now())
    messages.success(request, _("Der Bescheid ist erstellt. Bitte sehen Sie ihn an, bevor Sie ihn versenden."))
    return HttpResponseRedirect(reverse("workflow:notice", args=[case.reference]))


def _dispatch(subject: Award | Case, actor: Actor) -> dict[str, Any] | None:
    """The step that sends it, if this person may take it."""
    name = "issue" if isinstance(subject, Award) else "send_rejection"
    route = "workflow:award_step" if isinstance(subject, Award) else "workflow:case_step"
    found: list[Offer] = [
        offer for offer in subject.offers(actor=actor, today=timezone.localdate()) if offer.name == name
    ]
    return {"label": found[0].label, "url": reverse(route, args=[subject.pk, name])} if found else None


@login_required
def document(request: HttpRequest, reference: str, pk: int) -> HttpResponse:
    """A document as a file: the office reads all, members what has left the house for them."""
    actor = actor_in(request)
    case = visible_to(actor, Case.objects.select_related("application", "award").filter(reference=reference).first())
    found = get_object_or_404(Document.objects.defer("content"), case=case, pk=pk)
    if not rules.may_read_case(actor) and not is_for_members(found, case):
        raise Http404
    return pdf(found)


def pdf(found: Document) -> HttpResponse:
    """The bytes as they left the house; no proxy and no shared browser keeps them."""
    response = HttpResponse(bytes(found.pdf), content_type="application/pdf")
    name = f"{found.case.reference}-{found.get_kind_display()}-{found.number}.pdf"
    response["Content-Disposition"] = f'inline; filename="{name}"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response


def is_for_members(found: Document, case: Case) -> bool:
    """The receipt at once; a notice when it left the house, from the portal when it was collected."""
    if found.kind == Document.Kind.RECEIPT:
        return True
    return found.sent_on is not None and timeline.is_disclosed(case)
