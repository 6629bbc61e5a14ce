"""Workers that come, fail and leave, and what they are given."""

import asyncio
from datetime import timedelta

from temporalio.worker import UnsandboxedWorkflowRunner

from scenario_runner import (
    FIRST_TASK,
    Bench,
    eventually,
    events_of,
    main,
    scenario,
    type_names,
    unique_queue,
)
from workflow_definitions import BrokenAtFirst, Call, CallInSequence, Collect, Sleep


@scenario("workflow task / workflow code throws: failed and tried again until it is fixed")
async def broken_code(bench: Bench) -> None:
    queue = unique_queue()
    runner = UnsandboxedWorkflowRunner()
    async with bench.worker(task_queue=queue, workflow_runner=runner):
        # Long enough for the first task to fail and not to time out, however busy the machine.
        limit = timedelta(seconds=4)
        handle = await bench.start(BrokenAtFirst.run, task_queue=queue, task_timeout=limit)

        async def failed() -> bool:
            return "WorkflowTaskFailed" in type_names(await events_of(handle))

        await eventually(failed)
        BrokenAtFirst.mended = True
        assert await handle.result() == "mended"
    events = await events_of(handle)
    assert type_names(events)[:4] == [*FIRST_TASK[:3], "WorkflowTaskFailed"]
    attributes = events[3].workflow_task_failed_event_attributes
    assert attributes.failure.message == "not mended yet"


@scenario("workflow task / worker shut down: the next worker takes over at once, with the whole history")
async def hand_over(bench: Bench) -> None:
    queue = unique_queue()
    handle = await bench.start(Collect.run, 2, task_queue=queue)
    async with bench.worker(task_queue=queue):
        await handle.signal(Collect.add, "first")
        assert await handle.query(Collect.items) == ["first"]
    async with bench.worker(task_queue=queue):
        await handle.signal(Collect.add, "second")
        assert await asyncio.wait_for(handle.result(), 4) == ["first", "second"]
    names = type_names(await events_of(handle))
    last_signal = len(names) - 1 - names[::-1].index("WorkflowExecutionSignaled")
    assert "WorkflowTaskTimedOut" not in names[last_signal:], names


@scenario("workflow task / worker without a cache: does every task from the whole history")
async def without_cache(bench: Bench) -> None:
    queue = unique_queue()
    async with bench.worker(task_queue=queue, max_cached_workflows=0):
        handle = await bench.start(CallInSequence.run, Call("echo", [1]), 5, task_queue=queue)
        assert await handle.result() == 5


@scenario("history / long: hundreds of events are paged to clients and to a worker that replays")
async def long_history(bench: Bench) -> None:
    queue = unique_queue()
    handle = await bench.start(CallInSequence.run, Call("echo", [1]), 60, task_queue=queue)
    async with bench.worker(task_queue=queue):
        assert await handle.result() == 60
    assert len(await events_of(handle)) == 365
    async with bench.worker(task_queue=queue):
        assert await handle.query(CallInSequence.progress) == 60


@scenario("history / result: waits longer than one long poll")
async def long_wait(bench: Bench) -> None:
    handle = await bench.start(Sleep.run, 21.5)
    assert await handle.result() == "awake"


if __name__ == "__main__":
    main()
