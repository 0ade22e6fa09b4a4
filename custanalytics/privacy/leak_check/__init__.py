"""The leak test: what is published holds nothing of the client's data."""

from custanalytics.privacy.leak_check.check_files import (
    Leak,
    file_leaks,
    leaks_in,
    message_of,
    must_not_leak,
)
from custanalytics.privacy.leak_check.collect import secrets_of
from custanalytics.privacy.leak_check.secrets import Origin, Secrets

__all__ = [
    "Leak",
    "Origin",
    "Secrets",
    "file_leaks",
    "leaks_in",
    "message_of",
    "must_not_leak",
    "secrets_of",
]
