"""Where each story of the demo ends: on the straight way, or one step aside of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from django.utils.timezone import localdate

from accounts.roles import Role
from funding.models import Clawback
from workflow import notices
from workflow.demo.facts import Story
from workflow.demo.walk import Stage, Walk


def tell(story: Story, stage: Stage, *, filed_at: datetime, until: datetime) -> None:
    """Takes one project from its first sentence to where its story ends, never later than `until`."""
    path = _ASIDE.get(story.until) or _STRAIGHT[story.until]
    path(Walk(stage, story, filed_at, until))


def _reject(walk: Walk, *, send: bool) -> None:
    walk.propose()
    reason = "Das Projekt richtet sich nicht an neu Zugezogene. Das ist nach der Richtlinie Voraussetzung."
    walk.case = walk.do(walk.case, "reject", Role.DECIDER, walk.at("approved"), reason=reason)
    if send:
        at = walk.at("issued")
        notices.render_rejection_notice(walk.case, actor=walk.stage.people[Role.CASEWORKER], at=at)
        walk.case = walk.do(walk.case, "send_rejection", Role.CASEWORKER, at, sent_on=localdate(at))


def _waitlisted(walk: Walk) -> None:
    walk.review()
    at = walk.at("decision_ready")
    walk.case = walk.do(walk.case, "put_on_waitlist", Role.CASEWORKER, at, reason="Das Geld reicht nicht.")


def _side(name: str, who: str, *, after: str, obj: str, reason: str) -> Callable[[Walk], None]:
    """Walks the straight way to a stage, then takes one step aside today."""

    def path(walk: Walk) -> None:
        _STRAIGHT[after](walk)
        at = walk.until - timedelta(days=1)
        setattr(walk, obj, walk.do(getattr(walk, obj), name, who, at, reason=reason))

    return path


def _contest(walk: Walk) -> None:
    walk.notify()
    at = walk.until - timedelta(days=9)
    walk.award = walk.do(
        walk.award, "contest", Role.CASEWORKER, at, filed_on=localdate(at), reason="Klage wegen einer Auflage"
    )


def _clawed_back(walk: Walk) -> None:
    walk.settle(less=350)
    claim = Clawback.objects.get(commitment__thread=walk.case.reference)
    at = min(walk.until, walk.after_end("closed") + timedelta(days=20))
    if localdate(at) > claim.heard_until:
        data = {"assessed_on": localdate(at), "due_on": localdate(at) + timedelta(days=30), "reason": "§ 49a VwVfG"}
        walk.do(claim, "assess", Role.DECIDER, at, **data)


_STRAIGHT: dict[str, Callable[[Walk], object]] = {
    "draft": Walk.draft,
    "submitted": Walk.file,
    "formal_check": Walk.check,
    "technical_review": Walk.review,
    "decision_ready": Walk.propose,
    "revision_offered": Walk.offer,
    "draft_notice": Walk.decide,
    "issued": Walk.issue,
    "notified": Walk.notify,
    "active": Walk.activate,
    "requested": Walk.request,
    "verified": Walk.verify,
    "authorised": Walk.authorise,
    "exported": Walk.export,
    "executed": Walk.execute,
    "report_due": Walk.report_due,
    "report_submitted": Walk.report,
    "report_in_review": Walk.review_report,
    "settled": Walk.settle,
    "closed": Walk.close,
}

_ASIDE: dict[str, Callable[[Walk], object]] = {
    "info_requested": lambda walk: walk.ask_back(days_ago=11),
    "info_overdue": lambda walk: walk.ask_back(days_ago=17),
    "lapsed": Walk.lapse,
    "in_committee": _side("refer_to_committee", Role.CASEWORKER, after="technical_review", obj="case", reason="Über 2.500 Euro"),
    "waitlisted": _waitlisted,
    "carried": Walk.close,
    "unspent": Walk.close,
    "withdrawn": _side("withdraw", "member", after="formal_check", obj="case", reason="Wir haben keinen Raum gefunden."),
    "rejected": lambda walk: _reject(walk, send=False),
    "rejection_sent": lambda walk: _reject(walk, send=True),
    "contested": _contest,
    "renounced": _side("renounce", "member", after="active", obj="award", reason="Das Projekt findet nicht statt."),
    "revoked": _side("revoke", Role.DECIDER, after="active", obj="award", reason="Der Zweck ist entfallen."),
    "returned": _side("take_back", Role.TREASURY, after="executed", obj="payment", reason="AC04: Konto aufgelöst"),
    "cancelled_payment": _side("cancel", Role.VERIFIER, after="requested", obj="payment", reason="Doppelt angefordert"),
    "report_info_requested": _side(
        "request_report_information", Role.CASEWORKER, after="report_in_review", obj="award", reason="Die Belegliste fehlt."
    ),
    "report_overdue": Walk.report_due,
    "clawed_back": _clawed_back,
}  # fmt: skip
