import asyncio
from temporalio.client import Client
from temporalio.worker import Worker

from greeting import GreetingWorkflow, greet  # fix: the seed shows the parts without their imports

async def main():
    client = await Client.connect("localhost:7233")
    worker = Worker(client, task_queue="greeting-tasks", 
                   workflows=[GreetingWorkflow], activities=[greet])
    await worker.run()

if __name__ == "__main__":
    asyncio.run(main())
