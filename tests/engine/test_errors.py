import pickle

import pytest

from engine import EngineError, RangeError, ShapeError
from engine.geometry import output_size


def test_an_error_keeps_its_template_for_translation():
    with pytest.raises(ShapeError) as caught:
        output_size(4, 5)
    template = "kernel spans {span} but padded input is only {size}; raise padding or lower dilation"
    assert caught.value.template == template
    assert caught.value.values == {"span": 5, "size": 4}
    assert str(caught.value) == template.format(span=5, size=4)


@pytest.mark.parametrize("error", [ShapeError, RangeError])
def test_every_error_is_an_engine_error_and_a_value_error(error):
    assert issubclass(error, EngineError)
    assert issubclass(error, ValueError)


def test_an_error_survives_the_way_between_processes():
    error = pickle.loads(pickle.dumps(RangeError("wanted {a}, got {b}", a=1, b="{}")))
    assert str(error) == "wanted 1, got {}"
