"""A preset is a run to open a lecture with: settings under which one thing can be seen well."""

from typing import NamedTuple

from scratchnet.run.settings import Settings


class Preset(NamedTuple):
    """A title for a menu, the settings that differ from the defaults, and what to look for.

    ``query`` holds the settings as the address does; what is not in it is the default, or what goes
    with the rest.
    """

    title: str
    query: dict[str, str]
    look_for: str

    @property
    def settings(self) -> Settings:
        """All settings of the run."""
        settings, _ = Settings.from_query(self.query)
        return settings


# Play shows 150 epochs a second, so that 750 of them take five.
PRESETS = (
    Preset(
        "Moons in five seconds",
        {},
        "The boundary is almost straight at first, then it bends around both moons. After 750 epochs, "
        "five seconds of Play, every point is on the right side, those for testing too.",
    ),
    Preset(
        "XOR without a hidden layer",
        {"dataset": "xor", "layer_dims": "2-1"},
        "An output alone draws a straight line, and no line parts XOR: the cost gets down to 0.69, "
        "that of guessing, and no further. One hidden layer of four neurons is enough.",
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
        "There is no hidden layer, yet the boundary is a wave: the network is told sin x₁ instead of "
        "x₁, and for sin x₁ and x₂ it is a straight line. Every point comes to be on the right side.",
    ),
    Preset(
        "A rate too high",
        {"dataset": "circles", "learning_rate": "14"},
        "The steps are too long: the cost goes up as often as down, to more than ten times its start, "
        "and never settles. At a rate of 0.5 the same network learns the circles. This needs single "
        "precision: in double, each kind of processor has a run of its own.",
    ),
    Preset(
        "Weights too small",
        {"dataset": "circles", "activation": "sigmoid", "init": "article", "learning_rate": "1"},
        "The cost stays at 0.693, that of guessing, for 1,000 epochs: through weights of 0.01, next to "
        "nothing of the error gets back to layer 1. With xavier weights the same network learns.",
    ),
    Preset(
        "Vanishing gradients",
        {"layer_dims": "2-8-8-8-8-8-8-1", "activation": "sigmoid"},
        "Each of the six layers of sigmoids has a slope of a quarter at most, so that less than a "
        "5,000th of the error gets back to layer 1, and the cost stays at 0.693. With tanh the same "
        "network learns the moons.",
    ),
    Preset(
        "Dying ReLU",
        {"dataset": "circles", "activation": "relu", "learning_rate": "3"},
        "Press Step: the cost falls for eight epochs, then a few steps too long push all of layer 2 "
        "below 0, where ReLU has no slope. Its neurons are dead for good: all points get one answer.",
    ),
    Preset(
        "Noise learned by heart",
        {"dataset": "xor", "points": "100", "noise": "0.4"},
        "There are more weights and biases, 105, than points for training, 70: all of these come to be "
        "on the right side. The test cost is lowest near epoch 120; then it doubles.",
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
        "Five outputs, one for each arm: softmax makes them shares that add up to 1, and a place has "
        "the colour of the largest. After 1,000 epochs every point is in its colour.",
    ),
    Preset(
        "Hills and hollows",
        {"dataset": "gaussians", "noise": "0", "optimizer": "adam", "learning_rate": "0.01"},
        "The labels are numbers, and so is the answer: out of the plain grow three hills and three "
        "hollows, nearly as high and as deep as the 1 and -1 of the data.",
    ),
    Preset(
        "Three species of penguins",
        {"dataset": "penguins"},
        "Real data (palmerpenguins, CC0). Length or depth of the bill alone tells three birds of four, "
        "both together 95 % within 20 epochs. From epoch 65 on the test cost rises: some are learned "
        "by heart.",
    ),
)


def preset_of(settings: Settings) -> Preset | None:
    """The preset with just these settings, if there is one."""
    return next((preset for preset in PRESETS if preset.settings == settings), None)
