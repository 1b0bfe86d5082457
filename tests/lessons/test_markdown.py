"""What the Markdown of lessons becomes, on a lesson made for these tests."""

import pytest

from app.lessons.formulas import FormulaError, mathml
from app.lessons.reading import parse

HEAD = "---\ntitle: A test\nsummary: Short.\nminutes: 3\n---\n\n"


def pieces_of(source):
    return parse(HEAD + source, "en").pieces


def html_of(source):
    return "".join(str(piece.html) for piece in pieces_of(source))


def test_the_front_matter_is_read():
    text = parse(HEAD + "## One *part*\n\nWords.", "en")
    assert (text.title, text.summary, text.minutes) == ("A test", "Short.", 3)
    assert text.headings[0][0] == "one-part"


def test_formulas_become_mathml():
    html = html_of("So $a^2$ and\n\n$$\n\\sum_i x_i\n$$\n")
    assert html.count("<math") == 2
    assert '<div class="math block">' in html


def test_no_line_begins_with_the_stop_after_a_formula():
    assert "</math>，</span>即" in html_of("是 $f(x)$，即")


def test_amounts_of_money_are_no_formula():
    assert "<math" not in html_of("It costs 5 $ here and 6 $ there.")


def test_a_wrong_formula_is_refused_and_yet_shown():
    with pytest.raises(FormulaError, match="nosuchcommand"):
        mathml(r"\nosuchcommand{<b>}", display=False)
    assert r"<code>\nosuchcommand{&lt;b&gt;}</code>" in html_of(r"Here $\nosuchcommand{<b>}$ is.")


def test_html_stays_text():
    assert "&lt;script&gt;" in html_of("<script>alert(1)</script>")


def test_a_term_carries_its_definition_and_links_to_the_glossary():
    html = html_of("A [kernel](term:kernel) and a [window](term:window).")
    assert '<a href="/glossary#kernel" data-term="" aria-describedby="term-1">kernel</a>' in html
    assert 'id="term-2" role="tooltip"' in html


def test_links_lead_to_exhibits_and_lessons():
    html = html_of("[a](exhibit:convolution-forward?stride=1&step=2) [b](lesson:why-convolution)")
    assert 'href="/exhibits/convolution-forward?stride=1&amp;step=2"' in html
    assert 'href="/lessons/why-convolution"' in html


@pytest.mark.parametrize("link", ["term:nothing", "exhibit:nothing?a=1", "lesson:nothing"])
def test_a_link_that_leads_nowhere_stays_plain_text(link):
    assert html_of(f"These [words]({link}) stay.") == "<p>These words stay.</p>\n"


def test_an_exhibit_and_a_question_have_places_of_their_own():
    exhibit = "::: exhibit convolution-forward?step=4\nIts *caption*.\n:::"
    pieces = pieces_of(f"Before.\n\n{exhibit}\n\n::: question one\n:::\n\nAfter.\n")
    assert [piece.kind for piece in pieces] == ["html", "exhibit", "question", "html"]
    _, exhibit, question, _ = pieces
    assert (exhibit.slug, exhibit.query, exhibit.number) == ("convolution-forward", "step=4", 1)
    assert exhibit.html == "<p>Its <em>caption</em>.</p>\n"
    assert question.slug == "one"


def test_an_exhibit_that_is_not_there_yet_is_left_out_with_its_caption():
    html = html_of("::: exhibit nothing?digit=3\nIts caption.\n:::\n")
    assert "caption" not in html


def test_notes_have_a_title_and_a_margin_note_stands_beside_what_it_follows():
    html = html_of('The text.\n\n!!! margin "A word"\n    In the margin.\n\nMore.\n')
    assert '<div class="beside"><div class="admonition margin" role="note">' in html
    assert html.index("In the margin") < html.index("The text.") < html.index("</div><p>More") + 6


def test_footnotes_stand_at_the_end():
    html = html_of("A claim.[^1]\n\n[^1]: Its source.\n")
    assert html.index("A claim") < html.index("Its source")
