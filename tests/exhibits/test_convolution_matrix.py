"""Matrix view: every number on the page is the engine's, in every tab and at every step."""

import io
import re
from html import unescape
from urllib.parse import parse_qsl, urlsplit

import html5lib
import numpy as np
import pytest
import torch

import engine
from app.exhibits.convolution_matrix.costs import costs
from app.exhibits.convolution_matrix.params import BOUNDS, MOST_COLUMNS, MOST_ROWS, Params
from app.exhibits.convolution_matrix.presets import PRESETS
from app.exhibits.convolution_matrix.resolve import canonical, resolve
from app.exhibits.convolution_matrix.scene import MatrixScene
from app.i18n import words
from engine import EngineError

PAGE = "/exhibits/convolution-matrix"
API = "/api/exhibits/convolution-matrix"
MINUS = "\N{MINUS SIGN}"
OWN = {"x": "1x3x4_0.5_-1_0_2_1.25_0_3_1_0_-2_1_4", "weight": "2x1x2x2_0.1_1_-1_0_2_0.25_-3_1", "stride": "1x2"}
STATES = {**{name: {"preset": name} for name in PRESETS}, "own": OWN, "shuffled": {"preset": "blocks", "seed": "5"}}
each_state = pytest.mark.parametrize("state", STATES.values(), ids=STATES)


def some(count):
    """First, second, middle and last of so many steps."""
    return sorted({0, 1, count // 2, count - 1})


def page(client, **params):
    response = client.get(PAGE, params=params)
    assert response.status_code == 200
    return html5lib.parse(response.text, namespaceHTMLElements=False)


def number(text):
    return float(text.replace(MINUS, "-"))


def words_of(element):
    return " ".join(" ".join(element.itertext()).split())


def grid(tree, tensor, place=""):
    """Return the numbers of one grid, "to-come" where they are not there yet."""
    path = f".//tensor-grid[@data-tensor='{tensor}'][@data-place='{place}']"
    rows = tree.find(path).findall(".//*[@role='row']")
    cells = [row.findall("./*[@role='gridcell']") for row in rows]
    return [[_cell(cell) for cell in line if cell.get("class") != "padding"] for line in cells]


def _cell(cell):
    return cell.get("data-state") or number(cell.get("data-exact") or cell.find("./{*}text").text)


def terms(tree):
    """Return the written lines: name -> texts."""
    lines = tree.findall(".//*[@class='terms-of-c']//tr")
    return {words_of(line.find("th")): [words_of(cell) for cell in line.findall("td")] for line in lines}


@each_state
@pytest.mark.parametrize("tab", ["forward", "neurons", "columns"])
def test_the_written_terms_are_the_row_of_c_and_end_in_the_output(client, state, tab):
    convolution = resolve(Params.model_validate(state))
    trace = engine.trace.matrix_product(convolution.matrix, convolution.layer.x.ravel())
    for row in some(len(trace)):
        step, tree = trace[row], page(client, **state, tab=tab, step=row)
        lines = terms(tree)
        assert [int(at) for at in lines["column of C"]] == step.columns.tolist()
        assert [number(text) for text in lines["C"]] == pytest.approx(step.entries.tolist(), abs=1e-12)
        assert [number(text) for text in lines["x"]] == pytest.approx(step.x.tolist(), abs=1e-12)
        assert [number(text) for text in lines["product"]] == pytest.approx(step.products.tolist(), abs=5e-5)
        told = tree.find(".//*[@data-slot='narration']")
        assert number(told.find("mark").text) == pytest.approx(step.value, abs=5e-5)
        assert words_of(told).endswith(told.find("mark").text)


@each_state
def test_the_way_back_pixel_by_pixel_writes_the_columns_of_c(client, state):
    convolution = resolve(Params.model_validate(state))
    dense, grad = convolution.matrix.dense(), convolution.grad_output.ravel()
    for column in some(dense.shape[1]):
        tree = page(client, **state, tab="backward", step=column)
        lines = terms(tree)
        rows = [int(at) for at in lines["row of C"]]
        assert rows == convolution.matrix.rows[convolution.matrix.columns == column].tolist()
        assert [number(text) for text in lines["C"]] == pytest.approx(dense[rows, column].tolist(), abs=1e-12)
        assert [number(text) for text in lines["dy"]] == grad[rows].tolist()
        value = convolution.grad_input.ravel()[column]
        assert number(tree.find(".//*[@data-slot='narration']/mark").text) == pytest.approx(value, abs=5e-5)


@each_state
def test_the_stamps_add_up_to_the_gradient(client, state):
    convolution = resolve(Params.model_validate(state))
    dense, grad = convolution.matrix.dense(), convolution.grad_output.ravel()
    for row in some(len(grad)):
        tree = page(client, **state, tab="backward", way="stamp", step=row)
        lines = terms(tree)
        columns = [int(at) for at in lines["column of C"]]
        added = [number(text) for text in lines["product"]]
        assert added == pytest.approx((dense[row] * grad[row])[columns].tolist(), abs=5e-5)
        shown = np.array([grid(tree, "grad_input", str(c)) for c in range(len(convolution.layer.x))])
        wanted = (grad[: row + 1] @ dense[: row + 1]).reshape(convolution.layer.x.shape)
        np.testing.assert_allclose(shown, wanted, atol=1e-9)
    np.testing.assert_allclose(shown, convolution.grad_input, atol=1e-9)


@each_state
def test_matrix_product_and_gradient_are_torchs(client, state):
    told = client.get(API, params=state).json()
    x, weight = (torch.tensor(told[name], dtype=torch.float64, requires_grad=True) for name in ("x", "weight"))
    options = resolve(Params.model_validate(state)).layer.options
    y = torch.nn.functional.conv2d(x[None], weight, **options)[0]
    y.backward(torch.tensor(told["grad_output"], dtype=torch.float64))
    dense = np.zeros(told["shape"])
    dense[told["rows"], told["columns"]] = told["values"]
    np.testing.assert_allclose(told["output"], y.detach(), rtol=1e-10, atol=1e-10)
    np.testing.assert_allclose(told["grad_input"], x.grad, rtol=1e-10, atol=1e-10)
    np.testing.assert_allclose(dense @ np.ravel(told["x"]), y.detach().ravel(), rtol=1e-10, atol=1e-10)
    np.testing.assert_allclose(dense.T @ np.ravel(told["grad_output"]), x.grad.ravel(), rtol=1e-10, atol=1e-10)
    np.testing.assert_array_equal(np.ravel(told["weight"])[told["weights"]], told["values"])
    columns = torch.nn.functional.unfold(
        x[None], weight.shape[2:], **{k: v for k, v in options.items() if k != "groups"}
    )
    np.testing.assert_array_equal(told["unfolded"], columns[0].detach())


def test_the_picture_has_every_stored_cell_at_its_place(client):
    tree = page(client, step=2)
    drawn = np.zeros((4, 16))
    for cell in tree.findall(".//*[@class='entries']/{*}g"):
        box = cell.find("./{*}rect")
        drawn[int(box.get("y")) // 26, int(box.get("x")) // 26] = number(cell.find("./{*}text").text)
    assert np.array_equal(drawn, resolve(Params()).matrix.dense())
    lit = tree.findall(".//*[@class='entries']/{*}g[@data-lit]/{*}rect")
    assert {int(box.get("y")) for box in lit} == {2 * 26}
    assert len(lit) == 9


def test_on_the_way_back_the_picture_is_the_transpose_and_a_column_is_stamped(client):
    for way, axis in (("gather", "y"), ("stamp", "x")):
        tree = page(client, tab="backward", way=way, step=2)
        matrix = tree.find(".//tensor-grid[@data-tensor='matrix']")
        assert (matrix.get("data-rows"), matrix.get("data-columns")) == ("16", "4")
        lit = matrix.findall(".//{*}g[@data-lit]/{*}rect")
        assert {box.get(axis) for box in lit} == {str(2 * 26)}


def test_a_large_matrix_is_drawn_as_fills(client):
    x = "1x10x10_" + "_".join(["1"] * 100)
    tree = page(client, x=x, weight="1x1x5x5_" + "_".join(["2"] * 25), cell="3x7")
    assert tree.find(".//*[@class='entries']") is None
    path = tree.find(".//tensor-grid[@data-tensor='matrix']//*[@class='bands']/*").get("d")
    assert path.count("M") == 36 * 25
    assert "C[3,7] is w[0,0,0,4] = 2: it joins x[0,0,7] to y[0,0,3]" in words_of(tree.find(".//main"))


def test_the_vectors_beside_c_are_the_tensors_in_one_column(client):
    tree = page(client, step=3)
    assert np.ravel(grid(tree, "x_vector")).tolist() == np.ravel(grid(tree, "x", "0")).tolist()
    assert np.ravel(grid(tree, "output_vector")).tolist() == np.ravel(grid(tree, "output", "0")).tolist()
    assert grid(page(client, step=1), "output_vector")[1:] == [[2.0], ["to-come"], ["to-come"]]


@pytest.mark.parametrize(("cell", "sentence"), [
    ("1x6", "C[1,6] is w[0,0,1,1] = 1: it joins x[0,1,2] to y[0,0,1], forwards and backwards."),
    ("1x0", "C[1,0] is empty: the window of y[0,0,1] does not read x[0,0,0]."),
    ("9x0", "C has no row 9, column 0."),
])  # fmt: skip
@pytest.mark.parametrize("tab", ["forward", "backward"])
def test_a_chosen_cell_says_what_it_joins(client, cell, sentence, tab):
    assert words_of(page(client, tab=tab, cell=cell).find(".//*[@data-slot='joined']")) == sentence


def test_the_chosen_cell_is_marked_in_every_tensor(client):
    tree = page(client, cell="1x6")
    marked = {
        one.get("data-tensor"): one.find(".//{*}path[@class='now']").get("d")
        for one in tree.findall(".//tensor-grid")
        if one.find(".//{*}path[@class='now']").get("d")
    }
    assert marked == {
        "x": "M72 36h36v36h-36z",
        "weight": "M36 36h36v36h-36z",
        "output": "M48 0h48v48h-48z",
        "matrix": "M156 26h26v26h-26z",
    }


def test_there_is_an_edge_for_every_stored_cell_and_its_colour_is_its_weight(client):
    tree = page(client, tab="neurons", step=1)
    groups = {path.get("data-level"): path.get("d").count("M") for path in tree.findall(".//*[@class='edges']/{*}path")}
    assert sum(groups.values()) == 36
    assert set(groups.values()) == {4}  # nine weights of different value, four windows
    names = [title.text for title in tree.findall(".//*[@class='edges current']/*/{*}title")]
    assert names[0] == f"w[0,0,0,0] = {MINUS}4"
    assert len(names) == 9
    assert len(tree.findall(".//*[@class='units']/{*}g")) == 20


@each_state
def test_im2col_shows_the_product_of_filters_and_columns(client, state):
    convolution = resolve(Params.model_validate(state))
    last = convolution.output.size - 1
    tree = page(client, **state, tab="columns", step=last)
    filters, columns, outputs = (
        np.array(grid(tree, name), dtype=float) for name in ("filter_rows", "columns", "output_rows")
    )
    np.testing.assert_allclose(filters @ columns, outputs, atol=1e-9)
    group = len(convolution.layer.weight) // convolution.layer.groups
    np.testing.assert_allclose(outputs, convolution.output[-group:].reshape(group, -1), atol=1e-9)


@each_state
def test_the_counted_costs_are_those_of_the_arrays(client, state):
    convolution = resolve(Params.model_validate(state))
    layer, dense = convolution.layer, convolution.matrix.dense()
    structure = engine.conv2d_matrix(np.ones(layer.weight.shape), layer.input_size, **layer.options).dense()
    loops, written_out, sparse, unfolded = costs(convolution, words("en"))
    assert loops.multiplications == sparse.multiplications == int(structure.sum())
    assert (written_out.multiplications, written_out.numbers) == (dense.size, dense.size)
    assert unfolded.multiplications == convolution.output.size * layer.weight[0].size
    assert unfolded.numbers == convolution.columns.size
    shown = [words_of(cell) for cell in page(client, **state, tab="loops").findall(".//*[@class='costs']//td")]
    assert shown == [
        str(k) for cost in (loops, written_out, sparse, unfolded) for k in (cost.multiplications, cost.numbers)
    ]


def test_times_are_measured_on_request_only(client):
    assert "measured here" not in client.get(PAGE, params={"tab": "loops"}).text
    tree = page(client, tab="loops", timed=1)
    own, large = tree.findall(".//*[@class='costs']")[1].findall(".//tr")[1:]
    assert words_of(own.findall("td")[0]) == "36"
    assert words_of(large.findall("td")[0]) == "28800"
    assert all(number(words_of(cell).removesuffix(" ms")) > 0 for cell in own.findall("td")[1:])


def test_every_dimension_is_bounded_with_a_reason(client):
    answers = {
        "x": ("1x11x10_" + "_".join(["1"] * 110), "C is drawn up to 36 × 100; this one is 72 × 110"),
        "weight": ("1x1x8x8_" + "_".join(["1"] * 64), "at most 50 weights; this has 64"),
        "stride": ("9", "wanted: a whole number from 1 to 4"),
        "padding": ("3", "C is drawn up to 36 × 100; this one is 64 × 16"),
        "dilation": ("2", "kernel spans 5 but padded input is only 4"),
    }
    for name, (value, reason) in answers.items():
        response = client.get(API, params={name: value})
        assert response.status_code == 422
        assert reason in response.json()["error"], name


@each_state
def test_sliders_offer_exactly_what_the_page_accepts(client, state):
    scene = MatrixScene(Params.model_validate(state))
    for slider in scene.context(words("en"))["sliders"]:
        low, high = BOUNDS[slider.name]
        accepted = [value for value in range(low, high + 1) if _opens({**state, slider.name: str(value)})]
        assert list(slider.legal) == accepted, slider.name
        assert slider.note or len(accepted) == high - low + 1


def test_groups_reshape_the_filters_and_empty_the_blocks_between_them(client):
    said = client.get(API, params={"preset": "blocks", "groups": "2"}).json()
    assert np.shape(said["weight"]) == (2, 1, 2, 2)
    assert np.shape(said["x"]) == (2, 3, 3)
    dense = np.zeros(said["shape"])
    dense[said["rows"], said["columns"]] = said["values"]
    assert not dense[:4, 9:].any()
    assert not dense[4:, :9].any()
    assert dense[:4, :9].any()


def test_filters_of_ones_own_fix_the_groups(client):
    tree = page(client, preset="blocks", weight="2x1x1x1_1_2", groups="2")
    assert tree.find(".//*[@id='control-groups']").get("data-legal") == "2"
    assert "each of your own filters reads 1 of the 2 channels" in words_of(tree.find(".//*[@id='note-groups']"))
    assert tree.find(".//*[@id='control-groups']").get("value") == "2"


@pytest.mark.parametrize("padding", ["same", "0x1x2x0"])
def test_uneven_padding_is_torchs_too(client, padding):
    told = client.get(API, params={"padding": padding}).json()
    (top, bottom), (left, right) = resolve(Params(padding=padding)).layer.geometry.padding
    x = torch.nn.functional.pad(torch.tensor(told["x"], dtype=torch.float64), (left, right, top, bottom))
    y = torch.nn.functional.conv2d(x, torch.tensor(told["weight"], dtype=torch.float64))
    np.testing.assert_allclose(told["output"], y, rtol=1e-12)
    for tab in ("forward", "backward", "neurons", "columns", "loops"):
        assert client.get(PAGE, params={"padding": padding, "tab": tab}).status_code == 200


def _opens(state):
    try:
        scene = MatrixScene(Params.model_validate(state))
    except EngineError:
        return False
    assert scene.matrix.shape[0] <= MOST_ROWS
    assert scene.matrix.shape[1] <= MOST_COLUMNS
    return True


def test_what_does_not_fit_offers_a_repair(client):
    response = client.get(PAGE, params={"dilation": 3})
    assert response.status_code == 422
    repairs = dict(re.findall(r'<a href="([^"]+)" data-morph data-here>Use ([^<]+)</a>', response.text))
    assert list(repairs.values()) == ["Padding 2", "Dilation 1"]
    assert [client.get(unescape(link)).status_code for link in repairs] == [200, 200]


@pytest.mark.parametrize(("tensor", "place", "shown"), [
    ("x", "0_1_1", ("x", "0")), ("weight", "0_0_2_2", ("weight", "0_0")),
    ("grad_output", "0_1_0", ("grad_output", "0")),
])  # fmt: skip
def test_a_number_can_be_changed(client, tensor, place, shown):
    query = {"query": "tab=backward&step=3", "tensor": tensor, "place": place, "value": "-7"}
    response = client.post(f"{PAGE}/edit", data=query)
    assert response.status_code == 303
    link = dict(parse_qsl(urlsplit(response.headers["location"]).query))
    assert (link["tab"], link["step"]) == ("backward", "3")
    if tensor == "x":
        link |= {"tab": "forward"}
    row, column = (int(k) for k in place.split("_")[-2:])
    assert grid(page(client, **link), *shown)[row][column] == -7


def test_a_whole_tensor_can_be_pasted(client):
    form = {"query": "", "tensor": "x", "text": "1 2 3\n4 5 6\n7 8 9", "use": "1"}
    response = client.post(f"{PAGE}/tensor", data=form)
    assert response.status_code == 303
    link = dict(parse_qsl(urlsplit(response.headers["location"]).query))
    assert link == {"x": "1x3x3_1_2_3_4_5_6_7_8_9"}
    refused = client.post(f"{PAGE}/tensor", data={**form, "text": "1 2\n3 4"})
    assert "kernel spans 3 but padded input is only 2" in refused.text


@pytest.mark.parametrize(("tensor", "values", "shown"), [
    ("x", np.arange(9).reshape(3, 3, 1), ("x", "0")),
    ("weight", np.arange(4).reshape(1, 1, 2, 2), ("weight", "0_0")),
    ("grad_output", np.arange(4).reshape(1, 2, 2), ("grad_output", "0")),
])  # fmt: skip
def test_a_file_is_shown_before_it_is_taken(client, tensor, values, shown):
    file = io.BytesIO()
    np.save(file, values)
    form = {"query": "tab=backward", "tensor": tensor}
    answer = client.post(f"{PAGE}/tensor", data=form, files={"file": ("own.npy", file.getvalue())})
    assert answer.status_code == 200
    tree = html5lib.parse(answer.text, namespaceHTMLElements=False)
    preview = tree.find(".//*[@class='previews']")
    assert np.ravel(grid(preview, *shown)).tolist() == values.ravel().tolist()
    assert "read as" in words_of(tree.find(".//div[@class='notice']"))


def test_a_gradient_of_ones_own_is_kept_where_the_output_still_has_a_place_for_it():
    own = {"grad_output": "1x2x2_9_8_7_6"}
    assert resolve(Params.model_validate(own)).grad_output.tolist() == [[[9, 8], [7, 6]]]
    wider = resolve(Params.model_validate({**own, "padding": "1"})).grad_output
    assert wider.shape == (1, 4, 4)
    assert wider[0, :2, :2].tolist() == [[9, 8], [7, 6]]
    assert resolve(Params.model_validate({**own, "stride": "2"})).grad_output.tolist() == [[[9]]]


def test_printed_products_that_are_rounded_say_what_is_missing(client):
    state = {"x": "1x1x2_0.5_0.5", "weight": "1x1x1x2_0.3333_0.3333"}
    tree = page(client, **state)
    printed = [number(text) for text in terms(tree)["product"]]
    rounding = tree.find(".//*[@class='total']/*[@class='rounding']")
    missing = number(rounding.text.split()[0]) if rounding is not None else 0
    assert sum(printed) + missing == pytest.approx(number(tree.find(".//*[@class='total']/mark").text), abs=1e-9)
    assert rounding is not None


def test_a_link_says_only_what_differs_from_the_preset():
    assert canonical(Params.model_validate({"preset": "stride", "stride": "2", "padding": "0"})) == {"preset": "stride"}
    assert canonical(Params.model_validate({"stride": "2x2", "step": "3"})) == {"stride": "2", "step": "3"}


def test_a_pixel_that_no_window_reads_has_an_empty_column(client):
    state = {"x": "1x1x4_1_2_3_4", "weight": "1x1x1x1_5", "stride": "1x3", "tab": "backward", "step": "1"}
    tree = page(client, **state)
    assert terms(tree)["C"] == []
    assert "no window reaches this one" in words_of(tree.find(".//*[@class='written']"))
    assert tree.find(".//*[@data-slot='narration']/mark").text == "0"
