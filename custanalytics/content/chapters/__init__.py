"""One module a section of the report: its figures, charts, tables and sentences."""
