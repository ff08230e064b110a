"""Writes of the councils: each locks, checks, writes, appends its event and sends its notices in one transaction."""
