"""Workflows and activities of the tests of single commands (commands.py)."""

from datetime import timedelta
from typing import Any

from temporalio import activity, workflow
from temporalio.common import RetryPolicy

counters: dict[str, int] = {}


@activity.defn(name="count_up")
async def count_up(counter: str) -> int:
    counters[counter] = counters.get(counter, 0) + 1
    return counters[counter]


@workflow.defn
class CallLocally:
    @workflow.run
    async def run(self, name: str, args: list[Any]) -> Any:
        return await workflow.execute_local_activity(
            name,
            args=args,
            start_to_close_timeout=timedelta(seconds=10),
            retry_policy=RetryPolicy(initial_interval=timedelta(milliseconds=20)),
        )


WORKFLOWS: list[type] = [CallLocally]
ACTIVITIES: list[Any] = [count_up]
