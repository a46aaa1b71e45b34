"""Templates for the units to fill in: written, found again among the files, and their nil returns."""
