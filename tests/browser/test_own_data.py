"""Points of one's own on the page: drawn, from a file, in a table; and what can be taken along."""

import json
from dataclasses import replace
from itertools import cycle
from urllib.parse import urlencode

import numpy as np
from choices import own_table
from test_playground import LONG, address, assert_true_to_numpy, settings_of, wait_for_address

from scratchnet import Settings, Trainer, forward_prop, make_dataset
from scratchnet.data import csv_file
from scratchnet.data.features import features_of
from scratchnet.export.model_file import load

TOP, SIDE, LEFT, BELOW = 4, 6, 22, 22  # around the plane, in its canvas


def place(page, x1, x2):
    """Where a point of the plane is on the screen."""
    box = page.page.locator(".plane [role=img]").bounding_box()
    size = box["width"] - LEFT - SIDE
    return box["x"] + LEFT + size * (x1 + 3) / 6, box["y"] + TOP + size * (3 - x2) / 6


def draw(page, points):
    for x1, x2 in points:
        page.page.mouse.click(*place(page, x1, x2))


def tool(page, name):
    page.page.get_by_role("button", name=name, exact=True).click()


def wait_for_points(page, count):
    """Until the run is of so many points of one's own, and the address has them."""
    wait_for_address(page, "dataset=own")
    page.page.get_by_text(f"{count} points.", exact=True).wait_for()
    page.wait_for_script()  # the address is written at its end


def rows_of(page):
    settings, _ = settings_of(page)
    return settings.data.own.rows


def take(page, label):
    """What this button of the exports gives."""
    with page.page.expect_download() as download:
        page.page.get_by_role("button", name=label, exact=True).last.click()
    return download.value.path().read_bytes()


def test_points_are_drawn_learned_and_in_the_address(visit):
    page = visit(LONG)
    page.page.get_by_label("draw", exact=True).click()
    tool(page, "Erase all samples")
    draw(page, [(-1, 1), (1, 1)])
    tool(page, "Draw samples: class 1")
    draw(page, [(-1, -1)])
    page.page.get_by_text("Draw at least 4 samples from at least two classes").wait_for()
    draw(page, [(1, -1)])
    wait_for_points(page, 4)
    tool(page, "Add a class")
    draw(page, [(0, 2)])
    wait_for_points(page, 5)
    page.press("Play")
    page.wait_for_play(20)
    page.press("Pause")
    page.wait_for_pause()
    settings, _ = settings_of(page)
    expected = [(-1, 1, 0), (1, 1, 0), (-1, -1, 1), (1, -1, 1), (0, 2, 2)]
    assert np.allclose(sorted(rows_of(page)), sorted(expected), atol=0.03)
    assert (settings.network.output, settings.network.layer_dims[-1]) == ("softmax", 3)
    wait_for_address(page, f"epoch={page.epoch}", whole=True)
    assert_true_to_numpy(page)
    other = visit(page.page.url.removeprefix(page.server), color_scheme="dark")  # a browser of its own
    assert other.read("trainCost") == page.read("trainCost")
    for each in (page, other):
        each.page.get_by_role("radio", name="Export").click()
    assert take(other, "History") == take(page, "History")


def points_on_the_plane(page):
    return int(page.read("points"))


def test_a_stroke_sprays_and_the_eraser_takes_away(visit):
    page = visit("/?dataset=blobs&points=40")
    mouse = page.page.mouse
    page.page.get_by_label("draw", exact=True).click()

    def begin(x1, x2):
        mouse.move(*place(page, x1, x2))
        mouse.down()

    begin(-2.5, 2.5)
    for i in range(1, 6):  # a point comes when some time has gone by since the last one
        before = points_on_the_plane(page)
        for d in cycle((0.0, 0.02)):
            mouse.move(*place(page, -2.5 + i / 2.5 + d, 2.5))
            if points_on_the_plane(page) > before:
                break
    mouse.up()
    sprayed = points_on_the_plane(page)
    assert sprayed > 45
    wait_for_points(page, sprayed)
    assert len(rows_of(page)) == sprayed

    tool(page, "Erase samples")
    begin(-2.8, 2.4)
    for x1, x2 in [(-2.8 + i / 4, 2.5 + d) for d in (-0.1, 0.1) for i in range(14)]:
        mouse.move(*place(page, x1, x2), steps=4)
    mouse.up()
    left = points_on_the_plane(page)
    assert left < sprayed
    wait_for_points(page, left)
    assert all(abs(x2 - 2.5) > 0.2 or x1 > 1 for x1, x2, _ in rows_of(page))
    page.page.go_back()
    wait_for_points(page, sprayed)


def upload(page, name, data):
    page.press("Your data")
    page.page.locator("input[type=file]").set_input_files(
        {"name": name, "mimeType": "text/csv", "buffer": data}
    )


def test_a_file_is_chosen_and_its_columns_are_shown_in_their_units(visit):
    page = visit("/?epoch=7")
    cost = page.read("trainCost")
    table = own_table(3)
    text = csv_file.to_csv(table).replace("\n", "\n,1,a\n", 1)
    upload(page, "rooms.csv", text.encode())
    page.page.get_by_text("1 has no u").wait_for()
    assert page.read("trainCost") == cost, "the run stays until the points are used"
    page.press("Use these points")
    wait_for_points(page, 40)
    settings, _ = settings_of(page)
    assert settings.data.own == table
    page.page.get_by_role("dialog", name="Your own data").wait_for(state="detached")
    for name in table.classes:
        page.page.locator(".plane .legend li", has_text=name).first.wait_for()
    page.press("Step")
    page.wait_for_epoch(1)
    wait_for_address(page, "epoch=1", whole=True)
    assert_true_to_numpy(page)


def choose(page, title, option):
    """Choose an option of a box in the dialog."""
    dialog = page.page.get_by_role("dialog", name="Your own data")
    dialog.get_by_role("combobox", name=title).click()
    page.page.get_by_role("option", name=option, exact=True).click()


def wait_for_taken(page, text):
    page.page.get_by_text(f"Taken: {text}").wait_for()


def test_a_file_without_names_has_its_first_line_as_a_sample_until_it_is_told_otherwise(visit):
    page = visit()
    upload(page, "my.data", b"1,2,a\n3,4,b\n5,6,a\n7,8,b\n9,1,a\n")
    wait_for_taken(page, "x1 = x1, x2 = x2, label = label (2 classes); first line: a sample;")
    page.page.get_by_text("5 points of 2 classes").wait_for()
    choose(page, "First line", "names")
    wait_for_taken(page, "x1 = 1, x2 = 2, label = a (2 classes); first line: names;")
    page.page.get_by_text("4 points of 2 classes").wait_for()
    choose(page, "First line", "a sample")
    page.page.get_by_text("5 points of 2 classes").wait_for()
    page.press("Use these points")
    wait_for_points(page, 5)
    assert rows_of(page)[0] == (1, 2, 0)


def test_a_notation_that_is_offered_can_be_chosen(visit):
    page = visit()
    upload(page, "my.csv", b"income;age;c\n950;20;0\n1.200;30;1\n990;40;0\n2.500;50;1\n870;33;0\n")
    page.page.get_by_text("is read as 1.2; the notation 1.234,5 reads 1200").wait_for()
    choose(page, "Notation", "1.234,5")
    wait_for_taken(page, "x1 = income, x2 = age, label = c (2 classes);")
    page.page.get_by_text("numbers as 1.234,5").wait_for()
    page.press("Use these points")
    wait_for_points(page, 5)
    assert [row[0] for row in rows_of(page)] == [950, 1200, 990, 2500, 870]


def test_numbers_that_are_none_in_this_notation_are_named_until_another_is_chosen(visit):
    page = visit()
    upload(page, "my.csv", b'a,b,c\n"19,000",20,0\n"20,500",30,1\n"9,900",40,0\n"25,000",50,1\n')
    page.page.get_by_text("is not a number, but 19000 in the notation 1,234.5").wait_for()
    choose(page, "Notation", "1,234.5")
    wait_for_taken(page, "x1 = a, x2 = b, label = c (2 classes);")


def test_columns_that_only_count_are_not_taken_but_can_be_chosen(visit):
    page = visit()
    rows = "".join(f"{i},{i * 2.5},{i * i % 7},{i % 2}\n" for i in range(6))
    upload(page, "my.csv", f",x,y,c\n{rows}".encode())
    wait_for_taken(page, "x1 = x, x2 = y, label = c (2 classes);")
    choose(page, "x₁", "column 1")
    wait_for_taken(page, "x1 = column 1, x2 = y, label = c (2 classes);")
    choose(page, "Task", "Regression")
    wait_for_taken(page, "x1 = column 1, x2 = y, label = c (numeric, for regression);")


def test_a_link_of_tensorflow_playground_opens_a_run_like_it(visit):
    page = visit()
    page.press("Your data")
    page.page.get_by_role("tab", name="From a link").click()
    field = page.page.get_by_label("A TensorFlow Playground link")
    field.fill("https://example.com/#dataset=xor")
    field.press("Enter")
    page.page.get_by_text("The link must be one of playground.tensorflow.org, got").wait_for()
    field.fill(
        "https://playground.tensorflow.org/#dataset=xor&networkShape=3&cosX=true&percTrainData=60"
    )
    field.press("Enter")
    page.page.get_by_text("Not available here: cosX.").wait_for()
    page.press("Open this run")
    wait_for_address(page, "dataset=xor")
    settings, _ = settings_of(page)
    assert settings.network.layer_dims == (2, 3, 1)
    assert settings.data.train_share == 0.6
    page.press("Step")
    page.wait_for_epoch(1)
    wait_for_address(page, "epoch=1", whole=True)
    assert_true_to_numpy(page)


def test_a_bad_file_is_said_and_nothing_is_lost(visit):
    page = visit("/?epoch=7")
    before = address(page), page.read("trainCost")
    page.press("Your data")
    for data, sentence in (
        (b"", "got an empty file"),
        (b"x,y\n1,2\n3,4\n", "must have from 3 to 100 columns"),
        (b"x,y,z\n\xe9,1,2\n", "must be UTF-8 text"),
        (b"PK\x03\x04nothing", "The file must end as"),
    ):
        page.page.locator("input[type=file]").set_input_files(
            {"name": "bad.csv", "mimeType": "text/csv", "buffer": data}
        )
        page.page.locator("[role=dialog] [data-testid=stAlert]", has_text=sentence).wait_for()
    page.page.keyboard.press("Escape")
    assert (address(page), page.read("trainCost")) == before
    page.press("Step")
    page.wait_for_epoch(8)


def test_points_are_changed_in_a_table(visit):
    page = visit("/?dataset=penguins&classes=3&output=softmax&layer_dims=2-4-3")
    page.press("Your data")
    page.page.get_by_role("tab", name="As a table").click()
    with page.page.expect_download() as download:
        page.press("Download this table")
    text = download.value.path().read_text("utf-8")
    assert text.splitlines()[1] == '39.1,18.7,"Adelie"'
    page.press("Use this table")
    wait_for_points(page, 342)
    settings, _ = settings_of(page)
    assert (39.1, 18.7, 0.0) in settings.data.own.rows
    before, after = make_dataset("penguins"), make_dataset(**vars(settings.data))
    for part in ("train", "test"):
        rows = [sorted(getattr(data, f"X_{part}").T.tolist()) for data in (before, after)]
        assert rows[0] == rows[1], "all stay in their parts"


def test_the_run_is_taken_along_and_its_model_learns_on(visit):
    page = visit("/?epoch=30&optimizer=adam&batch_size=16&layer_dims=2-3-1&learning_rate=0.01")
    page.wait_for_pause()
    cost = page.read("trainCost")
    page.page.get_by_role("radio", name="Export").click()
    script, history = take(page, "Script"), take(page, "History")
    fixture, kept = json.loads(take(page, "Homework fixture")), take(page, "Model")
    assert b"def forward_prop" in script
    assert cost.encode() in script
    assert history.decode().splitlines()[-1].startswith(f"30,{cost},")
    assert fixture["history"]["train_cost"][-1] == float(cost)
    assert b"plotly" in take(page, "Charts")
    assert f'href="{page.server}?dataset=moons&amp;'.encode() in take(page, "Recording (HTML)")
    assert take(page, "Points").count(b"\n") == 301
    trainer = load(kept)
    assert trainer.snapshot().train_cost == float(cost)

    other = visit()
    upload(other, "model.npz", kept)
    other.press("Resume training")
    other.wait("stage.dataset.epoch === '30'")
    other.press("Step")
    other.wait_for_epoch(31)
    wait_for_address(other, "epoch=31", whole=True)
    assert_true_to_numpy(other)
    settings, _ = settings_of(other)
    assert float(other.read("trainCost")) == Trainer(settings).seek(31).train_cost


def test_what_was_drawn_gives_way_to_what_is_chosen_elsewhere(visit):
    page = visit()
    page.page.get_by_label("draw", exact=True).click()
    tool(page, "Erase all samples")
    draw(page, [(0, 0)])
    page.page.get_by_text("Draw at least 4 samples").wait_for()
    page.page.get_by_role("radio", name="Circles").click()
    wait_for_address(page, "dataset=circles")
    page.page.get_by_text("training samples and").first.wait_for()
    assert_true_to_numpy(page)  # the run is in the address a moment before its frame has come
    page.wait_for_frames()
    picture = page.picture()
    page.page.get_by_label("draw", exact=True).click()
    page.wait_for_frames()
    assert page.picture() == picture, "the plane has the points of the run"


def test_a_class_more_and_the_rate_in_use_stay(visit):
    table = replace(own_table(2), classes=("1", "2"))
    values = Settings().values() | {"dataset": "own", "own": table, "layer_dims": (2, 3, 1)}
    settings, _ = Settings.resolve(values | {"rate_changes": ((5, 0.1),)})
    page = visit("/?" + urlencode(settings.to_query() | {"epoch": "5"}))
    page.wait_for_pause()
    page.page.get_by_label("draw", exact=True).click()
    tool(page, "Add a class")
    draw(page, [(0.5, 2.5), (0, 2.5)])
    page.page.get_by_text("42 points.", exact=True).wait_for()
    wait_for_address(page, "classes=3")
    settings, _ = settings_of(page)
    assert settings.data.own.classes == ("1", "2", "3")
    assert settings.training.learning_rate == 0.1
    assert set(table.rows) < set(settings.data.own.rows)


def test_nothing_is_trained_on_points_that_are_not_on_the_plane(visit):
    page = visit(f"{LONG}&dataset=blobs&points=60")
    cost = page.read("trainCost")
    page.page.get_by_label("draw", exact=True).click()
    tool(page, "Erase all samples")
    draw(page, [(0, 0)])
    for button in ("Play", "Step", "Reset"):
        page.press(button)
        page.page.get_by_text("Draw at least 4 samples").wait_for()
    assert (page.epoch, page.read("trainCost")) == (0, cost)
    page.press("Play")
    tool(page, "Draw samples: class 1")
    draw(page, [(1, 1), (1, -1), (-1, 1)])
    page.wait_for_epoch(10)
    wait_for_points(page, 4)
    page.press("Pause")
    page.wait_for_pause()
    wait_for_address(page, f"epoch={page.epoch}", whole=True)
    assert_true_to_numpy(page)


def test_how_the_page_looks_stays_in_the_address_with_other_points(visit):
    page = visit("/?dataset=blobs&points=60")
    page.page.get_by_label("hard decision", exact=True).click()
    page.page.get_by_label("draw", exact=True).click()
    draw(page, [(2, 2)])
    wait_for_points(page, 61)
    wait_for_address(page, "discrete=1")
    page.wait_for_rest()
    assert address(page)["discrete"] == "1"


def test_keys_in_the_dialog_leave_the_run_alone(visit):
    page = visit("/?epoch=7")
    page.wait_for_rest()
    page.press("Your data")
    page.page.get_by_role("tab", name="As a table").click()
    asked = page.read("asked")
    for key in ("s", "r", "ArrowLeft", " "):
        page.page.keyboard.press(key)
    assert (page.epoch, page.read("playing"), page.read("asked")) == (7, "false", asked)


def test_the_error_of_a_regression_is_in_the_units_of_its_target(visit):
    values = Settings().values() | {"dataset": "own", "own": own_table(0), "classes": 0}
    settings, _ = Settings.resolve(values)
    page = visit("/?" + urlencode(settings.to_query() | {"epoch": "20"}))
    page.wait_for_pause()
    trainer = Trainer(settings)
    snapshot, network = trainer.seek(20), settings.network
    X, T = features_of(trainer.dataset.X_test, network.features), trainer.dataset.Y_test
    AL, _ = forward_prop(X, snapshot.params, network.activation, network.output)
    unit = own_table(0).scales[2].unit
    assert unit > 2
    rmse = np.sqrt(np.mean(((AL - T) * unit) ** 2))
    page.page.get_by_text("RMSE of w:").wait_for()
    page.page.get_by_text(f"and {float(f'{rmse:.3g}'):g} on the test set").wait_for()
    assert "in the square of w" in page.page.locator(".cost .test").get_attribute("title")
