"""What leaves a paper as a file, its Anlagen, and the buttons that freeze or throw it away."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import actor_in
from applications.views.own import CLOSED, VIEWER
from journal.refusals import Faster, Refused
from workflow import annexes, freezing, papers
from workflow.council_paper import for_everybody, render_pdf
from workflow.forms.paper import AnnexForm
from workflow.models import CouncilPaper, PaperAnnex, PaperDocument
from workflow.views.papers import address, find, paper_page, readers, writers

State, Kind = CouncilPaper.State, PaperDocument.Kind
PDF = "application/pdf"
TYPES = {Kind.PDF: PDF, Kind.DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document"}
STORED = {
    "oeffentlich.pdf": (Kind.PDF, True),
    "oeffentlich.docx": (Kind.DOCX, True),
    "nichtoeffentlich.pdf": (Kind.PDF, False),
    "nichtoeffentlich.docx": (Kind.DOCX, False),
}
"""Name in the address → kind and whether everybody may read it."""


def as_file(content: bytes, content_type: str, name: str) -> HttpResponse:
    """Shown in the browser where that is safe; never executed, never cached."""
    response = HttpResponse(content, content_type=content_type)
    place = "inline" if content_type == PDF else "attachment"
    response["Content-Disposition"] = f'{place}; filename="{name}"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = VIEWER if content_type == PDF else CLOSED
    response["Cache-Control"] = "private, no-store"
    return response


@readers
@require_safe
def file(request: HttpRequest, key: UUID, name: str) -> HttpResponse:
    """A stored file, the draft as it would look now, or the frozen paper with the votes since."""
    found = find(key)
    if name == "entwurf.pdf":
        return _draft_file(found)
    if name in {"ergebnis.pdf", "ergebnis-nichtoeffentlich.pdf"}:
        return _result_file(found, is_public=name == "ergebnis.pdf")
    if name not in STORED:
        raise Http404
    kind, is_public = STORED[name]
    stored = get_object_or_404(found.files.defer("data"), kind=kind, is_public=is_public)
    return as_file(bytes(stored.content), TYPES[kind], f"{found.number}-{name}")


def _draft_file(found: CouncilPaper) -> HttpResponse:
    """Typeset now, with all that is missing visibly missing. Without names: a draft goes round by mail."""
    if found.state != State.DRAFT:
        raise Http404
    now = timezone.now()
    content = render_pdf(for_everybody(freezing.preview(found, at=now)), at=now)
    return as_file(content, PDF, f"{found.number}-entwurf.pdf")


def _result_file(found: CouncilPaper, *, is_public: bool) -> HttpResponse:
    if not any(step.outcome for step in found.consultations.all()):
        raise Http404
    stored = get_object_or_404(found.files.defer("content"), kind=Kind.PDF, is_public=is_public)
    return as_file(freezing.with_results(stored), PDF, f"{found.number}-ergebnis.pdf")


@readers
@require_safe
def annex(request: HttpRequest, key: UUID) -> HttpResponse:
    found = get_object_or_404(PaperAnnex.objects.select_related("paper"), key=key)
    return as_file(bytes(found.pdf), PDF, f"{found.paper.number}-anlage-{found.position}.pdf")


# Anlagen of a draft


@writers
@require_http_methods(["GET", "HEAD", "POST"])
def annex_new(request: HttpRequest, key: UUID) -> HttpResponse:
    found = _draft(key)
    sent = request.method == "POST"
    form = AnnexForm(request.POST, request.FILES) if sent else AnnexForm()
    if sent and form.is_valid() and _kept(request, found, form):
        return HttpResponseRedirect(f"{address(found)}#anlagen")
    context = {"paper": found, "form": form}
    return render(request, "workflow/council/annex_new.html", context, status=422 if form.errors else 200)


def _draft(key: UUID) -> CouncilPaper:
    found = find(key)
    if found.state != State.DRAFT:
        raise Faster(_("Die Vorlage ist festgeschrieben. Sie lässt sich nicht mehr ändern."))
    return found


def _kept(request: HttpRequest, found: CouncilPaper, form: AnnexForm) -> bool:
    data = form.cleaned_data
    try:
        annexes.add(
            found, data["file"], title=data["title"], is_public=data["is_public"] == "yes",
            actor=actor_in(request), at=timezone.now(),
        )  # fmt: skip
    except Refused as refused:
        form.add_error(refused.field if refused.field in form.fields else None, refused.sentence)
        return False
    messages.success(request, _("Die Anlage ist gespeichert."))
    return True


@writers
@require_POST
def annex_remove(request: HttpRequest, key: UUID, annex_key: UUID) -> HttpResponse:
    found = _draft(key)
    wanted = get_object_or_404(found.annexes.defer("pdf"), key=annex_key)
    annexes.remove(found, wanted, actor=actor_in(request), at=timezone.now())
    messages.success(request, _("Die Anlage ist entfernt."))
    return HttpResponseRedirect(f"{address(found)}#anlagen")


# Buttons


def _seen(request: HttpRequest) -> int:
    """The version that the person saw; what cannot be read was never seen."""
    text = request.POST.get("version", "")
    return int(text) if text.isdecimal() and len(text) < 10 else -1


@writers
@require_POST
def freeze(request: HttpRequest, key: UUID) -> HttpResponse:
    found = find(key)
    try:
        freezing.freeze(found, version=_seen(request), actor=actor_in(request), at=timezone.now())
    except Refused as refused:
        return paper_page(request, found, refusal=refused, status=refused.status)
    messages.success(request, _("Die Vorlage ist festgeschrieben. PDF und DOCX liegen bereit."))
    return HttpResponseRedirect(address(found))


@writers
@require_POST
def discard(request: HttpRequest, key: UUID) -> HttpResponse:
    found = find(key)
    try:
        papers.discard(found, version=_seen(request), actor=actor_in(request), at=timezone.now())
    except Refused as refused:
        return paper_page(request, found, refusal=refused, status=refused.status)
    messages.success(request, _("Der Entwurf %(number)s ist verworfen.") % {"number": found.number})
    return HttpResponseRedirect(reverse("workflow:papers"))
