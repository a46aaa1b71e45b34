"""From a sheet to the rows of a ledger: parts, headers, kinds of rows, units, sources joined."""
