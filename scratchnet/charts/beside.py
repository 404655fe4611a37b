"""How the lines of runs beside each other are told apart: each has a colour, dashes, and a letter."""

from typing import Any

# Seen on a light and on a dark page, and told apart by those who do not see all colours.
LINES: tuple[dict[str, Any], ...] = (
    {"colour": "#0877bd", "dashes": []},
    {"colour": "#d1495b", "dashes": [8, 4]},
    {"colour": "#2e9e5b", "dashes": [2, 3]},
    {"colour": "#8a63d2", "dashes": [10, 3, 2, 3]},
)
