"""Where messages about a household lead."""

from django.urls import reverse


def path_of(household_id: int) -> str:
    """The page of a household's file."""
    return reverse("household-panel", args=[household_id])
