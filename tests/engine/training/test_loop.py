import pytest
import torch

from engine import RangeError
from engine.errors import FileError
from engine.training import loop
from engine.training.digit_recipe import DigitRecipe
from engine.training.loop import Run
from tests.engine.training import tiny

RECIPE = DigitRecipe(epochs=3, batch_size=8, threads=1)


@pytest.fixture(scope="module", autouse=True)
def threads():
    """A run takes as many threads as its recipe says; the tests after it get theirs back."""
    before = torch.get_num_threads()
    yield
    torch.set_num_threads(before)


@pytest.fixture(autouse=True)
def every_step(monkeypatch):
    monkeypatch.setattr(loop, "EVERY", 1)


@pytest.fixture
def new_run(tmp_path):
    """Return a maker of runs; two of the same name are the same run, started again."""
    digits = tiny.digits()
    return lambda name="run", recipe=RECIPE: Run(recipe, digits, digits, tmp_path / name)


def weights(run):
    return {key: value.clone() for key, value in run.net.state_dict().items()}


def same(first, second):
    return all(torch.equal(first[key], second[key]) for key in first)


def test_the_events_count_every_step_and_tell_the_accuracy_of_an_epoch(new_run):
    events = list(new_run().events())
    assert [(event.epoch, event.step) for event in events] == [(e, s) for e in (1, 2, 3) for s in (1, 2, 3, 4)]
    assert [event.step for event in events if event.accuracy is not None] == [4, 4, 4]
    assert events[-1].seconds_left == 0
    assert events[0].seconds_left > events[-2].seconds_left > 0


def test_training_learns(new_run):
    run = new_run(recipe=DigitRecipe(epochs=25, batch_size=10, threads=1))
    list(run.events())
    assert run.history[-1].accuracy > 0.9
    assert run.history[-1].loss < 0.5 * run.history[0].loss


def test_the_same_recipe_gives_the_same_weights(new_run):
    first, second = new_run("first"), new_run("second")
    assert list(first.events())
    torch.rand(7)  # what else was drawn in the meantime makes no difference
    assert list(second.events())
    assert same(weights(first), weights(second))


def test_another_seed_begins_elsewhere(new_run):
    assert not same(weights(new_run("a")), weights(new_run("b", DigitRecipe(epochs=3, seed=1, threads=1))))


@pytest.mark.parametrize("killed_after", [4, 6, 8, 11], ids=lambda count: f"{count} of 12 steps")
def test_a_killed_run_goes_on_to_the_very_same_weights(new_run, killed_after):
    whole = new_run("whole")
    list(whole.events())
    events = new_run("killed").events()
    for _ in range(killed_after):
        next(events)
    again = new_run("killed")
    assert len(again.history) == killed_after // 4
    list(again.events())
    assert same(weights(whole), weights(again))
    assert again.history == whole.history


def test_a_finished_run_has_nothing_left_to_do(new_run):
    list(new_run().events())
    assert list(new_run().events()) == []


def test_a_state_that_is_half_written_does_not_replace_the_last(new_run, tmp_path, monkeypatch):
    events = new_run().events()
    for _ in range(4):
        next(events)

    def full(_):
        raise OSError("no space left")

    monkeypatch.setattr(loop.os, "fsync", full)
    with pytest.raises(OSError, match="no space"):
        list(events)
    assert len(new_run().history) == 1


def test_a_state_of_another_recipe_is_refused(new_run):
    next(events := new_run().events())
    list(events)
    with pytest.raises(FileError, match="is the state of a run with other settings"):
        new_run(recipe=DigitRecipe(epochs=4, batch_size=8, threads=1))


@pytest.mark.parametrize("content", [b"", b"anything"])
def test_a_state_that_is_none_is_refused(new_run, tmp_path, content):
    (tmp_path / "run").write_bytes(content)
    with pytest.raises(FileError, match="is no state of a training run; delete it"):
        new_run()


def test_the_confusion_counts_every_test_digit(new_run):
    run = new_run()
    confusion = run.confusion(run.test)
    assert confusion.sum(axis=1).tolist() == [len(tiny.PENS)] * 10
    told = run.net(run.pictures).argmax(dim=1)
    assert confusion[7, told[7]] >= 1
    assert loop.accuracy(confusion) == (told == run.labels).double().mean().item()


def test_the_learning_rate_rises_then_falls_to_nothing():
    recipe = DigitRecipe(epochs=1, lr=0.5, rising=0.2)
    rates = [recipe.lr_at(step, 10) for step in range(10)]
    assert rates[:2] == [0.25, 0.5]
    assert rates[1:] == sorted(rates[1:], reverse=True)
    assert 0 < rates[-1] < 0.02


@pytest.mark.parametrize(("field", "value"), [("epochs", 0), ("seed", -1)])
def test_what_no_run_can_have_is_refused(field, value):
    with pytest.raises(RangeError, match=f"{field} must be at least"):
        DigitRecipe(**{field: value})
