"""Postgres keeps samples of a column's values for its planner, and truncating a table leaves them: none of these."""

from django.db import migrations

COLUMNS = ("wave", "pseudonym", "unit", "sealed")


def set_to(target: int) -> str:
    changes = ", ".join(f"ALTER COLUMN {column} SET STATISTICS {target}" for column in COLUMNS)
    return f"ALTER TABLE surveys_envelope {changes}"


class Migration(migrations.Migration):
    dependencies = [("surveys", "0012_questionnaire_of_an_open_wave")]

    operations = [migrations.RunSQL(set_to(0), set_to(-1), hints={"model_name": "envelope"})]
