"""The road of a round: its stages, the notebooks executed, the report's folder swapped in when it is whole."""
