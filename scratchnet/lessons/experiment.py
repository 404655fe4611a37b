"""The experiment that the article stops short of: its network, trained on data.

The article trains nothing and names neither data nor layers. Those are ours; sigmoids, full batch and
the seed of the weights are the article's.
"""

from urllib.parse import urlencode

from scratchnet.data.datasets import make_dataset
from scratchnet.nn.network import train
from scratchnet.run.settings import Settings

# In the form of a playground address.
QUERY = {
    "dataset": "circles",
    "layer_dims": "2-8-8-1",
    "activation": "sigmoid",
    "learning_rate": "1",
    "epochs": "3000",
}


def cost_history(init: str) -> list[float]:
    """Return the cost history of the experiment with the initial weights "article" or "xavier"."""
    settings, _ = Settings.from_query(QUERY)
    data, training = make_dataset(**vars(settings.data)), settings.training
    _, costs = train(
        data.X_train,
        data.Y_train,
        settings.network.layer_dims,
        training.epochs,
        training.learning_rate,
        init=init,
        precision=training.precision,
    )
    return costs


def address(init: str) -> str:
    """Return the query of the playground address that gives the same run."""
    return urlencode(QUERY | {"init": init})
