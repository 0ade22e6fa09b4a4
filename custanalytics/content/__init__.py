"""Results to charts, tables and sentences: everything here formats, nothing computes."""
