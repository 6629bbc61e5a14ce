"""Runs the scenarios of one area against a server, all at once, and prints one JSON line for each.

usage: python <area>.py ADDRESS

A line is {"name": ..., "ok": ..., "detail": ...}. Names are `area / feature: criterion`; the vitest file beside this
one makes a test of each. A scenario is a coroutine that takes the bench and raises when the server is wrong.
"""

import asyncio
import json
import sys
import traceback
import uuid
from collections.abc import Awaitable, Callable
from typing import Any

from temporalio.api.enums.v1 import EventType
from temporalio.client import Client, WorkflowFailureError, WorkflowHandle
from temporalio.runtime import LoggingConfig, Runtime, TelemetryConfig, TelemetryFilter
from temporalio.worker import Worker

import activity_definitions
import chain_definitions
import command_definitions
import workflow_definitions

AT_ONCE = 10
TIMEOUT_SECONDS = 45

Scenario = Callable[["Bench"], Awaitable[None]]
_scenarios: list[tuple[str, Scenario]] = []


def scenario(name: str) -> Callable[[Scenario], Scenario]:
    """Registers a scenario under its name."""

    def register(function: Scenario) -> Scenario:
        _scenarios.append((name, function))
        return function

    return register


class Bench:
    """One client, one shared worker, and what a scenario started."""

    telemetry = TelemetryConfig(
        # Lines on standard output are results; the SDK would log the failures that scenarios bring about.
        logging=LoggingConfig(filter=TelemetryFilter(core_level="OFF", other_level="OFF"))
    )

    def __init__(self, client: Client, address: str, task_queue: str) -> None:
        self.client = client
        self.address = address
        self.task_queue = task_queue
        self.started: list[WorkflowHandle[Any, Any]] = []

    def worker(self, **options: Any) -> Worker:
        """A worker on the shared queue, unless the options say otherwise."""
        settings: dict[str, Any] = {
            "task_queue": self.task_queue,
            "workflows": [
                *workflow_definitions.ALL,
                *chain_definitions.WORKFLOWS,
                *command_definitions.WORKFLOWS,
            ],
            "activities": [*activity_definitions.ALL, *command_definitions.ACTIVITIES],
            **options,
        }
        return Worker(self.client, **settings)

    async def start(self, workflow: Any, *args: Any, **options: Any) -> WorkflowHandle[Any, Any]:
        """Starts a workflow, by default for the shared worker."""
        settings: dict[str, Any] = {
            "id": f"compat-py-{uuid.uuid4()}",
            "task_queue": self.task_queue,
            **options,
        }
        handle = await self.client.start_workflow(workflow, args=args, **settings)
        self.started.append(handle)
        return handle


def unique_queue() -> str:
    return f"compat-py-{uuid.uuid4()}"


async def events_of(handle: WorkflowHandle[Any, Any]) -> list[Any]:
    """The events of a history, after checking what must hold for every history."""
    events = list((await handle.fetch_history()).events)
    assert [event.event_id for event in events] == list(range(1, len(events) + 1)), "ids have gaps"
    assert all(event.HasField("event_time") for event in events), "an event has no time"
    closing = [place for place, name in enumerate(type_names(events)) if name in CLOSING]
    assert closing in ([], [len(events) - 1]), f"closed at {closing} of {len(events)}"
    return events


def type_names(events: list[Any]) -> list[str]:
    """`WorkflowExecutionStarted` and so on."""
    names = [EventType.Name(event.event_type) for event in events]
    return ["".join(word.title() for word in name.split("_")[2:]) for name in names]


async def expect_types(handle: WorkflowHandle[Any, Any], *expected: str) -> list[Any]:
    """Compares the types of a history with those expected, and returns its events."""
    events = await events_of(handle)
    assert type_names(events) == list(expected), f"history is {type_names(events)}"
    return events


CLOSING = {
    "WorkflowExecutionCompleted",
    "WorkflowExecutionFailed",
    "WorkflowExecutionTimedOut",
    "WorkflowExecutionCanceled",
    "WorkflowExecutionTerminated",
    "WorkflowExecutionContinuedAsNew",
}
FIRST_TASK = (
    "WorkflowExecutionStarted",
    "WorkflowTaskScheduled",
    "WorkflowTaskStarted",
    "WorkflowTaskCompleted",
)
NEXT_TASK = ("WorkflowTaskScheduled", "WorkflowTaskStarted", "WorkflowTaskCompleted")


async def failure_of(handle: WorkflowHandle[Any, Any]) -> BaseException:
    """The cause with which the result of a failed run is raised."""
    try:
        result = await handle.result()
    except WorkflowFailureError as error:
        return error.cause
    raise AssertionError(f"the workflow completed with {result!r}")


async def eventually(check: Callable[[], Awaitable[bool]], seconds: float = 10) -> None:
    """Waits until the check holds."""
    for _ in range(int(seconds / 0.05)):
        if await check():
            return
        await asyncio.sleep(0.05)
    raise AssertionError(f"not within {seconds} s")


async def _run_all(address: str) -> None:
    runtime = Runtime(telemetry=Bench.telemetry)
    client = await Client.connect(address, runtime=runtime)
    task_queue = unique_queue()
    limit = asyncio.Semaphore(AT_ONCE)

    async def run(name: str, function: Scenario) -> None:
        async with limit:
            ok, detail = True, ""
            bench = Bench(client, address, task_queue)
            try:
                await asyncio.wait_for(function(bench), TIMEOUT_SECONDS)
                for handle in bench.started:
                    await events_of(handle)
            except Exception:
                ok, detail = False, traceback.format_exc()
            print(json.dumps({"name": name, "ok": ok, "detail": detail}), flush=True)

    async with Bench(client, address, task_queue).worker():
        await asyncio.gather(*(run(name, function) for name, function in _scenarios))


def main() -> None:
    asyncio.run(_run_all(sys.argv[1]))
