"""Signing in with an account of the portal."""

from django.contrib.auth.backends import ModelBackend
from django.utils import timezone

from grid.access import staff_with_scope
from grid.models import Staff


class StaffBackend(ModelBackend):
    """Django's own, but a session's person comes with their scope: every page asks for both."""

    def get_user(self, user_id: int) -> Staff | None:
        """The person of a session; None once the account is gone or no longer in use."""
        staff = staff_with_scope(user_id, timezone.localdate())
        return staff if staff and self.user_can_authenticate(staff) else None
