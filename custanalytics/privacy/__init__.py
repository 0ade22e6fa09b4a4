"""Nothing of the client's goes out: results muted, and what is published checked for leaks."""
