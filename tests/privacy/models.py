"""Tables that only these tests have."""

from django.db import models

from community_portal.privacy.fields import BlindIndexField, SealedTextField
from community_portal.privacy.models import SealedModel


class Card(SealedModel):
    """A person's card with two sealed fields, one of them searchable."""

    title = models.CharField(max_length=20, blank=True)
    phone = SealedTextField(blank=True, max_length=40)
    phone_index = BlindIndexField(source="phone", kind="phone")
    remark = SealedTextField(blank=True)

    class Meta:
        app_label = "privacy_tests"

    def __str__(self) -> str:
        return self.title


class Slip(models.Model):
    """Something that points at a card."""

    card = models.ForeignKey(Card, models.CASCADE)

    class Meta:
        app_label = "privacy_tests"

    def __str__(self) -> str:
        return str(self.pk)
