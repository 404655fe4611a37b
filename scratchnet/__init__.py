"""A neural network written from scratch in NumPy, small enough to read and fast enough to watch.

Importing it sets OPENBLAS_NUM_THREADS, MKL_NUM_THREADS and OMP_NUM_THREADS to 1 in the environment of
the process, where they are not set already. They count only if NumPy is loaded after that, so import
scratchnet first; set them yourself for other numbers of threads.
"""

import os

# BLAS reads these once, when NumPy is loaded. The matrices here are small: with two busy cores the
# threaded default was ten times slower, and one thread keeps the order of every sum, and so its bits.
for _variable in ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OMP_NUM_THREADS"):
    os.environ.setdefault(_variable, "1")

from scratchnet.data.datasets import Dataset, make_dataset  # noqa: E402
from scratchnet.nn.network import (  # noqa: E402
    backprop,
    cost_function,
    forward_prop,
    init_params,
    one_layer_backward,
    predict,
    sigmoid,
    train,
    update_parameters,
)
from scratchnet.run.address import VERSION  # noqa: E402
from scratchnet.run.history import History  # noqa: E402
from scratchnet.run.settings import (  # noqa: E402
    DataSettings,
    NetworkSettings,
    Settings,
    TrainingSettings,
)
from scratchnet.run.snapshot import Snapshot  # noqa: E402
from scratchnet.run.trainer import Trainer  # noqa: E402

__version__ = VERSION

__all__ = [
    "DataSettings",
    "Dataset",
    "History",
    "NetworkSettings",
    "Settings",
    "Snapshot",
    "Trainer",
    "TrainingSettings",
    "backprop",
    "cost_function",
    "forward_prop",
    "init_params",
    "make_dataset",
    "one_layer_backward",
    "predict",
    "sigmoid",
    "train",
    "update_parameters",
]
