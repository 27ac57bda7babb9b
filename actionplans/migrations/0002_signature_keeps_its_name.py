from django.db import migrations, models

FILL = (
    "update actionplans_signoff s set name = p.name from organisation_person p where p.id = s.person_id and s.name = ''"
)


class Migration(migrations.Migration):
    dependencies = [("actionplans", "0001_ground"), ("organisation", "0001_ground")]

    operations = [
        migrations.AddField(
            model_name="signoff",
            name="name",
            field=models.CharField(
                default="", help_text="as signed: stays with the plan when the person has left", max_length=120
            ),
            preserve_default=False,
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]
