"""Heavy work for a request: the sentence of each failure, and a client that hangs up."""

import asyncio
from types import SimpleNamespace

import pytest
from fastapi import Request
from starlette.exceptions import HTTPException
from starlette.testclient import TestClient

from app.main import create_app
from app.routes.heavy import heavy
from app.worker import Busy, Crashed, TooSlow, Worker
from tests.app import worker_functions as work
from tests.event_loop import run

FAILURES = {
    "busy": (Busy(7), 503, "try again in 7 s", "请在 7 秒后重试"),
    "too slow": (TooSlow(20), 504, "took longer than 20 s", "计算超过 20 秒"),
    "crashed": (Crashed(), 503, "broke off", "计算中断了"),
}


@pytest.fixture
def failing(settings):
    """A client of a server whose work fails as the test says."""

    def made(error):
        app = create_app(settings)

        @app.get("/api/work")
        @app.get("/work")
        async def fail():
            raise error

        return TestClient(app, raise_server_exceptions=False)

    return made


@pytest.mark.parametrize(("error", "status", "english", "chinese"), FAILURES.values(), ids=FAILURES)
def test_a_failure_is_one_sentence_in_both_languages(failing, error, status, english, chinese):
    client = failing(error)
    for lang, words in (("en", english), ("zh", chinese)):
        program = client.get("/api/work", headers={"accept-language": lang})
        page = client.get("/work", headers={"accept-language": lang, "accept": "text/html"})
        assert program.status_code == page.status_code == status
        assert words in program.json()["error"]
        assert words in page.text
        again = "7" if isinstance(error, Busy) else None
        assert program.headers.get("retry-after") == page.headers.get("retry-after") == again


def test_a_server_that_runs_has_its_worker_and_ends_it(settings):
    app = create_app(settings)
    app.state.worker.preload = ()

    @app.get("/api/sum")
    async def total(request: Request):
        return await heavy(request, work.add, 1, 2)

    with TestClient(app) as client:
        assert client.get("/api/sum").json() == 3
    with pytest.raises(Busy):
        run(app.state.worker.call(work.add, 1, 2))


def test_when_the_client_hangs_up_its_call_leaves_the_queue(tmp_path):
    async def hang_up(worker):
        messages = [{"type": "http.request"}, {"type": "http.disconnect"}]

        async def receive():
            await asyncio.sleep(0.05)
            return messages.pop(0)

        app = SimpleNamespace(state=SimpleNamespace(worker=worker))
        first = asyncio.ensure_future(worker.call(work.sleep, 0.4))
        await asyncio.sleep(0)
        with pytest.raises(HTTPException) as caught:
            await heavy(Request({"type": "http", "app": app}, receive), work.write, tmp_path / "said", "x")
        assert caught.value.status_code == 499
        await first
        return await worker.call(work.add, 1, 2)

    worker = Worker(queue=4, deadline=20)
    try:
        assert run(hang_up(worker)) == 3
    finally:
        worker.close()
    assert not (tmp_path / "said").exists()
