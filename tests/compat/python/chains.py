"""Runs that follow each other, and runs whose first task comes later, or at once."""

import asyncio
import uuid
from datetime import timedelta
from typing import Any

from temporalio.client import WorkflowContinuedAsNewError, WorkflowExecutionStatus
from temporalio.client import WorkflowFailureError, WorkflowHandle
from temporalio.common import RetryPolicy
from temporalio.exceptions import ApplicationError, CancelledError

from chain_definitions import (
    BecomeAnother,
    CollectInChain,
    CountDown,
    EndlessAtFirst,
    SucceedAtAttempt,
)
from scenario_runner import (
    FIRST_TASK,
    Bench,
    events_of,
    eventually,
    expect_types,
    failure_of,
    main,
    scenario,
    type_names,
)
from workflow_definitions import Collect, Sleep

SOON = timedelta(milliseconds=50)


async def newest(bench: Bench, handle: WorkflowHandle[Any, Any]) -> WorkflowHandle[Any, Any]:
    """The run that the workflow id has now."""
    described = await bench.client.get_workflow_handle(handle.id).describe()
    return bench.client.get_workflow_handle(handle.id, run_id=described.run_id)


@scenario("continue as new / chain: the result of the last run, which knows the first")
async def chain(bench: Bench) -> None:
    handle = await bench.start(CountDown.run, 2)
    first, before = await handle.result()
    assert first == handle.first_execution_run_id
    assert before not in ("", first)
    of_first = bench.client.get_workflow_handle(handle.id, run_id=first)
    assert (await of_first.describe()).status == WorkflowExecutionStatus.CONTINUED_AS_NEW
    await expect_types(of_first, *FIRST_TASK, "WorkflowExecutionContinuedAsNew")


@scenario("continue as new / result without following: the error names the next run")
async def without_following(bench: Bench) -> None:
    handle = await bench.start(CountDown.run, 1)
    try:
        await handle.result(follow_runs=False)
    except WorkflowContinuedAsNewError as error:
        await handle.result()
        assert error.new_execution_run_id == (await newest(bench, handle)).run_id
    else:
        raise AssertionError("the first run had a result")


@scenario("continue as new / as another workflow: type and memo are what the command says")
async def become_another(bench: Bench) -> None:
    handle = await bench.start(BecomeAnother.run, memo={"old": 1})
    assert await handle.result() == ["hello", "ReportSelf", {"note": "from before"}]


@scenario("continue as new / signals: none is lost between the runs")
async def signals_in_chain(bench: Bench) -> None:
    handle = await bench.start(CollectInChain.run, 7, [])
    anywhere = bench.client.get_workflow_handle(handle.id)
    for item in range(7):
        await anywhere.signal(CollectInChain.add, item)
    assert sorted(await handle.result()) == list(range(7))


@scenario("continue as new / cancel: a handle of the first run reaches the newest")
async def cancel_chain(bench: Bench) -> None:
    handle = await bench.start(CollectInChain.run, 7, [])
    anywhere = bench.client.get_workflow_handle(handle.id)
    for item in range(2):
        await anywhere.signal(CollectInChain.add, item)

    async def continued() -> bool:
        return (await newest(bench, handle)).run_id != handle.first_execution_run_id

    await eventually(continued)
    await handle.cancel()
    assert isinstance(await failure_of(handle), CancelledError)


@scenario("workflow retry / success: the attempt that succeeds knows why the one before failed")
async def retried(bench: Bench) -> None:
    policy = RetryPolicy(initial_interval=SOON, backoff_coefficient=1)
    handle = await bench.start(SucceedAtAttempt.run, 3, retry_policy=policy)
    attempt, before = await handle.result()
    assert attempt == 3
    assert "attempt 2" in before
    events = await events_of(await newest(bench, handle))
    started = events[0].workflow_execution_started_event_attributes
    assert (started.attempt, started.initiator) == (3, 2)


@scenario("workflow retry / attempts used up: the failure of the last one")
async def attempts_used_up(bench: Bench) -> None:
    policy = RetryPolicy(initial_interval=SOON, maximum_attempts=2)
    handle = await bench.start(SucceedAtAttempt.run, 5, retry_policy=policy)
    cause = await failure_of(handle)
    assert isinstance(cause, ApplicationError)
    assert cause.message == "attempt 2"


@scenario("workflow retry / failure of a type that is not to be retried: one attempt")
async def not_retried(bench: Bench) -> None:
    policy = RetryPolicy(non_retryable_error_types=["NotYet"])
    handle = await bench.start(SucceedAtAttempt.run, 2, retry_policy=policy)
    assert isinstance(await failure_of(handle), ApplicationError)
    assert (await newest(bench, handle)).run_id == handle.first_execution_run_id


@scenario("workflow retry / run time-out: tried again")
async def retried_after_time_out(bench: Bench) -> None:
    policy = RetryPolicy(initial_interval=SOON)
    limit = timedelta(seconds=1)
    handle = await bench.start(EndlessAtFirst.run, run_timeout=limit, retry_policy=policy)
    assert await handle.result() >= 2


@scenario("start delay / first task: not before its time")
async def delayed(bench: Bench) -> None:
    handle = await bench.start(Sleep.run, 0.01, start_delay=timedelta(seconds=1))
    description = await handle.describe()
    assert description.execution_time is not None
    assert description.execution_time - description.start_time == timedelta(seconds=1)
    assert await handle.result() == "awake"
    events = await events_of(handle)
    assert events[1].event_time.ToNanoseconds() - events[0].event_time.ToNanoseconds() >= 10**9


@scenario("start delay / cancel: at once")
async def delayed_and_cancelled(bench: Bench) -> None:
    handle = await bench.start(Sleep.run, 60, start_delay=timedelta(hours=1))
    await handle.cancel()
    try:
        await asyncio.wait_for(handle.result(), 10)
    except WorkflowFailureError as error:
        assert isinstance(error.cause, CancelledError)
    else:
        raise AssertionError("it was not cancelled")


@scenario("signal with start / new run: has the signal before its first task")
async def signal_with_start(bench: Bench) -> None:
    options = {"start_signal": "add", "id": f"compat-py-{uuid.uuid4()}"}
    first = await bench.start(Collect.run, 2, start_signal_args=["one"], **options)
    second = await bench.start(Collect.run, 2, start_signal_args=["two"], **options)
    assert await first.result() == ["one", "two"]
    assert await second.result() == ["one", "two"]
    names = type_names(await events_of(first))
    assert names[:3] == [
        "WorkflowExecutionStarted",
        "WorkflowExecutionSignaled",
        "WorkflowTaskScheduled",
    ]


@scenario("signal with start / delayed run: starts at once")
async def signal_with_start_of_delayed(bench: Bench) -> None:
    handle = await bench.start(Collect.run, 1, start_delay=timedelta(hours=1))
    options = {"start_signal": "add", "start_signal_args": ["now"], "id": handle.id}
    await bench.start(Collect.run, 1, **options)
    assert await handle.result() == ["now"]


@scenario("eager start / worker of the same process: gets the first task with the answer")
async def eager(bench: Bench) -> None:
    handle = await bench.start(Sleep.run, 0.01, request_eager_start=True)
    assert await handle.result() == "awake"
    started = (await events_of(handle))[0].workflow_execution_started_event_attributes
    assert started.eager_execution_accepted


if __name__ == "__main__":
    main()
