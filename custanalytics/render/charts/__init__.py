"""Charts drawn: interactive for the page, still for paper."""
