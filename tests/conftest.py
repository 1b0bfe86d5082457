"""Fixtures of all tests."""

import numpy as np
import pytest
from hypothesis import settings as hypothesis_settings

# The same examples in every run, and no stop watch: the machines are shared.
hypothesis_settings.register_profile("convlens", deadline=None, derandomize=True, database=None)
hypothesis_settings.load_profile("convlens")


@pytest.fixture
def rng() -> np.random.Generator:
    """Random numbers, the same in every run."""
    return np.random.default_rng(231)


@pytest.fixture(scope="session")
def settings(tmp_path_factory):
    """An installation whose stored states lie in a folder of this test run."""
    from app.settings import Settings

    return Settings(data=tmp_path_factory.mktemp("data"))


@pytest.fixture(scope="session")
def client(settings):
    """A visitor who follows no redirect and keeps no cookie; an exception in the app is an answer 500."""
    from starlette.testclient import TestClient

    from app.main import create_app

    app = create_app(settings)
    yield Forgetful(TestClient(app, raise_server_exceptions=False, follow_redirects=False))
    app.state.worker.close()


class Forgetful:
    """The client of one test does not see the cookies of another."""

    def __init__(self, client) -> None:
        self.client = client

    def get(self, url, **more):
        return self._answer("GET", url, more)

    def post(self, url, **more):
        return self._answer("POST", url, more)

    def request(self, method, url, **more):
        return self._answer(method, url, more)

    def _answer(self, method, url, more):
        self.client.cookies.clear()
        return self.client.request(method, url, **more)
