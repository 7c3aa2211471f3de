"""Believable years for a first look. Facts are the county's public ones; people, associations and accounts are fictional."""
