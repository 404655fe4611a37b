"""Presets for a lecture: each holds the settings of a run that shows one effect clearly."""

from typing import NamedTuple

from scratchnet.run.settings import Settings


class Preset(NamedTuple):
    """A title for the menu, the settings that differ from the defaults, and what to look for.

    ``query`` holds the settings in the form of the address. A setting that is not in it has its
    default, or the nearest value consistent with the other settings.
    """

    title: str
    query: dict[str, str]
    look_for: str

    @property
    def settings(self) -> Settings:
        """Return all settings of the run."""
        settings, _ = Settings.from_query(self.query)
        return settings


# Play shows 150 epochs a second, so that 750 of them take five.
PRESETS = (
    Preset(
        "Moons in five seconds",
        {},
        "The decision boundary is almost straight at first, then it bends around both moons. After 750 "
        "epochs, five seconds of Play, all samples of the training set and the test set are classified "
        "correctly.",
    ),
    Preset(
        "XOR without a hidden layer",
        {"dataset": "xor", "layer_dims": "2-1"},
        "Without a hidden layer the decision boundary is a straight line, and XOR is not linearly "
        "separable: the cost plateaus at 0.69 = log 2, the cost of guessing. One hidden layer of four "
        "neurons is enough.",
    ),
    Preset(
        "A sine as a feature",
        {
            "dataset": "sine",
            "noise": "0",
            "layer_dims": "2-1",
            "features": "x2-sin_x1",
            "learning_rate": "3",
        },
        "There is no hidden layer, yet the decision boundary is a wave: the inputs are sin x₁ and x₂, "
        "and in these features it is a straight line. All samples are eventually classified correctly.",
    ),
    Preset(
        "Learning rate too high",
        {"dataset": "circles", "learning_rate": "14"},
        "The steps are too large: the cost rises as often as it falls, to more than ten times its "
        "initial value, and never settles. With a learning rate of 0.5 the same network learns the "
        "circles. This needs single precision: in double precision, the run depends on the processor.",
    ),
    Preset(
        "Initial weights too small",
        {"dataset": "circles", "activation": "sigmoid", "init": "article", "learning_rate": "1"},
        "The cost stays at 0.693, the cost of guessing, for 1,000 epochs: through weights of about "
        "0.01, almost no gradient reaches layer 1. With Xavier initialization the same network learns.",
    ),
    Preset(
        "Vanishing gradients",
        {"layer_dims": "2-8-8-8-8-8-8-1", "activation": "sigmoid"},
        "The derivative of a sigmoid is at most 1/4. Through six layers of sigmoids, less than 1/5,000 "
        "of the error reaches layer 1, and the cost stays at 0.693. With tanh the same network learns "
        "the moons.",
    ),
    Preset(
        "Dying ReLU",
        {"dataset": "circles", "activation": "relu", "learning_rate": "3"},
        "Press Step: the cost falls for eight epochs, then a few steps that are too large push all "
        "inputs of the ReLUs in layer 2 below 0, where the gradient is 0. These neurons never recover: "
        "all inputs get the same prediction.",
    ),
    Preset(
        "Overfitting",
        {"dataset": "xor", "points": "100", "noise": "0.4"},
        "The network has 105 weights and biases for 70 noisy training samples: all of them are "
        "eventually classified correctly. But the test cost is lowest near epoch 120, then it doubles.",
    ),
    Preset(
        "Five classes",
        {
            "dataset": "spiral",
            "noise": "0.05",
            "classes": "5",
            "optimizer": "momentum",
            "learning_rate": "0.1",
        },
        "Five outputs, one per class: softmax turns them into probabilities that sum to 1, and each "
        "position is coloured by the most probable class. After 1,000 epochs all samples are "
        "classified correctly.",
    ),
    Preset(
        "Regression: peaks and valleys",
        {"dataset": "gaussians", "noise": "0", "optimizer": "adam", "learning_rate": "0.01"},
        "Regression: the target is a number, and so is the prediction. Three peaks and three valleys "
        "emerge, nearly as high and as deep as the 1 and −1 of the data.",
    ),
    Preset(
        "Three species of penguins",
        {"dataset": "penguins"},
        "Real data (palmerpenguins, CC0). One measurement of the bill, length or depth, alone "
        "classifies about 75 % correctly, both together 95 % within 20 epochs. From epoch 65 on the "
        "test cost rises: overfitting.",
    ),
)


def preset_of(settings: Settings) -> Preset | None:
    """Return the preset with exactly these settings, or None."""
    return next((preset for preset in PRESETS if preset.settings == settings), None)
