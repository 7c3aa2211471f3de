"""The counter: what an association does with its applications, and what it reads of them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import actor_in, applicant_required
from applications import completeness, lateness, plans, queries, questions
from applications.account import account_of
from applications.completeness import Section
from applications.models import COST_LABELS, SOURCE_LABELS, Application
from applications.views.documents import files_of
from applications.views.frame import step_items
from funding.models import Commitment, Disbursement
from funding.money import format_money
from funding.sepa import mask_iban
from journal import formats
from journal.actors import APPLICANT
from journal.refusals import Forbidden, Refused
from workflow import actions, claims, inquiries, labels, mine, rules, signing, talk, timeline
from workflow.forms.counter import RequestPaymentForm
from workflow.models import Case, CaseState, Document
from workflow.queries import award_of
from workflow.receipts import receipt_for
from workflow.views.documents import pdf
from workflow.views.talk_panel import panel as talk_panel

ZERO = Decimal("0.00")


@applicant_required
def my_applications(request: HttpRequest) -> HttpResponse:
    now, today = timezone.now(), timezone.localdate()
    rows = mine.rows_of(actor_in(request), at=now)
    cases = [row.case for row in rows if row.case is not None]
    news = talk.counts(cases, for_office=False) if cases else {}
    step = mine.next_step(rows, today=today)
    running = mine.running(rows, step)
    draft = next((row for row in rows if row.case is None and row.url == step.url), None)
    context = {
        "rows": rows,
        "drafts": mine.drafts_in(rows, actor=actor_in(request)),
        "projects": [(row, news.get(row.case.pk, "")) for row in rows if row.case is not None],
        "step": step,
        "missing": mine.missing_sentence(draft.application, today=today) if draft and not draft.signing else "",
        "running": running,
        "entries": _entries(running.case) if running and running.case else [],
        "names": sorted({row.application.organisation.name for row in rows}),
    }
    return render(request, "workflow/counter/my_applications.html", context)


def _entries(case: Case) -> list[timeline.Entry]:
    return timeline.entries(case, for_office=False, today=timezone.localdate())


def own_application(request: HttpRequest, key: UUID) -> Application:
    found = queries.of_member(actor_in(request)).select_related("municipality", "measure").filter(key=key).first()
    if found is None:
        raise Http404
    return found


def own_case(request: HttpRequest, key: UUID) -> Case:
    """The case of an own application; without one, or for a stranger, there is nothing here."""
    application = own_application(request, key)
    case = Case.objects.select_related("programme", "award").filter(application=application).first()
    if case is None:
        raise Http404
    case.application = application
    return case


# Filing


@login_required
def file(request: HttpRequest, key: UUID) -> HttpResponse:
    """The whole application on one page, what is missing, and the button that hands it in."""
    application = own_application(request, key)
    if application.filed_at is not None:
        return HttpResponseRedirect(reverse("workflow:my_case", args=[key]))
    if request.method != "POST":
        return _summary(request, application)
    try:
        case = actions.file_application(application, actor=actor_in(request), at=timezone.now())
    except Refused as refused:
        return _summary(request, application, sentence=refused.sentence)
    messages.success(request, _filed(case))
    return HttpResponseRedirect(reverse("workflow:my_case", args=[key]))


def _filed(case: Case) -> str:
    return _(
        "Ihr Antrag ist eingegangen. Das Aktenzeichen ist %(reference)s. "
        "Die Bestätigung schicken wir Ihnen auch per E-Mail."
    ) % {"reference": case.reference}


def _summary(request: HttpRequest, application: Application, *, sentence: str = "") -> HttpResponse:
    missing = completeness.missing_in(application, today=timezone.localdate())
    context = {
        "application": application,
        "items": step_items(application, None),
        "missing": [(item.sentence, mine.place_of(application, item)) for item in missing],
        "hints": [
            (item.sentence, mine.place_of(application, item))
            for item in completeness.hints_in(application, today=timezone.localdate())
        ],
        "sentence": "" if missing else sentence,
        "is_refused": bool(sentence),
        "may_file": bool(rules.has_membership(application.organisation_id, actor_in(request).key, may_file=True)),
        "may_edit": bool(rules.has_membership(application.organisation_id, actor_in(request).key, may_edit=True)),
        "closed": lateness.refuse_filing(application, at=timezone.now()) or "",
        "is_late": application.round.is_late(at=timezone.now()),
        "signature": signing.panel(application, actor_in(request), today=timezone.localdate()),
        **content_of(application),
    }
    return render(request, "workflow/counter/file.html", context, status=422 if sentence else 200)


def content_of(application: Application) -> dict[str, Any]:
    """All that was written, ready to be read; three queries and the files."""
    costs, sources = list(application.costs.all()), list(application.sources.all())
    dash = "–"
    plan = plans.plan_from(costs, sources)
    return {
        "plan": plan,
        "costs": [(COST_LABELS[line.category], line) for line in costs],
        "sources": [(SOURCE_LABELS[line.kind], line) for line in sources],
        "files": files_of(application, may_remove=False),
        "declared": completeness.declared_in(application),
        "answers": questions.answered(application, requested=plan.requested),
        "project_facts": [
            (_("Organisation"), application.organisation.name),
            (_("Konto"), account_of(application.organisation) or dash),
            (_("Ort"), application.place or dash),
            (_("Gemeinde"), application.municipality or dash),
            (_("Ansprechperson"), f"{application.contact_name} {application.contact_phone}".strip() or dash),
        ],
        "goal_facts": [
            (_("Maßnahme"), application.measure or dash),
            (_("Ziele"), ", ".join(str(goal) for goal in application.goals.all()) or dash),
            (_("Wer kommen soll"), application.target_group or dash),
            (_("Wie viele Menschen"), application.expected_people or dash),
            (_("Zeitraum"), _period(application) or dash),
        ],
        "sections": {section.name.lower(): section.value for section in Section},
    }


def _period(application: Application) -> str:
    if application.starts_on is None or application.ends_on is None:
        return ""
    return formats.period(application.starts_on, application.ends_on)


# One application after filing


@login_required
def my_case(request: HttpRequest, key: UUID) -> HttpResponse:
    application = own_application(request, key)
    if application.filed_at is None:
        return HttpResponseRedirect(reverse("workflow:file", args=[key]))
    case, today = own_case(request, key), timezone.localdate()
    award, actor = award_of(case), actor_in(request)
    commitments = list(Commitment.objects.filter(thread=case.reference).order_by("pk"))
    buttons = _buttons(case, actor, today)
    may_edit = rules.has_membership(application.organisation_id, actor.key, may_edit=True)
    opened = application.open_sections if may_edit else []
    entries = _entries(case)
    context = {
        "case": case,
        "award": award,
        "application": application,
        "label": labels.for_association(case, award),
        "question": inquiries.open_request(case) if case.state == CaseState.INFO_REQUESTED else None,
        "open_sections": mine.section_links(application, opened),
        "may_edit": may_edit,
        "offers": buttons,
        "sections_first": any(button["tone"] == "primary" and button["why"] for button in buttons),
        "may_request": bool(
            rules.member_who_may_file(case, actor) and claims.claimable(case, commitments, today=today)
        ),
        "is_disclosed": timeline.is_disclosed(case),
        "money": mine.money_of(case, commitments),
        "payments": _payments(case) if timeline.is_disclosed(case) else [],
        "entries": entries,
        "now": next((entry for entry in entries if entry.state == "now"), None),
        "has_revisions": application.revisions.count() > 1,
        "talk": talk_panel(request, case, for_office=False),
        **content_of(application),
    }
    return render(request, "workflow/counter/my_case.html", context)


def _buttons(case: Case, actor: Any, today: Any) -> list[dict[str, Any]]:
    """What this person may do with the case and its award, the first one primary."""
    award = award_of(case)
    found = [("workflow:case_step", case.pk, offer) for offer in case.offers(actor=actor, today=today)]
    if award is not None:
        award.case = case
        found += [("workflow:award_step", award.pk, offer) for offer in award.offers(actor=actor, today=today)]
    return [
        {
            "url": reverse(name, args=[key, offer.name]),
            "label": offer.label,
            "tone": offer.step.tone,
            "why": offer.refusals,
        }
        for name, key, offer in found
        if offer.is_open or offer.step.tone == "primary"
    ]


def _payments(case: Case) -> list[dict[str, Any]]:
    found = Disbursement.objects.filter(commitment__thread=case.reference).order_by("requested_at", "pk")
    return [{"payment": payment, "label": labels.DISBURSEMENT_FOR_ASSOCIATION[payment.state]} for payment in found]


@login_required
def receipt(request: HttpRequest, key: UUID) -> HttpResponse:
    """The receipt as PDF; made at the first wish."""
    return pdf(receipt_for(own_case(request, key), timezone.now()))


@login_required
def my_notice(request: HttpRequest, key: UUID) -> HttpResponse:
    """The notice that was sent. Before that, and before it is collected in the portal, there is none."""
    case = own_case(request, key)
    sent = case.documents.filter(kind__in=[Document.Kind.AWARD_NOTICE, Document.Kind.REJECTION_NOTICE])
    found = sent.filter(sent_on__isnull=False).order_by("-rendered_at", "-pk").first()
    if found is None or not timeline.is_disclosed(case):
        raise Http404
    return pdf(found)


# Money


@login_required
def request_payment(request: HttpRequest, key: UUID) -> HttpResponse:
    case, actor = own_case(request, key), actor_in(request)
    if not rules.member_who_may_file(case, actor):
        raise Forbidden(_("Geld anfordern darf nur, wem Ihre Organisation das erlaubt hat."))
    commitments = list(Commitment.objects.filter(thread=case.reference).select_related("line").order_by("pk"))
    ready = claims.claimable(case, commitments, today=timezone.localdate())
    if not ready:
        raise Refused(_("Im Moment lässt sich für dieses Projekt kein Geld anfordern."))
    form = RequestPaymentForm(request.POST or None)
    if request.method != "POST":
        return _payment_page(request, case, commitments, ready, form)
    if not form.is_valid() or not _requested(request, case, form):
        return _payment_page(request, case, commitments, ready, form, status=422)
    amount = format_money(form.cleaned_data["amount"])
    messages.success(request, _("%(amount)s sind angefordert. Wir prüfen und zahlen dann aus.") % {"amount": amount})
    return HttpResponseRedirect(reverse("workflow:my_case", args=[key]))


def _requested(request: HttpRequest, case: Case, form: RequestPaymentForm) -> bool:
    actor = actor_in(request).acting_as(APPLICANT)
    try:
        claims.request(
            case, form.cleaned_data["amount"], need=form.cleaned_data["need"], actor=actor, at=timezone.now()
        )
    except Refused as refused:
        form.add_error(refused.field if refused.field in form.fields else None, refused.sentence)
        return False
    return True


def _payment_page(
    request: HttpRequest,
    case: Case,
    commitments: list[Commitment],
    ready: list[Commitment],
    form: RequestPaymentForm,
    *,
    status: int = 200,
) -> HttpResponse:
    context = {
        "case": case,
        "application": case.application,
        "form": form,
        "rest": sum((claims.left(found) for found in ready), ZERO),
        "later": [found for found in commitments if found.pledged],
        "account": mask_iban(ready[0].payee_iban),
        "payee": ready[0].payee_name,
        "today": timezone.localdate(),
    }
    return render(request, "workflow/counter/request_payment.html", context, status=status)
