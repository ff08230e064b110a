"""REST under /api/v1/: the same access rule and the same actions as the pages."""
