"""Customers as the transactions tell them: summary, segments, cohorts, concentration, overview."""
