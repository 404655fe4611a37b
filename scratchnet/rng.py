"""Random streams: independent sources of random numbers, so drawing from one never affects another."""

import numpy as np


def random_streams(seed: int, n: int) -> list[np.random.RandomState]:
    """Return n independent streams of one seed.

    They are of RandomState, whose draws NumPy froze for all versions; those of Generator may change.
    """
    children = np.random.SeedSequence(seed).spawn(n)
    return [np.random.RandomState(np.random.MT19937(child)) for child in children]
