"""Workflows of the tests of runs that follow each other (chains.py)."""

from typing import Any

from temporalio import workflow
from temporalio.exceptions import ApplicationError


@workflow.defn
class CountDown:
    @workflow.run
    async def run(self, start: int) -> list[str]:
        if start > 0:
            workflow.continue_as_new(start - 1)
        info = workflow.info()
        return [info.first_execution_run_id, info.continued_run_id or ""]


@workflow.defn
class BecomeAnother:
    @workflow.run
    async def run(self) -> Any:
        workflow.continue_as_new("hello", workflow="ReportSelf", memo={"note": "from before"})


@workflow.defn
class ReportSelf:
    @workflow.run
    async def run(self, word: str) -> list[Any]:
        return [word, workflow.info().workflow_type, workflow.memo()]


@workflow.defn
class CollectInChain:
    """Carries what it was sent on into the next run each time there are two; ends at `count`."""

    def __init__(self) -> None:
        self.items: list[Any] = []

    @workflow.run
    async def run(self, count: int, before: list[Any]) -> list[Any]:
        self.items = [*before, *self.items]
        wanted = min(len(before) + 2, count)
        await workflow.wait_condition(lambda: len(self.items) >= wanted)
        if len(self.items) < count:
            workflow.continue_as_new(args=[count, self.items])
        return self.items

    @workflow.signal
    def add(self, item: Any) -> None:
        self.items.append(item)


@workflow.defn
class SucceedAtAttempt:
    @workflow.run
    async def run(self, wanted: int) -> list[Any]:
        attempt = workflow.info().attempt
        if attempt < wanted:
            raise ApplicationError(f"attempt {attempt}", type="NotYet")
        last = workflow.get_last_failure()
        return [attempt, str(last) if last else None]


@workflow.defn
class EndlessAtFirst:
    @workflow.run
    async def run(self) -> int:
        attempt = workflow.info().attempt
        if attempt == 1:
            await workflow.wait_condition(lambda: False)
        return attempt


WORKFLOWS: list[type] = [
    CountDown,
    BecomeAnother,
    ReportSelf,
    CollectInChain,
    SucceedAtAttempt,
    EndlessAtFirst,
]
