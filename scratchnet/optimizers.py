"""An optimizer moves the parameters downhill.

The update is a leaf function on arrays of any one shape: network.py gives it W and dW, engine.py one
flat vector that holds them all. An update is elementwise, so both give the same bits.
"""

import numpy as np


def gradient_descent(theta, grad, learning_rate, out=None, step=None):
    """theta - learning_rate · grad, into ``out`` (which may be theta); ``step`` is scratch."""
    step = np.multiply(grad, learning_rate, out=step)
    return np.subtract(theta, step, out=out)


OPTIMIZERS = {"gradient_descent": gradient_descent}
