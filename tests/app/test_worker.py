"""The worker: its queue, its deadline, its process's end and the next one's beginning."""

import asyncio
import contextlib
import multiprocessing
import os
import signal
import subprocess
import sys
import time

import pytest

from app import paths
from app.worker import Busy, Crashed, TooSlow, Worker
from engine import ShapeError
from tests.app import worker_functions as work
from tests.event_loop import run


@pytest.fixture(scope="module")
def shared():
    """One worker for all tests that leave its process alive."""
    worker = Worker(queue=4, deadline=20)
    yield worker
    worker.close()


@contextlib.contextmanager
def made(**options):
    worker = Worker(**{"queue": 4, "deadline": 20, **options})
    try:
        yield worker
    finally:
        worker.close()


def ask(worker, function, *arguments, **options):
    return run(worker.call(function, *arguments, **options))


def until(condition, seconds=10):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.01)


def test_a_call_returns_what_the_function_returns(shared):
    assert ask(shared, work.add, [1], [2]) == [1, 2]


def test_a_generator_sends_each_value_as_it_comes_and_returns_last(shared):
    parts = []
    assert ask(shared, work.count_to, 3, on_part=parts.append) == "counted"
    assert parts == [1, 2, 3]
    assert ask(shared, work.count_to, 2) == "counted"


def test_a_generator_that_fails_has_sent_what_came_before(shared):
    parts = []
    with pytest.raises(ShapeError):
        ask(shared, work.count_then_fail, 2, on_part=parts.append)
    assert parts == [1, 2]
    assert ask(shared, work.add, 1, 2) == 3


def test_parts_for_an_event_loop_that_has_ended_are_dropped(shared):
    async def leave():
        call = asyncio.ensure_future(shared.call(work.count_slowly, 5, 0.05, on_part=lambda part: None))
        await asyncio.sleep(0.1)
        return call

    run(leave())
    assert ask(shared, work.add, 1, 2) == 3


def test_a_generator_has_one_deadline_for_all_its_values():
    with made(deadline=0.5) as worker, pytest.raises(TooSlow):
        ask(worker, work.count_slowly, 20, 0.2)


def test_all_calls_run_in_one_other_process(shared):
    pids = {ask(shared, work.process_id) for _ in range(3)}
    assert len(pids) == 1
    assert os.getpid() not in pids


@pytest.mark.skipif(not hasattr(os, "nice"), reason="there is no niceness here")
def test_the_process_is_nice_and_has_one_thread_for_each_library(shared):
    niceness, limits, _ = ask(shared, work.circumstances)
    assert niceness == min(19, os.nice(0) + 10)
    assert limits == ["1", "1", "1"]


def test_an_engine_error_comes_back_as_it_is(shared):
    with pytest.raises(ShapeError) as caught:
        ask(shared, work.refuse)
    assert (caught.value.template, caught.value.values) == ("wanted {wanted}, got {got}", {"wanted": 3, "got": "{4}"})


def test_another_exception_comes_back_and_tells_where_it_was_raised(shared):
    with pytest.raises(KeyError, match="a mistake") as caught:
        ask(shared, work.fail)
    assert "in fail" in caught.value.__notes__[0]


def test_what_cannot_travel_is_told_and_the_next_call_runs(shared):
    with pytest.raises(RuntimeError, match="lock cannot travel between processes"):
        ask(shared, work.unsendable)
    with pytest.raises((AttributeError, TypeError), match="lambda"):
        ask(shared, lambda: 1)
    assert ask(shared, work.add, 1, 2) == 3


def test_a_call_without_memory_ends_in_one_sentence(shared):
    with pytest.raises(Crashed, match="perhaps for lack of memory"):
        ask(shared, work.exhaust)


def test_calls_run_one_after_the_other_in_the_order_they_came(shared, tmp_path):
    async def several():
        await asyncio.gather(*(shared.call(work.write, tmp_path / "said", letter) for letter in "abcd"))

    run(several())
    assert (tmp_path / "said").read_text() == "abcd"


def test_a_full_queue_refuses_at_once_and_says_when_to_come_back():
    async def crowd(worker):
        await worker.call(work.sleep, 0.2)
        waiting = [asyncio.ensure_future(worker.call(work.sleep, 0.2)) for _ in range(3)]
        await asyncio.sleep(0)
        begin = time.monotonic()
        with pytest.raises(Busy) as caught:
            await worker.call(work.sleep, 0.2)
        assert time.monotonic() - begin < 0.15
        assert 1 <= caught.value.values["seconds"] <= 5  # three calls of 0.2 s, on a busy machine
        assert await asyncio.gather(*waiting) == [0.2] * 3
        assert await worker.call(work.add, 1, 1) == 2

    with made(queue=2) as worker:
        run(crowd(worker))


def test_a_queue_slower_than_the_deadline_gives_up_without_running(tmp_path):
    async def late(worker):
        first = asyncio.ensure_future(worker.call(work.sleep, 0.4))
        await asyncio.sleep(0)
        with pytest.raises(Busy):
            await worker.call(work.write, tmp_path / "said", "x", deadline=0.1)
        await first

    with made() as worker:
        run(late(worker))
    assert not (tmp_path / "said").exists()


def test_a_call_cancelled_in_the_queue_is_never_run(shared, tmp_path):
    async def leave():
        first = asyncio.ensure_future(shared.call(work.sleep, 0.2))
        await asyncio.sleep(0)
        second = asyncio.ensure_future(shared.call(work.write, tmp_path / "said", "x"))
        await asyncio.sleep(0.05)
        second.cancel()
        await first
        with pytest.raises(asyncio.CancelledError):
            await second
        return await shared.call(work.add, 1, 2)

    assert run(leave()) == 3
    assert not (tmp_path / "said").exists()


def test_a_call_past_its_deadline_ends_its_process_and_the_next_runs_in_another():
    with made() as worker:
        before = ask(worker, work.process_id)
        with pytest.raises(TooSlow, match=r"longer than 0\.2 s"):
            ask(worker, work.sleep, 60, deadline=0.2)
        assert ask(worker, work.process_id) != before
        until(lambda: not alive(before))


def test_a_running_call_that_nobody_awaits_still_meets_its_deadline():
    async def leave(worker):
        before = await worker.call(work.process_id)
        call = asyncio.ensure_future(worker.call(work.sleep, 60, deadline=0.3))
        await asyncio.sleep(0.1)
        call.cancel()
        return before, await worker.call(work.process_id)

    with made() as worker:
        before, after = run(leave(worker))
    assert before != after


def test_a_process_that_dies_under_a_call_is_replaced():
    with made() as worker:
        with pytest.raises(Crashed, match="broke off"):
            ask(worker, work.die)
        assert ask(worker, work.add, 1, 2) == 3


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="there are no signals here")
def test_a_process_that_died_between_two_calls_is_replaced_unnoticed():
    with made() as worker:
        pid = ask(worker, work.process_id)
        os.kill(pid, signal.SIGKILL)
        until(lambda: not alive(pid))
        assert ask(worker, work.process_id) != pid


def test_a_process_that_cannot_start_is_tried_again_at_the_next_call():
    with made(preload=("no_such_module",)) as worker:
        with pytest.raises(Crashed):
            ask(worker, work.add, 1, 2)
        worker.preload = ()
        assert ask(worker, work.add, 1, 2) == 3


def test_closing_ends_the_call_that_runs_and_those_that_wait():
    async def closed(worker):
        pid = await worker.call(work.process_id)
        calls = [asyncio.ensure_future(worker.call(work.sleep, 60)) for _ in range(2)]
        await asyncio.sleep(0.1)
        await asyncio.to_thread(worker.close)
        return pid, await asyncio.gather(*calls, worker.call(work.add, 1, 2), return_exceptions=True)

    pid, ends = run(closed(Worker(queue=4, deadline=20)))
    assert [type(end) for end in ends] == [Crashed, Busy, Busy]
    assert not alive(pid)


SERVE = """
import asyncio, sys, threading
from pathlib import Path
import uvicorn
from app.main import create_app
from app.settings import Settings
from tests.app import worker_functions as work

app = create_app(Settings(data=Path(sys.argv[1])))
app.state.worker.preload = ()

@app.get("/sleep")
async def sleep():
    await app.state.worker.call(work.say_and_sleep, "working", 60, deadline=60)

async def serve():
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="critical", timeout_graceful_shutdown=0))
    serving = asyncio.ensure_future(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    _, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"GET /sleep HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n")
    await serving
    writer.close()

asyncio.run(serve())
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="there are no signals here")
@pytest.mark.parametrize("how", ["SIGTERM", "SIGINT", "SIGKILL"])
def test_the_process_ends_with_its_server_even_in_the_middle_of_a_call(how, tmp_path):
    server = subprocess.Popen(
        [sys.executable, "-c", SERVE, str(tmp_path)],
        cwd=paths.ENGINE.parent,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    with server:
        assert server.stdout.readline() == "working\n"  # said by the worker, so it can write there too
        server.send_signal(getattr(signal, how))
        begin = time.monotonic()
        server.stdout.read()  # returns when the last process that can write there has ended
    assert time.monotonic() - begin < 10


def alive(pid):
    return pid in {child.pid for child in multiprocessing.active_children()}


@pytest.mark.slow
def test_the_process_has_torch_at_hand_with_one_thread():
    with made(preload=("torch",)) as worker:
        assert ask(worker, work.circumstances)[2]
        assert ask(worker, work.torch_threads) == 1
