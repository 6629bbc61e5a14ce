"""Hello world: one workflow, one activity, worker and client in one file.

    python hello_world/hello.py [NAME]

The server is at TEMPORAL_ADDRESS (localhost:7233), in the namespace TEMPORAL_NAMESPACE (default).
"""

import asyncio
import os
import sys
import uuid
from datetime import timedelta

from temporalio import activity, workflow
from temporalio.client import Client
from temporalio.worker import Worker

TASK_QUEUE = "python-hello"


@activity.defn
async def compose_greeting(name: str) -> str:
    return f"Hello, {name}!"


@workflow.defn
class HelloWorld:
    @workflow.run
    async def run(self, name: str) -> str:
        return await workflow.execute_activity(
            compose_greeting, name, start_to_close_timeout=timedelta(seconds=10)
        )


async def main() -> None:
    client = await Client.connect(
        os.environ.get("TEMPORAL_ADDRESS", "localhost:7233"),
        namespace=os.environ.get("TEMPORAL_NAMESPACE", "default"),
    )
    name = sys.argv[1] if len(sys.argv) > 1 else "World"
    async with Worker(
        client, task_queue=TASK_QUEUE, workflows=[HelloWorld], activities=[compose_greeting]
    ):
        result = await client.execute_workflow(
            HelloWorld.run, name, id=f"python-hello-{uuid.uuid4()}", task_queue=TASK_QUEUE
        )
    print(result)


if __name__ == "__main__":
    asyncio.run(main())
