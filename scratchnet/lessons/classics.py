"""Classic experiments with published numbers, in the order in which they are taught.

Facts and figures are those of the sources, the code is ours: classic_data.py draws the data and the
initial weights as each source says, and classic_runs.py computes what stands beside the published
numbers. Faults in print have a place of their own, see faults_in_print.py.
"""

from scratchnet.lessons import classic_data as data
from scratchnet.lessons import classic_runs as runs
from scratchnet.lessons.classic import Classic, Row, at, rows, step_query
from scratchnet.lessons.faults_in_print import FAULTS, Fault, planted_errors

__all__ = ["CLASSICS", "FAULTS", "Classic", "Fault", "Row"]


COURSE = "https://www.coursera.org/specializations/deep-learning"
PERCENT = "accuracy, %"
CS231N = "https://cs231n.github.io/neural-networks-case-study/"

SENSITIVE = (
    "From 7,000 updates on the last digit depends on round-off: initial weights that are changed by "
    "1e-15 give another one."
)
ON_THE_BOUNDARY = "Two samples lie so close to the boundary that round-off decides."
WIDTH_ACCURACIES = ("67.5", "67.25", "90.75", "90.5", "91.25", "90.0", "90.25")

CLASSICS = (
    Classic(
        "neurons",
        "One neuron by hand",
        "Karpathy, micrograd; the sigmoid neuron is from Stanford CS231n, Backpropagation",
        "https://github.com/karpathy/micrograd",
        "A tanh neuron with x = (2, 0), w = (−3, 1) and b = 6.8813735870195432, kept in single "
        "precision, and the gradient of its output. A sigmoid neuron with x = (−1, −2), w = (2, −3) "
        "and b = −3.",
        (
            *rows(
                ["tanh: output", "gradient of x1", "of w1", "of x2"],
                "0.7071066904050358 -1.5000003851533106 1.0000002567688737 0.5000001283844369",
                "The last digit is that of the tanh of this machine.",
                2e-15,
            ),
            *rows(["of w2", "sigmoid: output"], "0.0 0.7311"),
        ),
        runs.single_neurons,
        "Each gradient is a product along one path: the slope of the activation, times the weight or "
        "the input that is met on the way. Where the input is 0, so is the gradient of its weight.",
    ),
    Classic(
        "han_kamber",
        "One step of a small network",
        "Han & Kamber, Data Mining: Concepts and Techniques, chapter on backpropagation",
        "https://hanj.cs.illinois.edu/bk3/",
        "Sigmoids in 3-2-1, half squared error, one sample (1, 0, 1) of class 1, learning rate 0.9. "
        "Units 4 and 5 are hidden, unit 6 is the output.",
        (
            *rows(["output of 4", "of 5", "of 6"], "0.332 0.525 0.474"),
            Row("error of 6", "0.1311", "The book goes on from outputs rounded to three digits.", 1e-4),
            *rows(["error of 5", "of 4"], "-0.0065 -0.0087"),
            *rows(
                ["w46 after the step", "w56", "w14", "w15", "w34", "w35", "bias of 6", "of 5", "of 4"],
                "-0.261 -0.138 0.192 -0.306 -0.508 0.194 0.218 0.194 -0.408",
            ),
        ),
        runs.han_kamber,
        "The error of a hidden unit is the error behind it, times the weight between, times the slope "
        "of its sigmoid. The weights of an input that is 0 do not change.",
        query=step_query("3-2-1", 0.9, *data.han_kamber()),
        page="training_step",
        is_it="the same step",
    ),
    Classic(
        "mazur",
        "The 2-2-2 example",
        "Mazur, A Step by Step Backpropagation Example",
        "https://mattmazur.com/2015/03/17/a-step-by-step-backpropagation-example/",
        "Sigmoids in 2-2-2, half squared error summed over both outputs, one sample, learning rate "
        "0.5. The example leaves the biases as they are; if they learn too, as on this site, the error "
        "after the step is 0.280471447.",
        rows(
            ["error before the step", *(f"w{i} after it" for i in range(1, 9))],
            "0.298371109 0.149780716 0.19956143 0.24975114 0.29950229 0.35891648 0.40866619 0.51130127 "
            "0.56137012",
        ),
        runs.mazur,
        "A step by hand is the best test of your own code. The error after the step, 0.291027924 in "
        "print, is a fault: see the end of this page.",
        query=step_query("2-2-2", 0.5, *data.mazur()),
        page="training_step",
        is_it="the same step; the biases learn too",
    ),
    Classic(
        "line",
        "A line that fails: three spirals",
        "Stanford CS231n, Minimal neural network case study",
        CS231N,
        "Softmax without a hidden layer on three spirals, learning rate 1, penalty 0.001. The loss "
        "includes the penalty.",
        (
            *at(
                range(0, 200, 10),
                "1.096956 0.917265 0.851503 0.822336 0.807586 0.799448 0.794681 0.791764 0.789920 "
                "0.788726 0.787938 0.787409 0.787049 0.786803 0.786633 0.786514 0.786431 0.786373 "
                "0.786331 0.786302",
            ),
            Row(PERCENT, "49"),
        ),
        runs.softmax_line,
        "The loss converges, and half of the points are still wrong: no learning rate helps where "
        "straight lines cannot separate the classes.",
        query={
            "dataset": "spiral",
            "classes": "3",
            "layer_dims": "2-3",
            "init": "article",
            "learning_rate": "1.0",
            "l2": "0.001",
            "epochs": "200",
        },
    ),
    Classic(
        "hidden_layer",
        "A hidden layer that does it",
        "Stanford CS231n, Minimal neural network case study",
        CS231N,
        "The same spirals with 100 ReLUs between, 2-100-3.",
        (
            *at(
                range(0, 7000, 1000),
                "1.098744 0.294946 0.259301 0.248310 0.246170 0.245649 0.245491",
            ),
            *(
                Row(f"after {updates:,} updates", loss, SENSITIVE, 1e-5)
                for updates, loss in ((7000, "0.245400"), (8000, "0.245335"), (9000, "0.245292"))
            ),
            Row(PERCENT, "98"),
        ),
        runs.hidden_layer_of_100,
        "Features that the network makes itself do what the line cannot.",
        long=True,
        query={
            "dataset": "spiral",
            "classes": "3",
            "layer_dims": "2-32-3",
            "activation": "relu",
            "init": "he",
            "learning_rate": "1.0",
            "l2": "0.001",
            "epochs": "3000",
        },
        is_it="a similar run, of 32 neurons",
    ),
    Classic(
        "flower_line",
        "A line that fails: the flower",
        "Deep Learning Specialization, course 1, Planar data classification",
        COURSE,
        "Logistic regression on a flower of two classes, whose petals alternate.",
        (Row(PERCENT, "47"),),
        runs.line_on_the_flower,
        "Worse than a coin: a line has no hold on petals that alternate.",
        query={"dataset": "flower", "layer_dims": "2-1", "init": "zeros", "train_share": "1.0"},
    ),
    Classic(
        "chance",
        "Chance comes first",
        "Stanford CS231n, Neural Networks, part 3: look at the initial loss",
        "https://cs231n.github.io/neural-networks-3/",
        "Before training, small weights predict every class alike: the cost of k balanced classes is "
        "ln k.",
        rows(["two classes: ln 2", "three classes: ln 3"], "0.693 1.0986"),
        runs.chance,
        "Look at the first cost before anything else. If it is not ln k, the labels, the output or the "
        "cost is wrong.",
        query={
            "dataset": "blobs",
            "classes": "3",
            "layer_dims": "2-8-8-3",
            "init": "article",
            "train_share": "1.0",
        },
        is_it="the run with three classes",
    ),
    Classic(
        "width",
        "Width: how many neurons does the flower take?",
        "Deep Learning Specialization, course 1, Planar data classification",
        COURSE,
        "tanh, one hidden layer, learning rate 1.2, 5,000 epochs, weights of 0.01.",
        tuple(
            Row(
                f"{h} hidden, {PERCENT}",
                published,
                ON_THE_BOUNDARY if h >= 20 else "",
                0.51 if h >= 20 else None,
            )
            for h, published in zip(runs.WIDTHS, WIDTH_ACCURACIES, strict=True)
        ),
        runs.flower_by_width,
        "Two neurons are too few, three are enough, and fifty are no better.",
        long=True,
        query={
            "dataset": "flower",
            "points": "400",
            "train_share": "1.0",
            "layer_dims": "2-4-1",
            "init": "article",
            "init_seed": "2",
            "learning_rate": "1.2",
            "epochs": "5000",
        },
        is_it="a similar run, of four neurons",
    ),
    Classic(
        "flower_costs",
        "The flower: its cost",
        "Deep Learning Specialization, course 1, Planar data classification",
        COURSE,
        "The same with four hidden neurons.",
        at(
            range(0, 8000, 1000),
            "0.693048 0.288083 0.254385 0.233864 0.226792 0.222644 0.219731 0.217504",
        ),
        runs.flower_costs,
        "Most is learned early; the rest of the curve is slow.",
    ),
    Classic(
        "saturation",
        "A saturated neuron learns slowly",
        "Nielsen, Neural Networks and Deep Learning, chapter 3",
        "http://neuralnetworksanddeeplearning.com/chap3.html",
        "One sigmoid, one sample x = 1 of target 0, half squared error, learning rate 0.15, 300 "
        "epochs; first from w = 0.6 and b = 0.9, then from w = b = 2.",
        rows(
            ["(0.6, 0.9), output", "after training", "(2, 2), output", "after training"],
            "0.82 0.09 0.98 0.20",
        ),
        runs.saturated_neuron,
        "The more wrong the neuron is, the slower it learns: the gradient has the factor a (1 − a), "
        "which is small near 1. The cross-entropy does not have it; but see the faults in print.",
        curves=runs.saturation_curves,
    ),
    Classic(
        "weights",
        "Zero, large and He weights",
        "Deep Learning Specialization, course 2, Initialization",
        COURSE,
        "ReLUs in 2-10-5-1 on two circles, learning rate 0.01, 15,000 epochs. Large weights are 10 "
        "times a normal draw. The table has costs and accuracies; the editions of the course differ "
        "from the eleventh digit on.",
        (
            *rows([f"zero, epoch {k:,}" for k in (0, 1000, 14_000)], " ".join(3 * ["0.6931471806"])),
            *rows(["zero, training, %", "zero, test, %"], "50 50"),
            Row(
                "large, epoch 0",
                "inf",
                "The course takes log(0) of an output that rounds to 0; from the logits it is finite.",
            ),
            *rows(["large, training, %", "large, test, %"], "83 86"),
            *at(
                range(0, 15_000, 1000),
                "0.8830537463 0.6879825920 0.6751286265 0.6526117769 0.6082958971 0.5304944492 "
                "0.4138645817 0.3117803465 0.2369621533 0.1859728721 0.1501555628 0.1232507929 "
                "0.0991774655 0.0845705595 0.0735789596",
                "He, epoch {:,}",
            ),
            *rows(["He, training, %", "He, test, %"], "99.33 96"),
        ),
        runs.initial_weights,
        "With zeros nothing can start: all neurons stay alike, and the cost is ln 2 for ever. Large "
        "weights begin at an enormous cost. Scaled to the size of each layer, they learn.",
        long=True,
        query={
            "dataset": "circles",
            "train_share": "1.0",
            "layer_dims": "2-10-5-1",
            "activation": "relu",
            "init": "zeros",
            "learning_rate": "0.01",
        },
        is_it="the run with zeros; change the initial weights to He there",
    ),
    Classic(
        "rates",
        "A sweep of learning rates",
        "Trask, A Neural Network in 13 lines of Python, part 2",
        "https://iamtrask.github.io/2015/07/27/python-network-part2/",
        "XOR with a third feature that is always 1, sigmoids in 3-4-1 without biases, squared error; "
        "the mean error after 10,000 updates, by the rate alpha.",
        (
            *rows(
                [f"alpha {rate:g}" for rate in runs.RATES[:4]],
                "0.457431074442 0.0428880170001 0.00858452565325 0.00312938876301",
            ),
            Row("alpha 100", "0.125476983855", "At so high a rate round-off grows.", 1e-9),
            Row("alpha 1000", "0.5"),
        ),
        runs.sweep_of_rates,
        "A factor of 10 below the best rate costs time, a factor of 10 above it costs the result. "
        "Sweep in powers of ten.",
        long=True,
    ),
    Classic(
        "bowl",
        "A bowl: why there is a best rate",
        "Goh, Why Momentum Really Works (Distill, 2017)",
        "https://distill.pub/2017/momentum/",
        "Descent on a quadratic with the curvatures 1 and 9, from (1, 1). Along each axis the distance "
        "is multiplied by 1 − rate · curvature in each update: by 0.9 and 0.1 at the rate 0.1, ten "
        "times here. The best rate is 2 / (1 + 9), and above 2 / 9 descent diverges. The source prints "
        "these formulas.",
        rows(
            [
                "axis 1, rate 0.1",
                "axis 9, rate 0.1",
                "factor at rate 0.2",
                "factor at rate 0.23",
            ],
            "0.3486784401 0.0000000001 0.8 1.07",
        ),
        runs.bowl,
        "The steepest direction sets the highest rate, the flattest one the time it takes. The best "
        "factor is (κ − 1) / (κ + 1), with κ the ratio of the two curvatures.",
    ),
    Classic(
        "optimizers",
        "Optimizers on moons",
        "Deep Learning Specialization, course 2, Optimization Methods",
        COURSE,
        "ReLUs in 2-5-2-1 on two moons, He weights, batches of 64, learning rate 0.0007. The cost is "
        "that of the last mini-batch. Adam follows below, among the faults in print.",
        (
            *at(
                range(0, 4000, 1000),
                "0.690736 0.685273 0.647072 0.619525",
                "descent, epoch {:,}",
            ),
            *at(range(0, 2000, 1000), "0.690741 0.685341", "momentum, epoch {:,}"),
            Row("Adam, epoch 0", "0.690552"),
        ),
        runs.optimizers_on_moons,
        "At this rate momentum gains nothing, since it is an average there: it smooths the steps and "
        "does not lengthen them. Adam scales each step by its gradients, and is far ahead at epoch "
        "1,000.",
        long=True,
        query={
            "layer_dims": "2-5-2-1",
            "train_share": "1.0",
            "activation": "relu",
            "init": "he",
            "optimizer": "adam",
            "learning_rate": "0.0007",
            "batch_size": "64",
        },
        is_it="a similar run, with Adam",
    ),
    Classic(
        "gradient_check",
        "A gradient check finds planted errors",
        "Deep Learning Specialization, course 2, Gradient Checking",
        COURSE,
        "ReLUs in 4-5-3-1 on three samples. In the assignment dW2 is doubled and db1 is 4 times too "
        "large, on purpose.",
        (
            Row(
                "relative difference",
                "0.285093156776",
                "From the eighth digit on it is round-off of the finite differences.",
                1e-7,
            ),
        ),
        planted_errors,
        "So large a difference is an error. Round-off is a millionth of it here, as the last of the "
        "faults in print shows.",
        query={"bug": "mean_in_every_layer"},
        page="gradient_check",
        is_it="an error of this kind, planted in a run",
    ),
)
