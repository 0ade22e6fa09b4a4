"""How a report looks: pages and PDF, slides, workbook, Word; folders put in place as a whole."""
