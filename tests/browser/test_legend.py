"""The legend of the plane says what its colours are, in numbers that can be read."""

import math
from urllib.parse import urlencode

import pytest
from choices import own_table

from scratchnet import Settings
from scratchnet.data.points import Scale, Table


def regression(scale):
    """Settings of a regression whose targets have this scale."""
    rows, names = own_table(0).rows, own_table(0).names
    scales = (*own_table(0).scales[:2], scale)
    ends = [value * scale.unit + scale.centre for value in (-1.0, 1.0)]
    rows = [(x1, x2, ends[k % 2]) for k, (x1, x2, _) in enumerate(rows)]
    own = Table(tuple(rows), names, (), scales)
    return Settings.of(dataset="own", own=own, classes=0)


@pytest.mark.parametrize(
    ("centre", "unit", "said"),
    [
        (25.599, 24.296, ("1.3", "49.9", "25.6")),
        (-50.175, 12.705, ("−62.9", "−37.5", "−50.2")),
        (8252.745, 1620.304, ("6630", "9870", "8250")),
        (1000.25, 0.5, ("999.75", "1000.75", "1000.25")),
        (0.0, 0.000123456, ("−0.000123", "0.000123", "0")),
    ],
)
def test_the_scale_of_a_regression_has_three_digits_of_its_spread(visit, centre, unit, said):
    settings = regression(Scale(centre, unit))
    centre, unit = settings.data.own.scales[2].centre, settings.data.own.scales[2].unit
    page = visit("/?" + urlencode(settings.to_query()))
    legend = page.page.locator(".plane .legend")
    legend.wait_for()
    shown = (*legend.locator("li span").all_text_contents(), legend.locator("li").last.text_content())
    assert shown == said
    step = 10.0 ** (math.floor(math.log10(unit)) - 2)
    exact = [centre - unit, centre + unit, centre]
    assert [float(text.replace("−", "-")) for text in shown] == pytest.approx(exact, abs=0.51 * step)
