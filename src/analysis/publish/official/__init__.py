"""The bulletin as an official document: its content in the executed notebook, as PDF by typst and as a Word file.

Laid out after GB/T 9704-2012; the measures stand in `measures.py`.
"""
