"""Forms of the councils."""
