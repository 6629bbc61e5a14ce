"""Activities: results, failures and their retries, time-outs, heartbeats and cancellation."""

import asyncio
import time
from typing import Any

from temporalio import workflow
from temporalio.client import AsyncActivityCancelledError, WorkflowHandle
from temporalio.exceptions import (
    ActivityError,
    ApplicationError,
    RetryState,
    TimeoutError,
    TimeoutType,
)

import activity_definitions
from scenario_runner import (
    FIRST_TASK,
    NEXT_TASK,
    Bench,
    eventually,
    events_of,
    expect_types,
    failure_of,
    main,
    scenario,
    type_names,
    unique_queue,
)
from workflow_definitions import Call, CallActivity, CancelActivityOnSignal

STARTED = (*FIRST_TASK, "ActivityTaskScheduled")
WAIT = workflow.ActivityCancellationType.WAIT_CANCELLATION_COMPLETED.value
TRY = workflow.ActivityCancellationType.TRY_CANCEL.value
ABANDON = workflow.ActivityCancellationType.ABANDON.value


async def activity_failure(handle: WorkflowHandle[Any, Any]) -> ActivityError:
    cause = await failure_of(handle)
    assert isinstance(cause, ActivityError), repr(cause)
    return cause


@scenario("activity / success: its result, and its events with all four time-outs")
async def success(bench: Bench) -> None:
    handle = await bench.start(CallActivity.run, Call("echo", ["a"], attempts=3))
    assert await handle.result() == "a"
    names = ("ActivityTaskStarted", "ActivityTaskCompleted", *NEXT_TASK)
    events = await expect_types(handle, *STARTED, *names, "WorkflowExecutionCompleted")
    scheduled = events[4].activity_task_scheduled_event_attributes
    assert scheduled.start_to_close_timeout.seconds == 20
    assert scheduled.retry_policy.maximum_attempts == 3
    assert scheduled.workflow_task_completed_event_id == 4
    timeouts = ("schedule_to_close_timeout", "schedule_to_start_timeout", "heartbeat_timeout")
    assert all(scheduled.HasField(name) for name in timeouts)
    completed = events[6].activity_task_completed_event_attributes
    assert (completed.scheduled_event_id, completed.started_event_id) == (5, 6)


@scenario("activity / retry: tried again with back-off until it succeeds")
async def retry(bench: Bench) -> None:
    began = time.monotonic()
    call = Call("succeed_at", [3, None], first_interval=0.2)
    handle = await bench.start(CallActivity.run, call)
    assert await handle.result() == 3
    assert time.monotonic() - began >= 0.6
    started = (await events_of(handle))[5].activity_task_started_event_attributes
    assert started.attempt == 3 and started.last_failure.message == "attempt 2 failed"


@scenario("activity / retry: next_retry_delay replaces the interval")
async def next_retry_delay(bench: Bench) -> None:
    call = Call("succeed_at", [2, 0.05], first_interval=3600)
    assert await (await bench.start(CallActivity.run, call)).result() == 2


@scenario("activity / maximum attempts: the last failure, and the retry state that says so")
async def maximum_attempts(bench: Bench) -> None:
    call = Call("fail", ["no luck", "Unlucky", False], attempts=2)
    failure = await activity_failure(await bench.start(CallActivity.run, call))
    assert failure.retry_state == RetryState.MAXIMUM_ATTEMPTS_REACHED
    assert isinstance(failure.cause, ApplicationError) and failure.cause.type == "Unlucky"


@scenario("activity / non-retryable failure: no second attempt, details kept")
async def non_retryable(bench: Bench) -> None:
    call = Call("fail", ["final", "Final", True])
    handle = await bench.start(CallActivity.run, call)
    failure = await activity_failure(handle)
    assert failure.retry_state == RetryState.NON_RETRYABLE_FAILURE
    assert isinstance(failure.cause, ApplicationError)
    assert list(failure.cause.details) == ["detail", 7]
    assert (await events_of(handle))[5].activity_task_started_event_attributes.attempt == 1


@scenario("activity / non-retryable type: named by the policy, not tried again")
async def non_retryable_type(bench: Bench) -> None:
    call = Call("fail", ["x", "Fatal", False], non_retryable_types=["Fatal"])
    failure = await activity_failure(await bench.start(CallActivity.run, call))
    assert failure.retry_state == RetryState.NON_RETRYABLE_FAILURE


async def expect_timeout(bench: Bench, call: Call, kind: TimeoutType) -> WorkflowHandle[Any, Any]:
    handle = await bench.start(CallActivity.run, call)
    failure = await activity_failure(handle)
    assert isinstance(failure.cause, TimeoutError) and failure.cause.type == kind, failure.cause
    assert "ActivityTaskTimedOut" in type_names(await events_of(handle))
    return handle


@scenario("activity time-out / schedule to start: nobody takes it, never tried again")
async def schedule_to_start(bench: Bench) -> None:
    call = Call("echo", [1], schedule_to_start=1, task_queue=unique_queue())
    handle = await expect_timeout(bench, call, TimeoutType.SCHEDULE_TO_START)
    names = ("ActivityTaskTimedOut", *NEXT_TASK, "WorkflowExecutionFailed")
    await expect_types(handle, *STARTED, *names)


@scenario("activity time-out / schedule to close: strikes while an attempt runs")
async def schedule_to_close(bench: Bench) -> None:
    call = Call("hang", [], schedule_to_close=1)
    await expect_timeout(bench, call, TimeoutType.SCHEDULE_TO_CLOSE)


@scenario("activity time-out / start to close: the last attempt fails the activity")
async def start_to_close(bench: Bench) -> None:
    call = Call("hang", [], start_to_close=1, attempts=1)
    await expect_timeout(bench, call, TimeoutType.START_TO_CLOSE)


@scenario("activity time-out / heartbeat: the last one is in the failure")
async def heartbeat_timeout(bench: Bench) -> None:
    call = Call("beat_then_hang", ["last"], heartbeat=1, attempts=1)
    handle = await bench.start(CallActivity.run, call)
    failure = await activity_failure(handle)
    assert isinstance(failure.cause, TimeoutError)
    assert failure.cause.type == TimeoutType.HEARTBEAT
    assert list(failure.cause.last_heartbeat_details) == ["last"]


@scenario("activity time-out / heartbeat: its details reach the next attempt")
async def heartbeat_details(bench: Bench) -> None:
    call = Call("beat_then_hang", [{"page": 7}], heartbeat=1, attempts=2)
    handle = await bench.start(CallActivity.run, call)
    assert await handle.result() == [{"page": 7}]


async def cancel_running(bench: Bench, call: Call) -> WorkflowHandle[Any, Any]:
    handle = await bench.start(CancelActivityOnSignal.run, call)

    async def runs() -> bool:
        return handle.id in activity_definitions.running

    await eventually(runs)
    await handle.signal(CancelActivityOnSignal.stop)
    return handle


@scenario("activity cancellation / wait for completion: the workflow goes on when the activity has ended")
async def cancel_wait(bench: Bench) -> None:
    call = Call("beat_until_cancelled", [False], heartbeat=1, cancellation=WAIT)
    handle = await cancel_running(bench, call)
    assert await handle.result() == ["cancelled", None]
    signaled = ("WorkflowExecutionSignaled", *NEXT_TASK, "ActivityTaskCancelRequested")
    names = ("ActivityTaskStarted", "ActivityTaskCanceled", *NEXT_TASK)
    await expect_types(handle, *STARTED, *signaled, *names, "WorkflowExecutionCompleted")


@scenario("activity cancellation / wait for completion: an activity that completes anyway has its result")
async def cancel_complete(bench: Bench) -> None:
    call = Call("beat_until_cancelled", [True], heartbeat=1, cancellation=WAIT)
    handle = await cancel_running(bench, call)
    assert await handle.result() == ["completed", "completed anyway"]


@scenario("activity cancellation / try: the workflow goes on at once, the activity is told")
async def cancel_try(bench: Bench) -> None:
    call = Call("beat_until_cancelled", [False], heartbeat=1, cancellation=TRY)
    handle = await cancel_running(bench, call)
    assert await handle.result() == ["cancelled", None]

    async def told() -> bool:
        return handle.id in activity_definitions.cancelled

    await eventually(told)


@scenario("activity cancellation / abandon: the workflow goes on, nothing is asked of the activity")
async def cancel_abandon(bench: Bench) -> None:
    call = Call("beat_until_cancelled", [False], heartbeat=1, cancellation=ABANDON)
    handle = await cancel_running(bench, call)
    assert await handle.result() == ["cancelled", None]
    assert "ActivityTaskCancelRequested" not in type_names(await events_of(handle))


@scenario("activity / completed elsewhere: by its task token, with a heartbeat before")
async def completed_elsewhere(bench: Bench) -> None:
    handle = await bench.start(CallActivity.run, Call("complete_elsewhere", []))
    elsewhere = await elsewhere_handle(bench, handle.id)
    await elsewhere.heartbeat("on my way")
    await elsewhere.complete("from elsewhere")
    assert await handle.result() == "from elsewhere"


@scenario("activity / eager: started by the completion of the workflow task, without a poll")
async def eager(bench: Bench) -> None:
    handle = await bench.start(CallActivity.run, Call("echo", [1]))
    assert await handle.result() == 1
    started = (await events_of(handle))[5].activity_task_started_event_attributes
    assert started.request_id == "request-from-RespondWorkflowTaskCompleted", started


@scenario("activity / completed elsewhere: by its id, in the current run, with a heartbeat before")
async def completed_by_id(bench: Bench) -> None:
    handle = await bench.start(CallActivity.run, Call("complete_elsewhere", []))
    await elsewhere_handle(bench, handle.id)
    named = bench.client.get_async_activity_handle(
        workflow_id=handle.id, run_id=None, activity_id="1"
    )
    await named.heartbeat("on my way")
    await named.complete("by its id")
    assert await handle.result() == "by its id"


@scenario("activity / cancelled elsewhere: told by a heartbeat with the task token")
async def cancelled_elsewhere(bench: Bench) -> None:
    call = Call("complete_elsewhere", [], cancellation=WAIT)
    handle = await bench.start(CancelActivityOnSignal.run, call)
    elsewhere = await elsewhere_handle(bench, handle.id)
    await handle.signal(CancelActivityOnSignal.stop)

    async def told() -> bool:
        try:
            await elsewhere.heartbeat()
        except AsyncActivityCancelledError:
            return True
        return False

    await eventually(told)
    await elsewhere.report_cancellation("stopped")
    assert await handle.result() == ["cancelled", None]


async def elsewhere_handle(bench: Bench, workflow_id: str) -> Any:
    while workflow_id not in activity_definitions.tokens:
        await asyncio.sleep(0.02)
    token = activity_definitions.tokens[workflow_id]
    return bench.client.get_async_activity_handle(task_token=token)


if __name__ == "__main__":
    main()
