"""What visitors share: a run is trained once, in turns, and bounded, and its bits are the same."""

from base64 import b64decode
from dataclasses import replace

import pytest
from choices import SMALL, own_table, same, some_settings
from hypothesis import given
from hypothesis import settings as of_hypothesis
from hypothesis import strategies as st
from test_frames import packed

from scratchnet import DataSettings, NetworkSettings, Settings, Trainer, TrainingSettings
from scratchnet.live import cache as cache_module
from scratchnet.live.cache import MOST_BEGUN, Cache, answered
from scratchnet.live.frames import Asked, payload
from scratchnet.validation import NotAllowed

LONG = SMALL.with_epochs(100_000)


class Clock:
    """The time that a thread has had of the processor: ``step`` seconds more whenever one looks."""

    def __init__(self):
        self.now = self.step = 0.0

    def __call__(self):
        self.now += self.step
        return self.now


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    """Time stands still for a run, on any machine, unless a test says otherwise."""
    clock = Clock()
    monkeypatch.setattr(cache_module, "thread_time", clock)
    return clock


def asked(settings=SMALL, **places):
    return Asked(settings, side=10, **places)


def done(run, *wanted, most=2000):
    """The payloads of what visitors want, who ask in turn, and after how many turns each has it."""
    waiting, answers = dict.fromkeys(wanted), {}
    for turns in range(1, most):
        for each in list(waiting):
            if (answer := run.payload(each)) is not None:
                answers[each] = answer, turns
                del waiting[each]
        if not waiting:
            return [answers[each] for each in wanted]
    raise AssertionError(f"after {most} turns some still wait")


def test_there_is_one_run_however_many_epochs_are_asked_for():
    cache = Cache()
    run = cache.run(SMALL)
    assert cache.run(SMALL.with_epochs(77)) is run
    assert cache.run(replace(SMALL, data=DataSettings(points=61))) is not run
    assert run.payload(asked(SMALL.with_epochs(20), epoch=99)) == packed(
        SMALL.with_epochs(20), epoch=99, side=10
    )
    assert run.payload(asked(epoch=99)) == packed(SMALL, epoch=99, side=10)


def test_while_no_time_goes_by_a_turn_is_enough():
    assert Cache().run(LONG).payload(asked(LONG, epoch=3000)) is not None


def test_a_turn_ends_by_its_budget_and_the_next_goes_on(clock):
    run, wanted = Cache().run(LONG), asked(LONG, epoch=40, speed=40, count=5)
    clock.step = 0.06
    assert run.payload(wanted) is None
    first = run.epoch
    assert 0 < first < 200
    assert run.progress == f"Training: epoch {first:,}."
    assert run.payload(wanted) is None
    assert run.epoch > first
    ((answer, turns),) = done(run, wanted)
    assert answer == packed(LONG, epoch=40, speed=40, count=5, side=10)
    assert turns > 1


def test_a_shorter_budget_makes_a_shorter_turn(clock):
    clock.step = 0.01
    epochs = []
    for seconds in (0.03, 0.3):
        run = Cache().run(LONG)
        assert run.payload(asked(LONG, epoch=5000), seconds) is None
        epochs.append(run.epoch)
    assert 0 < epochs[0] < epochs[1]


def far_trained(settings, epochs):
    """A run that was watched for so long that its checkpoints lie far apart."""
    run = Cache().run(settings)
    assert run.payload(asked(settings, epoch=epochs)) is not None
    return run


def test_visitors_at_far_places_of_one_run_all_arrive(clock):
    """Each takes the trainer elsewhere, and a turn is too short for the way between two checkpoints."""
    run = far_trained(LONG, 8500)
    clock.step = 0.06
    places = [4060, 100, 8190, 2000, 6100, 7120]
    wanted = [asked(LONG, epoch=place, speed=3, count=3) for place in places]
    for each, (answer, turns) in zip(wanted, done(run, *wanted, most=60), strict=True):
        assert answer == list(payload(Trainer(LONG), each))[-1]
        assert turns > 1


def test_copies_at_far_places_of_one_run_are_all_made(clock):
    run = far_trained(LONG, 8500)
    clock.step = 0.06
    places, copies = [4060, 100, 8190], {}
    for _ in range(60):
        for place in places:
            copies[place] = copies.get(place) or run.copy_at(LONG, place, 0)
    for place in places:
        assert copies[place].epoch == place
        assert same(copies[place].params, Trainer(LONG).seek(place).params)


@of_hypothesis(max_examples=30)
@given(
    made=some_settings(points=30, widest=5),
    places=st.lists(
        st.tuples(st.integers(0, 120), st.integers(1, 9), st.integers(1, 3)), min_size=2, max_size=4
    ),
    step=st.sampled_from([0.0, 0.04, 0.2]),
)
def test_a_run_that_others_move_back_and_forth_gives_the_same_bytes(made, places, step):
    with pytest.MonkeyPatch.context() as patch:
        clock = Clock()
        clock.step = step
        patch.setattr(cache_module, "thread_time", clock)
        run = Cache().run(made)
        wanted = [asked(made, epoch=epoch, speed=speed, count=count) for epoch, speed, count in places]
        wanted = list(dict.fromkeys(wanted))
        for each, (answer, _) in zip(wanted, done(run, *wanted), strict=True):
            assert answer == list(payload(Trainer(made), each))[-1]


def test_what_is_begun_and_not_asked_for_again_is_dropped(clock):
    run = Cache().run(LONG)
    clock.step = 1.0
    for place in range(2 * MOST_BEGUN):
        assert run.payload(asked(LONG, epoch=10_000 + place)) is None
    assert len(run._begun) == MOST_BEGUN


def test_a_place_that_there_is_not_is_refused_and_nothing_waits():
    run = Cache().run(SMALL)
    with pytest.raises(NotAllowed, match="update must be 0, got 3"):
        run.payload(asked(epoch=5, update=3))
    assert not run._begun


def test_a_copy_is_of_its_own_settings_and_moves_by_itself():
    batches = replace(SMALL, training=TrainingSettings(0.1, 70, batch_size=16))
    run = Cache().run(batches)
    copy = run.copy_at(batches, 20, 2)
    assert (copy.settings, copy.epoch, copy.update) == (batches, 20, 2)
    assert same(copy.params, Trainer(batches).seek(20, 2).params)
    copy.advance(9)
    copy.change_learning_rate(3.0)
    assert run.payload(asked(batches, epoch=40)) == packed(batches, epoch=40, side=10)
    assert copy.epoch == 29


CHANGES = st.lists(
    st.one_of(
        st.tuples(st.just("rate"), st.integers(1, 60), st.sampled_from([0.01, 0.1, 0.3])),
        st.tuples(
            st.just("edit"),
            st.sampled_from([1, 2, 20, 21, 33, 60]),
            st.integers(0, 1),  # the smallest network has two
            st.sampled_from([-1.0, 0.5]),
        ),
        st.tuples(
            st.just("switch"),
            st.sampled_from([0, 1, 20, 21, 33]),
            st.just(1),
            st.just(1),
            st.sampled_from(["frozen", "off", "on"]),
        ),
    ),
    max_size=4,
)


def changed(settings, changes):
    """The settings after these changes, made one after the other, each from its epoch on."""
    for what, epoch, *how in changes:
        if how[-1] == "off" and len(settings.network.layer_dims) == 2:
            continue  # its only neuron is the output
        settings = getattr(settings, f"with_{what}")(epoch, 0, *how)
    return settings


@of_hypothesis(max_examples=60)
@given(
    made=some_settings(points=30, widest=4, learning_rate=0.05),
    first=CHANGES,
    others=st.lists(CHANGES, min_size=1, max_size=3),
    watched=st.integers(0, 90),
    epoch=st.integers(0, 80),
)
def test_a_branch_has_the_bits_of_its_settings(made, first, others, watched, epoch):
    cache = Cache()
    base = changed(made, first)
    cache.run(base).payload(asked(base, epoch=watched))
    for changes in others:
        branch = changed(base, changes)
        wanted = asked(branch, epoch=epoch, speed=7, count=3)
        assert cache.run(branch).payload(wanted) == list(payload(Trainer(branch), wanted))[-1]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ((), ((400, 0, 1.0),)),
        (((400, 0, 2.0),), ((400, 0, 1.0),)),  # another edit at the same epoch
        (((400, 1, 2.0),), ((400, 0, 1.0), (400, 1, 2.0))),
        (((399, 0, 2.0),), ((399, 0, 2.0), (400, 0, 1.0))),
    ],
)
def test_a_branch_does_not_train_again_what_it_has_in_common(before, after, monkeypatch):
    first, then = (replace(SMALL.training, edits=edits) for edits in (before, after))
    base, branch = replace(SMALL, training=first), replace(SMALL, training=then)
    expected = packed(branch, epoch=390, speed=5, count=9, side=10)
    cache = Cache()
    cache.run(base).payload(asked(base, epoch=900))
    run = cache.run(branch)
    with monkeypatch.context() as patch:
        patch.setattr(cache_module, "Trainer", None)  # nothing is begun anew
        assert run.payload(asked(branch, epoch=390, speed=5, count=9)) == expected
    source = cache.run(base)
    assert source.epoch == 900, "it stays where its own visitors are"
    assert source.payload(asked(base, epoch=950)) == packed(base, epoch=950, side=10)


def test_a_branch_off_a_run_that_has_gone_is_trained_anew():
    cache = Cache(run_bytes=1)
    cache.run(SMALL).payload(asked(epoch=90))
    branch = SMALL.with_edit(80, 0, 0, 1.0)
    assert cache.run(branch).payload(asked(branch, epoch=85)) == packed(branch, epoch=85, side=10)


def test_runs_are_bounded_in_bytes_and_the_one_asked_for_longest_ago_is_put_aside(monkeypatch):
    """It goes on from where it was, without training again."""
    a, b, c, d = (replace(SMALL, data=DataSettings(points=60, seed=seed)) for seed in (1, 2, 3, 4))
    cache = Cache()
    cache.run(a).payload(asked(a, epoch=150))
    cache = Cache(run_bytes=int(3.8 * cache.run(a).nbytes))
    runs = [cache.run(each) for each in (a, b, c)]
    for settings, run in zip((a, b, c), runs, strict=True):
        run.payload(asked(settings, epoch=150))
    assert all(run._trainer for run in runs), "there is room for three"
    cache.run(a)
    cache.run(d).payload(asked(d, epoch=150))
    cache.run(d)
    assert [run._trainer is None for run in runs] == [False, True, False], "a was asked for again"
    last, made, make = runs[1].epoch, [], Trainer._make_updates
    assert last == 150
    monkeypatch.setattr(Trainer, "_make_updates", lambda *of: (made.append(1), make(*of)))
    assert cache.run(b) is runs[1]
    again = runs[1].payload(asked(b, epoch=last + 1))
    assert len(made) <= 9, "a checkpoint lies near"
    assert again == packed(b, epoch=last + 1, side=10)


def test_a_run_that_has_grown_makes_the_others_go():
    other = replace(SMALL, data=DataSettings(points=60, seed=2))
    cache = Cache()
    run, second = cache.run(SMALL), cache.run(other)
    for each, settings in ((run, SMALL), (second, other)):
        each.payload(asked(settings))
    cache._most = run.nbytes + second.nbytes + 1000, 0
    assert cache.run(SMALL) is run
    run.payload(asked(LONG, epoch=500))
    cache.run(SMALL)
    assert second._trainer is None
    cache._most = 1000, 0
    assert cache.run(SMALL) is run, "who is asked for stays, even if it is too large"
    assert list(cache._runs.values()) == [run]


def test_all_that_a_run_keeps_is_counted(clock):
    points = own_table(2, points=2000)
    own = Settings(DataSettings("own", own=points), NetworkSettings((2, 1)))
    assert Cache().run(own).nbytes > 300_000, "its points, even before it is trained"
    run = Cache().run(LONG)
    begun = [run.nbytes]
    clock.step = 1.0
    run.payload(asked(LONG, epoch=9000))
    begun.append(run.nbytes)
    run.payload(asked(LONG, epoch=9001, count=30))
    begun.append(run.nbytes)
    assert begun[0] < begun[1] < begun[2] - 30 * 31 * 8


def test_payloads_are_bounded_in_bytes_and_the_one_asked_for_longest_ago_goes():
    cache = Cache(payload_bytes=3 * 101)
    for name in "abc":
        cache.keep(name, bytes(100))
    assert cache.kept("a") == bytes(100)
    cache.keep("d", bytes(100))
    assert cache.kept("b") is None
    assert [cache.kept(name) is not None for name in "acd"] == [True] * 3
    cache.keep("a", bytes(100))
    assert all(cache.kept(name) for name in "acd"), "the same again takes no more room"
    cache.keep("e" * 250, b"")
    assert [cache.kept(name) is not None for name in "acd"] == [False] * 3, "an address takes room too"
    cache.keep("f", bytes(1000))
    assert cache.kept("f") is None
    cache.keep("g", bytes(300))
    assert cache.kept("g") == bytes(300)


def test_a_page_without_the_route_gets_the_same_bytes_as_text(monkeypatch, clock):
    monkeypatch.setattr(cache_module, "SHARED", Cache())
    address = "points=60&layer_dims=2-4-3-1&from=12&side=10"
    answer = answered(address)
    assert answer["address"] == address
    assert b64decode(answer["payload"]) == packed(SMALL, epoch=12, side=10)
    assert answered("from=-3")["refused"] == "from must be an integer from 0 to 100000, got -3."
    assert answered("update=3")["refused"] == "update must be 0, got 3."
    clock.step = 1.0
    progress = answered("epochs=100000&from=90000")
    assert set(progress) == {"address", "progress"}
    assert progress["progress"].startswith("Training: epoch ")
