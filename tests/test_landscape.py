"""The landscape: costs over a plane are those of the run, and a quadratic looks as it must."""

from functools import cache

import numpy as np
import pytest

from scratchnet import Settings, Trainer, cost_function, forward_prop
from scratchnet.data.datasets import Dataset
from scratchnet.nn.params import count, views
from scratchnet.run.history import End, Reason
from scratchnet.studies import landscape
from scratchnet.studies.landscape import Path, Plane, TrainingCost
from scratchnet.studies.survey import KINDS, Choice, Work
from scratchnet.validation import NotAllowed


def returned(steps):
    """What a generator returns at its end."""
    while True:
        try:
            next(steps)
        except StopIteration as end:
            return end.value


@cache
def survey(settings, choice=None):
    work = Work(settings, choice or Choice())
    while work.go_on() < 1.0:
        assert work.survey is None
    return work.survey


SMALL = {"points": 60, "epochs": 30}
RUNS = {
    "full batch": {},
    "batches": {"batch_size": 16},
    "classes": {"dataset": "blobs", "classes": 3, "layer_dims": (2, 4, 3)},
    "regression": {"dataset": "gaussians", "learning_rate": 0.1},
    "tanh": {"output": "tanh", "cost": "squared_error", "activation": "relu"},
    "no hidden layer": {"layer_dims": (2, 1)},
    "penalty": {"l2": 0.1},
    "rates and edits": {"rate_changes": ((10, 0.1),), "edits": ((0, 3, 0.5), (20, 0, 1.0))},
}


def run(name, **others):
    return Settings.of(**{"layer_dims": (2, 3, 1)} | SMALL | RUNS[name] | others)


# ---- the cost --------------------------------------------------------------------------------------


@pytest.mark.parametrize("precision", ["single", "double"])
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", RUNS)
def test_the_centre_of_a_plane_has_the_cost_of_the_run_digit_for_digit(name, kind, precision):
    settings = run(name, precision=precision)
    seen = survey(settings, Choice(kind))
    trainer = Trainer(settings)
    trainer.advance(30)
    ((row, column),) = np.argwhere((seen.b[:, None] == 0) & (seen.a == 0))
    assert seen.costs[row, column] == trainer.history.train_cost[30] == seen.paths[0].costs[-1]
    assert np.array_equal(seen.thetas(np.array([column]), np.array([row]))[0], trainer.snapshot().theta)


@pytest.mark.parametrize("name", RUNS)
def test_the_costs_of_a_path_are_those_of_the_history(name):
    settings = run(name)
    path = returned(landscape.follow(settings, points=11))
    trainer = Trainer(settings)
    trainer.advance(30)
    assert path.epochs.tolist() == [0, 3, 6, 9, 12, 15, 18, 21, 24, 27, 30]
    assert np.array_equal(path.costs, trainer.history.train_cost[path.epochs])
    assert np.array_equal(TrainingCost(trainer)(path.thetas), path.costs)
    assert np.array_equal(path.thetas[2], trainer.seek(6).theta)


def test_a_cost_is_that_of_the_textbook_functions_in_blocks_or_not(monkeypatch):
    trainer = Trainer(run("full batch", precision="double"))
    thetas = np.random.RandomState(0).randn(50, count(trainer.settings.network.layer_dims))
    X, T = trainer.training_set
    expected = [
        cost_function(forward_prop(X, views(theta, (2, 3, 1)), "tanh")[0], T) for theta in thetas
    ]
    costs = TrainingCost(trainer)(thetas)
    assert costs == pytest.approx(expected, rel=1e-12)
    monkeypatch.setattr(landscape, "VALUES_AT_ONCE", 7 * 3 * X.shape[1])
    assert np.array_equal(TrainingCost(trainer)(thetas), costs)


def test_where_the_cost_overflows_it_is_not_finite_and_nothing_warns():
    trainer = Trainer(run("regression", activation="relu"))
    thetas = np.full((2, count((2, 3, 1))), 1e300)
    thetas[1] = 0.0
    overflown, finite = TrainingCost(trainer)(thetas)
    assert not np.isfinite(overflown)
    assert np.isfinite(finite)


# ---- a planted quadratic ---------------------------------------------------------------------------
# For a linear neuron and ½ (w·x + b - t)², the Hessian in (w1, w2, b) is the mean of (x, 1)(x, 1)ᵀ. The
# corners (±2, ±0.5) make it diagonal: 4, 0.25, 1.

EIGENVALUES = np.array([4.0, 0.25, 1.0])
BOTTOM = np.array([0.75, -0.5, 0.25])
LOWEST = 0.125  # ½ · 0.5², of a part of the labels that no line can follow
CORNERS = np.array([[2.0, 2.0, -2.0, -2.0], [0.5, -0.5, 0.5, -0.5]])
TARGETS = BOTTOM[:2] @ CORNERS + BOTTOM[2] + 0.5 * np.array([1.0, -1.0, -1.0, 1.0])
BOWL = Dataset(CORNERS, TARGETS[None], np.empty((2, 0)), np.empty((1, 0)), classes=0)


def bowl(rate, epochs=40):
    """The run down the bowl at this rate: its trainer, and its path of every epoch."""
    settings = Settings.of(
        dataset="gaussians",
        layer_dims=(2, 1),
        learning_rate=rate,
        epochs=epochs,
        train_share=1.0,
        precision="double",
    )
    return Trainer(settings, BOWL), returned(landscape.follow(settings, epochs + 1, BOWL))


def height(thetas):
    return LOWEST + 0.5 * ((thetas - BOTTOM) ** 2) @ EIGENVALUES


def test_a_planted_quadratic_has_its_known_surface():
    trainer, path = bowl(0.1)
    cost, a, b = TrainingCost(trainer), np.linspace(-3, 3, 13), np.linspace(-2, 2, 9)
    for plane in (landscape.weights_plane(path, 0, 1), landscape.main_plane([path])):
        costs = np.array([*landscape.costs_over(cost, plane, a, b)])
        for j, row in enumerate(costs):
            assert row == pytest.approx(height(plane.thetas(a, np.full(13, b[j]))), rel=1e-12)


@pytest.mark.parametrize("rate", [0.1, 0.3, 0.49])
def test_on_a_planted_quadratic_the_path_is_the_known_one(rate):
    _, path = bowl(rate)
    shrunk = (1.0 - rate * EIGENVALUES) ** path.epochs[:, None]
    expected = BOTTOM + shrunk * (path.thetas[0] - BOTTOM)
    assert path.thetas == pytest.approx(expected, abs=1e-12)
    assert path.costs == pytest.approx(height(expected), abs=1e-12)


def test_descent_diverges_above_two_over_the_largest_eigenvalue():
    limit = 2.0 / EIGENVALUES.max()
    _, below = bowl(0.98 * limit, epochs=400)
    assert below.costs[-1] == pytest.approx(LOWEST, abs=1e-6)
    _, above = bowl(1.02 * limit, epochs=400)
    assert above.costs[-1] > 100 * above.costs[0]


def test_the_best_rate_shrinks_the_error_by_the_known_factor():
    low, high = EIGENVALUES.min(), EIGENVALUES.max()
    factor = (high / low - 1) / (high / low + 1)

    def slowest(rate):
        _, path = bowl(rate, epochs=60)
        first, last = np.abs(path.thetas[[50, 60]] - BOTTOM).max(axis=1)
        return (last / first) ** 0.1

    best = 2.0 / (low + high)
    assert slowest(best) == pytest.approx(factor, rel=1e-6)
    assert slowest(0.9 * best) > factor
    assert slowest(1.04 * best) > factor


# ---- planes ----------------------------------------------------------------------------------------


def path_of(thetas):
    """A path through these parameters; its costs do not matter."""
    zeros = np.zeros(len(thetas))
    return Path(run("full batch"), np.arange(len(thetas)), np.asarray(thetas), zeros)


def shares(path):
    """The share that the main plane explains."""
    plane = landscape.main_plane([path])
    return landscape.see(path, plane, lambda thetas: np.zeros(len(thetas))).share


def random_basis(k, n):
    return np.linalg.qr(np.random.RandomState(5).randn(n, k))[0].T


def test_of_a_path_in_a_plane_all_is_explained():
    u, v = random_basis(2, 13)
    t = np.linspace(0, 3, 50)[:, None]
    assert shares(path_of(7 + np.cos(t) * u + t * v)) == pytest.approx(1.0, abs=1e-12)
    assert shares(path_of(np.ones(13) + t * u)) == pytest.approx(1.0, abs=1e-12)  # a straight one
    assert shares(path_of(np.ones((5, 13)))) == 1.0  # none at all


def test_of_a_known_part_beside_the_plane_the_share_is_exact():
    u, v, w = random_basis(3, 13)
    corners = np.array([[1.0, 1.0], [1.0, -1.0], [-1.0, -1.0], [-1.0, 1.0]] * 2 + [[0.0, 0.0]])
    off = np.array([0.1, 0.1, 0.1, 0.1, -0.1, -0.1, -0.1, -0.1, 0.0])
    path = path_of(corners @ [3 * u, 2 * v] + np.outer(off, w))
    seen = landscape.see(path, landscape.main_plane([path]), lambda thetas: thetas[:, 0])
    assert seen.share == pytest.approx(1.0 - 8 * 0.1**2 / (8 * (3**2 + 2**2 + 0.1**2)), abs=1e-12)
    assert seen.distances == pytest.approx(np.abs(off), abs=1e-12)
    assert np.abs(seen.at) == pytest.approx(np.abs(corners) * [3, 2], abs=1e-12)
    assert np.argmax(seen.remoteness) < 8 and seen.remoteness[-1] == 0.0


def test_a_long_random_walk_in_many_dimensions_shows_three_quarters():
    found = []
    for seed in range(5):
        steps = np.random.RandomState(seed).randn(300, 4000)
        found.append(shares(path_of(steps.cumsum(axis=0))))
    assert np.mean(found) == pytest.approx(landscape.random_walk_share(300), abs=0.01)
    assert landscape.random_walk_share(100_000) == pytest.approx(6 / np.pi**2 * 1.25, abs=1e-4)
    assert landscape.random_walk_share(3) == 1.0


@pytest.mark.parametrize("name", RUNS)
def test_the_main_plane_goes_through_the_end_from_left_to_right_and_up(name):
    path = survey(run(name)).paths[0].path
    plane = landscape.main_plane([path])
    at = plane.coordinates(path.thetas)
    assert np.array_equal(plane.origin, path.thetas[-1])
    assert np.array_equal(at[-1], [0.0, 0.0])
    assert at[0, 0] < 0 < at[np.abs(at[:, 1]).argmax(), 1]
    assert [plane.u @ plane.u, plane.v @ plane.v, plane.u @ plane.v] == pytest.approx([1, 1, 0])


def test_the_plane_of_several_paths_explains_more_of_them_together():
    settings = run("full batch", epochs=200)
    joined = survey(settings, Choice(optimizers=("adam", "rmsprop")))
    paths, cost = [seen.path for seen in joined.paths], TrainingCost(Trainer(settings))

    def off(plane):
        return sum(np.sum(landscape.see(path, plane, cost).distances ** 2) for path in paths)

    assert off(joined.planes[0]) < 0.9 * off(landscape.main_plane(paths[:1]))


def test_huge_parameters_do_not_overflow_the_share():
    u, v, w = random_basis(3, 13)
    t = np.linspace(0, 3, 40)[:, None]
    thetas = t * u + np.cos(t) * v + np.sin(9 * t) * w
    assert shares(path_of(1e200 * thetas)) == pytest.approx(shares(path_of(thetas)), abs=1e-9)
    assert shares(path_of(thetas)) < 1.0 - 1e-4


def test_random_directions_are_as_long_as_the_weights_of_each_neuron():
    path = survey(run("classes")).paths[0].path
    plane = landscape.random_plane(path, seed=7)
    weights = views(path.end, (2, 4, 3))
    for direction in (plane.u, plane.v):
        for name, part in views(direction, (2, 4, 3)).items():
            if name.startswith("b"):
                assert not part.any()
            else:
                lengths = np.linalg.norm(weights[name], axis=1)
                assert np.linalg.norm(part, axis=1) == pytest.approx(lengths)
    again, other = (landscape.random_plane(path, seed=seed) for seed in (7, 8))
    assert np.array_equal(again.u, plane.u)
    assert not np.allclose(other.u, plane.u)
    assert not np.allclose(plane.u, plane.v)


def test_each_seed_has_its_own_random_plane_and_the_same_again():
    first, second = (survey(run("full batch"), Choice("random", seed=seed)) for seed in (1, 2))
    assert not np.array_equal(first.costs, second.costs)
    work = Work(run("full batch"), Choice("random", seed=2))
    while work.go_on() < 1.0:
        pass
    assert np.array_equal(work.survey.costs, second.costs)


def test_between_two_weights_only_they_change():
    settings = run("full batch")
    seen = survey(settings, Choice("weights", weights=(4, 1)))
    thetas = seen.thetas(np.array([0, 99]), np.array([0, 99]))
    changed = thetas - seen.planes[0].origin
    assert np.flatnonzero(changed.any(axis=0)).tolist() == [1, 4]
    assert changed[:, 4] == pytest.approx(seen.a[[0, 99, 0, 99]])
    assert changed[:, 1] == pytest.approx(seen.b[[0, 0, 99, 99]])


def test_the_line_goes_from_the_start_to_the_end():
    settings = run("full batch", precision="double")
    seen = survey(settings, Choice("line", optimizers=("adam",)))
    assert seen.costs.shape == (2, 151)
    for costs, path in zip(seen.costs, seen.paths, strict=True):
        at_start, at_end = (costs[seen.a == place][0] for place in (-1.0, 0.0))
        assert at_start == pytest.approx(path.path.costs[0], rel=1e-12)
        assert at_end == path.path.costs[-1] or path is not seen.paths[0]
        assert path.at[[0, -1], 0] == pytest.approx([-1.0, 0.0])


@pytest.mark.parametrize(("low", "high"), [(-3.0, 5.0), (0.0, 1.0), (-1.0, 0.0), (-1e-9, 1e9)])
def test_a_lattice_covers_its_range_and_has_the_point_0(low, high):
    at = landscape.lattice(low, high, 50)
    assert np.count_nonzero(at == 0.0) == 1
    step = (high - low) / 48
    assert low - step <= at[0] <= low and high <= at[-1] <= high + step
    assert np.diff(at) == pytest.approx(np.full(49, step))


# ---- paths -----------------------------------------------------------------------------------------


def test_other_optimizers_start_where_the_run_starts_and_share_its_plane():
    settings = run("rates and edits")
    seen = survey(settings, Choice(optimizers=("gradient_descent", "adam", "rmsprop")))
    names = [path.path.settings.training.optimizer for path in seen.paths]
    assert names == ["gradient_descent", "adam", "rmsprop"]
    own, *others = (path.path for path in seen.paths)
    for other in others:
        assert np.array_equal(other.thetas[0], own.thetas[0])
        training = other.settings.training
        assert training.learning_rate == landscape.RATES[training.optimizer]
        assert training.rate_changes == ()
        assert other.costs[-1] == Trainer(other.settings).seek(30).train_cost
    for path in seen.paths:
        assert path.at == pytest.approx(seen.planes[0].coordinates(path.path.thetas))


def test_a_run_that_diverges_is_followed_until_it_is_lost():
    settings = run("regression", activation="relu", learning_rate=5.0, epochs=400)
    path = survey(settings).paths[0].path
    trainer = Trainer(settings)
    trainer.seek(400)
    assert trainer.ended.reason == path.ended == Reason.DIVERGED
    assert np.isfinite(path.thetas).all()
    assert path.epochs[-1] < trainer.epoch
    assert np.array_equal(path.costs, trainer.history.train_cost[path.epochs])
    assert (path.costs <= landscape.TOO_HIGH * path.costs[0]).all()


def test_the_last_epoch_of_a_run_that_diverged_is_never_in_sight():
    end = End(3, Reason.DIVERGED)
    assert landscape._last_in_sight(np.array([1.0, 0.5, 0.4, 0.3]), end) == 2
    assert landscape._last_in_sight(np.array([1.0, 0.5, 2000.0, np.inf]), end) == 1
    assert landscape._last_in_sight(np.array([1.0, np.nan, 0.4, 0.3]), end) == 0


def test_a_run_that_stops_early_ends_there():
    settings = run("full batch", stop_cost=0.4, epochs=400)
    path = survey(settings).paths[0].path
    assert path.ended == Reason.COST
    assert path.costs[-1] <= 0.4 < path.costs[-2]


def test_a_long_run_is_followed_as_far_as_there_is_time(monkeypatch):
    settings = run("full batch", epochs=100_000)
    monkeypatch.setattr(landscape, "LONGEST", 2e6)
    path = returned(landscape.follow(settings))
    assert 20 < path.epochs[-1] == landscape.most_epochs(settings, 42) < 100
    assert landscape.most_epochs(run("full batch"), 42) == 30


@pytest.mark.parametrize("kind", KINDS)
def test_a_run_that_is_lost_at_once_has_a_landscape_around_its_start(kind):
    settings = run("regression", learning_rate=1000.0)
    seen = survey(settings, Choice(kind, optimizers=("adam",)))
    path = seen.paths[0].path
    assert path.epochs.tolist() == [0]
    assert path.ended == Reason.DIVERGED
    assert np.array_equal(path.end, Trainer(settings).snapshot().theta)


def test_where_nothing_moves_there_still_is_a_plane():
    settings = run("full batch", init="zeros", learning_rate=1e-5, epochs=1)
    for kind in KINDS:
        seen = survey(settings, Choice(kind))
        assert np.isfinite(seen.costs).all()
        assert np.isfinite(seen.paths[0].at).all()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"kind": "sphere"}, "kind must be one of path, random, weights, line, got 'sphere'."),
        ({"seed": -1}, "seed must be an integer from 0 to 4294967295, got -1."),
        ({"weights": (3, 3)}, "weights must be two different ones, got 3 twice."),
        ({"optimizers": ("sgd",)}, "each of optimizers must be one of gradient_descent, momentum"),
    ],
)
def test_a_choice_that_is_none_is_refused(wrong, said):
    with pytest.raises(NotAllowed) as error:
        Choice(**wrong)
    assert said in str(error.value)


def test_a_weight_that_the_network_does_not_have_is_refused():
    with pytest.raises(NotAllowed, match="weights must be an integer from 0 to 12, got 13"):
        survey(run("full batch"), Choice("weights", weights=(0, 13)))


def test_a_plane_of_one_direction_is_a_line():
    at = Plane(np.zeros(3), np.array([2.0, 0, 0]), np.zeros(3)).coordinates(np.array([[1.0, 5.0, 0]]))
    assert at == pytest.approx(np.array([[0.5, 0.0]]))
