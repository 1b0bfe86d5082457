"""Questions of the lesson "From features to classes": a score, a probability, an error, a receptive field."""

import numpy as np

import engine
from app.i18n import N_
from app.lessons.question import Ask, Question
from app.lessons.questions import told_apart
from engine.geometry import receptive_field

PHOTOS, MOST = 10, 5  # of the question about top-5: how many photos, and how many guesses count


def class_score(seed: int) -> Question:
    """Compute a class's score from the means of three maps."""
    rng = np.random.default_rng(seed)
    x = rng.integers(0, 7, size=(3, 2, 2)).astype(np.float64)
    x[:, 1, 1] += -x.sum(axis=(1, 2)) % 4  # so that each mean is whole
    weight = rng.permutation([-3.0, -2.0, -1.0, 1.0, 2.0, 3.0])[:3].reshape(1, 3)
    bias = np.array([float(rng.choice([-2, -1, 1, 2]))])
    means = engine.global_avg_pool2d(x).reshape(3)
    answer = float(engine.linear(means, weight, bias)[0])
    score = engine.linear(x.max(axis=(1, 2)), weight, bias)
    terms = (weight[0] * means).tolist()
    return Question(
        prompt=N_(
            "Three maps of 2 × 2 are left. The head takes the mean of each; the score of a class is its bias plus "
            "the sum of weight times mean. What is the score?"
        ),
        values={
            **dict(zip("pqr", means.tolist(), strict=True)),
            **dict(zip("abc", terms, strict=True)),
            "bias": float(bias[0]),
            "answer": answer,
        },
        answer=answer,
        why=N_(
            "The means are %(p)s, %(q)s and %(r)s. Times their weights they add %(a)s, %(b)s and %(c)s; with the bias "
            "%(bias)s that makes %(answer)s."
        ),
        causes=told_apart(
            answer,
            (answer - float(bias[0]), N_("That is without the bias.")),
            (answer + 2 * float(bias[0]), N_("The bias is added once for each class, not once for each map.")),
            (
                float(engine.linear(x.sum(axis=(1, 2)), weight, bias)[0]),
                N_("That takes the sums of the maps; the mean is a quarter of that."),
            ),
            (float(score[0]), N_("That takes the largest number of each map; the mean is asked for.")),
            (float(means.sum() + bias[0]), N_("Each mean is multiplied by its weight before they are added.")),
            (
                float(engine.linear(means, weight[:, ::-1], bias)[0]),
                N_("The first weight belongs to the first map: they stand in the same order."),
            ),
            *((term, N_("That is what one map adds; all three and the bias count.")) for term in terms),
        ),
        tensors={"x": x, "w": weight, "bias": bias[None]},
    )


def raised_logit(seed: int) -> Question:
    """Compute a probability after one logit was raised by ln 2."""
    rng = np.random.default_rng(seed)
    while True:
        powers = rng.integers(1, 13, size=3)
        raised, total = 2 * powers[0], powers.sum() + powers[0]
        if 100 * raised % total == 0 and len(set(powers.tolist())) == 3:
            break
    logits = np.log(powers.astype(np.float64))
    before, answer = (
        round(100 * float(engine.softmax(z)[0]), 2) for z in (logits, logits + np.array([np.log(2.0), 0, 0]))
    )
    return Question(
        prompt=N_(
            "A network knows three classes. For a photo, e to the power of their logits is %(first)s, %(second)s "
            "and %(third)s. Now the logit of the first class rises by ln 2 ≈ 0.693, which doubles its power; the "
            "others stay. What is the probability of the first class then, in percent?"
        ),
        values={
            "first": int(powers[0]),
            "second": int(powers[1]),
            "third": int(powers[2]),
            "raised": int(raised),
            "total": int(total),
            "answer": answer,
        },
        answer=answer,
        why=N_(
            "The powers are now %(raised)s, %(second)s and %(third)s, together %(total)s. Softmax gives the first "
            "%(raised)s / %(total)s, which is %(answer)s percent. It has not doubled: its own power is in the "
            "denominator too."
        ),
        causes=told_apart(
            answer,
            (before, N_("That is the probability before; the logit has risen since.")),
            (
                round(200 * float(powers[0] / powers.sum()), 2),
                N_("The power doubles, but so does its part of the sum below: the probability less than doubles."),
            ),
            (
                round(100 * raised / (powers.sum() - powers[0]), 2),
                N_("That leaves the class itself out of the sum below; the sum runs over all classes."),
            ),
            (round(answer / 100, 4), N_("That is the share; it is asked for in percent.")),
            (round(100 - answer, 2), N_("That is what is left for the other classes.")),
            (float(raised), N_("That is its power; it is divided by the sum of all powers.")),
        ),
    )


def top_five_error(seed: int) -> Question:
    """Count how often the right class is not among the first five."""
    rng = np.random.default_rng(seed)
    ranks = np.concatenate([[1, 1, MOST, MOST + 1], rng.integers(1, 12, size=PHOTOS - 4)])
    rng.shuffle(ranks)
    missed, first = int((ranks > MOST).sum()), int((ranks == 1).sum())
    answer = 100 * missed // PHOTOS
    return Question(
        prompt=N_(
            "For ten photos, the right class stood at these places of the network's list: %(ranks)s. What is the "
            "top-5 error, in percent?"
        ),
        values={"ranks": ", ".join(map(str, ranks.tolist())), "missed": missed, "first": first, "answer": answer},
        answer=answer,
        why=N_(
            "The right class is not among the first five for %(missed)s of ten photos: %(answer)s percent. Only "
            "%(first)s were right at once."
        ),
        causes=told_apart(
            answer,
            (
                100 * (PHOTOS - first) // PHOTOS,
                N_("That is the top-1 error; here a right class at places 2 to 5 counts as right too."),
            ),
            (100 - answer, N_("That is how often it was right; the error is the rest.")),
            (100 * first // PHOTOS, N_("That is how often the first guess was right.")),
            (
                100 * int((ranks >= MOST).sum()) // PHOTOS,
                N_("A right class at place 5 is still among the first five."),
            ),
            (missed, N_("That is the number of photos; it is asked for in percent of ten.")),
        ),
    )


def wider_view(seed: int) -> Question:
    """Compute the receptive field of a convolution from that of the layer it reads."""
    rng = np.random.default_rng(seed)
    first, stride = ((11, 4), (7, 2), (5, 2), (9, 4), (7, 4))[int(rng.integers(5))]
    pool, kernel = int(rng.choice([2, 3])), int(rng.choice([3, 5]))
    layers = [(first, stride, 0, 1), (pool, 2, 0, 1)]
    below = receptive_field(layers)
    answer = receptive_field([*layers, (kernel, 1, 0, 1)]).size
    jump = stride * 2
    return Question(
        prompt=N_(
            "A cell of a pooled map depends on %(size)s rows of the photo, and the cell below it on rows that begin "
            "%(jump)s further down. A convolution of %(kernel)s × %(kernel)s with stride 1 reads this map. On how "
            "many rows of the photo does one of its cells depend?"
        ),
        values={
            "size": below.size,
            "jump": jump,
            "kernel": kernel,
            "steps": kernel - 1,
            "answer": answer,
        },
        answer=answer,
        why=N_(
            "The first of the %(kernel)s rows it reads sees %(size)s rows of the photo; each of the other %(steps)s "
            "adds %(jump)s: %(size)s + %(steps)s · %(jump)s = %(answer)s."
        ),
        causes=told_apart(
            answer,
            (
                below.size + kernel - 1,
                N_("That adds one row for each further cell; they stand %(jump)s rows of the photo apart."),
            ),
            (
                below.size * kernel,
                N_("What neighbouring cells see overlaps: each adds only %(jump)s new rows."),
            ),
            (
                below.size + kernel * jump,
                N_("The first cell is already in the %(size)s rows; only %(steps)s more add to it."),
            ),
            (kernel, N_("These are rows of the map below; each of them depends on %(size)s rows of the photo.")),
            (below.size, N_("That is one cell of the map below; the kernel reads %(kernel)s of them in a column.")),
            (
                kernel * jump,
                N_("The last cell sees %(size)s rows, not only the %(jump)s up to the next."),
            ),
            (
                below.size * below.size,
                N_("That counts pixels of a square; rows are asked for."),
            ),
        ),
    )


QUESTIONS: dict[str, Ask] = {
    "class-score": class_score,
    "raised-logit": raised_logit,
    "top-five-error": top_five_error,
    "wider-view": wider_view,
}
