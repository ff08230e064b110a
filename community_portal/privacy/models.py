"""The base of every model with sealed fields, and the access log."""

import uuid
from collections.abc import Iterable
from typing import Any

from django.db import models

from community_portal.privacy.fields import BlindIndexField


class SealedModel(models.Model):
    """A row with personal data. `row_key` binds its sealed values to it, and never changes."""

    row_key = models.UUIDField(default=uuid.uuid4, editable=False)

    class Meta:
        abstract = True

    def save(self, *args: Any, update_fields: Iterable[str] | None = None, **kwargs: Any) -> None:
        """Saves as Django does; a blind index goes wherever its source goes."""
        indexes = [field for field in self._meta.concrete_fields if isinstance(field, BlindIndexField)]
        if update_fields is not None:
            named = set(update_fields)
            update_fields = named | {field.attname for field in indexes if field.source in named}
        for field in indexes:
            if isinstance(self.__dict__.get(field.source), str) and field.attname not in self.__dict__:
                setattr(self, field.attname, None)
        super().save(*args, update_fields=update_fields, **kwargs)
