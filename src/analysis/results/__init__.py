"""A computed round as everybody above reads it: its frames in `data/processed`."""
