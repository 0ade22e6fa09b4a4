"""Dirty ways to write one true ledger, and what the loader makes of them."""
