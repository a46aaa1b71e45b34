"""`python -m analysis` is the command `assess`."""

from analysis.cli.commands import main

main()
