"""What all tests share: settings of Hypothesis, and small data."""

import scratchnet  # noqa: F401, I001  first: it sets the threads of BLAS before NumPy is loaded
import numpy as np
import pytest
from hypothesis import settings

# The time of an example says more about the machine than about the code.
settings.register_profile("scratchnet", deadline=None, derandomize=True)
settings.load_profile("scratchnet")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """Under --dist loadgroup, have one process run all tests in a browser, with one server.

    They are the largest group, with which pytest-xdist begins; the other processes have the rest. Its
    mark for groups would be the same, but pytest-xdist 3.8 writes it where pytest 9.2 reads nothing.
    """
    from xdist.scheduler import LoadGroupScheduling

    class Scheduling(LoadGroupScheduling):
        def _split_scope(self, nodeid):
            return "browser" if nodeid.startswith("tests/browser/") else super()._split_scope(nodeid)

    return Scheduling(config, log) if config.getvalue("dist") == "loadgroup" else None


@pytest.fixture
def samples():
    """X, (2, 40), and Y, (1, 40): two classes that overlap."""
    random = np.random.RandomState(0)
    X = random.randn(2, 40)
    Y = (X[:1] * X[1:] + 0.3 * random.randn(1, 40) > 0).astype(float)
    return X, Y
