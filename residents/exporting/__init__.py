"""Lists that go out as sheets: which there are, who may take which, and how their rows are read."""
