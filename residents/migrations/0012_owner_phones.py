from django.db import migrations

from community_portal.privacy.fields import BlindIndexField
from community_portal.privacy.sealing import index_of

BATCH = 500
PHONES = ("owner_phone", "landlord_phone")


def index_phones(apps, schema_editor):
    """Make the phones of owners and landlords that are there findable, in batches by key."""
    households = apps.get_model("residents", "Household")
    with_phone = households.objects.extra(where=["octet_length(owner_phone) + octet_length(landlord_phone) > 0"])
    found = with_phone.only("pk", "row_key", *PHONES).order_by("pk")
    last = 0
    while batch := list(found.filter(pk__gt=last)[:BATCH]):
        for row in batch:
            for name in PHONES:
                setattr(row, f"{name}_index", index_of("phone", getattr(row, name)))
        households.objects.bulk_update(batch, [f"{name}_index" for name in PHONES])
        last = batch[-1].pk


class Migration(migrations.Migration):
    dependencies = [
        ("residents", "0011_checklists"),
    ]

    operations = [
        migrations.AddField(
            model_name="household",
            name="owner_phone_index",
            field=BlindIndexField(kind="phone", source="owner_phone"),
        ),
        migrations.AddField(
            model_name="household",
            name="landlord_phone_index",
            field=BlindIndexField(kind="phone", source="landlord_phone"),
        ),
        migrations.RunPython(index_phones, migrations.RunPython.noop),
    ]
