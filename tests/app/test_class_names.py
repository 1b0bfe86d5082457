"""Classes have names in both languages, where ConvLens knows them."""

from app.i18n import words
from app.networks.class_names import SHIPPED, class_name


def test_a_shipped_class_has_a_name_in_both_languages():
    assert class_name("grand_piano", words("en")) == "grand piano"
    assert class_name("grand_piano", words("zh")) == "三角钢琴"


def test_every_shipped_class_has_a_chinese_name():
    for name in SHIPPED:
        assert any("一" <= letter <= "鿿" for letter in class_name(name, words("zh"))), name


def test_an_unknown_class_keeps_its_label():
    assert class_name("tabby, tabby cat", words("zh")) == "tabby, tabby cat"
    assert class_name("7", words("zh")) == "7"
