"""The numbers beside the menu, what waits for this person, and the word for their organisation."""

from __future__ import annotations

from django.utils.timezone import localdate

from applications import account, home
from config import navigation
from funding import queries as funding_queries
from funding.views import budget, runs
from workflow import desk, queries

navigation.counts["today"] = lambda actor: desk.waiting_for(actor, today=localdate())
navigation.counts["decisions"] = queries.decisions_waiting
navigation.counts["committee"] = lambda actor: (
    queries.resolutions_waiting(actor) if actor.has_role("committee_office") else 0
)
navigation.counts["disbursements"] = funding_queries.waiting_count
navigation.counts["runs"] = runs.waiting_count
navigation.counts["budget"] = budget.alert_count
navigation.counts["account_changes"] = lambda actor: account.waiting_for(actor).count()
navigation.labels["organisation"] = home.in_menu
