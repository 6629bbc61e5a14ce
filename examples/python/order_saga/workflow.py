"""An order as a saga: every step that is done has a compensation, run in reverse when a later step fails."""

import asyncio
from datetime import timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import ActivityError

with workflow.unsafe.imports_passed_through():
    from activities import Order, charge_card, refund_card, release_stock, reserve_stock, ship

LIMITS = {
    "start_to_close_timeout": timedelta(seconds=10),
    "retry_policy": RetryPolicy(initial_interval=timedelta(milliseconds=200)),
}


@workflow.defn
class OrderSaga:
    def __init__(self) -> None:
        self.state = "created"
        self.approved_by = ""
        self.notes: list[str] = []

    @workflow.signal
    def approve(self, by: str) -> None:
        self.approved_by = by

    @workflow.signal
    def add_note(self, text: str) -> None:
        self.notes.append(text)

    @workflow.query
    def status(self) -> dict:
        return {"state": self.state, "approved_by": self.approved_by, "notes": self.notes}

    @workflow.run
    async def run(self, order: Order) -> dict:
        compensations = []
        try:
            reservation = await workflow.execute_activity(reserve_stock, order, **LIMITS)
            compensations.append((release_stock, reservation))

            self.state = "waiting for approval"
            await workflow.wait_condition(
                lambda: self.approved_by != "", timeout=timedelta(days=3)
            )

            self.state = "charging"
            charge = await workflow.execute_activity(charge_card, order, **LIMITS)
            compensations.append((refund_card, charge))

            self.state = "cooling off"
            await asyncio.sleep(1)

            self.state = "shipping"
            parcel = await workflow.execute_activity(ship, order, **LIMITS)
            self.state = "shipped"
            return {"state": self.state, "parcel": parcel, "notes": self.notes}
        except (ActivityError, asyncio.TimeoutError) as error:
            self.state = "compensating"
            for undo, argument in reversed(compensations):
                await workflow.execute_activity(undo, argument, **LIMITS)
            self.state = "compensated"
            return {"state": self.state, "reason": str(error.__cause__ or error), "notes": self.notes}
