"""Who acts for the organisation: the list, rights, invitations, hand-over, the second signature, the story."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.access import actor_in, applicant_required
from applications import chronicle, invitations, membership
from applications.forms.members import HandOverForm, InviteMemberForm, RightsForm
from applications.models import Invitation, Membership, Organisation
from applications.views.own import admin_of, own_membership, page
from journal import formats
from journal.refusals import Refused

PAGE = 50


def _list_of(organisation: Organisation) -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse("applications:members", args=[organisation.key]))


def _home() -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse("applications:organisation"))


@applicant_required
def members(request: HttpRequest, key: UUID) -> HttpResponse:
    """A person who applies for themselves has no list: they are it."""
    own = own_membership(request, key)
    organisation = own.organisation
    if organisation.is_natural_person:
        return _home()
    people = list(organisation.memberships.select_related("user").order_by("user__name", "pk"))
    admins = {found.pk for found in membership.admins(organisation)}
    is_admin = own.pk in admins
    open_invitations = list(invitations.unanswered(organisation)) if is_admin else []
    return page(
        request,
        own,
        "members",
        rows=_rows(organisation, people, admins),
        is_admin=is_admin,
        invited=[(found, invitations.rights_of(found), _state(found)) for found in open_invitations],
        signers=sum(member.may_file and member.user.is_active for member in people),
        others=len(people) - 1,
    )


def _since(organisation: Organisation) -> dict[str, datetime]:
    """When each person came, as the journal tells it; who was there from the beginning has no event."""
    joined = chronicle.events_of(organisation).filter(kind="member_joined").order_by("at")
    return {event.facts.get("person", ""): event.at for event in joined}


def _rows(organisation: Organisation, people: list[Membership], admins: set[int]) -> list[dict[str, object]]:
    since = _since(organisation)
    return [
        {
            "member": member,
            "rights": chronicle.rights_in_words(_effective(member, admins)),
            "since": formats.plain_day(formats.local(since.get(str(member.user.key), organisation.created_at))),
        }
        for member in people
    ]


def _effective(member: Membership, admins: set[int]) -> list[str]:
    """With the administration that falls to somebody where nobody has it."""
    rights = membership.rights_of(member)
    return [*rights, "is_admin"] if member.pk in admins and "is_admin" not in rights else rights


def _state(found: Invitation) -> str:
    day = formats.day(formats.local(found.expires_at))
    if found.expires_at <= timezone.now():
        return _("abgelaufen am %(day)s") % {"day": day}
    return _("gilt bis %(day)s") % {"day": day}


@applicant_required
def rights(request: HttpRequest, key: UUID, pk: int) -> HttpResponse:
    own = admin_of(request, key)
    other = _other(own, pk)
    form = RightsForm(request.POST or None, initial={name: getattr(other, name) for name in chronicle.RIGHTS})
    if request.method == "POST":
        form = RightsForm(request.POST)
        if form.is_valid() and _changed(request, other, form):
            messages.success(request, _("Die Rechte von %(person)s sind geändert.") % {"person": other.user})
            return _list_of(own.organisation)
    status = 422 if form.errors else 200
    return page(request, own, "member", status=status, form=form, other=other, is_self=other.pk == own.pk)


def _other(own: Membership, pk: int) -> Membership:
    found = own.organisation.memberships.select_related("user", "organisation").filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def _changed(request: HttpRequest, other: Membership, form: RightsForm) -> bool:
    try:
        membership.change_rights(other, form.rights, actor=actor_in(request), at=timezone.now())
    except Refused as refused:
        form.add_error(refused.field, refused.sentence)
        return False
    return True


@applicant_required
@require_POST
def end(request: HttpRequest, key: UUID, pk: int) -> HttpResponse:
    own = admin_of(request, key)
    other = _other(own, pk)
    membership.end(other, actor=actor_in(request), at=timezone.now())
    if other.pk == own.pk:
        return _home()
    messages.success(request, _("Die Mitgliedschaft von %(person)s ist beendet.") % {"person": other.user})
    return _list_of(own.organisation)


@applicant_required
@require_POST
def leave(request: HttpRequest, key: UUID) -> HttpResponse:
    own = own_membership(request, key)
    membership.end(own, actor=actor_in(request), at=timezone.now())
    messages.success(request, _("Sie handeln nicht mehr für „%(name)s“.") % {"name": own.organisation})
    return _home()


@applicant_required
def hand_over(request: HttpRequest, key: UUID) -> HttpResponse:
    own = admin_of(request, key)
    form = HandOverForm(request.POST or None, giver=own)
    if request.method == "POST":
        form = HandOverForm(request.POST, giver=own)
        if form.is_valid() and _handed_over(request, own, form):
            messages.success(
                request, _("%(person)s verwaltet jetzt die Mitglieder.") % {"person": form.cleaned_data["to"].user}
            )
            return _home() if form.cleaned_data["leave"] else _list_of(own.organisation)
    return page(request, own, "hand_over", status=422 if form.errors else 200, form=form)


def _handed_over(request: HttpRequest, own: Membership, form: HandOverForm) -> bool:
    data, actor = form.cleaned_data, actor_in(request)
    try:
        membership.hand_over(own.organisation, data["to"], leave=data["leave"], actor=actor, at=timezone.now())
    except Refused as refused:
        form.add_error(refused.field if refused.field in form.fields else None, refused.sentence)
        return False
    return True


@applicant_required
@require_POST
def second_signature(request: HttpRequest, key: UUID) -> HttpResponse:
    own = admin_of(request, key)
    on = request.POST.get("on") == "1"
    membership.switch_second_signature(own.organisation, on=on, actor=actor_in(request), at=timezone.now())
    told = (
        _("Ab jetzt unterschreibt eine zweite Person, bevor ein Antrag eingereicht wird.")
        if on
        else _("Anträge brauchen keine zweite Unterschrift mehr.")
    )
    messages.success(request, told)
    return _list_of(own.organisation)


# Invitations


@applicant_required
def invite(request: HttpRequest, key: UUID) -> HttpResponse:
    own = admin_of(request, key)
    if own.organisation.is_natural_person:
        return _home()
    form = InviteMemberForm(initial={"may_edit": True})
    if request.method == "POST":
        form = InviteMemberForm(request.POST)
        if form.is_valid() and _invited(request, own, form):
            told = _("Die Einladung an %(email)s geht in einer Minute los.")
            messages.success(request, told % {"email": form.cleaned_data["email"]})
            return _list_of(own.organisation)
    return page(request, own, "invite_member", status=422 if form.errors else 200, form=form)


def _invited(request: HttpRequest, own: Membership, form: InviteMemberForm) -> bool:
    email, actor = form.cleaned_data["email"], actor_in(request)
    try:
        invitations.invite(own.organisation, email, form.rights, actor=actor, at=timezone.now())
    except Refused as refused:
        form.add_error(refused.field, refused.sentence)
        return False
    return True


def _invitation(own: Membership, pk: int) -> Invitation:
    found = own.organisation.invitations.filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


@applicant_required
@require_POST
def resend(request: HttpRequest, key: UUID, pk: int) -> HttpResponse:
    own = admin_of(request, key)
    invitations.resend(_invitation(own, pk), actor=actor_in(request), at=timezone.now())
    messages.success(request, _("Die Einladung geht noch einmal los. Der frühere Link gilt nicht mehr."))
    return _list_of(own.organisation)


@applicant_required
@require_POST
def revoke(request: HttpRequest, key: UUID, pk: int) -> HttpResponse:
    own = admin_of(request, key)
    invitations.revoke(_invitation(own, pk), actor=actor_in(request), at=timezone.now())
    messages.success(request, _("Die Einladung ist zurückgezogen."))
    return _list_of(own.organisation)


# The story


@applicant_required
def history(request: HttpRequest, key: UUID) -> HttpResponse:
    own = own_membership(request, key)
    shown = Paginator(chronicle.events_of(own.organisation), PAGE).get_page(request.GET.get("page"))
    return page(request, own, "organisation_history", shown=shown, entries=chronicle.entries(list(shown)))
