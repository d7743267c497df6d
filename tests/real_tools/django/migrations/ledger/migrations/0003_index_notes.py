from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("ledger", "0002_create_notes")]
    operations = [migrations.RunSQL("CREATE INDEX notes_account_id ON notes (account_id);")]
