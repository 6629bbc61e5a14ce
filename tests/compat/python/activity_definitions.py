"""The activities of the Python compatibility tests."""

import asyncio
from datetime import timedelta
from typing import Any

from temporalio import activity
from temporalio.exceptions import ApplicationError

# Task tokens of activities that a scenario completes from outside, by workflow id.
tokens: dict[str, bytes] = {}
# Workflow ids whose activity runs, and those whose activity saw its cancellation.
running: set[str] = set()
cancelled: set[str] = set()


@activity.defn(name="echo")
async def echo(value: Any) -> Any:
    return value


@activity.defn(name="succeed_at")
async def succeed_at(attempt: int, next_retry_delay: float | None) -> int:
    current = activity.info().attempt
    if current < attempt:
        delay = None if next_retry_delay is None else timedelta(seconds=next_retry_delay)
        raise ApplicationError(f"attempt {current} failed", type="TryAgain", next_retry_delay=delay)
    return current


@activity.defn(name="fail")
async def fail(message: str, kind: str, non_retryable: bool) -> None:
    raise ApplicationError(message, "detail", 7, type=kind, non_retryable=non_retryable)


@activity.defn(name="hang")
async def hang() -> None:
    await asyncio.Future[None]()


@activity.defn(name="beat_then_hang")
async def beat_then_hang(details: Any) -> list[Any]:
    info = activity.info()
    if info.attempt == 1:
        activity.heartbeat(details)
        await asyncio.Future[None]()
    return list(info.heartbeat_details)


@activity.defn(name="beat_until_cancelled")
async def beat_until_cancelled(complete: bool) -> str:
    workflow_id = activity.info().workflow_id or ""
    running.add(workflow_id)
    try:
        while True:
            activity.heartbeat("still here")
            await asyncio.sleep(0.05)
    except asyncio.CancelledError:
        cancelled.add(workflow_id)
        if complete:
            return "completed anyway"
        raise


@activity.defn(name="complete_elsewhere")
async def complete_elsewhere() -> None:
    info = activity.info()
    tokens[info.workflow_id or ""] = info.task_token
    activity.raise_complete_async()


ALL: list[Any] = [
    echo,
    succeed_at,
    fail,
    hang,
    beat_then_hang,
    beat_until_cancelled,
    complete_elsewhere,
]
