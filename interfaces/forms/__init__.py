"""Forms of the interfaces."""
