"""Wires everything: settings, addresses, base template and navigation, the beat schedule."""

from config.celery import app as celery

__all__ = ["celery"]
