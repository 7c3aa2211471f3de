"""An amount that several budget lines or years pay together: one field for each line, folded away at first."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.forms import BoundField
from django.utils.translation import gettext as _

from funding.models import BudgetLine
from funding.money import MoneyFormField, format_money
from journal.forms import StepForm
from workflow import money

ZERO = Decimal("0.00")


class SharesForm(StepForm):
    """A step of a case with an `amount`; left alone, the case's own line pays it all.

    `cleaned_data` has the parts as `shares`: a line with its euros, or None.
    """

    obj: Any

    def prepare(self) -> None:
        lines = money.possible_lines(self.obj)
        self.lines: dict[str, BudgetLine] = {f"share_{line.pk}": line for line in lines} if len(lines) > 1 else {}
        belonging = money.belongs(self.obj)
        self.free = {name: max(money.left_for(line, belonging), ZERO) for name, line in self.lines.items()}
        for name, line in self.lines.items():
            self.fields[name] = MoneyFormField(label=str(line), help_text=self._hint(name, line), required=False)

    def _hint(self, name: str, line: BudgetLine) -> str:
        free = _("%(line)s · frei sind %(free)s.") % {
            "line": f"{line.product} / {line.account}",
            "free": format_money(self.free[name]),
        }
        return f"{free} {self._proviso(line)}".strip()

    def _proviso(self, line: BudgetLine) -> str:
        if line.status != BudgetLine.Status.PROVISIONAL:
            return ""
        if money.is_under_proviso(line, this_year=self.today.year):
            return _("Der Haushalt %(year)s ist noch nicht genehmigt: nur unter Haushaltsvorbehalt.") % {
                "year": line.fiscal_year
            }
        return _("Der Haushalt %(year)s ist noch nicht genehmigt (§ 116 NKomVG).") % {"year": line.fiscal_year}

    @property
    def plain_fields(self) -> list[BoundField]:
        return [bound for bound in self if bound.name not in self.lines]

    @property
    def share_fields(self) -> list[BoundField]:
        return [self[name] for name in self.lines]

    @property
    def is_shared(self) -> bool:
        """Whether somebody wrote into one of the fields: then they stay unfolded."""
        return self.is_bound and any(self.data.get(self.add_prefix(name)) for name in self.lines)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        self.check_shares(data)
        return data

    def check_shares(self, data: dict[str, Any]) -> None:
        """The parts are the amount, to the cent, and each is free on its line."""
        typed = {name: data[name] for name in self.lines if data.get(name)}
        data["shares"] = self._shares(typed)
        if not typed or "amount" not in data or any(name in self.errors for name in self.lines):
            return
        self._check_each(typed)
        self._check_sum(typed, data["amount"] or ZERO)

    def _shares(self, typed: dict[str, Decimal]) -> dict[BudgetLine, Decimal] | None:
        """What the case's own line pays alone needs no parts."""
        own = next(iter(self.lines), None)
        if not typed or (typed.keys() == {own} and self._is_own(self.lines[own or ""])):
            return None
        return {self.lines[name]: amount for name, amount in typed.items()}

    def _is_own(self, line: BudgetLine) -> bool:
        programme = self.obj.programme
        return (line.fiscal_year, line.product, line.account) == (
            self.obj.fiscal_year,
            programme.product,
            programme.account,
        )

    def _check_each(self, typed: dict[str, Decimal]) -> None:
        for name, amount in typed.items():
            if amount > self.free[name]:
                self.add_error(
                    name,
                    _("Frei sind hier noch %(free)s. Mehr geht nicht.") % {"free": format_money(self.free[name])},
                )
        if all(money.is_under_proviso(self.lines[name], this_year=self.today.year) for name in typed):
            self.add_error(
                next(iter(typed)), _("Mindestens ein Teil muss aus einem Haushalt kommen, der schon genehmigt ist.")
            )

    def _check_sum(self, typed: dict[str, Decimal], amount: Decimal) -> None:
        total = sum(typed.values(), ZERO)
        if total == amount:
            return
        sentence = (
            _("Die Anteile ergeben %(sum)s, vorgeschlagen sind %(amount)s. Es fehlen noch %(rest)s.")
            if total < amount
            else _("Die Anteile ergeben %(sum)s, vorgeschlagen sind %(amount)s. Das sind %(rest)s zu viel.")
        )
        self.add_error(
            next(iter(typed)),
            sentence
            % {"sum": format_money(total), "amount": format_money(amount), "rest": format_money(abs(amount - total))},
        )

    def data_for_step(self) -> dict[str, Any]:
        return {name: value for name, value in super().data_for_step().items() if name not in self.lines}
