"""Pages of the interfaces."""
