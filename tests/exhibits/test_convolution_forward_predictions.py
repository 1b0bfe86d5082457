"""A learner predicts one cell: right, or not yet and why; the page does not tell it before."""

import re

import pytest

from tests.exhibits.asking import HTML, PAGE, visible


def guess(client, typed, **params):
    response = client.get(PAGE, params={"predict": 1, "step": 4, "guess": typed, **params}, headers=HTML)
    return response, visible(re.search(r'(?s)<div id="guess-verdict".*?</div>', response.text)[0])


@pytest.mark.parametrize("typed", ["7", "7.0", " 7 ", "+7"])
def test_a_right_prediction_is_confirmed_with_its_formula(client, typed):
    response, told = guess(client, typed)
    assert response.status_code == 200
    assert told.startswith("Yes:")
    assert told.endswith("= 7")
    assert 'data-predict="shown"' in response.text


@pytest.mark.parametrize("typed", ["7.004", "7.4", "6.6"])
def test_a_prediction_is_right_to_its_own_decimals_only(client, typed):
    assert guess(client, typed)[1].startswith("Not yet.")


@pytest.mark.parametrize("activation", ["none", "relu"])
def test_zero_is_no_prediction_of_a_small_number(client, activation):
    small = {"x": "1x1x1_0.004", "weight": "1x1x1x1_1", "bias": "1_0", "stride": 1, "padding": 0}
    small |= {"step": 0, "activation": activation}
    assert guess(client, "0", **small)[1].startswith("Not yet.")
    assert guess(client, "0.004", **small)[1].startswith("Yes:")


def test_a_rounded_prediction_behind_a_curve_is_right(client):
    assert guess(client, "0.88", step=0, activation="sigmoid")[1].startswith("Yes:")


HINTS = {
    "no bias": ("6", "the bias was left out"),
    "bias per channel": ("9", "bias"),
    "sign": ("-7", "sign"),
    "far off": ("1234.5", "Multiply and add once more."),
}


@pytest.mark.parametrize(("typed", "hint"), HINTS.values(), ids=HINTS)
def test_a_wrong_prediction_gets_a_hint(client, typed, hint):
    response, told = guess(client, typed)
    assert told.startswith("Not yet.")
    assert hint in told
    assert 'aria-invalid="true"' in response.text


@pytest.mark.parametrize("typed", ["6", "9", "-7", "1234.5", "3", "8", "0", "abc", "NaN", ",", "1e400", "😀", "']; --"])
def test_a_hint_never_tells_the_answer(client, typed):
    response, told = guess(client, typed)
    assert response.status_code == 200
    assert "7" not in told.replace("-7", "").replace("−7", "")
    assert 'data-predict="waiting"' in response.text


def test_the_page_that_waits_for_a_prediction_does_not_tell_it(client):
    html = client.get(PAGE, params={"predict": 1, "step": 7}).text  # the only 10 of the example
    narration = re.search(r'(?s)data-slot="narration"[^>]*>(.*?)</p>', html)[1]
    quiz = re.search(r'(?s)<form class="quiz".*?</form>', html)[0]
    assert "10" not in visible(narration)
    assert "10" not in visible(quiz)
    assert 'data-predict="waiting"' in html


def test_cells_to_come_are_marked_until_the_prediction_is_right(client):
    waiting, shown = (guess(client, typed)[0].text for typed in ("5", "7"))
    assert waiting.count('data-state="to-come"') == shown.count('data-state="to-come"') + 1


def test_show_me_reveals_the_value(client):
    html = client.get(PAGE, params={"predict": 1, "step": 4, "reveal": 1}).text
    assert 'data-predict="shown"' in html
    assert "makes 7" in visible(re.search(r'(?s)data-slot="narration"[^>]*>(.*?)</p>', html)[1])


def test_a_prediction_before_the_activation_is_recognised(client):
    _, told = guess(client, "-8", step=9, activation="relu")
    assert "the sum before the activation" in told


def test_the_cause_of_a_prediction_is_told_behind_an_activation(client):
    assert "the bias was left out" in guess(client, "6", activation="relu")[1]
    assert "the bias was left out" in guess(client, "0.7311", step=0, activation="sigmoid")[1]
