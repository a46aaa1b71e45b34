"""Blocks of a page and how they look in every form; nothing here knows the domain."""

# a block is shown in a notebook whoever imports it
import analysis.render.jupyter  # noqa: F401
