"""Every write about buildings, households and residents."""
