"""Forms of petitions."""
