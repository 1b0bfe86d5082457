"""Stored states: what comes back, for how long, and what no key can reach."""

import os
import time

import pytest

from app.store import StateStore

DAY = 86_400


@pytest.fixture
def store(tmp_path):
    return StateStore(tmp_path / "states", days=90, limit=3)


def age(store, key, days):
    then = time.time() - days * DAY
    os.utime(store.folder / key, (then, then))


def test_a_stored_state_comes_back(store):
    assert store.get(store.put("x=1x1_5")) == "x=1x1_5"


def test_the_same_state_has_the_same_key(store):
    assert store.put("a=1") == store.put("a=1") != store.put("a=2")


def test_a_key_is_short_and_plain(store):
    key = store.put("a=1")
    assert len(key) == 20
    assert set(key) <= set("0123456789abcdef")


def test_a_store_that_was_never_written_has_nothing(store):
    assert store.get("0" * 20) is None


def test_a_state_expires_after_its_days(store):
    key = store.put("a=1")
    age(store, key, 91)
    assert store.get(key) is None


def test_opening_a_state_renews_it(store):
    key = store.put("a=1")
    age(store, key, 89)
    assert store.get(key) == "a=1"
    assert time.time() - (store.folder / key).stat().st_mtime < 60


def test_storing_an_expired_state_again_revives_it(store):
    key = store.put("a=1")
    age(store, key, 91)
    store.put("a=1")
    assert store.get(key) == "a=1"


def test_the_states_opened_longest_ago_go_first(store):
    keys = [store.put(f"a={n}") for n in range(3)]
    for days, key in zip((3, 1, 2), keys, strict=True):
        age(store, key, days)
    newest = store.put("a=9")
    assert [store.get(key) for key in (*keys, newest)] == [None, "a=1", "a=2", "a=9"]


def test_nothing_unfinished_stays_in_the_folder(store):
    key = store.put("a=1")
    assert [file.name for file in store.folder.iterdir()] == [key]


@pytest.mark.parametrize("key", [
    "../../etc/passwd", "../secret", "/etc/passwd", "", ".", "..", "0" * 19, "0" * 21, "G" * 20, "A" * 20,
    "0" * 20 + "\n", "0" * 19 + "\0", "٠" * 20, "%2e%2e%2f",
])  # fmt: skip
def test_other_keys_reach_nothing(store, key):
    (store.folder.parent / "secret").write_text("secret")
    store.put("a=1")
    assert store.get(key) is None
