"""Pages of the grid: handovers and the duty rota."""
