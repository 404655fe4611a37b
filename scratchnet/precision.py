"""Precision: what is kept of a run is rounded, what is computed on the way is not.

Processors, and the libraries that know them, round sums, exp and tanh differently in the last place,
some 1e-16 apart, and a chaotic run makes anything of that. The numbers of single precision lie 6e-8
apart: what comes out on two processors is rounded to the same one of them, but for about one case in
1e8. So data, parameters, the optimizer's state, costs and accuracies are rounded where they are kept,
and a run whose kept numbers are the same has nothing to drift from.

Both are leaf functions that network.py and engine.py share. They write into ``out`` where one is given,
which may be ``values``; ``work`` is scratch like ``values``, in float32.
"""

import numpy as np

# What is nearer to 0 counts as 0 where size does not matter: it is what rounding leaves of a sum that
# should be 0, and it is another number on another processor.
NOISE = 2.0**-40


def single(values, out=None, work=None):
    """Round to the nearest float32, an even one where two are as near; the result is float64 again."""
    if out is None:
        return np.float64(np.float32(values))
    work = np.empty(values.shape, np.float32) if work is None else work
    work[...] = values
    out[...] = work
    return out


def double(values, out=None, work=None):
    """Leave values as they are, float64; with an ``out``, copy them."""
    if out is None:
        return values
    out[...] = values
    return out


PRECISIONS = {"single": single, "double": double}
