"""The command `assess`, one module per command; nothing heavy is imported before it is needed."""

from analysis.cli.application import main

__all__ = ["main"]
