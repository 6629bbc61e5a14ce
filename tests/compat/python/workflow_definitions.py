"""The workflows of the Python compatibility tests."""

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import ActivityError, ApplicationError, is_cancelled_exception


@dataclass
class Order:
    """An argument with fields of its own."""

    number: int
    lines: list[str]


@dataclass
class Call:
    """What to call, and how."""

    name: str
    args: list[Any]
    start_to_close: float | None = 20
    schedule_to_close: float | None = None
    schedule_to_start: float | None = None
    heartbeat: float | None = None
    first_interval: float = 0.05
    attempts: int = 0
    non_retryable_types: list[str] | None = None
    task_queue: str | None = None
    cancellation: int = 0


def _seconds(value: float | None) -> timedelta | None:
    return None if value is None else timedelta(seconds=value)


def _start(call: Call) -> workflow.ActivityHandle[Any]:
    return workflow.start_activity(
        call.name,
        args=call.args,
        task_queue=call.task_queue,
        start_to_close_timeout=_seconds(call.start_to_close),
        schedule_to_close_timeout=_seconds(call.schedule_to_close),
        schedule_to_start_timeout=_seconds(call.schedule_to_start),
        heartbeat_timeout=_seconds(call.heartbeat),
        cancellation_type=workflow.ActivityCancellationType(call.cancellation),
        retry_policy=RetryPolicy(
            initial_interval=timedelta(seconds=call.first_interval),
            maximum_attempts=call.attempts,
            non_retryable_error_types=call.non_retryable_types,
        ),
    )


@workflow.defn
class Hello:
    @workflow.run
    async def run(self, name: str) -> str:
        return f"Hello, {name}!"


@workflow.defn
class EchoOrder:
    @workflow.run
    async def run(self, order: Order) -> Order:
        return Order(order.number + 1, [*order.lines, "seen"])


@workflow.defn
class Echo:
    @workflow.run
    async def run(self, value: Any) -> Any:
        return value


@workflow.defn
class EchoBytes:
    @workflow.run
    async def run(self, value: bytes) -> bytes:
        return value


@workflow.defn
class Fail:
    @workflow.run
    async def run(self, message: str, kind: str) -> None:
        raise ApplicationError(message, "part", 7, type=kind)


@workflow.defn
class Forever:
    @workflow.run
    async def run(self) -> None:
        await workflow.wait_condition(lambda: False)


@workflow.defn
class SurviveCancellation:
    @workflow.run
    async def run(self) -> str:
        try:
            await workflow.wait_condition(lambda: False)
        except asyncio.CancelledError:
            await asyncio.shield(asyncio.sleep(0.01))
        return "survived"


@workflow.defn
class CallActivity:
    @workflow.run
    async def run(self, call: Call) -> Any:
        return await _start(call)


@workflow.defn
class CallInSequence:
    def __init__(self) -> None:
        self._done = 0

    @workflow.run
    async def run(self, call: Call, count: int) -> int:
        for _ in range(count):
            await _start(call)
            self._done += 1
        return self._done

    @workflow.query
    def progress(self) -> int:
        return self._done


@workflow.defn
class CancelActivityOnSignal:
    def __init__(self) -> None:
        self._stopped = False

    @workflow.signal
    def stop(self) -> None:
        self._stopped = True

    @workflow.run
    async def run(self, call: Call) -> list[Any]:
        activity = _start(call)
        await workflow.wait_condition(lambda: self._stopped)
        activity.cancel()
        try:
            return ["completed", await activity]
        except ActivityError as error:
            return ["cancelled" if is_cancelled_exception(error) else "failed", None]


@workflow.defn
class Sleep:
    @workflow.run
    async def run(self, seconds: float) -> str:
        await asyncio.sleep(seconds)
        return "awake"


@workflow.defn
class CancelLongTimer:
    @workflow.run
    async def run(self) -> bool:
        long = asyncio.create_task(asyncio.sleep(3600))
        await asyncio.sleep(0.05)
        long.cancel()
        await asyncio.wait([long])
        return long.cancelled()


@workflow.defn
class SleepInParallel:
    @workflow.run
    async def run(self, count: int) -> int:
        await asyncio.gather(*(asyncio.sleep(0.1) for _ in range(count)))
        return count


@workflow.defn
class Collect:
    """Collects signals until there are enough of them, or until told to finish."""

    def __init__(self) -> None:
        self._items: list[Any] = []
        self._finished = False

    @workflow.run
    async def run(self, count: int) -> list[Any]:
        await workflow.wait_condition(lambda: self._finished or len(self._items) >= count)
        return self._items

    @workflow.signal
    def add(self, item: Any) -> None:
        self._items.append(item)

    @workflow.signal
    def finish(self) -> None:
        self._finished = True

    @workflow.query
    def items(self) -> list[Any]:
        return self._items

    @workflow.query
    def failing(self, message: str) -> None:
        raise ApplicationError(message, type="QueryRefused")


@workflow.defn
class BrokenAtFirst:
    """Throws what is no failure of a workflow until `mend` is called; to be run outside the sandbox."""

    mended = False

    @workflow.run
    async def run(self) -> str:
        if not BrokenAtFirst.mended:
            raise ValueError("not mended yet")
        return "mended"


ALL: list[type] = [
    Hello,
    EchoOrder,
    Echo,
    EchoBytes,
    Fail,
    Forever,
    SurviveCancellation,
    CallActivity,
    CallInSequence,
    CancelActivityOnSignal,
    Sleep,
    CancelLongTimer,
    SleepInParallel,
    Collect,
    BrokenAtFirst,
]
