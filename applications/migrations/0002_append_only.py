from django.db import migrations

from journal.append_only import Protect


class Migration(migrations.Migration):
    dependencies = [("applications", "0001_initial")]
    operations = [
        Protect("applications_revision"),
    ]
