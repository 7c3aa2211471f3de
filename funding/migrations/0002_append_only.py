from django.db import migrations

from journal.append_only import Protect


class Migration(migrations.Migration):
    dependencies = [("funding", "0001_initial")]
    operations = [
        Protect("funding_ledgerentry"),
    ]
