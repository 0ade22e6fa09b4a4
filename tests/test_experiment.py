import math

import numpy as np
import pytest

from custanalytics.errors import UsageError
from custanalytics.experiment import control_group


def test_equal_groups_agree_with_the_published_table():
    # Fleiss, Levin and Paik (2003), equation 4.14: p 0.2 against 0.3, power 0.8, alpha 0.05,
    # gives 294 a group with the pooled null variance; unpooled, as here, 291.
    p0, p1 = 0.2, 0.3
    expected = math.ceil((1.959964 + 0.841621) ** 2 * (p0 * (1 - p0) + p1 * (1 - p1)) / 0.1**2)
    assert expected == 291
    found = control_group(2 * expected, p0, relative_lift=0.5)
    assert found.enough
    assert found.size == pytest.approx(expected, abs=1)


def test_the_size_has_the_power_it_promises():
    found = control_group(4000, 0.2)
    rng = np.random.default_rng(1)
    draws = 4000
    control = rng.binomial(found.size, 0.2, draws) / found.size
    treated = rng.binomial(4000 - found.size, 0.25, draws) / (4000 - found.size)
    error = np.sqrt(
        control * (1 - control) / found.size + treated * (1 - treated) / (4000 - found.size)
    )
    power = (np.abs(treated - control) / error > 1.959964).mean()
    assert power == pytest.approx(0.8, abs=0.03)


def test_too_few_customers_say_what_half_of_them_can_show():
    found = control_group(60, 0.2)
    assert found.size == 30
    assert not found.enough
    assert found.detectable_lift > 1.0
    assert control_group(4, 0.9).detectable_lift == math.inf


@pytest.mark.parametrize("bad", [(1, 0.2), (100, 0.0), (100, 1.0)])
def test_errors(bad):
    with pytest.raises(UsageError, match="control group"):
        control_group(*bad)
