"""`python -m analysis` is the command `assess`."""

from analysis.cli import main

main()
