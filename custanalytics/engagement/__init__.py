"""Engagements: a folder from the client's question to the handover, after CRISP-DM."""
