"""custanalytics: from a shop's sales export to a client-ready customer report."""
