"""Blocks of a page and how they look on the page, in a PDF and in an office file; nothing here knows the domain."""
