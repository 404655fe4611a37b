"""A snapshot is a run at one epoch: the parameters, what was measured with them, and predictions."""

from dataclasses import dataclass

import numpy as np

from scratchnet.nn.network import forward_prop, predict
from scratchnet.nn.params import Params, fingerprint, views
from scratchnet.run.history import Measures, Reason
from scratchnet.run.samples import inputs_of
from scratchnet.run.settings import Settings
from scratchnet.validation import NotAllowed, as_numbers


@dataclass(frozen=True, eq=False)
class Snapshot(Measures[float]):
    """The run after ``epoch`` epochs; all numbers are of the parameters ``theta`` (flat, read-only).

    ``update`` counts the updates of the next epoch that are done already: nonzero only mid-epoch.
    ``ended`` says why the run stopped here by itself, if it did.
    """

    epoch: int
    theta: np.ndarray
    settings: Settings
    update: int = 0
    ended: Reason | None = None

    @property
    def layer_dims(self) -> tuple[int, ...]:
        """Return (n_0, …, n_L)."""
        return self.settings.network.layer_dims

    @property
    def params(self) -> Params:
        """Return {"W1": (n_1, n_0), "b1": (n_1, 1), …}, read-only."""
        return views(self.theta, self.layer_dims)

    @property
    def fingerprint(self) -> str:
        """Return eight hex digits that identify these parameters, see params.fingerprint."""
        return fingerprint(self.theta)

    def predict(self, points: np.ndarray) -> np.ndarray:
        """Return the predicted classes of points, (2, m), as (m,), see network.predict.

        Of a linear output these are its values, (1, m). Raises ValueError for another shape.
        """
        network = self.settings.network
        return predict(self._inputs(points), self.params, network.activation, network.output)

    def outputs(self, points: np.ndarray) -> np.ndarray:
        """Return the outputs of the network, (n_L, m), at points, (2, m)."""
        AL, _ = self._forward(points)
        return AL

    def logits(self, points: np.ndarray) -> np.ndarray:
        """Return the logits of the network, (n_L, m), at points, (2, m): Z of the output layer."""
        _, ZL = self._forward(points)
        return ZL

    def _forward(self, points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the outputs and the logits at points."""
        X, network = self._inputs(points), self.settings.network
        with np.errstate(over="ignore", invalid="ignore"):  # a run that diverged may overflow here
            AL, caches = forward_prop(X, self.params, network.activation, network.output)
        _, ZL = caches[-1]
        return AL, ZL

    def _inputs(self, points: np.ndarray) -> np.ndarray:
        """Return the network's inputs for points, (2, m); raise ValueError for another shape."""
        points = as_numbers("points", points)
        if points.ndim != 2 or points.shape[0] != 2:
            raise NotAllowed(
                f"points must have the shape (2, m), x1 and x2 of each, got {points.shape}."
            )
        return inputs_of(points, self.settings)
