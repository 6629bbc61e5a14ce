"""Runs two orders through the saga: one is shipped, one is compensated.

    python order_saga/order_saga.py

The server is at TEMPORAL_ADDRESS (localhost:7233), in the namespace TEMPORAL_NAMESPACE (default).
"""

import asyncio
import os
import uuid

from activities import Order, charge_card, refund_card, release_stock, reserve_stock, ship
from temporalio.client import Client
from temporalio.worker import Worker
from workflow import OrderSaga

TASK_QUEUE = "python-orders"


async def run_order(client: Client, address: str) -> dict:
    order = Order(id=uuid.uuid4().hex[:8], item="teapot", amount_cents=1999, address=address)
    handle = await client.start_workflow(
        OrderSaga.run, order, id=f"python-order-{order.id}", task_queue=TASK_QUEUE
    )
    await handle.signal(OrderSaga.add_note, "please wrap it")
    print(handle.id, "is", (await handle.query(OrderSaga.status))["state"])
    await handle.signal(OrderSaga.approve, "Ada")
    return await handle.result()


async def main() -> None:
    client = await Client.connect(
        os.environ.get("TEMPORAL_ADDRESS", "localhost:7233"),
        namespace=os.environ.get("TEMPORAL_NAMESPACE", "default"),
    )
    async with Worker(
        client,
        task_queue=TASK_QUEUE,
        workflows=[OrderSaga],
        activities=[reserve_stock, release_stock, charge_card, refund_card, ship],
    ):
        for address in ("1 Main Street", "nowhere"):
            result = await run_order(client, address)
            print(result["state"], result.get("parcel") or result.get("reason"), result["notes"])


if __name__ == "__main__":
    asyncio.run(main())
