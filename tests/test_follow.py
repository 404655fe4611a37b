"""Follow me: the QR code on the projector is the run on the screen, at its epoch."""

from urllib.parse import unquote

import pytest
from choices import own_table
from test_page import open_page, warnings

from scratchnet import Settings, Trainer
from scratchnet.ui.follow import MOST, address_of, code_of
from scratchnet.validation import NotAllowed


def opened(page):
    (button,) = [each for each in page.button if each.label.startswith("Follow me")]
    return button.click().run()


def shown(page):
    return [each.proto.body for each in page.get("html") if "follow" in each.proto.body]


def test_the_dialog_shows_the_run_at_its_epoch_with_its_fingerprint():
    page = opened(open_page(dataset="xor", layer_dims="2-2-1", epoch="7"))
    assert not page.exception
    fingerprint = Trainer(Settings.of(dataset="xor", layer_dims=(2, 2, 1))).advance(7).fingerprint
    (body,) = shown(page)
    assert f"<p>{fingerprint}</p>" in body
    (code,) = [each.value for each in page.code if "fingerprint=" in each.value]
    assert f"?dataset=xor&layer_dims=2-2-1&epoch=7&fingerprint={fingerprint}" in code
    assert code_of(code) in body


def test_the_code_is_in_the_page_itself_and_of_this_address():
    picture = code_of("https://one.host/?epoch=7")
    assert picture.startswith("data:image/svg+xml")
    text = unquote(picture)
    assert "http" not in text.replace("http://www.w3.org/2000/svg", ""), "nothing is fetched"
    assert picture != code_of("https://one.host/?epoch=8")


@pytest.mark.parametrize(
    ("page", "begins"),
    [
        ("https://one.host/", "https://one.host/?dataset=xor"),
        ("https://one.host/class/?epoch=3#top", "https://one.host/class/?dataset=xor"),
        ("https://one.host/class/playground", "https://one.host/class/?dataset=xor"),
    ],
)
def test_the_address_is_that_of_the_playground_of_this_page(page, begins):
    found = address_of(page, Settings.of(dataset="xor"), 7, "0" * 8)
    assert found.startswith(begins)
    assert "epoch=7&fingerprint=00000000&version=" in found


def test_an_address_that_is_too_long_is_said():
    own = Settings.of(dataset="own", own=own_table(2, points=300))
    with pytest.raises(NotAllowed, match=f"at most {MOST:,} characters for a QR code, got"):
        address_of("https://one.host/", own, 0, "0" * 8)
    page = opened(open_page(**own.to_address()))
    assert any("for a QR code" in warning for warning in warnings(page))
