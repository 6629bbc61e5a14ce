"""A Python worker and client whose server dies under them: `started`, then the result.

usage: python hello.py ADDRESS
"""

import asyncio
import sys
import uuid
from datetime import timedelta

from temporalio import activity, workflow
from temporalio.client import Client
from temporalio.runtime import LoggingConfig, Runtime, TelemetryConfig, TelemetryFilter
from temporalio.worker import UnsandboxedWorkflowRunner, Worker


@activity.defn
async def greet(name: str) -> str:
    return f"Hello, {name}!"


@workflow.defn
class Hello:
    @workflow.run
    async def run(self, name: str) -> str:
        await asyncio.sleep(1.5)
        return await workflow.execute_activity(
            greet, name, start_to_close_timeout=timedelta(seconds=5)
        )


async def main() -> None:
    silence = LoggingConfig(filter=TelemetryFilter(core_level="OFF", other_level="OFF"))
    runtime = Runtime(telemetry=TelemetryConfig(logging=silence))
    client = await Client.connect(sys.argv[1], runtime=runtime)
    queue = f"crash-py-{uuid.uuid4()}"
    runner = UnsandboxedWorkflowRunner()
    async with Worker(
        client, task_queue=queue, workflows=[Hello], activities=[greet], workflow_runner=runner
    ):
        workflow_id = f"crash-py-{uuid.uuid4()}"
        # A task on its way to the worker when the server dies is tried again only after its time-out.
        handle = await client.start_workflow(
            Hello.run,
            "restart",
            id=workflow_id,
            task_queue=queue,
            task_timeout=timedelta(seconds=2),
        )
        print("started", flush=True)
        print(await handle.result(), flush=True)


asyncio.run(main())
