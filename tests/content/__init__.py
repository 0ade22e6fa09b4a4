"""Tests of charts, tables, sentences and the document."""
