"""Public names have a full numpydoc docstring."""

import dataclasses
import inspect

import pytest
from numpydoc.validate import validate

import custanalytics

# Checks that ask for sections which say nothing here: see also, extended summary, examples.
LEFT_OUT = {"GL01", "GL02", "GL03", "SA01", "SA04", "EX01", "ES01", "RT02", "YD01"}


@pytest.mark.parametrize("name", custanalytics.__all__)
def test_public_names_are_documented_in_full(name):
    thing = getattr(custanalytics, name)
    left_out = LEFT_OUT
    if dataclasses.is_dataclass(thing):
        # A result's fields stand under Attributes.
        left_out = LEFT_OUT | {"PR01"}
        for field in dataclasses.fields(thing):
            assert field.name in thing.__doc__, f"{name}.{field.name}"
    if inspect.isclass(thing) and issubclass(thing, Exception):
        left_out = LEFT_OUT | {"PR01"}  # an error takes its message
    assert not [e for e in validate(f"custanalytics.{name}")["errors"] if e[0] not in left_out]
    if inspect.isclass(thing):
        for method, value in vars(thing).items():
            if not method.startswith("_") and inspect.isfunction(value):
                assert value.__doc__, f"{name}.{method}"
