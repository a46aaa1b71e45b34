"""The example round: the office's files as they might arrive, all of it invented.

`plan` says what the example wants to show (per unit: how many clues and cases, how many left unresolved, how
far the institutions are carried out …); every ledger is drawn from that plan with a seeded generator and
written as the office would send it. Only input is written: ledgers, and the sheets on which people give
marks; never a computed score, total, rank or grade. No person, project or firm in it exists.
"""
