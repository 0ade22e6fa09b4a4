"""Nothing lost, nothing let in, nothing let out: stopped, broken and mutated, and counted."""
