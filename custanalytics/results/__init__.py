"""Analysis results: computed, decided on, kept on disk, compared, listed."""
