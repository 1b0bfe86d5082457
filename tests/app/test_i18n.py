"""Which language a visitor reads, and that Chinese has every sentence."""

import re
from collections import Counter
from functools import cache

import pytest
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_mapping_cfg

from app import i18n, paths
from app.i18n import choose_language

ROOT = paths.ENGINE.parent
OURS = {"N_": None, "t": None, "FileError": None, "ShapeError": None, "RangeError": None, "TensorError": None}
PLACE = re.compile(r"%\(\w+\)s|\{\w*\}|%%")

CHOICES = {
    "nothing said": (None, None, "", "en"),
    "link": ("zh", "en", "en", "zh"),
    "cookie": (None, "zh", "en", "zh"),
    "browser": (None, None, "zh-CN,zh;q=0.9,en;q=0.8", "zh"),
    "browser prefers English": (None, None, "en-GB,en;q=0.9,zh;q=0.8", "en"),
    "order of the list does not count": (None, None, "en;q=0.3, zh;q=0.9", "zh"),
    "blanks": (None, None, "en ; q=0.3 , zh ; q=0.9", "zh"),
    "capitals": (None, None, "ZH-Hans-CN", "zh"),
    "unknown languages": (None, None, "de,fr;q=0.9,zh;q=0.1", "zh"),
    "refused": (None, None, "zh;q=0, en;q=0.5", "en"),
    "only refused": (None, None, "zh;q=0", "en"),
    "anything": (None, None, "*", "en"),
    "nonsense": (None, None, ";;q=,=;q=x,\0", "en"),
    "unknown in the link": ("tlh", "zh", "en", "zh"),
    "unknown in the cookie": (None, "tlh", "zh", "zh"),
}


@pytest.mark.parametrize(("wanted", "remembered", "accepted", "language"), CHOICES.values(), ids=CHOICES)
def test_link_then_cookie_then_browser(wanted, remembered, accepted, language):
    assert choose_language(wanted, remembered, accepted) == language


@pytest.mark.parametrize(("headers", "lang"), [
    ({"accept-language": "zh"}, "zh-Hans"),
    ({"cookie": "lang=zh", "accept-language": "en"}, "zh-Hans"),
    ({"cookie": "lang=en", "accept-language": "zh"}, "en"),
    ({}, "en"),
])  # fmt: skip
def test_a_page_is_written_in_the_language_of_the_visitor(client, headers, lang):
    assert f'<html lang="{lang}"' in client.get("/", headers=headers).text


def test_a_language_chosen_in_the_link_is_remembered(client):
    cookie = client.get("/?lang=zh").headers["set-cookie"]
    assert cookie.startswith("lang=zh;")
    assert "SameSite=lax" in cookie


def test_a_page_tells_caches_what_it_depends_on(client):
    assert {"Cookie", "Accept-Language"} <= set(client.get("/").headers["vary"].split(", "))


def test_a_language_link_keeps_the_state(client):
    html = client.get("/exhibits/convolution-forward?stride=1&step=3").text
    assert "/exhibits/convolution-forward?stride=1&amp;step=3&amp;lang=zh" in html


@cache
def extracted():
    """Return (message, plural or None) -> files, of every sentence marked in the sources."""
    with (paths.LOCALE / "babel.cfg").open() as file:
        methods, options = parse_mapping_cfg(file)
    keywords = {**DEFAULT_KEYWORDS, **OURS}
    found = {}
    for folder in ("app", "engine", "templates", "static"):
        mapping = [(pattern.removeprefix(f"{folder}/"), how) for pattern, how in methods if pattern.startswith(folder)]
        settings = {pattern.removeprefix(f"{folder}/"): more for pattern, more in options.items()}
        for name, _, message, _, _ in extract_from_dir(str(ROOT / folder), mapping, settings, keywords=keywords):
            if "bench" not in name:
                found.setdefault(message, set()).add(f"{folder}/{name}")
    return found


@cache
def catalogue():
    return {message.id: message for message in i18n.catalogue("zh") if message.id}


def test_the_sentences_of_all_kinds_of_files_are_found():
    kinds = {re.split(r"[/.]", file)[0] for files in extracted().values() for file in files}
    assert kinds == {"app", "engine", "templates", "static"}
    assert len(extracted()) > 150


def test_every_sentence_has_its_chinese():
    assert sorted(str(message) for message in extracted() if message not in catalogue()) == []


def test_no_chinese_is_empty_or_unsure():
    unsure = [m.id for m in catalogue().values() if m.fuzzy or not m.string or not all(_texts(m.string))]
    assert unsure == []


def test_the_chinese_has_the_same_places_for_values():
    different = [m.id for m in catalogue().values() if not _same_places(m)]
    assert different == []


def test_the_catalogue_has_nothing_that_is_no_longer_said():
    assert [str(message) for message in catalogue() if message not in extracted()] == []
    assert list(i18n.catalogue("zh").obsolete) == []


def test_the_scripts_get_their_sentences():
    said = {message for message, files in extracted().items() if any(f.startswith("static/") for f in files)}
    assert said
    assert said <= set(i18n.script_sentences("zh"))


def _texts(value):
    return [value] if isinstance(value, str) else list(value)


def _same_places(message):
    """Chinese has one form; it says what the English plural says."""
    english = Counter(PLACE.findall(_texts(message.id)[-1]))
    return all(Counter(PLACE.findall(text)) == english for text in _texts(message.string))
