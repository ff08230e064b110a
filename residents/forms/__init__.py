"""Forms of the household file: one for each task."""
