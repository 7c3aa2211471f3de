"""How many queries the page of a case takes, and a step through the door: the most along the ways that cases go."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from bench.frame import Result, measure
from tests.factories import World
from workflow import notes, talk
from workflow.models import Award, Case

CONTROL = ("SAVEPOINT", "RELEASE", "ROLLBACK", "BEGIN")
"""What begins and ends a part of a transaction asks nothing."""


class Counted(World):
    """Walks as people do, and counts: each step by its name, and the page of the case after it, seen from a list."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.steps: dict[str, int] = {}
        self.pages: dict[str, int] = {}
        self.client = Client(HTTP_HOST="localhost")
        self.client.force_login(self.cast.user["caseworker"])

    def do(self, obj: Any, name: str, role: str, **data: Any) -> Any:
        with CaptureQueriesContext(connection) as queries:
            done = super().do(obj, name, role, **data)
        self.steps[name] = max(self.steps.get(name, 0), _asked(queries))
        case = done.case if isinstance(done, Award) else done
        if isinstance(case, Case):
            self.pages[name] = max(self.pages.get(name, 0), self._page(case))
        return done

    def _page(self, case: Case) -> int:
        """Written on and labelled, as somebody works on it."""
        if not case.notes.exists():
            actor = self.cast.actor["caseworker"]
            notes.write(case, "Rückruf am Freitag", actor=actor, at=self.at)
            notes.labelled(case, [], "Eilt")
            talk.send(case, "Wir rufen an.", from_office=True, actor=actor, at=self.at)
        url = reverse("workflow:case", args=[case.reference])
        self.client.get(url)  # marks messages as read
        with CaptureQueriesContext(connection) as queries:
            response = self.client.get(url, {"ansicht": "alle", "text": "deich"})
        assert response.status_code == 200, response.status_code
        return _asked(queries)


def _asked(queries: CaptureQueriesContext) -> int:
    return sum(not query["sql"].startswith(CONTROL) for query in queries)


@cache
def _walked() -> Counted:
    with transaction.atomic():
        world = Counted()
        world.do(world.questioned(), "answer", "applicant", answer="Hier ist es.")
        world.do(world.reviewing(), "refer_to_committee", "caseworker", reason="Über der Grenze")
        world.do(world.proposed(), "put_on_waitlist", "decider", reason="Das Geld reicht noch nicht.")
        world.do(world.rejected(), "take_back_decision", "decider", reason="Neue Unterlagen")
        world.do(world.approved("1200"), "take_back_decision", "decider", reason="Neue Unterlagen")
        world.do(world.filed(), "withdraw", "applicant")
        award = world.active()
        world.paid("300", award=award)
        world.do(world.active(), "renounce", "applicant", reason="Zu klein")
        transaction.set_rollback(True)
    return world


@measure("case.page.queries", unit="queries")
def case_page_queries() -> Result:
    return Result(max(_walked().pages.values()))


@measure("transition.queries", unit="queries")
def transition_queries() -> Result:
    return Result(max(_walked().steps.values()))
