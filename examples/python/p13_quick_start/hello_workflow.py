# hello_workflow.py
from temporalio import workflow, activity
from temporalio.client import Client
from temporalio.worker import Worker
import asyncio
from datetime import timedelta  # fix: the seed uses timedelta without importing it

@activity.defn
async def say_hello(name: str) -> str:
    return f"Hello, {name}!"

@workflow.defn
class HelloWorkflow:
    @workflow.run
    async def run(self, name: str) -> str:
        return await workflow.execute_activity(
            say_hello,
            name,
            start_to_close_timeout=timedelta(seconds=10)
        )

async def main():
    client = await Client.connect("localhost:7233")

    # Start worker
    async with Worker(
        client,
        task_queue="hello-queue",
        workflows=[HelloWorkflow],
        activities=[say_hello]
    ):
        # Execute workflow
        result = await client.execute_workflow(
            HelloWorkflow.run,
            "World",
            id="hello-workflow-1",
            task_queue="hello-queue"
        )
        print(result)  # "Hello, World!"

if __name__ == "__main__":
    asyncio.run(main())
