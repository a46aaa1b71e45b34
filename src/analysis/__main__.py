"""`python -m analysis` is the command `assess`."""

from analysis.cli.application import main

main()
