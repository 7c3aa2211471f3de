"""After the end of a round: what is still accepted, in which words it is refused, and the personal late link."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import translation
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from accounts.models import User
from applications import actions, letters, queries
from applications.invitations import Address
from applications.membership import key_of
from applications.models import Application, LateLink, Organisation
from funding.models import Round
from journal import formats, outbox, values
from journal.actors import APPLICANT, Actor
from journal.events import record
from journal.models import Event
from journal.refusals import Forbidden, Refused

KIND = "late_link"
LABEL = "applications.latelink"
LONGEST = timedelta(days=366)
"""A slip of the finger in the year must not open a round for decades."""


def is_over(link: LateLink, *, at: datetime) -> bool:
    return bool(link.used_at or link.revoked_at or link.valid_until <= at)


def over_sentence(link: LateLink, *, at: datetime) -> str:
    """Why the link does not hold any more; empty while it does."""
    if link.used_at:
        return _("Mit dieser Nachfrist ist schon ein Antrag eingereicht.")
    if link.revoked_at:
        return _("Wir haben diese Nachfrist zurückgenommen.")
    if link.valid_until <= at:
        return _("Diese Nachfrist war bis %(end)s gültig.") % {"end": formats.last_second(link.valid_until)}
    return ""


def refuse_filing(application: Application, *, at: datetime) -> str | None:
    """None, or the sentence that names the second from which, or until which, it was possible."""
    call = application.round
    if call.is_open(at=at):
        return None
    if at < call.opens_at:
        return _("Die Antragsrunde öffnet am %(begin)s. Ihr Entwurf bleibt gespeichert.") % {
            "begin": formats.to_the_second(call.opens_at)
        }
    closed = _("Die Antragsrunde war bis %(end)s offen. Ihr Entwurf bleibt gespeichert.") % {
        "end": formats.last_second(call.closes_at)
    }
    link = application.late_link
    if link is None:
        return closed
    over = over_sentence(link, at=at)
    return f"{closed} {over}" if over else None


def end_of(application: Application) -> datetime:
    """Until when it can be filed without anybody's favour: the end of the round, or of a personal late link."""
    link, end = application.late_link, application.round.closes_at
    return end if link is None or link.revoked_at or link.used_at else max(end, link.valid_until)


def use(application: Application, *, at: datetime) -> LateLink | None:
    """Marks the link of a late application as used; must run in the transaction that files.

    Raises Refused if the link was taken back meanwhile and nothing else allows the filing.
    """
    if application.late_link_id is None or not application.round.is_late(at=at):
        return None
    application.late_link = LateLink.objects.select_for_update().get(pk=application.late_link_id)
    refusal = refuse_filing(application, at=at)
    if refusal:
        raise Refused(refusal)
    if is_over(application.late_link, at=at):
        return None
    LateLink.objects.filter(pk=application.late_link_id).update(used_at=at)
    return application.late_link


def reason_in_journal(link: LateLink | None) -> str:
    """Why a late application counts, in plain German: it is stored."""
    if link is None:
        return ""
    with translation.override("de"):
        return f"Persönliche Nachfrist bis {formats.last_second(link.valid_until)}: {link.reason}"


# With the link in hand


def refuse_reader(link: LateLink, user: User, actor: Actor) -> None:
    """Only whose address it was sent to, and nobody of the office. Raises Forbidden with the sentence for the page."""
    if user.email.lower() != link.email:
        raise Forbidden(
            _("Diese Nachfrist gilt für eine andere E-Mail-Adresse. Bitte melden Sie sich mit der Adresse an, "
              "an die unsere E-Mail ging.")
        )  # fmt: skip
    if not actor.has_role(APPLICANT):
        raise Forbidden(_("Mit einem Zugang des Amtes können Sie keinen Antrag stellen."))


def begun_with(link: LateLink) -> Application | None:
    return Application.objects.filter(late_link=link).select_related("organisation").first()


def links_of(user: User, actor: Actor, *, at: datetime) -> list[LateLink]:
    """Links that a person may still begin something with: theirs, in a round that has begun, and not begun with yet."""
    if not actor.has_role(APPLICANT):
        return []
    own = open_links(at=at).filter(email=user.email.lower(), round__opens_at__lte=at)
    free = own.exclude(pk__in=Application.objects.filter(late_link__isnull=False).values("late_link"))
    return list(free.select_related("round__programme").order_by("valid_until"))


def held(link: LateLink, *, at: datetime) -> LateLink:
    """The link, locked. Raises Refused if it is over or the round has not opened yet."""
    link = LateLink.objects.select_for_update(of=("self",)).select_related("round__programme").get(pk=link.pk)
    if refusal := over_sentence(link, at=at) or _refuse_early(link.round, at):
        raise Refused(refusal)
    return link


def begin(link: LateLink, organisation: Organisation, *, actor: Actor, at: datetime) -> Application:
    """The draft that may be filed late: one for each link. A draft that is there already gets the link.

    Raises Refused if the link is over, the round has not opened yet, or it already belongs to another organisation.
    """
    with transaction.atomic():
        link = held(link, at=at)
        begun = begun_with(link)
        if begun is not None:
            return _same(begun, organisation)
        own = Organisation.objects.select_for_update().get(pk=organisation.pk)
        draft = queries.draft_in(link.round, own) or actions.begin(link.round, own, actor=actor, at=at)
        Application.objects.filter(pk=draft.pk).update(late_link=link)
        draft.late_link = link
        return draft


def _refuse_early(call: Round, at: datetime) -> str:
    if at >= call.opens_at:
        return ""
    return _("Die Antragsrunde öffnet am %(begin)s.") % {"begin": formats.to_the_second(call.opens_at)}


def _same(begun: Application, organisation: Organisation) -> Application:
    if begun.organisation_id == organisation.pk:
        return begun
    raise Refused(
        _("Mit dieser Nachfrist ist schon ein Antrag für „%(name)s“ begonnen.") % {"name": begun.organisation},
        field="organisation",
    )


# In the office


def possible_rounds(*, at: datetime) -> QuerySet[Round]:
    """Rounds that have begun and closed a year ago at most."""
    found = Round.objects.filter(opens_at__lte=at, closes_at__gte=at - LONGEST)
    return found.select_related("programme").order_by("-closes_at")


def make(call: Round, email: str, *, valid_until: datetime, reason: str, actor: Actor, at: datetime) -> LateLink:
    """Makes the link and queues its letter. Raises Refused for a time that is over, and for a second one at once."""
    address = email.strip().lower()
    with transaction.atomic():
        held = Round.objects.select_for_update().get(pk=call.pk)
        _refuse_making(held, address, valid_until, at)
        link = LateLink.objects.create(
            round=held,
            email=address,
            valid_until=valid_until,
            reason=reason.strip(),
            made_by=key_of(actor),
            made_at=at,
        )
        _tell("late_link_made", link, actor=actor, at=at, reason=link.reason)
        _write(link, at=at)
        return link


def _refuse_making(call: Round, address: str, valid_until: datetime, at: datetime) -> None:
    if valid_until <= at:
        raise Refused(_("Dieser Zeitpunkt ist schon vorbei."), field="valid_until")
    if valid_until <= call.closes_at:
        end = formats.last_second(call.closes_at)
        raise Refused(
            _("Bis dahin ist die Runde ohnehin offen, nämlich bis %(end)s.") % {"end": end}, field="valid_until"
        )
    if valid_until > at + LONGEST:
        raise Refused(_("Eine Nachfrist gilt höchstens ein Jahr."), field="valid_until")
    if open_links(at=at).filter(round=call, email=address).exists():
        raise Refused(_("Für diese Adresse gibt es in dieser Runde schon eine Nachfrist."), field="email")


def open_links(*, at: datetime) -> QuerySet[LateLink]:
    return LateLink.objects.filter(Q(used_at__isnull=True, revoked_at__isnull=True), valid_until__gt=at)


def revoke(link: LateLink, *, actor: Actor, at: datetime) -> None:
    """Nobody can begin or file with it from now on; the letter is held back if it has not left."""
    with transaction.atomic():
        if not open_links(at=at).filter(pk=link.pk).update(revoked_at=at):
            raise Refused(_("Diese Nachfrist gilt schon nicht mehr."))
        outbox.recall(f"{KIND}:{link.pk}:")
        _tell("late_link_revoked", link, actor=actor, at=at)


def _tell(kind: str, link: LateLink, *, actor: Actor, at: datetime, reason: str = "") -> Event:
    """The address stays out of the journal: nothing there can be deleted."""
    facts = {"round": link.round_id, "valid_until": link.valid_until.isoformat()}
    return record(
        kind, thread=f"NACHFRIST-{link.pk}", subject=(LABEL, link.pk), actor=actor, at=at, reason=reason, facts=facts
    )


def _write(link: LateLink, *, at: datetime) -> None:
    known = User.objects.filter(email__iexact=link.email).only("language").first()
    reader = Address(email=link.email, language=known.language if known else settings.LANGUAGE_CODE)
    with translation.override(reader.language):
        context = {
            "programme": link.round.programme.title,
            "round": link.round.title,
            "closed": link.round.closes_at,
            "until": link.valid_until,
            "email": link.email,
            "link": f"{settings.SITE_URL}{reverse('applications:late', args=[link.key])}",
            "office": values.texts("letterhead.", on=localdate(at)),
        }
        letter = letters.letter_from("applications/letters/late_link.txt", reader, context)
    outbox.put(letter, key=f"{KIND}:{link.pk}", kind=KIND, thread=f"NACHFRIST-{link.pk}", at=at)
