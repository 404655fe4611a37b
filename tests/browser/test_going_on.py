"""Samples that are drawn train, Clear can be undone, and Play goes on at the end of the epochs."""

import numpy as np
from test_own_data import draw, points_on_the_plane, tool, wait_for_points
from test_playground import assert_true_to_numpy, settings_of, wait_for_address

from scratchnet import make_dataset

LEFT = [(-2, 1), (-2, -1)]
RIGHT = [(2, 2.5), (2, 1.5), (2, 0.5), (2, -0.5), (2, -1.5), (2, -2.5)]


def data_of(page):
    settings, _ = settings_of(page)
    return make_dataset(**vars(settings.data))


def drawn(visit):
    """A page on which eight samples of two classes were drawn, and nothing else."""
    page = visit()
    page.page.get_by_label("draw", exact=True).click()
    tool(page, "Erase all samples")
    draw(page, LEFT)
    tool(page, "Draw samples: class 1")
    draw(page, RIGHT)
    wait_for_points(page, 8)
    return page


def test_all_samples_drawn_on_an_empty_plane_train(visit):
    """Two of one class, six of the next, and one of a third."""
    page = drawn(visit)
    tool(page, "Add a class")
    draw(page, [(0, 0)])
    wait_for_points(page, 9)
    page.page.get_by_text("of 9 training samples").wait_for()
    data = data_of(page)
    assert np.bincount(data.Y_train[0].astype(int)).tolist() == [2, 6, 1]
    assert data.Y_test.size == 0
    share = page.page.get_by_role("slider", name="Training share")
    assert share.get_attribute("aria-valuetext") == "100%"
    page.press("Step")
    page.wait_for_epoch(1)
    wait_for_address(page, "epoch=1", whole=True)
    assert_true_to_numpy(page)


def test_a_sample_drawn_on_a_dataset_leaves_the_others_in_their_parts(visit):
    page = visit("/?points=40&noise=0.1")
    before = data_of(page)
    page.page.get_by_label("draw", exact=True).click()
    for n, at in enumerate([(-2.7, -2.7), (2.7, 2.7), (2.7, -2.7)], start=41):
        draw(page, [at])
        wait_for_points(page, n)
    after = data_of(page)
    assert np.allclose(after.X_test, before.X_test, atol=0.001), "rounded, but the same, in their order"
    assert after.Y_train.size == before.Y_train.size + 3


def test_the_share_deals_drawn_samples_when_it_is_chosen_and_then_they_stay(visit):
    page = drawn(visit)
    slider = page.page.get_by_role("slider", name="Training share")
    slider.press("Home")  # 10 %
    wait_for_address(page, "train_share=0.1", whole=True)
    page.page.get_by_text("of 2 training samples").wait_for()  # the stage has the new run
    dealt = data_of(page)
    assert np.bincount(dealt.Y_train[0].astype(int)).tolist() == [1, 1]
    draw(page, [(2.8, 2.8)])
    wait_for_points(page, 9)
    data = data_of(page)
    assert sorted(data.X_test.T.tolist()) == sorted(dealt.X_test.T.tolist())
    assert data.Y_train.size == 3
    wait_for_address(page, "train_share=0.33", whole=True)


def test_clear_can_be_undone_and_later_the_browser_goes_back(visit):
    page = visit("/?points=40")
    page.page.get_by_label("draw", exact=True).click()
    page.press("Step")
    page.wait_for_epoch(1)
    tool(page, "Erase all samples")
    page.page.get_by_text("Undo brings its samples back").wait_for()
    page.wait_for_rest()  # Python has heard of the step meanwhile
    assert page.page.get_by_text("Undo brings its samples back").is_visible(), "it stays"
    draw(page, LEFT)
    assert points_on_the_plane(page) == 2
    tool(page, "Bring the erased samples back")
    assert points_on_the_plane(page) == 40
    page.press("Step")
    page.wait_for_epoch(2)
    assert_true_to_numpy(page)
    tool(page, "Erase all samples")
    draw(page, LEFT)
    tool(page, "Draw samples: class 1")
    draw(page, RIGHT[:2])
    wait_for_points(page, 4)
    page.page.get_by_role("button", name="Bring the erased samples back").wait_for(state="detached")
    page.page.go_back()
    page.wait("stage.dataset.points === '40'")
    wait_for_address(page, "dataset=moons")


def epochs_shown(page):
    return page.page.get_by_role("spinbutton", name="Epochs").input_value()


def test_play_goes_on_at_the_end_and_reset_starts_over(visit):
    page = visit("/?epochs=120&points=60")
    page.press("Play")
    page.page.get_by_text("Play trains 120 more; Reset starts over.").wait_for()
    at_120 = page.read("trainCost")
    wait_for_address(page, "epoch=120", whole=True)
    page.press("Play")
    page.wait_for_play(121)
    page.page.get_by_text("All 240 epochs are done").wait_for()
    assert page.read("trainCost") != at_120
    wait_for_address(page, "epochs=240", whole=True)
    wait_for_address(page, "epoch=240", whole=True)
    assert epochs_shown(page) == "240"
    assert_true_to_numpy(page)
    page.press("Reset")
    page.wait("stage.dataset.epoch === '0' && stage.dataset.playing === 'false'")
    assert epochs_shown(page) == "240"


def test_a_run_that_stopped_by_itself_says_why_and_does_not_go_on(visit):
    for query, said in (
        ("learning_rate=100&layer_dims=2-4-4-4-1&activation=linear&l2=10", "Lower the learning rate"),
        ("stop_cost=0.6", "lower Stop at training cost"),
        ("stop_accuracy=0.5", "raise Stop at test accuracy"),
    ):
        page = visit(f"/?{query}&points=60")
        page.press("Play")
        page.page.get_by_text(said).wait_for()
        play = page.page.get_by_role("button", name="Play", exact=True)
        assert play.is_disabled()
        end = page.epoch
        page.page.keyboard.press(" ")
        page.wait_for_frames()
        assert (page.epoch, page.read("playing")) == (end, "false")
        page.page.keyboard.press("ArrowLeft")
        page.wait("stage.dataset.epoch === a[0]", str(end - 1))
        assert play.is_enabled()


def test_new_data_and_the_penalties_are_in_sight(visit):
    page = visit("/?l2=0.004")
    names = [("button", "New data"), ("slider", "Training share")]
    names += [("slider", "L1 penalty λ"), ("slider", "L2 penalty λ")]
    for role, name in names:
        box = page.page.get_by_role(role, name=name).bounding_box()
        assert box["y"] + box["height"] <= 768, name
    l2 = page.page.get_by_role("slider", name="L2 penalty λ")
    assert l2.get_attribute("aria-valuetext") == "0.004"
    l2.press("ArrowRight")
    wait_for_address(page, "l2=0.01", whole=True)
    page.page.get_by_role("slider", name="L1 penalty λ").press("ArrowRight")
    wait_for_address(page, "l1=1e-05", whole=True)
    page.press("New data")
    wait_for_address(page, "seed=2", whole=True)
    assert_true_to_numpy(page)
