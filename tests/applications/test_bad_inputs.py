"""More than a hundred bad inputs on the association's side: each a 4xx or a clean sentence, nothing half-written."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import time_machine
from django.apps import apps
from django.core.cache import cache
from django.db import transaction
from django.test import Client
from django.urls import reverse

from applications import transfer
from applications.forms import texts
from applications.forms.questions import ALL_FORMS
from applications.merging import packed
from applications.models import Application, Organisation
from tests.applications import bad_inputs as bad
from tests.factories import IBANS, PDF, World

pytestmark = pytest.mark.django_db
VOLATILE = {"version", "updated_at", "updated_by", "last_login"}
"""Saving again what was there before counts the version up."""
INCOMPLETE = "Die Seite war nicht vollständig geladen."
"""What is said, on a page of its own, to whoever changed the hidden counters of a plan."""
OF_THE_ASSOCIATION = ("applications", "workflow", "funding")


@pytest.fixture(autouse=True)
def no_memory() -> None:
    cache.clear()


def written() -> dict[str, list[Any]]:
    """All that is stored, but for stamps; of the journal how much there is."""
    models = [model for name in OF_THE_ASSOCIATION for model in apps.get_app_config(name).get_models()]
    found = {model._meta.label: sorted(map(_content, model._default_manager.values())) for model in models}
    return found | {model._meta.label: [model._default_manager.count()] for model in _journal()}


def _content(row: dict[str, Any]) -> str:
    return repr({name: value for name, value in sorted(row.items()) if name not in VOLATILE})


def _journal() -> list[Any]:
    return [model for model in apps.get_app_config("journal").get_models() if model.__name__ in {"Event", "Message"}]


# Where things are sent: the address and a form that is complete and correct


Form = tuple[str, dict[str, Any]]


def _step(draft: Application, section: str) -> Form:
    form = ALL_FORMS[section](instance=draft)  # type: ignore[index]
    shown = texts.shown(form)
    sent = {name: text for name, text in shown.items() if text} | {"version": draft.version, "base": packed(shown)}
    return reverse("applications:step", args=[draft.key, section]), sent


def project(world: World) -> Form:
    return _step(world.draft(), "vorhaben")


def goals(world: World) -> Form:
    return _step(world.draft(), "ziele")


def period(world: World) -> Form:
    return _step(world.draft(), "zeitraum")


def declarations(world: World) -> Form:
    return _step(world.draft(declarations=[]), "erklaerungen")


def plan(world: World) -> Form:
    draft = world.draft()
    cost, (own, county) = draft.costs.get(), draft.sources.order_by("pk")
    draft.sources.filter(pk=county.pk).update(position=1, status="applied")
    rows = {
        "costs-0": {"pk": cost.pk, "category": "fees", "description": "Kursleitung", "quantity": "1", "unit_price": "2.000,00"},
        "sources-0": {"pk": own.pk, "kind": own.kind, "description": "Vereinskasse", "status": own.status, "amount": "400,00"},
        "sources-1": {"pk": county.pk, "kind": county.kind, "description": "Vereinskasse", "status": "applied",
                      "amount": "1.600,00"},
    }  # fmt: skip
    data: dict[str, Any] = {"version": draft.version}
    for side, count in (("costs", 1), ("sources", 2)):
        data |= {f"{side}-TOTAL_FORMS": count, f"{side}-INITIAL_FORMS": 0}
    for place, row in rows.items():
        data |= {f"{place}-{name}": value for name, value in row.items()}
    return reverse("applications:step", args=[draft.key, "finanzplan"]), data


def documents(world: World) -> Form:
    return reverse("applications:step", args=[world.draft().key, "unterlagen"]), {"kind": "statutes", "upload": "1"}


def organisation(world: World) -> Form:
    return reverse("applications:organisation_new"), {
        "kind": "association", "name": "Nachbarschaft am Deich e. V. (Demo)", "representative": "Mina Muster",
        "street": "Deichweg 1", "postcode": "26446", "town": "Friedeburg", "municipality": world.municipality.pk,
        "iban": IBANS[1], "account_holder": "Nachbarschaft am Deich e. V. (Demo)",
    }  # fmt: skip


def organisation_change(world: World) -> Form:
    own = world.organisation
    data = organisation(world)[1] | {"name": own.name, "account_holder": own.account_holder}
    return reverse("applications:organisation_edit", args=[own.key]), data | {"iban": own.iban}


def vault(world: World) -> Form:
    address = reverse("applications:vault", args=[world.organisation.key])
    return address, {"kind": "statutes", "valid_until": "31.12.2027", "file": bad.file("Satzung.pdf", PDF)}


def account(world: World) -> Form:
    address = reverse("applications:account", args=[world.organisation.key])
    return address, {"iban": IBANS[1], "account_holder": "Verein", "file": bad.file("Auszug.pdf", PDF)}


def invite(world: World) -> Form:
    address = reverse("applications:member_invite", args=[world.organisation.key])
    return address, {"email": "rieke@verein.example", "may_edit": "on"}


def hand_over(world: World) -> Form:
    member = world.organisation.memberships.get(user=world.cast.user["reader"])
    return reverse("applications:hand_over", args=[world.organisation.key]), {"to": member.pk}


def begin(world: World) -> Form:
    world.round  # noqa: B018 - opened now
    return reverse("applications:create", args=[world.programme.slug]), {"organisation": world.organisation.key}


def copy(world: World) -> Form:
    case = world.filed()
    return reverse("applications:copy", args=[case.application.key]), {"round": world.round.pk}


def payment(world: World) -> Form:
    case = world.active().case
    return reverse("workflow:request_payment", args=[case.application.key]), {"amount": "100,00", "need": "Kursleitung"}


def answer(world: World) -> Form:
    case = world.questioned()
    address = reverse("workflow:case_step", args=[case.pk, "answer"])
    return address, {"version": case.version, "answer": "Das Angebot ist dabei."}


def withdrawal(world: World) -> Form:
    case = world.filed()
    return reverse("workflow:case_step", args=[case.pk, "withdraw"]), {"version": case.version, "reason": "Verlegt"}


def message(world: World) -> Form:
    return reverse("workflow:my_messages", args=[world.filed().application.key]), {"text": "Guten Tag"}


def bring(world: World) -> Form:
    draft = world.draft()
    return reverse("applications:import", args=[draft.key]), {"content": transfer.as_file(draft)}


def bring_new(world: World) -> Form:
    draft = world.draft()
    content = transfer.as_file(draft)
    draft.attachments.all().delete()
    draft.delete()
    address = reverse("applications:import_new", args=[world.programme.slug])
    return address, {"organisation": world.organisation.key, "content": content}


def _file_rows(field: str = "file") -> list[bad.Row]:
    return [(f"file: {name}", {field: upload}) for name, upload in bad.files()]


Place = Callable[[World], Form]
TABLE: list[tuple[Place, Callable[[], list[bad.Row]]]] = [
    (project, lambda: bad.PROJECT),
    (goals, lambda: bad.GOALS),
    (period, lambda: bad.PERIOD),
    (declarations, lambda: bad.DECLARATIONS),
    (plan, lambda: bad.PLAN),
    (documents, lambda: bad.DOCUMENTS + _file_rows()),
    (organisation, lambda: bad.ORGANISATION),
    (organisation_change, lambda: [row for row in bad.ORGANISATION if "iban" not in row[1]]),
    (vault, lambda: bad.VAULT + _file_rows()),
    (account, lambda: bad.ACCOUNT + _file_rows()),
    (invite, lambda: bad.INVITE),
    (hand_over, lambda: bad.HAND_OVER),
    (begin, lambda: bad.BEGIN),
    (copy, lambda: bad.COPY),
    (payment, lambda: bad.PAYMENT),
    (answer, lambda: bad.ANSWER),
    (withdrawal, lambda: bad.WITHDRAWAL),
    (message, lambda: bad.MESSAGE + _file_rows("attached")),
    (bring, lambda: bad.IMPORT),
    (bring_new, lambda: bad.IMPORT + bad.BEGIN),
]
PLACES = pytest.mark.parametrize(("place", "rows"), TABLE, ids=[place.__name__ for place, _rows in TABLE])


@pytest.fixture
def ready(place: Place, settings: Any) -> Iterator[tuple[Client, str, dict[str, Any]]]:
    """Somebody of the association before a complete form; the clock stands where the world's does."""
    settings.DEMO = True
    world = World()
    with time_machine.travel(world.at, tick=False) as clock:
        address, data = place(world)
        clock.move_to(world.at)
        client = Client(raise_request_exception=False)
        client.force_login(world.cast.user["applicant"])
        yield client, address, data


def sent(client: Client, address: str, data: dict[str, Any], **more: Any) -> Any:
    known = {name: value for name, value in data.items() if value is not None}
    for value in known.values():
        if hasattr(value, "seek"):
            value.seek(0)
    return client.post(address, known, **more)


def wrong_with(response: Any) -> str:
    """Why this is no clean refusal; empty if it is one."""
    if not 400 <= response.status_code < 500:
        return f"{response.status_code} {response.get('Location', '')}"
    page = response.content.decode()
    if response.status_code == 422 and "<title>Fehler: " not in page and INCOMPLETE not in page:
        return "422 without a word of an error in the title"
    return ""


def difference(before: dict[str, list[Any]], after: dict[str, list[Any]]) -> str:
    """What was written although it should not have been; empty if nothing was."""
    new = [f"{name}: {row}" for name, found in after.items() for row in found if row not in before[name]]
    gone = [name for name, found in before.items() if len(found) > len(after[name])]
    return f"written: {new} gone: {gone}" if new or gone else ""


def test_more_than_a_hundred_bad_inputs_stand_in_the_table() -> None:
    assert sum(len(rows()) for _place, rows in TABLE) > 300


@PLACES
def test_a_bad_input_is_refused_with_a_sentence_and_nothing_is_written(place: Place, rows: Any, ready: Any) -> None:
    client, address, data = ready
    found, before = [], written()
    for name, changed in rows():
        with transaction.atomic():
            why = wrong_with(sent(client, address, data | changed))
            if not why:
                why = difference(before, written())
            transaction.set_rollback(True)
        found += [f"{name}: {why}"] if why else []
    assert not found, "\n".join(found)


@PLACES
def test_the_same_form_without_the_mistake_is_taken(place: Place, rows: Any, ready: Any) -> None:
    """Otherwise the refusals above would prove nothing."""
    client, address, data = ready
    good = data | ({"file": bad.file("Satzung.pdf", PDF)} if place is documents else {})
    response = sent(client, address, good)
    assert response.status_code in {302, 303}


UNSEEN = "\u202e\u2066\u200f\u061c\x07\x1b\x9b\ufeff\U000e0041"


@PLACES
def test_what_nobody_sees_is_taken_out_of_every_text(place: Place, rows: Any, ready: Any) -> None:
    """Before and inside whatever is sent: the form is taken as if it were not there, and nothing of it is stored."""
    client, address, data = ready
    good = data | ({"file": bad.file("Satzung.pdf", PDF)} if place is documents else {})
    turned = {name: _turned(value) for name, value in good.items()}
    assert sent(client, address, turned).status_code in {302, 303}
    found = [row for rows in written().values() for row in rows if any(repr(sign)[1:-1] in str(row) for sign in UNSEEN)]
    assert not found


def _turned(value: Any) -> Any:
    if isinstance(value, list):
        return [_turned(part) for part in value]
    return f"{value[:1]}{UNSEEN}{value[1:]}{UNSEEN}" if isinstance(value, str) else value


STRANGE: dict[str, dict[str, Any]] = {
    "json in place of a form": {"data": json.dumps({"title": "x"}), "content_type": "application/json"},
    "parts without a boundary": {"data": b"x", "content_type": "multipart/form-data"},
    "parts that end too early": {"data": b"--a\r\nContent-Disposition: form-data; name=", "content_type": "multipart/form-data; boundary=a"},
    "bytes that are no text": {"data": b"title=\xff\xfe%ED%A0%80", "content_type": "application/x-www-form-urlencoded"},
    "thousands of fields": {"data": b"a=1&" * 2_100, "content_type": "application/x-www-form-urlencoded"},
    "megabytes": {"data": b"title=" + b"x" * 3_000_000, "content_type": "application/x-www-form-urlencoded"},
    "nothing": {"data": b"", "content_type": "application/x-www-form-urlencoded"},
}  # fmt: skip


@PLACES
def test_what_is_no_form_at_all_breaks_nothing(place: Place, rows: Any, ready: Any) -> None:
    client, address, _data = ready
    found, before = [], written()
    for name, request in STRANGE.items():
        with transaction.atomic():
            status = client.post(address, **request).status_code
            found += [f"{name}: {status}"] if status >= 500 else []
            found += [f"{name}: written, {status}"] if status >= 400 and written() != before else []
            transaction.set_rollback(True)
    assert not found, "\n".join(found)


@pytest.mark.parametrize("place", [plan], ids=["plan"])
@pytest.mark.parametrize("key", ["x", "-1", "9" * 400, "a\x00"])
def test_a_line_with_a_key_that_is_none_stays_one_line(place: Place, ready: Any, key: str) -> None:
    client, address, data = ready
    assert sent(client, address, data | {"costs-0-pk": key}).status_code < 500
    assert Application.objects.get().costs.get().description == "Kursleitung"


MEMORIES = {
    "no json": "{", "a list": "[]", "numbers": '{"title": 1}', "surrogates": '{"title": "\\ud800", "place": "\\udfff"}',
    "deep": "[" * 50_000, "long": "x" * 500_000, "nul": '{"title": "\\u0000"}', "foreign": '{"<b>": "x", "iban": "DE"}',
}  # fmt: skip


@pytest.mark.parametrize("place", [project], ids=["project"])
@pytest.mark.parametrize("script", [False, True], ids=["by hand", "by itself"])
def test_a_page_with_a_spoiled_memory_overwrites_nothing_unasked(place: Place, ready: Any, script: bool) -> None:
    client, address, data = ready
    person = client.session["_auth_user_id"]
    headers = {"X-Autosave": "1"} if script else {}
    for name, base in MEMORIES.items():
        for version in ("", "-1", "x", "9" * 400, "1e3"):
            with transaction.atomic():
                changed = {"base": base, "version": version, "title": "Anders", "tab": "../x", "person": person}
                response = sent(client, address, data | changed, headers=headers)
                assert response.status_code < 500, (name, version)
                transaction.set_rollback(True)


TEXTS = {
    "emoji": "Fest der Kulturen 🎉 👩‍👩‍👧 🏳️‍🌈", "arabic": "مقهى اللغة", "hebrew": "שכנים", "ukrainian": "Сусіди",
    "beyond the first plane": "𝔉𝔢𝔰𝔱 𠮷", "combined": "Nachbarinnen u\u0308ber alles", "markup": "<script>alert(1)</script> & „so“",
    "template": "{{ 7*7 }} {% debug %}", "sql": "'; DROP TABLE applications_application; --",
}  # fmt: skip


@pytest.mark.parametrize("place", [project], ids=["project"])
@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_every_language_and_every_sign_is_kept_as_it_was_written(place: Place, ready: Any, text: str) -> None:
    client, address, data = ready
    assert sent(client, address, data | {"title": text, "summary": f"{text}\n{text}"}).status_code == 302
    draft = Application.objects.get()
    assert (draft.title, draft.summary) == (text, f"{text}\n{text}")
    assert "<script>alert(1)</script>" not in client.get(address).content.decode()


@pytest.mark.parametrize("place", [project], ids=["project"])
@pytest.mark.parametrize(
    "query", ["page=-1", "page=abc", "page=%00", "page=9" + "9" * 300, "page=1&page=2", "page=%ED%A0%80"]
)
def test_a_page_number_that_is_none_shows_a_page(place: Place, ready: Any, query: str) -> None:
    client, _address, _data = ready
    own = Organisation.objects.get()
    for name, args in (("applications:organisation_history", [own.key]), ("workflow:my_applications", []),
                       ("funding:programme_list", [])):  # fmt: skip
        assert client.get(f"{reverse(name, args=args)}?{query}").status_code in {200, 404}


ADDRESSES = ["/antraege/x/", "/antraege/%00/", "/antraege/%ED%A0%80/", f"/programme/{'x' * 5000}/", "/programme/%00/antrag/",
             "/einladung/x/", f"/einladung/{'x' * 300}/", "/dateien/..%2f..%2fetc/"]  # fmt: skip


@pytest.mark.parametrize("place", [project], ids=["project"])
@pytest.mark.parametrize("address", ADDRESSES, ids=[str(number) for number, _address in enumerate(ADDRESSES)])
def test_an_address_that_is_none_is_not_found(place: Place, ready: Any, address: str) -> None:
    client, _address, _data = ready
    response = client.get(address)
    assert response.status_code == 404
