"""The slides: native charts and tables, a client's template."""
