"""How things look: the colours, shapes and names that the Plotly charts and the stage share.

A class has a colour and a shape. Of one output, what is low or negative has the colour of class 0, and
what is high or positive that of class 1.
"""

MIDDLE, INK = "#e8eaeb", "#1d2126"
CLASSES = ("#f59322", "#0877bd", "#2e9e5b", "#c04a92", "#806240")
TRAIN_LINE, TEST_LINE = "#8a63d2", "#d1495b"
NEUTRAL = "#9aa0a6"  # seen on a light and on a dark page
OUTLINE = "#5a6068"  # of a marker in a colour that the plane may have, too
COLOURS = [(0.0, CLASSES[0]), (0.5, MIDDLE), (1.0, CLASSES[1])]

# The shape of each class: as Plotly calls it, and as an SVG path around 0.
SYMBOLS = ("circle", "diamond", "square", "cross", "x")
MARKERS = (
    "M4,0A4,4 0 1 1 -4,0A4,4 0 1 1 4,0Z",
    "M0,-5L5,0L0,5L-5,0Z",
    "M-3.6,-3.6H3.6V3.6H-3.6Z",
    "M-1.7,-4.6H1.7V-1.7H4.6V1.7H1.7V4.6H-1.7V1.7H-4.6V-1.7H-1.7Z",
    "M0,-2.3L2.2,-4.5L4.5,-2.2L2.3,0L4.5,2.2L2.2,4.5L0,2.3L-2.2,4.5L-4.5,2.2L-2.3,0L-4.5,-2.2L-2.2,-4.5Z",
)

COST_TITLES = {
    "cross_entropy": "mean cross-entropy (nats)",
    "squared_error": "mean ½ (output − target)²",
}
FEATURE_NAMES = {
    "x1": "x₁",
    "x2": "x₂",
    "x1_squared": "x₁²",
    "x2_squared": "x₂²",
    "x1_x2": "x₁x₂",
    "sin_x1": "sin x₁",
    "sin_x2": "sin x₂",
}

HEIGHT = 460
LOW = 340  # the height of a figure beside or below another one
MARGIN = {"l": 0, "r": 16, "t": 8, "b": 0}
LEGEND = {"orientation": "h", "x": 0.5, "xanchor": "center", "y": 1.0, "yanchor": "bottom"}


def full_name(name: str) -> str:
    """Return the name of a class, or "class 0" where it is only a number."""
    return f"class {name}" if name.isdigit() else name


def rgb(colour: str) -> tuple[int, int, int]:
    """Return red, green and blue of a colour such as "#f59322", each from 0 to 255."""
    red, green, blue = bytes.fromhex(colour.removeprefix("#"))
    return red, green, blue
