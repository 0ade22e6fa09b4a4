from tests.value_models.conftest import cdnow, cdnow_days  # noqa: F401
