"""Runs from start to end, who may start when, and what a client can read of them."""

import asyncio
import uuid
from datetime import timedelta

from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.workflowservice.v1 import DeleteWorkflowExecutionRequest
from temporalio.client import Client, WorkflowExecutionStatus, WorkflowHandle
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.exceptions import (
    ApplicationError,
    CancelledError,
    TerminatedError,
    TimeoutError,
    WorkflowAlreadyStartedError,
)
from temporalio.service import RPCError, RPCStatusCode

from scenario_runner import (
    FIRST_TASK,
    Bench,
    eventually,
    expect_types,
    failure_of,
    main,
    scenario,
    unique_queue,
)
from workflow_definitions import (
    Call,
    CallActivity,
    Echo,
    EchoBytes,
    EchoOrder,
    Fail,
    Forever,
    Hello,
    Order,
    SurviveCancellation,
)

# A history that no worker has seen yet.
UNTOUCHED = ("WorkflowExecutionStarted", "WorkflowTaskScheduled")


@scenario("workflow / start: the result of a started workflow")
async def start(bench: Bench) -> None:
    handle = await bench.start(Hello.run, "compat")
    assert await handle.result() == "Hello, compat!"
    events = await expect_types(handle, *FIRST_TASK, "WorkflowExecutionCompleted")
    started = events[0].workflow_execution_started_event_attributes
    assert started.workflow_type.name == "Hello" and started.attempt == 1
    assert started.first_execution_run_id == handle.first_execution_run_id
    assert events[3].workflow_task_completed_event_attributes.sdk_metadata.sdk_name
    closed = events[4].workflow_execution_completed_event_attributes
    assert closed.workflow_task_completed_event_id == 4


@scenario("workflow / payloads: typed arguments, bytes, nothing and 1.5 MiB come back as they were")
async def payloads(bench: Bench) -> None:
    order = await bench.start(EchoOrder.run, Order(1, ["ünï→code"]))
    assert await order.result() == Order(2, ["ünï→code", "seen"])
    binary = await bench.start(EchoBytes.run, bytes(range(256)))
    assert await binary.result() == bytes(range(256))
    for value in (None, [1.5, True, {"a": []}], "x" * 1_572_864):
        handle = await bench.start(Echo.run, value)
        assert await handle.result() == value


@scenario("workflow / failure: message, type and details reach the client")
async def failure(bench: Bench) -> None:
    handle = await bench.start(Fail.run, "broken", "Broken")
    cause = await failure_of(handle)
    assert isinstance(cause, ApplicationError)
    assert (cause.message, cause.type, list(cause.details)) == ("broken", "Broken", ["part", 7])
    await expect_types(handle, *FIRST_TASK, "WorkflowExecutionFailed")


@scenario("workflow / cancel: a workflow that lets it through is cancelled")
async def cancel(bench: Bench) -> None:
    handle = await bench.start(Forever.run)
    await handle.cancel()
    assert isinstance(await failure_of(handle), CancelledError)
    assert (await handle.describe()).status == WorkflowExecutionStatus.CANCELED


@scenario("workflow / cancel: a workflow may survive it and complete")
async def survive(bench: Bench) -> None:
    handle = await bench.start(SurviveCancellation.run)
    await handle.cancel()
    assert await handle.result() == "survived"


@scenario("workflow / terminate: the reason reaches the client and the history")
async def terminate(bench: Bench) -> None:
    handle = await bench.start(Forever.run, task_queue=unique_queue())
    await handle.terminate("detail", reason="enough of it")
    cause = await failure_of(handle)
    assert isinstance(cause, TerminatedError) and cause.message == "enough of it"
    events = await expect_types(handle, *UNTOUCHED, "WorkflowExecutionTerminated")
    assert events[2].workflow_execution_terminated_event_attributes.reason == "enough of it"


@scenario("workflow / run time-out: the run is timed out")
async def run_timeout(bench: Bench) -> None:
    queue = unique_queue()
    handle = await bench.start(Forever.run, run_timeout=timedelta(seconds=1), task_queue=queue)
    assert isinstance(await failure_of(handle), TimeoutError)
    await expect_types(handle, *UNTOUCHED, "WorkflowExecutionTimedOut")


@scenario("workflow / execution time-out: the run is timed out, and no run may be longer")
async def execution_timeout(bench: Bench) -> None:
    limits = {"execution_timeout": timedelta(seconds=1), "run_timeout": timedelta(hours=1)}
    handle = await bench.start(Forever.run, task_queue=unique_queue(), **limits)
    assert isinstance(await failure_of(handle), TimeoutError)
    events = await expect_types(handle, *UNTOUCHED, "WorkflowExecutionTimedOut")
    started = events[0].workflow_execution_started_event_attributes
    assert started.workflow_run_timeout.seconds == 1


@scenario("workflow / concurrency: fifty workflows with an activity each, at once")
async def concurrency(bench: Bench) -> None:
    calls = [bench.start(CallActivity.run, Call("echo", [number])) for number in range(50)]
    handles = await asyncio.gather(*calls)
    results = await asyncio.gather(*(handle.result() for handle in handles))
    assert results == list(range(50))


@scenario("workflow id reuse / reject duplicate: refused after any closed run")
async def reject_duplicate(bench: Bench) -> None:
    handle = await bench.start(Hello.run, "x")
    await handle.result()
    policy = WorkflowIDReusePolicy.REJECT_DUPLICATE
    await _refused(bench, handle.id, id_reuse_policy=policy)


@scenario("workflow id reuse / allow duplicate failed only: refused after success, allowed after failure")
async def failed_only(bench: Bench) -> None:
    policy = WorkflowIDReusePolicy.ALLOW_DUPLICATE_FAILED_ONLY
    good = await bench.start(Hello.run, "x")
    await good.result()
    await _refused(bench, good.id, id_reuse_policy=policy)
    bad = await bench.start(Fail.run, "x", "X")
    await failure_of(bad)
    again = await bench.start(Hello.run, "x", id=bad.id, id_reuse_policy=policy)
    assert again.first_execution_run_id != bad.first_execution_run_id


@scenario("workflow id conflict / fail: refused while a run is open, and the error names the run")
async def conflict_fail(bench: Bench) -> None:
    handle = await bench.start(Forever.run)
    error = await _refused(bench, handle.id)
    assert error.run_id == handle.first_execution_run_id
    await handle.terminate()


@scenario("workflow id conflict / use existing: the handle is of the open run")
async def conflict_use_existing(bench: Bench) -> None:
    handle = await bench.start(Forever.run)
    policy = WorkflowIDConflictPolicy.USE_EXISTING
    again = await bench.start(Forever.run, id=handle.id, id_conflict_policy=policy)
    assert again.first_execution_run_id == handle.first_execution_run_id
    await handle.terminate()


@scenario("workflow id conflict / terminate existing: the open run is terminated and a new one started")
async def conflict_terminate_existing(bench: Bench) -> None:
    handle = await bench.start(Forever.run)
    policy = WorkflowIDConflictPolicy.TERMINATE_EXISTING
    again = await bench.start(Hello.run, "new", id=handle.id, id_conflict_policy=policy)
    assert await again.result() == "Hello, new!"
    old = bench.client.get_workflow_handle(handle.id, run_id=handle.first_execution_run_id)
    assert (await old.describe()).status == WorkflowExecutionStatus.TERMINATED


async def _refused(bench: Bench, workflow_id: str, **options: object) -> WorkflowAlreadyStartedError:
    try:
        await bench.start(Hello.run, "again", id=workflow_id, **options)
    except WorkflowAlreadyStartedError as error:
        return error
    raise AssertionError("a second start was not refused")


@scenario("errors / not found: each call on a workflow that does not exist")
async def not_found(bench: Bench) -> None:
    handle = bench.client.get_workflow_handle(f"missing-{uuid.uuid4()}")
    calls = (handle.describe, handle.cancel, handle.terminate, handle.fetch_history)
    for call in calls:
        assert await _status(call()) == RPCStatusCode.NOT_FOUND, call
    assert await _status(handle.signal("x")) == RPCStatusCode.NOT_FOUND
    assert await _status(handle.query("x")) == RPCStatusCode.NOT_FOUND


@scenario("errors / namespace not found: the error names it")
async def namespace_not_found(bench: Bench) -> None:
    name = f"missing-{uuid.uuid4()}"
    client = await Client.connect(bench.address, namespace=name)
    try:
        await client.start_workflow(Hello.run, "x", id="x", task_queue="x")
    except RPCError as error:
        assert error.status == RPCStatusCode.NOT_FOUND and name in error.message
        return
    raise AssertionError("the namespace was found")


async def _status(call: object) -> RPCStatusCode | None:
    try:
        await call  # type: ignore[misc]
    except RPCError as error:
        return error.status
    return None


async def _deleted(bench: Bench, handle: WorkflowHandle) -> None:
    """Deletes the run and waits until it is gone; its history is not looked at when all is over."""
    bench.started.remove(handle)
    request = DeleteWorkflowExecutionRequest(
        namespace=bench.client.namespace,
        workflow_execution=WorkflowExecution(workflow_id=handle.id),
    )
    await bench.client.workflow_service.delete_workflow_execution(request)

    async def gone() -> bool:
        return await _status(handle.describe()) == RPCStatusCode.NOT_FOUND

    await eventually(gone, 40)


@scenario("delete / closed run: its handle finds nothing")
async def delete_closed(bench: Bench) -> None:
    handle = await bench.start(Hello.run, "x")
    await handle.result()
    await _deleted(bench, handle)
    assert await _status(handle.fetch_history()) == RPCStatusCode.NOT_FOUND
    assert await _status(handle.signal("late")) == RPCStatusCode.NOT_FOUND


@scenario("delete / running run: it is not there any more")
async def delete_running(bench: Bench) -> None:
    handle = await bench.start(Forever.run)
    await _deleted(bench, handle)
    assert await _status(handle.terminate()) == RPCStatusCode.NOT_FOUND


@scenario("delete / workflow id: free for a new run")
async def delete_frees_the_id(bench: Bench) -> None:
    old = await bench.start(Hello.run, "x")
    await old.result()
    await _deleted(bench, old)
    again = await bench.start(Hello.run, "again", id=old.id)
    assert await again.result() == "Hello, again!"


@scenario("delete / missing run: not found")
async def delete_missing(bench: Bench) -> None:
    request = DeleteWorkflowExecutionRequest(
        namespace=bench.client.namespace,
        workflow_execution=WorkflowExecution(workflow_id=f"missing-{uuid.uuid4()}"),
    )
    deletion = bench.client.workflow_service.delete_workflow_execution(request)
    assert await _status(deletion) == RPCStatusCode.NOT_FOUND


@scenario("describe / closed run: status, close time and length of the history")
async def describe(bench: Bench) -> None:
    handle = await bench.start(Hello.run, "x")
    await handle.result()
    description = await handle.describe()
    assert description.status == WorkflowExecutionStatus.COMPLETED
    assert description.history_length == 5 and description.task_queue == bench.task_queue
    assert description.close_time is not None and description.close_time >= description.start_time


@scenario("list / workflow id: exactly that one")
async def list_by_id(bench: Bench) -> None:
    handle = await bench.start(Hello.run, "x")

    async def listed() -> bool:
        found = bench.client.list_workflows(f"WorkflowId = '{handle.id}'")
        return [each.id async for each in found] == [handle.id]

    await eventually(listed)


if __name__ == "__main__":
    main()
