"""Two people at the same moment: the lock of the organisation lets one of them through."""

from __future__ import annotations

from collections.abc import Callable
from threading import Barrier, Thread

import pytest
from django.db import connection

from applications import account, invitations, membership
from applications.chronicle import RIGHTS
from applications.models import AccountChange, Membership
from journal.refusals import Refusal
from tests.factories import IBANS, World

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]


def at_once(*acts: Callable[[], object]) -> list[str]:
    """Runs them side by side on connections of their own; what each of them came to."""
    start, told = Barrier(len(acts)), []

    def run(act: Callable[[], object]) -> None:
        try:
            start.wait()
            act()
            told.append("done")
        except Refusal as refusal:
            told.append(type(refusal).__name__)
        finally:
            connection.close()

    threads = [Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    return sorted(told)


def test_of_two_administrators_who_leave_together_one_stays() -> None:
    world = World()
    Membership.objects.update(is_admin=True)
    members = list(Membership.objects.select_related("organisation", "user"))
    actors = [world.cast.actor["applicant"], world.cast.actor["reader"]]
    leaving = [
        lambda member=member, actor=actor: membership.end(member, actor=actor, at=world.at)  # type: ignore[misc]
        for member, actor in zip(members, actors, strict=True)
    ]
    assert at_once(*leaving) == ["Refused", "done"]
    assert Membership.objects.get().is_admin


def test_an_invitation_is_accepted_once() -> None:
    world = World()
    user, actor = world.cast.user["stranger"], world.cast.actor["stranger"]
    rights = dict.fromkeys(RIGHTS, True)
    found = invitations.invite(world.organisation, user.email, rights, actor=world.cast.actor["applicant"], at=world.at)
    accept = lambda: invitations.accept(found, user, actor=actor, at=world.at)  # noqa: E731
    assert at_once(accept, accept) == ["Refused", "done"]
    assert Membership.objects.filter(user=user).count() == 1


def test_of_two_new_accounts_one_waits() -> None:
    world = World()
    reports = [lambda iban=iban: world.new_account(iban) for iban in IBANS[1:3]]  # type: ignore[misc]
    assert at_once(*reports) == ["Refused", "done"]
    assert AccountChange.objects.count() == 1


def test_confirmed_while_it_is_withdrawn_it_is_one_of_both() -> None:
    world = World()
    change = world.new_account(IBANS[1])
    account.check(change, actor=world.cast.actor["caseworker"], at=world.at)
    told = at_once(
        lambda: account.confirm(change, actor=world.cast.actor["treasury"], at=world.at),
        lambda: account.withdraw(change, actor=world.cast.actor["applicant"], at=world.at),
    )
    assert told == ["Faster", "done"]
    change.refresh_from_db()
    world.organisation.refresh_from_db()
    assert (change.state == "confirmed") is (world.organisation.iban == IBANS[1])
    with pytest.raises(Refusal):
        account.withdraw(change, actor=world.cast.actor["applicant"], at=world.at)
