"""The workbook: typed cells, native charts."""
