"""The second signature, if an organisation wants it: somebody else who may file has read just what is handed in.

It holds for one version of the application and for the files as they lay there; whatever is saved or uploaded later
makes it void.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from django.db import transaction
from django.db.models import Max, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from applications import letters, membership
from applications.models import Application, Attachment, Membership, SecondSignature
from journal.actors import APPLICANT, Actor
from journal.events import record
from journal.models import Event
from journal.refusals import Forbidden, Refused


def is_needed(application: Application) -> bool:
    """Before it is filed; answers to our questions need none."""
    return application.organisation.needs_second_signature and application.filed_at is None


def valid(application: Application) -> list[SecondSignature]:
    """Signatures of this very version by people who still may file."""
    return valid_among([application]).get(application.pk, [])


def valid_among(applications: Sequence[Application]) -> dict[int, list[SecondSignature]]:
    """The same for several at once, by their keys: three queries at most, however many there are."""
    versions = {found.pk: found for found in applications}
    signed = [
        signature
        for signature in SecondSignature.objects.filter(application__in=versions)
        if signature.version == versions[signature.application_id].version
    ]
    if not signed:
        return {}
    able, touched = _filers(versions.values()), _last_touched(versions)
    found: dict[int, list[SecondSignature]] = {}
    for signature in signed:
        draft, last = versions[signature.application_id], touched.get(signature.application_id)
        if (draft.organisation_id, signature.signed_by) in able and (last is None or last <= signature.signed_at):
            found.setdefault(draft.pk, []).append(signature)
    return found


def _filers(applications: Iterable[Application]) -> set[tuple[int, UUID]]:
    own = Membership.objects.filter(organisation__in={found.organisation_id for found in applications}, may_file=True)
    return set(own.values_list("organisation_id", "user__key"))


def _last_touched(applications: Iterable[int]) -> dict[int, datetime]:
    """When a file of each was last added or taken away."""
    files = Attachment.objects.filter(application__in=list(applications)).values_list("application_id")
    rows = files.annotate(added=Max("uploaded_at"), removed=Max("removed_at"))
    return {key: max(day for day in days if day is not None) for key, *days in rows if any(days)}


def _has_changed_files_since(application: Application, at: datetime) -> bool:
    later = Q(uploaded_at__gt=at) | Q(removed_at__gt=at)
    return application.attachments.filter(later).exists()


def has_other_than(application: Application, key: UUID | None) -> bool:
    """Whether somebody else than this person has signed."""
    return any(signature.signed_by != key for signature in valid(application))


def has_signed(application: Application, key: UUID | None) -> bool:
    return any(signature.signed_by == key for signature in valid(application))


def refuse_filing(application: Application, actor: Actor) -> str | None:
    """The sentence that stands against this person filing now, or None. Call it with the application locked."""
    if not is_needed(application) or has_other_than(application, actor.key):
        return None
    if has_signed(application, actor.key):
        return _("Sie haben unterschrieben. Einreichen muss eine andere Person aus Ihrer Organisation.")
    return missing_sentence()


def missing_sentence() -> str:
    return _("Es fehlt die zweite Unterschrift aus Ihrer Organisation.")


def asked_for(applications: Sequence[Application]) -> dict[int, Event]:
    """Who last asked for the signature of each as it stands now, by their keys: one query."""
    by_key = {str(found.key): found for found in applications}
    events = Event.objects.filter(
        kind="signature_asked", subject_label="applications.application", subject_key__in=by_key
    )
    return {
        by_key[event.subject_key].pk: event
        for event in events.order_by("at", "pk")
        if event.facts.get("version") == by_key[event.subject_key].version
    }


def signers(application: Application, *, but: UUID | None = None) -> list[User]:
    """Who may sign: everybody who may file, without the one who asks."""
    return [user for user in letters.people_of(application.organisation, may_file=True) if user.key != but]


def seen(application: Application) -> str:
    """What somebody has before their eyes: the version and the files. Goes with the button, comes back with it."""
    files = application.attachments.filter(removed_at__isnull=True).order_by("pk").values_list("key", flat=True)
    digest = sha256("".join(str(key) for key in files).encode()).hexdigest()[:16]
    return f"{application.version}-{digest}"


def sign(application: Application, *, saw: str, actor: Actor, at: datetime) -> SecondSignature:
    """Signing twice is signing once. Raises Forbidden for who may not file, Refused if it changed since it was read."""
    with transaction.atomic():
        held = _hold(application)
        _require_filer(held, actor)
        if saw != seen(held):
            raise Refused(_("Der Antrag wurde inzwischen geändert. Bitte lesen Sie ihn noch einmal."))
        signature, created = SecondSignature.objects.get_or_create(
            application=held, version=held.version, signed_by=membership.key_of(actor), defaults={"signed_at": at}
        )
        if not created and _has_changed_files_since(held, signature.signed_at):
            signature.signed_at, created = at, True
            signature.save(update_fields=["signed_at"])
        if created:
            _tell("signature_given", held, actor=actor, at=at)
        return signature


def ask(application: Application, *, actor: Actor, at: datetime) -> list[User]:
    """Writes to everybody else who may sign; once for each version. Returns who was written to."""
    with transaction.atomic():
        require_writer(application, actor)
        held = _hold(application)
        people = signers(held, but=actor.key)
        if not people:
            raise Refused(_("In Ihrer Organisation darf niemand sonst unterschreiben. Laden Sie zuerst jemanden ein."))
        _write(held, people, actor=actor, at=at)
        return people


def require_writer(application: Application, actor: Actor) -> None:
    member = Membership.objects.filter(
        organisation_id=application.organisation_id, user__key=membership.key_of(actor)
    ).first()
    if member is None or not (member.may_edit or member.may_file):
        raise Forbidden(_("Schreiben darf nur, wem Ihre Organisation das erlaubt hat."))


def _write(application: Application, people: list[User], *, actor: Actor, at: datetime) -> None:
    _tell("signature_asked", application, actor=actor, at=at)
    letters.send(
        "signature_asked",
        application.organisation,
        people,
        key=f"{application.pk}:{seen(application)}",
        thread=application.thread,
        path=reverse("workflow:sign", args=[application.key]),
        at=at,
        facts={"who": letters.in_one_line(actor.name), "title": letters.in_one_line(str(application))},
    )


def _hold(application: Application) -> Application:
    """Raises Refused where no signature is wanted (any more)."""
    held = Application.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=application.pk)
    if not is_needed(held):
        raise Refused(_("Für diesen Antrag braucht es keine zweite Unterschrift."))
    return held


def _require_filer(application: Application, actor: Actor) -> None:
    own = Membership.objects.filter(
        organisation_id=application.organisation_id, user__key=membership.key_of(actor), may_file=True
    )
    if not own.exists():
        raise Forbidden(_("Unterschreiben darf nur, wer bei Ihnen einreichen darf."))


def _tell(kind: str, application: Application, *, actor: Actor, at: datetime) -> None:
    record(
        kind,
        thread=application.thread,
        subject=("applications.application", application.key),
        actor=actor.acting_as(APPLICANT),
        at=at,
        facts={"version": application.version},
    )
