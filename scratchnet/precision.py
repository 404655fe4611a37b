"""Precision: what is kept of a run is rounded, what is computed in between is not.

Processors, and libraries optimised for them, round sums, exp and tanh differently in the last place, by
about 1e-16, and a chaotic run amplifies that without limit. The numbers of single precision lie 6e-8
apart: two processors' results are rounded to the same one, but for about one case in 1e8. So data,
parameters, the optimizer's state, costs and accuracies are rounded where they are kept, and no
difference is left to grow.

Both are leaf functions that network.py and engine.py share. They write into ``out`` where one is given,
which may be ``values``; ``work`` is scratch like ``values``, in float32.
"""

import numpy as np

# Numbers closer to 0 count as 0 where only their direction would matter: they are what rounding leaves
# of a sum that should be 0, and differ from processor to processor.
NOISE = 2.0**-40


def single(values, out=None, work=None):
    """Round to the nearest float32, ties to even; the result is float64 again."""
    if out is None:
        return np.float64(np.float32(values))
    work = np.empty(values.shape, np.float32) if work is None else work
    work[...] = values
    out[...] = work
    return out


def double(values, out=None, work=None):
    """Return the values as they are, float64; with an ``out``, copy them."""
    if out is None:
        return values
    out[...] = values
    return out


PRECISIONS = {"single": single, "double": double}
