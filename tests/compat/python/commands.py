"""What workflow code says to the server beside activities and timers, command by command."""

import uuid

from temporalio.exceptions import ApplicationError

from command_definitions import CallLocally
from scenario_runner import FIRST_TASK, Bench, events_of, expect_types, failure_of, main, scenario


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


if __name__ == "__main__":
    main()
