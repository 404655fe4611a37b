"""Presets for a lecture: each asks a question about a run that shows one effect, and explains it."""

from typing import NamedTuple

from scratchnet.run.settings import Settings


class Change(NamedTuple):
    """A change of a preset that shows the cause: a button's label, settings, and what comes of it."""

    label: str
    query: dict[str, str]
    outcome: str


class Preset(NamedTuple):
    """A run to predict: a title for the menu, its settings, a question, its answer, and a change.

    ``query`` holds the settings that differ from the defaults, in the form of the address; any other
    has its default, or the nearest value consistent with these. The explanation is shown at epoch
    ``until``, or at the end of the run if that is None.
    """

    title: str
    query: dict[str, str]
    question: str
    explanation: str
    change: Change
    until: int | None = None

    @property
    def settings(self) -> Settings:
        """Return all settings of the run."""
        return Settings.from_query(self.query)[0]

    @property
    def changed(self) -> Settings:
        """Return all settings of the run with the change."""
        return Settings.from_query(self.query | self.change.query)[0]


PRESETS = (
    Preset(
        "Moons in five seconds",
        {},
        "The moons interlock, so no straight line separates them. What will the decision boundary look "
        "like after 50 epochs, and after 750, five seconds of Play?",
        "The decision boundary is almost straight at first, then it bends around both moons. From "
        "about epoch 400 on, all samples of both sets are classified correctly. How many neurons does "
        "a bend take?",
        Change(
            "Two hidden neurons",
            {"layer_dims": "2-2-1"},
            "Two neurons are too few for this boundary: about one sample in ten stays on the wrong "
            "side.",
        ),
        until=750,
    ),
    Preset(
        "XOR without a hidden layer",
        {"dataset": "xor", "layer_dims": "2-1"},
        "This network has no hidden layer. How many of the samples will it classify correctly?",
        "About as many as by guessing. The decision boundary is a straight line, and XOR is not "
        "linearly separable. The lowest cost, 0.69 = log 2, is that of about ½ everywhere.",
        Change(
            "Add a hidden layer of 4",
            {"layer_dims": "2-4-1"},
            "One hidden layer of four neurons is enough: more than 95 % of the test set is classified "
            "correctly. Each neuron contributes one line; the output combines them.",
        ),
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
        "The classes meet in a wave, and this network has no hidden layer. Can it learn the wave? Note "
        "which features it gets.",
        "It can: all samples are classified correctly. The inputs are sin x₁ and x₂, and in these "
        "features the wave is a straight line.",
        Change(
            "x₁ instead of sin x₁",
            {"features": "x1-x2"},
            "In x₁ and x₂ the decision boundary is straight, so it cuts off the crests of the wave. "
            "The right feature did the work of a hidden layer.",
        ),
    ),
    Preset(
        "Learning rate too high",
        {"dataset": "circles", "learning_rate": "14"},
        "The learning rate is 14; 0.5 would be usual. How will the cost curve look?",
        "It never settles: the steps are too large, so the cost rises as often as it falls, to more "
        "than ten times its initial value. (In single precision; in double, the run depends on the "
        "processor.)",
        Change(
            "Learning rate 0.5",
            {"learning_rate": "0.5"},
            "Small steps go downhill: at a learning rate of 0.5 the same network learns the circles.",
        ),
    ),
    Preset(
        "Initial weights too small",
        {"dataset": "circles", "activation": "sigmoid", "init": "article", "learning_rate": "1"},
        "The initial weights are tiny: random, with standard deviation 0.01. When will the cost start "
        "to fall?",
        "Not within 1,000 epochs: it stays at 0.693, the cost of guessing. The gradient is multiplied "
        "by the weights on its way back; through weights of about 0.01, almost none reaches layer 1.",
        Change(
            "Xavier initialization",
            {"init": "xavier"},
            "With weights of the right size the gradient gets through, and the same network learns.",
        ),
    ),
    Preset(
        "Vanishing gradients",
        {"layer_dims": "2-8-8-8-8-8-8-1", "activation": "sigmoid"},
        "Six hidden layers of sigmoids on the moons. Will the deeper network learn faster?",
        "It does not learn at all: the cost stays at 0.693. The derivative of a sigmoid is at most "
        "1/4, and six of them multiply to at most 1/4,096: almost no error reaches layer 1.",
        Change(
            "Use tanh",
            {"activation": "tanh"},
            "The derivative of tanh is up to 1, so enough of the error reaches layer 1: the same "
            "network learns the moons.",
        ),
    ),
    Preset(
        "Dying ReLU",
        {"dataset": "circles", "activation": "relu", "learning_rate": "3"},
        "ReLUs and a learning rate of 3. The cost will fall at first; how will it go on? Watch layer "
        "2, or press Step.",
        "The cost falls for eight epochs; then a few steps that are too large push the weighted inputs "
        "of all ReLUs in layer 2 below 0, where the gradient is 0. They never recover: all samples get "
        "the same prediction.",
        Change(
            "Learning rate 0.3",
            {"learning_rate": "0.3"},
            "With smaller steps most neurons stay alive, and the same network learns the circles.",
        ),
        until=20,
    ),
    Preset(
        "Overfitting",
        {"dataset": "xor", "points": "100", "noise": "0.4"},
        "The network has 105 weights and biases, the training set only 70 noisy samples. How will the "
        "two costs go on, of the training set and of the test set?",
        "The training cost keeps falling. But the test cost is lowest near epoch 120, then it doubles: "
        "the network learns the noise by heart, and is ever more certain even where it is wrong.",
        Change(
            "L2 penalty 0.01",
            {"l2": "0.01"},
            "The penalty keeps the weights small, so the output stays less certain near the boundary: "
            "as many test samples are right, and the test cost stays down.",
        ),
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
        "Five spiral arms, five outputs. What does one output say, and what do the five add up to? "
        "Point at the outputs.",
        "Each output is the probability of one class: softmax makes them sum to 1. Each position is "
        "coloured by the most probable class; after 1,000 epochs all samples are classified correctly.",
        Change(
            "No hidden layer",
            {"layer_dims": "2-5"},
            "Straight lines divide the plane into five sectors, and the arms cross them: fewer than "
            "half of the samples are classified correctly.",
        ),
    ),
    Preset(
        "Regression: peaks and valleys",
        {"dataset": "gaussians", "noise": "0", "optimizer": "adam", "learning_rate": "0.01"},
        "The target is a number now, from −1 in the valleys to 1 on the peaks. How close will the "
        "prediction come?",
        "Three peaks and three valleys emerge, nearly as high and as deep as those of the data. The "
        "output is linear, so that it can take any value.",
        Change(
            "One hidden layer of 4",
            {"layer_dims": "2-4-1"},
            "Four neurons cannot form three peaks and three valleys: the test cost stays more than ten "
            "times as high.",
        ),
    ),
    Preset(
        "Three species of penguins",
        {"dataset": "penguins"},
        "Real data: bill length and bill depth. How many of the penguins can be identified from them?",
        "About 95 %, after only 20 epochs. From epoch 65 on the test cost rises: overfitting. Are both "
        "measurements needed? (Data: palmerpenguins, CC0.)",
        Change(
            "Bill length only",
            {"features": "x1"},
            "From the length of the bill alone, only about 75 % are identified: two of the species "
            "have bills of about the same length.",
        ),
    ),
)


def preset_of(settings: Settings) -> Preset | None:
    """Return the preset with exactly these settings, or None."""
    return next((preset for preset in PRESETS if preset.settings == settings), None)


def changed_preset_of(settings: Settings) -> Preset | None:
    """Return the preset that has exactly these settings after its change, or None."""
    return next((preset for preset in PRESETS if preset.changed == settings), None)
