from django.db import migrations


class Migration(migrations.Migration):
    dependencies = []
    operations = [migrations.RunSQL("CREATE TABLE accounts (id integer PRIMARY KEY, name text NOT NULL);")]
