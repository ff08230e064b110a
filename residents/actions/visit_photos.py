"""Keeping the photos of visits, and showing them to those who may see the household."""

from collections.abc import Sequence
from datetime import datetime

from django.utils.timezone import localtime

from grid.access import scope_of
from grid.models import Staff
from residents import photos
from residents.models import Visit, VisitPhoto
from residents.querysets import households_visible_to

MOST = 3


def photos_keep(pictures: Sequence[tuple[Visit, bytes]], at: datetime) -> list[VisitPhoto]:
    """Keep photos (JPEGs from photos.redraw) of saved visits; call in the visits' transaction.

    A file whose row is rolled back afterwards can be opened by nobody: its key went with the row.
    """
    rows = [VisitPhoto(visit=visit, key=photos.new_key(), kept_at=at) for visit, _picture in pictures]
    for row, (_visit, picture) in zip(rows, pictures, strict=True):
        photos.keep(row.name, row.key, picture)
    return VisitPhoto.objects.bulk_create(rows)


def photo_show(household_id: int, photo_id: int, *, by: Staff, at: datetime) -> bytes:
    """A photo of a visit to this household. Raises VisitPhoto.DoesNotExist outside the scope or when it is gone."""
    visible = households_visible_to(scope_of(by, localtime(at).date())).filter(pk=household_id)
    row = VisitPhoto.objects.get(pk=photo_id, visit__household__in=visible, removed_at__isnull=True)
    return photos.read(row.name, row.key)
