"""What is shared: displays, the HTML and PDF exporters, figures, workbook, manifest, index and the leak guard."""
