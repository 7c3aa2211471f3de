from django.db import migrations

from journal.append_only import Protect


class Migration(migrations.Migration):
    dependencies = [("journal", "0001_initial")]
    operations = [
        Protect("journal_event"),
        Protect("journal_datedvalue"),
    ]
