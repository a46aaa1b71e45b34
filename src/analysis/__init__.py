"""Yearly assessment of counties and districts on the payment of migrant workers' wages.

The package follows the office's road: what arrived (`intake`), what it counts to (`measures`), how it
scores (`scoring`, `grading`), what changed (`trends`), how the units compare (`comparison`) and what is
reported (`publish`). Nothing heavy is imported here, so that `assess --help` answers at once.
"""

__version__ = "0.1.0"
