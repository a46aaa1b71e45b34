"""The pages the notebooks show, one module per notebook; each has `open(round_id, …)` and a method per section."""
