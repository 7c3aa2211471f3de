"""What the page of a case shows of the things that the computer noticed."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from journal import formats
from journal.actors import Actor
from workflow import findings, rules
from workflow.dossier import Dossier
from workflow.forms.desk import FindingForm, finding_form
from workflow.models import Finding


def noticed(file: Dossier, *, actor: Actor, sent: tuple[int, FindingForm] | None = None) -> dict[str, Any] | None:
    """The findings that stand, those that are open first; None where there is nothing to see or to do.

    `sent` is the form of one of them that came back with errors.
    """
    may_look = file.case.state in findings.UNDECIDED and (rules.may_check(actor) or rules.may_decide(actor))
    rows = [_row(one, file, actor, sent) for one in findings.standing(file.findings)]
    if not rows and not may_look:
        return None
    rows.sort(key=lambda row: row["is_settled"])
    return {"rows": rows, "may_look": may_look, "open": sum(not row["is_settled"] for row in rows)}


def _row(one: Finding, file: Dossier, actor: Actor, sent: tuple[int, FindingForm] | None) -> dict[str, Any]:
    form = None
    if findings.may_acknowledge(file.case, one, actor):
        form = sent[1] if sent and sent[0] == one.pk else finding_form(one.pk)
    return {
        "finding": one,
        "is_settled": one.acknowledged_at is not None,
        "state": "notice" if one.acknowledged_at is None else "fine",
        "note": _note(one, file),
        "form": form,
        "is_unfolded": bool(sent and sent[0] == one.pk),
    }


def _note(one: Finding, file: Dossier) -> str:
    if one.acknowledged_at is not None:
        return _("%(reason)s · %(who)s, %(when)s") % {
            "reason": one.reason,
            "who": file.name(one.acknowledged_by),
            "when": formats.moment(one.acknowledged_at),
        }
    if one.code in findings.OVERRIDABLE:
        return _("So ist keine Bewilligung möglich. Die Leitung kann sie mit Begründung zulassen.")
    if one.is_hard:
        return _("So ist keine Bewilligung möglich. Bitte lassen Sie den Finanzplan ändern.")
    return ""
