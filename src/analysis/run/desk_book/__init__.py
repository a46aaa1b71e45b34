"""The desk of a round as a workbook: what a person decides, sheet by sheet, and back into the settings of the round."""
