"""Maps proposed for files nobody has seen: what is proposed is for a person to confirm, and no run uses it."""
