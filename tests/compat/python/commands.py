"""What workflow code says to the server beside activities and timers, command by command."""

import uuid

from temporalio.common import Priority
from temporalio.exceptions import ApplicationError

from command_definitions import (
    CHECKSUMS,
    PLACE,
    USER,
    CallLocally,
    CallWithPriority,
    ChangedCode,
    ChangeMemo,
    UpsertAttributes,
)
from scenario_runner import (
    FIRST_TASK,
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


@scenario("local activity / success: its result, and a marker in place of three events")
async def local_success(bench: Bench) -> None:
    handle = await bench.start(CallLocally.run, "count_up", [str(uuid.uuid4())])
    assert await handle.result() == 1
    events = await expect_types(
        handle, *FIRST_TASK, "MarkerRecorded", "WorkflowExecutionCompleted"
    )
    marker = events[4].marker_recorded_event_attributes
    assert marker.marker_name == "core_local_activity"
    assert sorted(marker.details) == ["data", "result"]


@scenario("local activity / retry: tried again in the same task until it succeeds")
async def local_retry(bench: Bench) -> None:
    handle = await bench.start(CallLocally.run, "succeed_at", [3, None])
    assert await handle.result() == 3
    markers = [event for event in await events_of(handle) if event.event_type == 25]
    assert len(markers) == 1


@scenario("local activity / failure: the marker holds it, and it reaches the client")
async def local_failure(bench: Bench) -> None:
    handle = await bench.start(CallLocally.run, "fail", ["no luck", "Unlucky", True])
    cause = await failure_of(handle)
    assert isinstance(cause, ApplicationError)
    assert (cause.message, cause.type) == ("no luck", "Unlucky")
    events = await events_of(handle)
    assert events[4].marker_recorded_event_attributes.HasField("failure")


@scenario("workflow / search attributes: the code upserts them, describe and lists show them")
async def search_attributes(bench: Bench) -> None:
    handle = await bench.start(UpsertAttributes.run)

    async def shown() -> bool:
        attributes = (await handle.describe()).typed_search_attributes
        return attributes.get(USER) == "second" and attributes.get(CHECKSUMS) == ["a"]

    async def listed() -> bool:
        async for found in bench.client.list_workflows(f"WorkflowId = '{handle.id}'"):
            return found.typed_search_attributes.get(USER) == "second"
        return False

    await eventually(shown)
    await eventually(listed)
    assert (await handle.describe()).typed_search_attributes.get(PLACE) is None
    await handle.signal(UpsertAttributes.go_on)
    assert sorted(await handle.result()) == ["BatcherUser", "BinaryChecksums"]


@scenario("workflow / memo: the code changes it, describe shows it")
async def memo(bench: Bench) -> None:
    handle = await bench.start(ChangeMemo.run, memo={"kept": True, "gone": "soon"})
    wanted = {"kept": True, "a": "one", "b": {"c": [2]}}
    assert await handle.result() == wanted
    assert await (await handle.describe()).memo() == wanted


@scenario("workflow / user metadata: summary and details of a start and of an activity are kept")
async def user_metadata(bench: Bench) -> None:
    handle = await bench.start(
        CallWithPriority.run, static_summary="what it is", static_details="and more of it"
    )
    await handle.result()
    description = await handle.describe()
    assert await description.static_summary() == "what it is"
    assert await description.static_details() == "and more of it"
    scheduled = (await events_of(handle))[4]
    assert b"asks for it" in scheduled.user_metadata.summary.data


@scenario("workflow / priority: of a workflow and of an activity, each told to its worker")
async def priority(bench: Bench) -> None:
    workflow_priority = Priority(priority_key=4, fairness_key="tenant")
    handle = await bench.start(CallWithPriority.run, priority=workflow_priority)
    assert await handle.result() == [1, "tenant"]
    started = (await events_of(handle))[0].workflow_execution_started_event_attributes
    assert started.priority.priority_key == 4


@scenario("workflow / patch: a marker and a search attribute record the version that a replay takes")
async def patch(bench: Bench) -> None:
    queue = unique_queue()
    async with bench.worker(task_queue=queue):
        handle = await bench.start(ChangedCode.run, task_queue=queue)

        async def waits() -> bool:
            return len(await events_of(handle)) == 6

        await eventually(waits)
    async with bench.worker(task_queue=queue):
        await handle.signal(ChangedCode.go_on)
        assert await handle.result() == [True, True]
    names = type_names(await events_of(handle))
    assert names[4:6] == ["MarkerRecorded", "UpsertWorkflowSearchAttributes"]


if __name__ == "__main__":
    main()
