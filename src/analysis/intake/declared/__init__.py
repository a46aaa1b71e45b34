"""What is declared of the office's files: ledgers and their fields, maps, policies, corrections."""
