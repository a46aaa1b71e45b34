"""What the office declares about a round: settings, units, periods, published facts, its own texts; a new round."""
