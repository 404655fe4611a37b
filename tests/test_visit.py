"""A visit follows what the stage tells: where it is, what was done there, and nothing else."""

import itertools
from dataclasses import replace

import pytest
from choices import SMALL
from hypothesis import given
from hypothesis import settings as of_hypothesis
from hypothesis import strategies as st
from test_cache import Clock

from scratchnet import DataSettings, NetworkSettings, Settings, Trainer, TrainingSettings
from scratchnet.live import cache as cache_module
from scratchnet.live.cache import Cache
from scratchnet.live.frames import RELEASE
from scratchnet.live.told import MOST_ACTS, Told
from scratchnet.ui import visit as visit_module
from scratchnet.ui.visit import Visit
from scratchnet.validation import MAX_EPOCHS

SETTINGS = SMALL.with_epochs(200)
BATCHES = replace(SETTINGS, training=TrainingSettings(0.3, 200, batch_size=15))  # three updates


@pytest.fixture(autouse=True)
def cache(monkeypatch):
    """The runs of a server of its own, where time stands still unless a test says otherwise."""
    cache = Cache()
    for module in (cache_module, visit_module):
        monkeypatch.setattr(module, "SHARED", cache)
    monkeypatch.setattr(cache_module, "thread_time", Clock())
    return cache


class Stage:
    """Tells a visit what a stage does, with a number for each act."""

    numbers = itertools.count(1)

    def __init__(self, visit):
        self.visit = visit

    def tell(self, epoch=0, update=0, acts=(), **more):
        """Tell it, and return what the visit leaves to others."""
        if not acts and not more.get("playing"):
            acts = [{"do": "rest"}]
        numbered = [{"n": next(self.numbers)} | act for act in acts]
        told = {
            "visit": self.visit.id,
            "run": self.visit.run,
            "epoch": epoch,
            "update": update,
            "playing": False,
            "log": False,
            "acts": numbered,
        }
        self.last = told | more
        return list(self.visit.hear(self.last))

    def do(self, what, epoch=0, update=0, **how):
        return self.tell(epoch, update, [{"do": what} | how])


def begun(settings=SETTINGS, epoch=0, update=0):
    """A visit and its stage, which is at a place."""
    visit = Visit(settings)
    stage = Stage(visit)
    stage.tell(epoch, update)
    return visit, stage


def test_the_trainer_is_at_the_place_that_is_told():
    visit, stage = begun()
    for epoch in (100, 35):
        stage.tell(epoch)
        assert visit.place == (epoch, 0)
        assert visit.trainer.snapshot().fingerprint == Trainer(SETTINGS).seek(epoch).fingerprint
    visit, _ = begun(BATCHES, 7, 2)
    assert (visit.trainer.epoch, visit.trainer.update) == (7, 2)


def test_visitors_of_one_run_have_it_trained_once_and_each_a_copy(cache):
    first, second = (begun(epoch=90)[0] for _ in range(2))
    assert first.trainer is not second.trainer
    first.trainer.advance(5)
    assert second.trainer.epoch == 90
    assert len(cache._runs) == 1


def test_whether_it_plays_and_rests_is_what_was_told_last():
    visit, stage = begun()
    for playing in (True, False, True):
        stage.tell(5, playing=playing, log=playing)
        assert (visit.playing, visit.at_rest) == (playing, not playing)
        assert visit.logarithmic == playing
    stage.tell(5, acts=[{"do": "rest"}], playing=True)
    assert not visit.at_rest, "what plays does not rest"
    stage.tell(6)
    stage.do("frames", 6, value="dataset=moons")
    assert visit.at_rest, "only frames were asked for"
    stage.do("frames", 7, value="dataset=moons")
    assert not visit.at_rest, "it has moved since"


def test_what_is_drawn_at_rest_is_dropped_when_the_run_is_changed():
    visit, stage = begun(epoch=3)
    stage.do("set", 3, index=0, value=1.0)
    assert not visit.at_rest
    stage.tell(3)
    assert visit.at_rest
    visit.go_on_with(0.5, 100)
    assert not visit.at_rest
    stage.tell(3)
    visit.go_on_with(0.5, 100)
    assert visit.at_rest, "nothing was changed"


def test_what_python_has_to_say_is_told_to_the_stage():
    visit, stage = begun(SETTINGS, 12)
    visit.go_on_with(0.1, 150)
    assert visit.told() == {
        "view": "stage",
        "release": RELEASE,
        "run": "dataset=moons&points=60&layer_dims=2-4-3-1&epochs=150",
        "visit": visit.id,
        "at": {"epoch": 12, "update": 0},
        "opened": False,
        "more": 200,
        "rate": 0.1,
        "heard": stage.last["acts"][-1]["n"],
        "answer": None,
    }
    stage.do("rate", 14)
    told = visit.told()
    assert told["run"].endswith("epochs=150&rate_changes=14%3A0.1")
    assert (told["rate"], told["heard"]) == (None, stage.last["acts"][0]["n"])
    assert told["heard"] < 2**53, "a number of JavaScript"


def test_every_visit_has_a_name_of_its_own_that_javascript_can_hold():
    names = {Visit(SETTINGS).id for _ in range(100)}
    assert len(names) == 100
    assert max(names) < 2**53


def test_a_visit_that_opens_a_session_says_so_until_the_stage_has_told_something():
    visit = Visit(SETTINGS, (5, 0), opened=True)
    assert visit.told()["opened"]
    Stage(visit).tell(7)
    assert not visit.told()["opened"]
    assert visit.place == (7, 0)
    assert not Visit(SETTINGS).told()["opened"]


def test_an_act_is_done_once_however_often_it_is_told():
    visit, stage = begun(epoch=200)
    acts = [{"n": 10**6, "do": "more"}, {"n": 10**6 + 1, "do": "elsewhere"}]
    assert [act["do"] for act in stage.tell(200, acts=acts)] == ["elsewhere"]
    assert visit.settings.training.epochs == 400
    for run in (stage.last["run"], visit.run):
        assert list(visit.hear(stage.last | {"run": run, "epoch": 400})) == []
    assert visit.settings.training.epochs == 400
    assert stage.tell(400, acts=[*acts, {"n": 10**6 + 2, "do": "more"}]) == []
    assert visit.settings.training.epochs == 600


def test_acts_are_done_in_their_order():
    visit, stage = begun(epoch=200)
    stage.tell(200, acts=[{"do": "more"}, {"do": "set", "index": 3, "value": 1.0}, {"do": "more"}])
    assert visit.settings.training == TrainingSettings(0.5, 400, edits=((200, 3, 1.0),))


def test_a_parameter_is_set_at_the_place_that_is_told():
    visit, stage = begun(epoch=35)
    stage.do("set", 35, index=4, value=2)
    assert visit.settings.training.edits == ((35, 4, 2.0),)
    assert visit.trainer.snapshot().theta[4] == 2.0
    assert visit.trainer.epoch == 35
    stage.do("set", 35, index=4, value=1e9)
    assert visit.trouble.startswith(
        "the value in edits must be a number from -1000 to 1000, got 1000000000"
    )
    assert visit.settings.training.edits == ((35, 4, 2.0),)
    stage.do("set", 35, index=4, value=1.5)
    assert (visit.trouble, visit.settings.training.edits) == ("", ((35, 4, 1.5),))


@pytest.mark.parametrize("index", [-1, 31, 1.5, "0", None])
@pytest.mark.parametrize("value", [1.0, "x", None, float("nan")])
def test_a_parameter_that_is_none_is_said(index, value):
    visit, stage = begun()
    stage.do("set", index=index, value=value)
    assert "index must be an integer from 0 to 30, got " in visit.trouble
    assert visit.settings == SETTINGS


@pytest.mark.parametrize("value", ["x", None, [], float("nan"), float("inf"), True])
def test_a_value_that_is_none_is_said(value):
    visit, stage = begun()
    stage.do("set", index=0, value=value)
    assert "the value in edits must be a number from -1000 to 1000, got " in visit.trouble
    assert visit.settings == SETTINGS


def test_between_two_epochs_a_parameter_is_refused_in_a_sentence():
    visit, stage = begun(BATCHES, 3, 1)
    stage.do("set", 3, 1, index=0, value=1.0)
    assert visit.trouble.startswith("A parameter must be set at the end of an epoch, got")
    assert visit.settings == BATCHES


def test_another_rate_takes_hold_at_the_epoch_that_the_stage_shows():
    visit, stage = begun()
    stage.tell(40, playing=True)
    visit.go_on_with(0.1, 200)
    assert visit.settings.training.rate_changes == ()
    assert visit.rate == visit.told()["rate"] == 0.1, "the control shows it at once"
    stage.tell(42, playing=True)
    assert visit.settings.training.rate_changes == (), "only the stage knows where"
    stage.do("rate", 45, playing=True)
    assert visit.settings.training.rate_changes == ((45, 0.1),)
    assert (visit.rate, visit.told()["rate"]) == (0.1, None)
    stage.do("rate", 60)
    visit.go_on_with(0.1, 200)
    assert visit.settings.training.rate_changes == ((45, 0.1),), "that is no change"


def test_another_rate_at_the_start_is_the_rate_of_the_run():
    visit, stage = begun(epoch=12)
    visit.go_on_with(0.1, 200)
    stage.do("rate", 12)
    visit.go_on_with(0.2, 200)
    stage.do("rate", 0)
    assert visit.settings.training == TrainingSettings(0.2, 200)


def test_of_two_rates_before_the_stage_has_answered_the_last_holds():
    visit, stage = begun(epoch=12)
    visit.go_on_with(0.1, 200)
    visit.go_on_with(0.2, 200)
    stage.do("rate", 12)
    assert visit.settings.training.rate_changes == ((12, 0.2),)


def test_without_a_stage_another_rate_takes_hold_at_once():
    visit = Visit(SETTINGS, (12, 0))
    visit.go_on_with(0.1, 200)
    assert visit.settings.training.rate_changes == ((12, 0.1),)
    assert visit.told()["rate"] is None


def test_between_two_epochs_another_rate_holds_from_the_next():
    visit, stage = begun(BATCHES, 3, 1)
    visit.go_on_with(0.1, 200)
    stage.do("rate", 3, 1)
    assert visit.settings.training.rate_changes == ((4, 0.1),)
    assert visit.place == (3, 1)


def test_one_rate_change_too_many_is_said_and_the_run_goes_on():
    changes = tuple((epoch, 0.1 + epoch / 1000) for epoch in range(1, 101))
    settings = replace(SETTINGS, training=TrainingSettings(0.5, 200, changes))
    visit, stage = begun(settings, 150)
    visit.go_on_with(0.3, 200)
    stage.do("rate", 150)
    assert visit.trouble.startswith("rate_changes must hold at most 100 changes, got 101. ")
    assert visit.trouble.endswith("The learning rate stays as it was until Reset.")
    assert (visit.settings, visit.rate) == (settings, 0.2)
    stage.do("anything", 151)
    assert visit.trouble == "", "what was done then is said no more"


def test_what_comes_after_a_change_is_dropped():
    training = TrainingSettings(0.5, 200, ((50, 0.1), (150, 0.2)), ((30, 0, 1.0), (130, 0, 2.0)))
    visit, stage = begun(replace(SETTINGS, training=training), 100)
    stage.do("set", 100, index=1, value=1.0)
    assert visit.settings.training == TrainingSettings(
        0.5, 200, ((50, 0.1),), ((30, 0, 1.0), (100, 1, 1.0))
    )


def test_an_earlier_end_takes_the_run_back_to_it():
    visit, _ = begun(epoch=120)
    visit.go_on_with(learning_rate=0.5, epochs=80)
    assert visit.settings == SETTINGS.with_epochs(80)
    assert (visit.place, visit.trainer.epoch, visit.is_over) == ((80, 0), 80, True)


def test_a_run_that_is_over_goes_on_for_as_many_epochs_as_it_had_at_first():
    visit, stage = begun(replace(SETTINGS, training=TrainingSettings(0.5, 200, ((50, 0.1),))))
    for end in (200, 400):
        assert stage.do("more", end, playing=True) == []
        assert visit.settings.training == TrainingSettings(0.5, end + 200, ((50, 0.1),))
        assert (visit.place, visit.is_over) == ((end, 0), False)
        stage.do("more", end + 5, playing=True)
        assert visit.settings.training.epochs == end + 200, "not before its end"


def test_no_run_goes_on_beyond_the_most_epochs():
    settings = replace(SETTINGS.with_epochs(MAX_EPOCHS - 10), network=NetworkSettings((2, 1)))
    visit, stage = begun(settings)
    visit.go_on_with(0.5, 60)
    stage.do("more", 60)
    assert visit.settings.training.epochs == MAX_EPOCHS


def test_a_run_that_stopped_by_itself_is_over_and_does_not_go_on():
    training = TrainingSettings(0.5, 200, ((150, 0.1),), ((3, 0, 1.0),), stop_cost=0.3)
    settings = replace(SETTINGS, training=training)
    end = Trainer(settings).seek(200)
    assert end.ended == "cost"
    for epoch in (end.epoch, 200):
        visit, stage = begun(settings, epoch)
        stage.do("more", epoch, playing=True)
        assert visit.settings == settings
        assert (visit.trainer.epoch, visit.is_over) == (end.epoch, True)
        assert visit.place == (end.epoch, 0), "there is nothing beyond"
    assert not begun(settings, end.epoch - 1)[0].is_over


def test_a_rate_that_was_set_at_the_end_holds_from_there_on():
    visit, stage = begun(epoch=200)
    visit.go_on_with(0.1, 200)
    stage.tell(200, acts=[{"do": "rate"}, {"do": "more"}])
    assert visit.settings.training == TrainingSettings(0.5, 400, ((200, 0.1),))


def test_an_update_is_made_where_there_is_no_stage():
    visit = Visit(BATCHES, (199, 1))
    places = []
    for _ in range(4):
        visit.apply_update()
        places.append((visit.place, visit.trainer.update))
    assert places == [((199, 2), 2), ((200, 0), 0), ((200, 0), 0), ((200, 0), 0)]
    assert visit.trainer.snapshot().fingerprint == Trainer(BATCHES).seek(200).fingerprint


def test_a_long_way_tells_how_far_it_is(monkeypatch):
    clock = Clock()
    clock.step = 0.1
    monkeypatch.setattr(cache_module, "thread_time", clock)
    visit = Visit(SETTINGS, (200, 0))
    on_the_way = list(visit.travel())
    assert len(on_the_way) > 2
    assert on_the_way == sorted(set(on_the_way)), "each is farther"
    assert 0 < on_the_way[0] < 200
    assert visit.trainer.epoch == 200
    assert list(visit.travel()) == []


def test_frames_come_through_python_where_the_route_cannot_be_reached():
    visit, stage = begun()
    address = f"{visit.run}&from=3&side=10"
    stage.do("frames", value=address)
    answer = visit.told()["answer"]
    assert answer["address"] == address
    assert set(answer) == {"address", "payload"}
    stage.do("frames", value="from=x")
    assert "from must be" in visit.told()["answer"]["refused"]


@pytest.mark.parametrize("stale", [{"visit": 7}, {"visit": None}, {"visit": "1"}, {"visit": [1]}])
def test_what_another_visit_tells_is_not_heard(stale):
    visit, stage = begun(epoch=7)
    acts = [{"n": 10**9, "do": "set", "index": 0, "value": 1.0}, {"n": 10**9 + 1, "do": "network"}]
    assert stage.tell(50, playing=True, acts=acts, **stale) == []
    assert (visit.settings, visit.place, visit.playing) == (SETTINGS, (7, 0), False)


def test_a_place_in_another_run_is_not_taken_but_what_was_done_is_heard():
    """It was told before the stage heard of a change."""
    visit, stage = begun(epoch=7)
    stage.do("set", 7, index=0, value=1.0)
    assert stage.tell(50, run="dataset=moons", acts=[{"do": "network"}])
    assert visit.place == (7, 0)


@pytest.mark.parametrize(
    ("settings", "epoch", "update"),
    [(SETTINGS, 201, 0), (SETTINGS, 200, 1), (SETTINGS, 5, 1), (BATCHES, 5, 3), (BATCHES, 5, 99_999)],
)
def test_a_place_that_there_is_not_is_not_taken(settings, epoch, update):
    visit, stage = begun(settings, 4)
    stage.tell(epoch, update)
    assert visit.place == (4, 0)
    assert visit.trainer.epoch == 4


RIGHT = {
    "visit": 1,
    "run": "dataset=moons",
    "epoch": 3,
    "update": 0,
    "playing": True,
    "log": False,
    "acts": [{"n": 1, "do": "more"}],
}


def test_what_is_told_is_read():
    told = Told.read(RIGHT)
    assert (told.epoch, told.playing, told.acts) == (3, True, ({"n": 1, "do": "more"},))


@pytest.mark.parametrize(
    "wrong",
    [
        {"run": 5},
        {"epoch": -1},
        {"epoch": 1.0},
        {"epoch": True},
        {"epoch": MAX_EPOCHS + 1},
        {"update": "0"},
        {"playing": 1},
        {"log": "yes"},
        {"acts": {"n": 1}},
        {"acts": [{"do": "more"}]},
        {"acts": [{"n": 2**53 + 1}]},
        {"acts": [{"n": -1}]},
        {"more": 1},
    ],
)
def test_what_is_not_told_by_a_stage_is_nothing(wrong):
    assert Told.read(RIGHT | wrong) is None
    assert Told.read({name: value for name, value in RIGHT.items() if name not in wrong}) is None or (
        "more" in wrong
    )


def test_a_crowd_of_acts_is_cut_off():
    acts = [{"n": n} for n in range(5 * MOST_ACTS)]
    assert len(Told.read(RIGHT | {"acts": acts}).acts) == MOST_ACTS
    assert Told.read(RIGHT | {"acts": [3, None, {"n": 1}]}).acts == ({"n": 1},)


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
ACTS = st.lists(
    st.fixed_dictionaries(
        {
            "n": st.integers(1, 99),
            "do": st.sampled_from(["rest", "frames", "set", "rate", "more", "x"]),
        },
        optional={"index": ANYTHING | st.integers(0, 5), "value": ANYTHING | st.floats(-9, 9)},
    ),
    max_size=3,
)


@of_hypothesis(max_examples=150)
@given(
    told=ANYTHING
    | st.fixed_dictionaries(
        {
            "visit": st.just("its own") | ANYTHING,
            "run": st.just("its own") | ANYTHING,
            "epoch": st.integers(0, 40) | ANYTHING,
            "update": st.integers(0, 3) | ANYTHING,
            "playing": st.booleans() | ANYTHING,
            "log": st.booleans(),
            "acts": ACTS | ANYTHING,
        }
    )
)
def test_whatever_comes_from_outside_the_visit_goes_on(told):
    visit = Visit(
        Settings(
            DataSettings(points=20), NetworkSettings((2, 1)), TrainingSettings(epochs=30, batch_size=5)
        )
    )
    if isinstance(told, dict):
        own = {"visit": visit.id, "run": visit.run}
        told |= {name: own[name] for name in own if told.get(name) == "its own"}
    list(visit.hear(told))
    assert visit.trouble == "" or visit.trouble.endswith(".")
    trainer = visit.trainer
    assert visit.place == (trainer.epoch, trainer.update) <= (visit.settings.training.epochs, 0)
    assert Settings.of(**visit.settings.values()) == visit.settings
    visit.told()
