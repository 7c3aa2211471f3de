"""The frame around every page: menu by role, demo strip, colours, languages.

A floor that wants a number beside its entry ("waits for you") registers a callable:

    navigation.counts["today"] = lambda actor: desk.waiting_for(actor)

The callable runs once per page and person who sees the entry; nought is not shown. An entry whose word depends on the
person is registered in `labels`; the callable gets the request and answers with None for the usual word.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _

LIMIT = 6
"""More entries than this go under "Mehr"."""

THEMES = ("light", "dark")
"""What the cookie may say; anything else means: as the device wants it."""

counts: dict[str, Callable[[Any], int]] = {}
labels: dict[str, Callable[[HttpRequest], Any]] = {}


@dataclass(frozen=True)
class Entry:
    """One word in the menu."""

    key: str
    label: Any
    url_name: str


_ALL = (
    Entry("start", _("Start"), "start"),
    Entry("today", _("Heute"), "workflow:today"),
    Entry("my_applications", _("Meine Anträge"), "workflow:my_applications"),
    Entry("decisions", _("Entscheidungen"), "workflow:decisions"),
    Entry("cases", _("Vorgänge"), "workflow:case_list"),
    Entry("scenarios", _("Szenarien"), "workflow:scenario_list"),
    Entry("committee", _("Gremien"), "workflow:committee"),
    Entry("papers", _("Vorlagen"), "workflow:papers"),
    Entry("resolutions", _("Beschlüsse"), "workflow:resolutions"),
    Entry("disbursements", _("Auszahlungen"), "funding:disbursement_list"),
    Entry("runs", _("Zahlungsläufe"), "funding:run_list"),
    Entry("account_changes", _("Bankverbindungen"), "workflow:account_changes"),
    Entry("budget", _("Haushalt"), "funding:budget"),
    Entry("bookings", _("Buchungen"), "funding:bookings"),
    Entry("year_end", _("Jahreswechsel"), "funding:year_end_current"),
    Entry("programmes", _("Förderprogramme"), "funding:programme_list"),
    Entry("organisation", _("Unser Verein"), "applications:organisation"),
    Entry("involvements", _("Verbindungen"), "workflow:involvements"),
    Entry("log", _("Protokoll"), "workflow:log"),
    Entry("funded", _("Geförderte Projekte"), "workflow:overview"),
    Entry("overview", _("Übersicht"), "workflow:overview"),
    Entry("administration", _("Verwaltung"), "workflow:administration"),
)
ENTRIES = {entry.key: entry for entry in _ALL}
"""In the order in which several roles of one person are joined."""

_DESK = ("today", "cases", "scenarios", "committee", "overview")
_MONEY = ("disbursements", "runs", "overview")
_ACCOUNTS = ("disbursements", "runs", "account_changes", "overview")
_APPLICANT = ("my_applications", "programmes", "organisation")
MENUS: dict[str, tuple[str, ...]] = {
    "public": ("start", "programmes", "funded"),
    "applicant": _APPLICANT,
    "caseworker": ("today", "cases", "scenarios", "committee", "account_changes", "overview"),
    "coordinator": (*_DESK, "administration"),
    "technical_reviewer": ("today", "cases"),
    "decider": ("decisions", "cases", "overview"),
    "committee_office": ("committee", "papers", "resolutions", "overview", "involvements"),
    "budget_officer": ("budget", "bookings", "year_end", "overview"),
    "verifier": _ACCOUNTS,
    "authoriser": _MONEY,
    "treasury": _ACCOUNTS,
    "auditor": ("cases", "budget", "runs", "account_changes", "log", "overview", "involvements"),
    "dpo": ("log",),
    "sysadmin": ("administration",),
}
"""Role → entries in the order of its work; the first one is the start page of the role."""

FOOTER = (
    ("impressum", _("Impressum")),
    ("datenschutz", _("Datenschutz")),
    ("barrierefreiheit", _("Erklärung zur Barrierefreiheit")),
    ("barriere-melden", _("Barriere melden")),
    ("leichte-sprache", _("Leichte Sprache")),
)


@dataclass(frozen=True)
class Item:
    """An entry as it is shown to one person on one page."""

    label: Any
    url: str
    is_current: bool
    count: int = 0


def keys_for(roles: Iterable[str]) -> tuple[str, ...]:
    """One role keeps its own order, several are joined in the common one; nobody's role means applicant."""
    menus = {MENUS[role] for role in roles if role in MENUS} or {_APPLICANT}
    if len(menus) == 1:
        return menus.pop()
    wanted = {key for menu in menus for key in menu}
    return tuple(key for key in ENTRIES if key in wanted)


def home(roles: Iterable[str]) -> str:
    """The URL name where a person with these roles begins."""
    return ENTRIES[keys_for(roles)[0]].url_name


def address(roles: Iterable[str]) -> str:
    """The first page of these roles that this installation has; the public start at worst."""
    return next((url for key in keys_for(roles) if (url := _url(ENTRIES[key].url_name))), "/")


def actor_of(request: HttpRequest) -> Any | None:
    """The person behind the request, None for a visitor. A signed-in person without an actor is shown nothing extra."""
    return getattr(request, "actor", None)


def page_frame(request: HttpRequest) -> dict[str, Any]:
    """Context processor: `frame` for base.html. Lazy, so that a fragment or a letter pays nothing for it."""
    return {"frame": SimpleLazyObject(lambda: _frame(request))}


def _frame(request: HttpRequest) -> dict[str, Any]:
    actor = actor_of(request)
    items = _items(request, actor)
    return {
        "actor": actor,
        "is_demo": settings.DEMO,
        "county": getattr(settings, "COUNTY_NAME", _("Landkreis Wittmund")),
        "theme": theme(request),
        "items": items[:LIMIT],
        "more": items[LIMIT:],
        "languages": _languages(request),
        "footer": FOOTER,
        "here": request.get_full_path(),
    }


def theme(request: HttpRequest) -> str:
    """Either "light", "dark" or "" for: as the device wants it."""
    chosen = request.COOKIES.get("theme", "")
    return chosen if chosen in THEMES else ""


def _languages(request: HttpRequest) -> list[tuple[str, str]]:
    here = getattr(request, "LANGUAGE_CODE", settings.LANGUAGE_CODE)
    return [(code, str(name)) for code, name in settings.LANGUAGES if code != here]


def _items(request: HttpRequest, actor: Any | None) -> list[Item]:
    keys = MENUS["public"] if actor is None else keys_for(actor.roles)
    urls = {key: url for key in keys if (url := _url(ENTRIES[key].url_name))}
    current = _current(request.path, urls)
    return [Item(_label(key, request), urls[key], key == current, _count(key, actor)) for key in urls]


def _label(key: str, request: HttpRequest) -> Any:
    own = labels.get(key)
    return (own(request) if own else None) or ENTRIES[key].label


def _url(name: str) -> str:
    """A page that is not mounted (a part left out of this installation) is not offered."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


def _current(path: str, urls: dict[str, str]) -> str | None:
    """The entry whose address is the longest beginning of the path; the start page only for itself."""
    fitting = [key for key, url in urls.items() if path == url or (url != "/" and path.startswith(url))]
    return max(fitting, key=lambda key: len(urls[key]), default=None)


def _count(key: str, actor: Any | None) -> int:
    counter = counts.get(key)
    return counter(actor) if counter and actor is not None else 0
