"""A stream is a source of random numbers of its own, so that drawing from one never moves another."""

import numpy as np


def streams(seed: int, n: int) -> list[np.random.RandomState]:
    """Return n independent streams of one seed.

    RandomState, because NumPy froze its draws for all versions; those of Generator may change.
    """
    children = np.random.SeedSequence(seed).spawn(n)
    return [np.random.RandomState(np.random.MT19937(child)) for child in children]
