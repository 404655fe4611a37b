"""An exercise in a browser: predict, begin, change the network, check; and follow me on a projector."""

XOR = "/exercises?exercise=xor-without-a-hidden-layer"


def to_exercises(page):
    page.page.get_by_role("link", name="Exercises").first.click()
    page.page.get_by_text("Predict first").wait_for()
    page.wait_for_script()


def check(page, sentence):
    page.page.get_by_role("button", name="Check this run").click()
    page.page.get_by_text(sentence).wait_for()


def test_a_student_goes_from_the_prediction_to_the_goal(visit):
    page = visit("/?epoch=5")
    page.page.goto(page.server + XOR)
    page.page.get_by_text("Predict first: then the exercise begins.").wait_for()
    page.page.get_by_text("about half").click()
    page.page.get_by_role("button", name="Begin in the playground").click()
    page.ready()
    page.wait("stage.dataset.epoch === '0'")
    assert "layer_dims=2-1" in page.page.evaluate("location.search")
    page.page.get_by_text("Exercise: XOR without a hidden layer.").wait_for()
    page.page.get_by_role("link", name="Check it, or a hint").click()
    page.page.get_by_text("Predict first").wait_for()
    page.wait_for_script()
    check(page, "No straight line separates XOR")
    page.page.get_by_role("link", name="Playground").first.click()
    page.ready()
    page.press("Add a hidden layer")
    page.page.wait_for_function("() => /layer_dims=2-[0-9]+-1/.test(location.search)")
    to_exercises(page)
    check(page, "The goal is reached with each of 5 seeds.")
    page.page.get_by_text("Your prediction was right.").wait_for()
    assert "prediction=1" in page.page.evaluate("location.search")
    page.page.set_viewport_size({"width": 390, "height": 844})
    page.wait_for_frames()
    assert page.page.evaluate("document.documentElement.scrollWidth") <= 390


def test_the_code_on_the_projector_is_the_run_on_the_screen(visit):
    page = visit("/?dataset=xor&layer_dims=2-2-1&epoch=7")
    page.wait_for_rest()
    page.page.get_by_text("For a lecture").click()
    page.page.get_by_role("button", name="Follow me: QR code").click()
    told = page.page.locator(".follow img").get_attribute("alt")
    assert told == f"QR code of this run at epoch 7, fingerprint {page.read('fingerprint')}"
    page.page.get_by_text("This page is served to this machine only.").wait_for()
