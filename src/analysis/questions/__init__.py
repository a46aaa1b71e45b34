"""What a reader asks of a computed round: where a score comes from, and what would be if something were different."""
