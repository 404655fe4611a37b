"""Switches: a neuron that is frozen stays as it is, and one that is off has no part in the network.

A neuron is off when every weight that leads out of it is 0 and stays so; what is left of the network
can then be seen, and trained, without it. (Ablation studies do this to find what a neuron is for.)
"""

from collections.abc import Iterable, Mapping

import numpy as np

from scratchnet.nn.params import Params

STATES = ("on", "frozen", "off")

Switch = tuple[int, int, int, str]  # at which epoch, its layer and neuron, from 1, to which of STATES


def states_at(switches: Iterable[Switch], epoch: int) -> dict[tuple[int, int], str]:
    """Return the state at an epoch of each neuron, (layer, neuron), that was switched until then.

    ``switches`` are in the order of their epochs.
    """
    return {(l, j): state for at, l, j, state in switches if at <= epoch}


def switch_off(params: Mapping[str, np.ndarray], states: Mapping[tuple[int, int], str]) -> None:
    """Set every weight that leads out of a neuron that is off to 0, in place.

    ``states`` are those of neurons, (layer, neuron) from 1, of the network ``params``.
    """
    for (l, j), state in states.items():
        if state == "off":
            params[f"W{l + 1}"][:, j - 1] = 0.0


def held_by(states: Mapping[tuple[int, int], str], params: Mapping[str, np.ndarray]) -> Params:
    """Return what no update may change, True where it is held, {"W1": (n_1, n_0), "b1": (n_1, 1), …}.

    These are the weights and the bias of a neuron that is frozen or off, and the weights that lead out
    of one that is off.
    """
    held = {name: np.zeros(part.shape, bool) for name, part in params.items()}
    for (l, j), state in states.items():
        if state != "on":
            held[f"W{l}"][j - 1] = True
            held[f"b{l}"][j - 1] = True
        if state == "off":
            held[f"W{l + 1}"][:, j - 1] = True
    return held
