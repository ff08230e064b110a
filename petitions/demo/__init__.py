"""The demo community: generated people, houses and petitions in real divisions; the same for the same seed."""
