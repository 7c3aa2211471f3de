"""What a visitor finds: a programme with an open round. ``python -m bench.shop`` on an empty database, then static files."""

from __future__ import annotations

import json
from datetime import timedelta

import django
from django.core.management import call_command
from django.utils import timezone

django.setup()

from tests.factories import World  # noqa: E402


def main() -> None:
    call_command("migrate", verbosity=0)
    call_command("collectstatic", verbosity=0, interactive=False)
    world = World(at=timezone.now())
    world.round.closes_at = world.at + timedelta(days=30)
    world.round.save()
    print(json.dumps(world.programme.slug))


if __name__ == "__main__":
    main()
