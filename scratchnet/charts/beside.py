"""How the lines of runs beside each other are told apart: each has a colour, dashes, and a letter."""

from typing import Any

# Seen on a light and on a dark page, and none is that of the first two classes.
LINES: tuple[dict[str, Any], ...] = (
    {"colour": "#8a63d2", "dashes": []},
    {"colour": "#d1495b", "dashes": [8, 4]},
    {"colour": "#119488", "dashes": [2, 3]},
    {"colour": "#b0790f", "dashes": [10, 3, 2, 3]},
)
