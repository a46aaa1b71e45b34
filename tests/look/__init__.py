"""The third command, `make look`: what only a browser, an office program and a PDF reader can see.

`make test` needs none of them and does not collect this package (no file here is named `test_*.py`).
"""
