"""Every write to petitions. Each action locks, checks, writes, appends its event and its notices in one transaction."""
