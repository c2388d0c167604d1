"""Network rules in plain Python: rows, checks, placement, graphs and traces."""
