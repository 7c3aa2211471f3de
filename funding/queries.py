"""Annotated QuerySets of the treasury: nothing here writes."""
