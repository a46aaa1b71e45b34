"""What is wrong, as lists: sentences, places, effects, reconciliation, lists to send back."""
