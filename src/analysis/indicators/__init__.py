"""Ledgers become values: the measures, what counts for which unit and period, changes, and the cells behind them."""
