"""The rule set as people change it: as a table, as a workbook and back, and its YAML edited in place."""
