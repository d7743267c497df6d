from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_create_accounts")]
    operations = [migrations.RunSQL("CREATE TABLE notes (id integer PRIMARY KEY, account_id integer NOT NULL, body text);")]
