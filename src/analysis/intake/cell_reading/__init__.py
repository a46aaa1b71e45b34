"""One cell of a field: its value as it counts, digits that were lost, what the cell shows."""
