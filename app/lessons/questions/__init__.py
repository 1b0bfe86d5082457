"""Predict-then-check questions: a file per lesson, which ends in QUESTIONS (name -> seed -> Ask).

The seed draws the numbers; the engine, or the shapes of the arrays, give the answer and the value of
each typical mistake. Here is what the files share.
"""

Cause = tuple[float, str]  # the value that a mistake gives, and a sentence about it


def told_apart(answer: float, *causes: Cause) -> tuple[Cause, ...]:
    """Return the causes that their value gives away: it is not the answer, nor that of an earlier cause."""
    first: dict[float, str] = {}
    for value, sentence in causes:
        if value != answer:
            first.setdefault(float(value), sentence)
    return tuple(first.items())
