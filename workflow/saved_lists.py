"""Views of the list that somebody keeps for themselves, or for everybody in the office."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _

from journal.actors import Actor
from journal.refusals import Forbidden, Refused
from workflow import listing
from workflow.listing import Listing
from workflow.models import Case, SavedList

MOST = 20
"""Views that one person keeps: more chips nobody overlooks."""
SHOWN = 30
COUNTED = 1000
"""Up to here the hits of a kept view are counted; beyond it the chip says "1000+"."""


@dataclass(frozen=True, kw_only=True)
class Kept:
    saved: SavedList
    query: str
    count: str


def visible(actor: Actor) -> QuerySet[SavedList]:
    return SavedList.objects.filter(Q(owner=actor.key) | Q(is_shared=True))


def kept(actor: Actor) -> list[Kept]:
    """Own and shared views with how many cases are in each: one query, and one more for the numbers if there are any."""
    saved = list(visible(actor)[:SHOWN])
    listings = [listing_of(one, actor) for one in saved]
    counts = _counts(listings)
    return [
        Kept(saved=one, query=found.query(), count=count)
        for one, found, count in zip(saved, listings, counts, strict=True)
    ]


def _counts(listings: list[Listing]) -> list[str]:
    parts = [listing.Number(found.cases().order_by().values("pk")[: COUNTED + 1]) for found in listings]
    row = Case.objects.order_by("-pk").values_list(*parts)[:1].first() if parts else ()
    return [f"{COUNTED}+" if number > COUNTED else str(number) for number in row or [0] * len(parts)]


def listing_of(saved: SavedList, actor: Actor) -> Listing:
    data = QueryDict(saved.query, mutable=True)
    data.setlist("spalte", saved.columns)
    data["liste"] = str(saved.key)
    return listing.read(data, actor)


def keep(found: Listing, title: str, *, is_shared: bool, actor: Actor) -> SavedList:
    """Raises Refused for a title that the person has already, and for too many or too much."""
    assert actor.key is not None
    query = found.query(spalte=None, liste=None)
    if len(query) > listing.LONGEST:
        raise Refused(_("Das sind zu viele Filter für eine Ansicht. Bitte heben Sie einen auf."))
    if SavedList.objects.filter(owner=actor.key).count() >= MOST:
        raise Refused(_("Sie haben schon zwanzig Ansichten. Bitte löschen Sie zuerst eine."))
    values = {"query": query, "columns": list(found.columns), "is_shared": is_shared}
    return _written(SavedList(owner=actor.key, title=title, **values))


def change(saved: SavedList, *, title: str, is_shared: bool, actor: Actor) -> SavedList:
    """Only the owner: whoever else sees a shared view keeps one of their own. Raises Forbidden, Refused."""
    refuse_other(saved, actor)
    saved.title, saved.is_shared = title, is_shared
    return _written(saved)


def remove(saved: SavedList, *, actor: Actor) -> None:
    refuse_other(saved, actor)
    saved.delete()


def refuse_other(saved: SavedList, actor: Actor) -> None:
    if saved.owner != actor.key:
        raise Forbidden(_("Diese Ansicht gehört einer anderen Person."))


def _written(saved: SavedList) -> SavedList:
    try:
        with transaction.atomic():
            saved.save()
    except IntegrityError as error:
        raise Refused(_("Eine Ansicht mit diesem Namen haben Sie schon."), field="title") from error
    return saved


def find(key: UUID, actor: Actor) -> SavedList | None:
    """What the person may not know of is None."""
    found: SavedList | None = visible(actor).filter(key=key).first()
    return found
