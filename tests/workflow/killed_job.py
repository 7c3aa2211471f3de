"""A worker that kills itself in the middle of a job: `python -m tests.workflow.killed_job <moment>`.

For each k it forks a child that sends k statements of the work and then dies by `kill -9`. After each death the parent
tells [k, rows done, cases approved, differences in the books]; it stops when a child came to its end.
"""

from __future__ import annotations

import json
import sys
from datetime import datetime
from functools import partial

import django

django.setup()

from funding import integrity  # noqa: E402
from tests.funding.killed import _let_go, survives  # noqa: E402
from workflow import bulk  # noqa: E402
from workflow.models import BulkRow, Case  # noqa: E402


def work(at: datetime, _keys: dict[str, int]) -> None:
    bulk.work(at=at)


def main(moment: str) -> None:
    at, after = datetime.fromisoformat(moment), 1
    while True:
        _let_go()
        is_through = survives(partial(work, at), {}, after)
        done = BulkRow.objects.filter(result="done").count()
        approved = Case.objects.filter(state="approved").count()
        wrong = [difference.text for difference in integrity.differences()]
        print(json.dumps([after, done, approved, wrong]), flush=True)  # noqa: T201
        if is_through:
            return
        after += 1


if __name__ == "__main__":
    main(*sys.argv[1:])
