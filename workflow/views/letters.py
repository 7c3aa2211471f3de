"""Letters to be printed and posted, for people without an e-mail address."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.access import actor_in, roles_required
from accounts.actors import names_of
from accounts.roles import Role
from journal.refusals import Faster, Refused
from workflow import letter_document, paper_letters
from workflow.forms.intake import PostedForm
from workflow.models import PaperLetter

PER_PAGE = 50
officers = roles_required(Role.CASEWORKER)


@officers
@require_safe
def letters(request: HttpRequest) -> HttpResponse:
    return _page(request)


def _page(request: HttpRequest, *, sent: tuple[int, PostedForm] | None = None) -> HttpResponse:
    """What waits for the printer, and what went out last; `sent` is the form that came back with errors."""
    today = timezone.localdate()
    page = Paginator(paper_letters.waiting(), PER_PAGE).get_page(request.GET.get("page"))
    posted = list(paper_letters.posted()[:10])
    names = names_of({one.sent_by for one in posted})
    context = {
        "page": page,
        "rows": [(one, sent[1] if sent and sent[0] == one.pk else _form(one, today)) for one in page],
        "posted": [(one, names.get(one.sent_by, "")) for one in posted],  # type: ignore[arg-type]
        "wrong": sent[1] if sent else None,
    }
    return render(request, "workflow/intake/letters.html", context, status=422 if sent else 200)


def _form(letter: PaperLetter, today: object, data: object = None) -> PostedForm:
    return PostedForm(data, prefix=f"brief-{letter.pk}", initial={"sent_on": today})  # type: ignore[arg-type]


@officers
@require_POST
def posted(request: HttpRequest, key: UUID) -> HttpResponse:
    """Notes that a letter went to the post."""
    letter = get_object_or_404(PaperLetter.objects.select_related("case"), key=key)
    today = timezone.localdate()
    form = _form(letter, today, request.POST)
    try:
        if form.is_valid():
            day = form.cleaned_data["sent_on"]
            paper_letters.post(letter, sent_on=day, today=today, actor=actor_in(request), at=timezone.now())
            messages.success(request, _("Der Brief ist als versendet eingetragen."))
            return HttpResponseRedirect(reverse("workflow:letters"))
    except Refused as refused:
        form.add_error(refused.field, refused.sentence)
    except Faster as faster:
        context = {"sentence": faster.sentence, "typed": {}, "url": reverse("workflow:letters")}
        return render(request, "409.html", context, status=409)
    return _page(request, sent=(letter.pk, form))


@officers
@require_safe
def letter_pdf(request: HttpRequest, key: UUID) -> HttpResponse:
    """The letter as it is printed."""
    letter = get_object_or_404(
        PaperLetter.objects.select_related("case__application__organisation", "case__programme"), key=key
    )
    response = HttpResponse(letter_document.pdf_of(letter), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{letter.case.reference}-Brief.pdf"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response
