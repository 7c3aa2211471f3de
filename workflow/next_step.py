"""The panel at the head of a case: where it stands, what this person may press now, or for whom it waits."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from journal import formats
from journal.actors import Actor
from journal.machine import Machine, Offer
from workflow import rules
from workflow.dossier import Dossier
from workflow.models import Award, AwardState, Case, CaseState
from workflow.models.case import BEFORE_DECISION

S, A = CaseState, AwardState
DECISIONS = frozenset({"approve", "offer", "reject"})
NOTICES = frozenset({"issue", "send_rejection"})


@dataclass(frozen=True, kw_only=True)
class Button:
    """`version` is None for a page to go to; with a number the step is taken at once by a POST."""

    label: str
    url: str
    tone: str
    version: int | None = None


@dataclass(kw_only=True)
class Panel:
    title: str
    text: str = ""
    buttons: list[Button] = field(default_factory=list)
    refusals: list[str] = field(default_factory=list)
    bias: str = ""
    """Why this person must not judge the case."""

    @property
    def is_next(self) -> bool:
        return bool(self.buttons or self.refusals)


def panel(dossier: Dossier, *, actor: Actor, today: date) -> Panel:
    """What stands first on the page of a case."""
    case, award = dossier.case, dossier.award
    offers = list(_offers(case, award, actor, today))
    buttons = list(_buttons(case, award, [offer for offer in offers if not offer.bias]))
    refusals = _refusals(offers)
    bias = next((offer.bias for offer in offers if offer.bias), "")
    if bias:
        return Panel(title=_("Eine andere Person ist dran"), text=bias, buttons=buttons, bias=bias)
    if refusals and case.state == S.FORMAL_CHECK:
        refusals = [_("Sind alle Punkte geprüft, geben Sie den Antrag von hier zur fachlichen Prüfung.")]
    if not buttons and not refusals:
        return Panel(title=_standing(dossier), text=_waiting(case, award, today))
    leading = next((offer for offer in offers if offer.is_open and offer.step.tone == "primary"), None)
    return Panel(
        title=_question(dossier),
        text=str(leading.step.consequence) if leading and leading.name not in DECISIONS | NOTICES else "",
        buttons=_one_primary(buttons, may_lead=case.state != S.FORMAL_CHECK),
        refusals=refusals,
    )


def machine_of(offer: Offer, case: Case, award: Award | None) -> Machine:
    return award if award is not None and offer.name in type(award).transitions() else case


def _offers(case: Case, award: Award | None, actor: Actor, today: date) -> Iterator[Offer]:
    yield from case.offers(actor=actor, today=today)
    if award is not None and case.state == S.APPROVED:
        yield from award.offers(actor=actor, today=today)


def _buttons(case: Case, award: Award | None, offers: list[Offer]) -> Iterator[Button]:
    names = {offer.name for offer in offers}
    if names & DECISIONS:
        url = reverse("workflow:decide", args=[case.reference])
        yield Button(label=_("Entscheiden"), url=url, tone="primary")
    if names & NOTICES and case.rejection_sent_on is None:
        url = reverse("workflow:notice", args=[case.reference])
        yield Button(label=_("Bescheid ansehen und versenden"), url=url, tone="primary")
    for offer in offers:
        if offer.is_open and offer.name not in DECISIONS | NOTICES:
            yield _button(offer, machine_of(offer, case, award))


def _button(offer: Offer, obj: Machine) -> Button:
    """A step that asks nothing is pressed here; a rare one is shown once more before."""
    name = "workflow:award_step" if isinstance(obj, Award) else "workflow:case_step"
    url = reverse(name, args=[obj.pk, offer.name])
    is_direct = offer.step.form is None and offer.step.tone == "primary"
    return Button(label=offer.label, url=url, tone=offer.step.tone, version=obj.version if is_direct else None)


def _one_primary(buttons: list[Button], *, may_lead: bool) -> list[Button]:
    """One primary button a page: the first; where there is none, the first secondary one leads."""
    order = ("primary", "secondary", "tertiary")
    ranked = sorted(buttons, key=lambda button: order.index(button.tone))
    found: list[Button] = []
    for position, button in enumerate(ranked):
        tone = button.tone
        if position and tone == "primary":
            tone = "secondary"
        if not position and tone == "secondary" and may_lead:
            tone = "primary"
        found.append(Button(label=button.label, url=button.url, tone=tone, version=button.version))
    return found


def _refusals(offers: list[Offer]) -> list[str]:
    """Instead of a disabled button, the reason. Rare steps keep silent."""
    shut = (
        offer for offer in offers
        if not offer.is_open and offer.step.tone == "primary" and offer.name not in DECISIONS | NOTICES
    )  # fmt: skip
    return list(dict.fromkeys(sentence for offer in shut for sentence in offer.refusals))


QUESTIONS: dict[str, Any] = {
    S.SUBMITTED: gettext_lazy("Der Antrag ist neu. Jetzt mit der Prüfung beginnen?"),
    S.INFO_REQUESTED: gettext_lazy("Die Nachforderung läuft."),
    S.TECHNICAL_REVIEW: gettext_lazy("Jetzt einen Vorschlag schreiben?"),
    S.WAITLISTED: gettext_lazy("Der Antrag steht auf der Warteliste."),
    S.IN_COMMITTEE: gettext_lazy("Der Vorgang ist im Gremium."),
    S.DECISION_READY: gettext_lazy("Der Vorgang ist zur Entscheidung bereit."),
    S.REVISION_OFFERED: gettext_lazy("Das Angebot läuft."),
    S.REJECTED: gettext_lazy("Der Antrag ist abgelehnt."),
    S.WITHDRAWN: gettext_lazy("Der Antrag ist zurückgezogen."),
    S.LAPSED: gettext_lazy("Der Antrag ist verfallen."),
}
OF_AWARD: dict[str, Any] = {
    A.DRAFT_NOTICE: gettext_lazy("Bewilligt. Jetzt den Bescheid erstellen und versenden?"),
    A.ISSUED: gettext_lazy("Der Bescheid ist versendet."),
    A.NOTIFIED: gettext_lazy("Der Bescheid ist bekannt gegeben."),
    A.CONTESTED: gettext_lazy("Eine Klage ist anhängig. Zahlungen sind gesperrt."),
    A.ACTIVE: gettext_lazy("Der Bescheid ist bestandskräftig. Das Projekt läuft."),
    A.REPORT_DUE: gettext_lazy("Der Nachweis ist angefordert."),
    A.REPORT_SUBMITTED: gettext_lazy("Der Nachweis ist da. Jetzt prüfen?"),
    A.REPORT_INFO_REQUESTED: gettext_lazy("Die Nachforderung zum Nachweis läuft."),
    A.REPORT_IN_REVIEW: gettext_lazy("Der Nachweis wird geprüft."),
    A.SETTLED: gettext_lazy("Der Endbetrag ist festgesetzt."),
    A.CLOSED: gettext_lazy("Die Akte ist geschlossen."),
    A.RENOUNCED: gettext_lazy("Der Verein hat auf die Förderung verzichtet."),
    A.REVOKED: gettext_lazy("Der Bescheid ist aufgehoben."),
}


def _question(dossier: Dossier) -> str:
    if dossier.case.state == S.FORMAL_CHECK and not dossier.open_points:
        return _("Alle Punkte sind geprüft. Jetzt zur fachlichen Prüfung?")
    return _standing(dossier)


def _standing(dossier: Dossier) -> str:
    """Where the case stands, in a sentence."""
    case, award = dossier.case, dossier.award
    if case.state == S.FORMAL_CHECK:
        return _points(dossier.open_points)
    if award is not None and case.state == S.APPROVED:
        return str(OF_AWARD[award.state])
    if case.state == S.REJECTED and case.rejection_sent_on is None:
        return _("Abgelehnt. Jetzt den Bescheid erstellen und versenden?")
    return str(QUESTIONS.get(case.state, case.get_state_display()))


def _points(count: int) -> str:
    if not count:
        return _("Alle Punkte sind geprüft.")
    if count == 1:
        return _("Noch ein Punkt der Prüfung ist offen.")
    return _("Noch %(count)s Punkte der Prüfung sind offen.") % {"count": formats.count_word(count)}


WAITS_FOR: dict[str, Any] = {
    S.SUBMITTED: gettext_lazy("die Sachbearbeitung"),
    S.FORMAL_CHECK: gettext_lazy("die Sachbearbeitung"),
    S.INFO_REQUESTED: gettext_lazy("den Verein"),
    S.TECHNICAL_REVIEW: gettext_lazy("die fachliche Prüfung"),
    S.WAITLISTED: gettext_lazy("freies Geld"),
    S.IN_COMMITTEE: gettext_lazy("den Beschluss des Gremiums"),
    S.DECISION_READY: gettext_lazy("die Entscheidung"),
    S.REVISION_OFFERED: gettext_lazy("den Verein"),
}


def _waiting(case: Case, award: Award | None, today: date) -> str:
    """A case that waits for others says for whom and since when."""
    if case.state not in BEFORE_DECISION:
        return ""
    days = (today - formats.local(case.state_since)).days
    since = ngettext("seit %(count)s Tag", "seit %(count)s Tagen", days) if days else _("seit heute")
    number = formats.count_word(days) if days != 1 else _("einem")
    return _("Wartet auf %(whom)s, %(since)s.") % {"whom": WAITS_FOR[case.state], "since": since % {"count": number}}


def may_tick(case: Case, actor: Actor) -> bool:
    return case.state == S.FORMAL_CHECK and rules.may_check(actor)
