"""What lies beside the cases so that the list stays quick with a hundred thousand of them: their words, their count."""

from __future__ import annotations

from django.db import models

from funding.money import MoneyField


class CaseText(models.Model):
    """The words by which a case is found, folded by `workflow.search`; the index on them is made in the migration."""

    case = models.OneToOneField("workflow.Case", on_delete=models.CASCADE, primary_key=True, related_name="+")
    words = models.TextField()

    class Meta:
        verbose_name = "Wörter"
        verbose_name_plural = "Wörter"

    def __str__(self) -> str:
        return self.words[:60]


class CaseCount(models.Model):
    """So many more or fewer cases stand like this since the last row: the sum over all rows is the count of now.

    Triggers on cases and awards write a row with each change, in its transaction, so no counter is ever waited for;
    `workflow.counting.fold` adds the rows up from time to time. Nothing else writes here.
    """

    state = models.CharField(max_length=32)
    award_state = models.CharField(max_length=32)
    assigned_to = models.UUIDField(null=True)
    is_unsent = models.BooleanField()
    count = models.IntegerField()
    amount = MoneyField()
    requested = MoneyField()
    decided = MoneyField()

    class Meta:
        verbose_name = "Zählung"
        verbose_name_plural = "Zählungen"

    def __str__(self) -> str:
        return f"{self.state} {self.award_state}: {self.count}"
