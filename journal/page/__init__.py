"""What the template tags in `journal.templatetags.ui` compute before a component is drawn."""
