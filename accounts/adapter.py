"""How log-in behaves: allauth does the work, this says what is special here."""

from __future__ import annotations

from allauth.account.adapter import DefaultAccountAdapter


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Log-in by a code that is mailed; passwords exist only for those who set one."""
