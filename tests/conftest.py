"""What all tests share: settings of Hypothesis, and small data."""

import scratchnet  # noqa: F401, I001  first: it sets the threads of BLAS before NumPy is loaded
import numpy as np
import pytest
from hypothesis import settings

# The time of an example says more about the machine than about the code.
settings.register_profile("scratchnet", deadline=None, derandomize=True)
settings.load_profile("scratchnet")


@pytest.fixture
def samples():
    """X, (2, 40), and Y, (1, 40): two classes that overlap."""
    random = np.random.RandomState(0)
    X = random.randn(2, 40)
    Y = (X[:1] * X[1:] + 0.3 * random.randn(1, 40) > 0).astype(float)
    return X, Y
