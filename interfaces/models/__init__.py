"""Who may use the interfaces, and what leaves by them."""

from interfaces.models.tokens import ApiToken

__all__ = ["ApiToken"]
