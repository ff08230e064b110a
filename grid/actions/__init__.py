"""Writes of the grid: the calendar's care, handovers, the duty rota."""
