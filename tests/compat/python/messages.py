"""Timers, signals and queries."""

import asyncio
from typing import Any

from temporalio.client import WorkflowHandle, WorkflowQueryFailedError, WorkflowQueryRejectedError
from temporalio.common import QueryRejectCondition
from temporalio.service import RPCError, RPCStatusCode

from scenario_runner import (
    FIRST_TASK,
    NEXT_TASK,
    Bench,
    events_of,
    expect_types,
    main,
    scenario,
    type_names,
    unique_queue,
)
from workflow_definitions import CancelLongTimer, Collect, Sleep, SleepInParallel


@scenario("timer / fire: started, fired, awake")
async def timer_fires(bench: Bench) -> None:
    handle = await bench.start(Sleep.run, 0.3)
    assert await handle.result() == "awake"
    names = ("TimerStarted", "TimerFired", *NEXT_TASK, "WorkflowExecutionCompleted")
    events = await expect_types(handle, *FIRST_TASK, *names)
    assert events[5].timer_fired_event_attributes.started_event_id == 5


@scenario("timer / cancel: cancelled while another fires")
async def timer_cancelled(bench: Bench) -> None:
    handle = await bench.start(CancelLongTimer.run)
    assert await handle.result() is True
    assert "TimerCanceled" in type_names(await events_of(handle))


@scenario("timer / in parallel: thirty of the same length all fire")
async def timers_in_parallel(bench: Bench) -> None:
    handle = await bench.start(SleepInParallel.run, 30)
    assert await handle.result() == 30
    assert type_names(await events_of(handle)).count("TimerFired") == 30


@scenario("signal / waiting workflow: wakes it, with its argument")
async def signal_wakes(bench: Bench) -> None:
    handle = await bench.start(Collect.run, 1)
    await handle.query(Collect.items)
    await handle.signal(Collect.add, {"of": "any kind"})
    assert await handle.result() == [{"of": "any kind"}]
    names = ("WorkflowExecutionSignaled", *NEXT_TASK, "WorkflowExecutionCompleted")
    events = await expect_types(handle, *FIRST_TASK, *names)
    assert events[4].workflow_execution_signaled_event_attributes.signal_name == "add"


@scenario("signal / before the first task: in the history that the first task sees")
async def signal_before_first_task(bench: Bench) -> None:
    queue = unique_queue()
    handle = await bench.start(Collect.run, 2, task_queue=queue)
    await handle.signal(Collect.add, "one")
    await handle.signal(Collect.add, "two")
    async with bench.worker(task_queue=queue):
        assert await handle.result() == ["one", "two"]
    names = type_names(await events_of(handle))
    assert names[2:5] == ["WorkflowExecutionSignaled"] * 2 + ["WorkflowTaskStarted"]


@scenario("signal / a hundred in sequence: all arrive, in order")
async def signals_in_order(bench: Bench) -> None:
    handle = await bench.start(Collect.run, 100)
    for item in range(100):
        await handle.signal(Collect.add, item)
    assert await handle.result() == list(range(100))


@scenario("signal / a hundred at once: each arrives once")
async def signals_at_once(bench: Bench) -> None:
    handle = await bench.start(Collect.run, 100)
    await asyncio.gather(*(handle.signal(Collect.add, item) for item in range(100)))
    assert sorted(await handle.result()) == list(range(100))


@scenario("query / direct: the state of a waiting workflow, and no event")
async def query_direct(bench: Bench) -> None:
    handle = await bench.start(Collect.run, 9)
    assert await handle.query(Collect.items) == []
    assert len(await events_of(handle)) == 4
    assert await handle.query(Collect.items) == []
    assert len(await events_of(handle)) == 4


@scenario("query / after a signal: sees what the signal did")
async def query_after_signal(bench: Bench) -> None:
    handle = await bench.start(Collect.run, 9)
    for count in (1, 2, 3):
        await handle.signal(Collect.add, count)
        assert len(await handle.query(Collect.items)) == count


async def closed_collection(bench: Bench) -> WorkflowHandle[Any, Any]:
    handle = await bench.start(Collect.run, 9)
    await handle.signal(Collect.add, "kept")
    await handle.signal(Collect.finish)
    await handle.result()
    return handle


@scenario("query / closed run: answered from its history")
async def query_closed(bench: Bench) -> None:
    handle = await closed_collection(bench)
    assert await handle.query(Collect.items) == ["kept"]


@scenario("query / failing handler: its message reaches the client, the workflow goes on")
async def query_failing(bench: Bench) -> None:
    handle = await bench.start(Collect.run, 9)
    try:
        await handle.query(Collect.failing, "not today")
    except WorkflowQueryFailedError as error:
        assert error.message == "not today"
    else:
        raise AssertionError("the query did not fail")
    assert await handle.query(Collect.items) == []


@scenario("query / unknown name: a failed query")
async def query_unknown(bench: Bench) -> None:
    handle = await bench.start(Collect.run, 9)
    try:
        await handle.query("nobody_answers")
    except WorkflowQueryFailedError as error:
        assert "nobody_answers" in error.message
    else:
        raise AssertionError("the query was answered")


@scenario("query / reject condition: a closed run is refused with its status")
async def query_rejected(bench: Bench) -> None:
    handle = await closed_collection(bench)
    condition = QueryRejectCondition.NOT_OPEN
    try:
        await handle.query(Collect.items, reject_condition=condition)
    except WorkflowQueryRejectedError as error:
        assert error.status is not None and error.status.name == "COMPLETED"
    else:
        raise AssertionError("the query was not rejected")
    condition = QueryRejectCondition.NOT_COMPLETED_CLEANLY
    assert await handle.query(Collect.items, reject_condition=condition) == ["kept"]


@scenario("errors / already completed: signal and terminate of a closed run")
async def already_completed(bench: Bench) -> None:
    handle = await closed_collection(bench)
    for call in (handle.signal(Collect.finish), handle.terminate()):
        try:
            await call
        except RPCError as error:
            assert error.status == RPCStatusCode.NOT_FOUND
            assert error.message == "workflow execution already completed"
        else:
            raise AssertionError("a closed run accepted the call")


if __name__ == "__main__":
    main()
