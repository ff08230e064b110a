"""Every write of the interfaces."""
