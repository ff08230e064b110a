"""Who may use the interfaces, and what leaves by them."""

from community_portal.interfaces.models.tokens import ApiToken

__all__ = ["ApiToken"]
