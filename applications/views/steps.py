"""One address for all steps of an application."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import actor_in
from applications import presence, rules
from applications.completeness import Section
from applications.forms import texts
from applications.forms.drafts import FieldsDraft
from applications.forms.questions import ALL_FORMS
from applications.gathering import gather
from applications.merging import Values, packed
from applications.models import Application
from applications.views import documents, plan
from applications.views.answers import answers_scripts, is_autosave, saved, settle
from applications.views.frame import next_url, not_open, own_application, page, proceed, refuse_reader
from journal.refusals import Refused


@answers_scripts
def step(request: HttpRequest, key: UUID, step: str) -> HttpResponse:
    if step not in set(Section):
        raise Http404
    section = Section(step)
    application = own_application(request, key)
    refuse_reader(application, actor_in(request))
    if section is Section.QUESTIONS and application.question_set_id is None:
        raise Http404
    gather(application)
    if section is Section.QUESTIONS and not rules.has_questions(application):
        return _nothing_asked(request, application)
    if request.method != "POST" and section not in rules.open_sections(application):
        return not_open(application)
    view = {Section.PLAN: plan.show, Section.DOCUMENTS: documents.show}.get(section, show)
    return view(request, application, section)


def _nothing_asked(request: HttpRequest, application: Application) -> HttpResponse:
    """The questions went while their page was open, or an old link leads here: on to the next step."""
    if not application.is_editable:
        return not_open(application)
    if is_autosave(request):
        raise Refused(_("Die Fragen auf dieser Seite stellen wir nicht mehr. Hier ist nichts mehr zu tun."))
    if request.method == "POST":
        messages.info(request, _("Die Fragen zum Programm stellen wir nicht mehr. Hier geht es weiter."))
    return HttpResponseRedirect(next_url(application, Section.QUESTIONS))


def show(request: HttpRequest, application: Application, section: Section) -> HttpResponse:
    """A step made of plain fields."""
    factory = ALL_FORMS[section]
    if request.method != "POST":
        form = factory(instance=application)
        return _page(request, application, section, form, texts.shown(form))
    rules.refuse_closed(application, section)
    draft = FieldsDraft(factory, application, request.POST)
    settled = settle(request, application, section, draft)
    if isinstance(settled, HttpResponse):
        return settled
    application = settled.application
    if is_autosave(request):
        return saved(request, settled, section, draft)
    is_fine = not draft.form.errors or "anyway" in request.POST
    if is_fine and "add_row" not in request.POST:
        return proceed(request, application, section)
    draft.form.data["version"] = str(application.version)  # type: ignore[index]
    status = 422 if draft.form.errors else 200
    return _page(request, application, section, draft.form, settled.stored, status=status)


def _page(
    request: HttpRequest, application: Application, section: Section, form: object, stored: Values, *, status: int = 200
) -> HttpResponse:
    note = _("Was wir lesen konnten, ist gespeichert. Die markierten Angaben noch nicht.")
    return page(request, application, section, "step", status, form=form, base=packed(stored), note=note)


@answers_scripts
def here(request: HttpRequest, key: UUID, step: str) -> HttpResponse:
    """Asked every few seconds by an open page: who else is here. It is a sign of the one who asks, too."""
    application = own_application(request, key)
    if step not in set(Section):
        raise Http404
    refuse_reader(application, actor_in(request))
    others = presence.sign(application, step, actor=actor_in(request), at=timezone.now())
    return JsonResponse({"here": presence.sentences(others, step), "version": application.version})
