"""From files to one table of text: archives, encodings, dialects, headers, records."""
