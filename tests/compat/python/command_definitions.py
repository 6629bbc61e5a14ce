"""Workflows and activities of the tests of single commands (commands.py)."""

from datetime import timedelta
from typing import Any

from temporalio import activity, workflow
from temporalio.common import Priority, RetryPolicy, SearchAttributeKey

USER = SearchAttributeKey.for_keyword("BatcherUser")
PLACE = SearchAttributeKey.for_keyword("BatcherNamespace")
CHECKSUMS = SearchAttributeKey.for_keyword_list("BinaryChecksums")

counters: dict[str, int] = {}


@activity.defn(name="count_up")
async def count_up(counter: str) -> int:
    counters[counter] = counters.get(counter, 0) + 1
    return counters[counter]


@activity.defn(name="own_priority")
async def own_priority() -> list[Any]:
    priority = activity.info().priority
    return [priority.priority_key, priority.fairness_key]


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


@workflow.defn
class UpsertAttributes:
    def __init__(self) -> None:
        self._goes_on = False

    @workflow.signal
    def go_on(self) -> None:
        self._goes_on = True

    @workflow.run
    async def run(self) -> list[str]:
        workflow.upsert_search_attributes(
            [USER.value_set("first"), CHECKSUMS.value_set(["a"]), PLACE.value_set("here")]
        )
        workflow.upsert_search_attributes([USER.value_set("second"), PLACE.value_unset()])
        await workflow.wait_condition(lambda: self._goes_on)
        return [pair.key.name for pair in workflow.info().typed_search_attributes]


@workflow.defn
class ChangeMemo:
    @workflow.run
    async def run(self) -> dict[str, Any]:
        workflow.upsert_memo({"a": 1, "b": {"c": [2]}})
        workflow.upsert_memo({"a": "one", "gone": None})
        return dict(workflow.memo())


@workflow.defn
class ChangedCode:
    def __init__(self) -> None:
        self._goes_on = False

    @workflow.signal
    def go_on(self) -> None:
        self._goes_on = True

    @workflow.run
    async def run(self) -> list[bool]:
        first = workflow.patched("first-change")
        await workflow.wait_condition(lambda: self._goes_on)
        workflow.deprecate_patch("second-change")
        return [first, workflow.patched("first-change")]


@workflow.defn
class CallWithPriority:
    @workflow.run
    async def run(self) -> Any:
        return await workflow.execute_activity(
            own_priority,
            start_to_close_timeout=timedelta(seconds=10),
            priority=Priority(priority_key=1),
            summary="asks for it",
        )


WORKFLOWS: list[type] = [
    CallWithPriority,
    CallLocally,
    UpsertAttributes,
    ChangeMemo,
    ChangedCode,
]
ACTIVITIES: list[Any] = [count_up, own_priority]
