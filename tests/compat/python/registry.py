"""Namespaces, search attributes, lists by them, task queues and workers."""

import asyncio
import time
import uuid
from datetime import datetime, timedelta, timezone

from google.protobuf.duration_pb2 import Duration
from temporalio.api.enums.v1 import IndexedValueType, NamespaceState, WorkerStatus
from temporalio.api.namespace.v1 import NamespaceConfig, UpdateNamespaceInfo
from temporalio.api.operatorservice.v1 import (
    AddSearchAttributesRequest,
    ListSearchAttributesRequest,
    RemoveSearchAttributesRequest,
)
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.workflowservice.v1 import (
    CountWorkersRequest,
    DescribeNamespaceRequest,
    DescribeTaskQueueRequest,
    DescribeWorkerRequest,
    ListNamespacesRequest,
    ListWorkersRequest,
    RegisterNamespaceRequest,
    UpdateNamespaceRequest,
)
from temporalio.client import Client
from temporalio.common import SearchAttributeKey, SearchAttributePair, TypedSearchAttributes
from temporalio.runtime import Runtime
from temporalio.service import RPCError, RPCStatusCode
from temporalio.worker import Worker

import activity_definitions
import workflow_definitions
from scenario_runner import Bench, eventually, main, scenario, unique_queue
from workflow_definitions import Sleep

DAY = Duration(seconds=86_400)


async def new_namespace(bench: Bench) -> str:
    name = f"compat-py-{uuid.uuid4()}"
    service = bench.client.workflow_service
    await service.register_namespace(
        RegisterNamespaceRequest(namespace=name, workflow_execution_retention_period=DAY)
    )
    return name


async def retried(call) -> None:
    """Until the server knows the namespace everywhere; the official one takes a moment."""

    async def done() -> bool:
        try:
            await call()
            return True
        except RPCError:
            return False

    await eventually(done, seconds=20)


@scenario("namespace / register and describe: what was given is shown, the same name is refused")
async def register(bench: Bench) -> None:
    name = f"compat-py-{uuid.uuid4()}"
    service = bench.client.workflow_service
    request = RegisterNamespaceRequest(
        namespace=name,
        workflow_execution_retention_period=DAY,
        description="of a test",
        data={"team": "x"},
    )
    await service.register_namespace(request)
    described = await service.describe_namespace(DescribeNamespaceRequest(namespace=name))
    assert described.namespace_info.name == name
    assert described.namespace_info.description == "of a test"
    assert dict(described.namespace_info.data) == {"team": "x"}
    assert described.namespace_info.state == NamespaceState.NAMESPACE_STATE_REGISTERED
    assert described.config.workflow_execution_retention_ttl == DAY
    try:
        await service.register_namespace(request)
        raise AssertionError("it was registered twice")
    except RPCError as error:
        assert error.status == RPCStatusCode.ALREADY_EXISTS


@scenario("namespace / list: it is among the others")
async def list_all(bench: Bench) -> None:
    name = await new_namespace(bench)
    listed = await bench.client.workflow_service.list_namespaces(
        ListNamespacesRequest(page_size=1000)
    )
    names = {one.namespace_info.name for one in listed.namespaces}
    assert {"default", name} <= names


@scenario("namespace / update: description and retention change, data is merged")
async def update(bench: Bench) -> None:
    name = await new_namespace(bench)

    async def change(**data: str):
        return await bench.client.workflow_service.update_namespace(
            UpdateNamespaceRequest(
                namespace=name,
                update_info=UpdateNamespaceInfo(description="changed", data=data),
                config=NamespaceConfig(workflow_execution_retention_ttl=Duration(seconds=7_200)),
            )
        )

    await change(a="1")
    answer = await change(b="2")
    assert answer.namespace_info.description == "changed"
    assert dict(answer.namespace_info.data) == {"a": "1", "b": "2"}
    assert answer.config.workflow_execution_retention_ttl.seconds == 7_200


@scenario("search attribute / add, list and remove: known at once, and gone at once")
async def attributes(bench: Bench) -> None:
    name = await new_namespace(bench)
    service = bench.client.operator_service
    types = {
        "Customer": IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD,
        "Total": IndexedValueType.INDEXED_VALUE_TYPE_INT,
    }
    request = AddSearchAttributesRequest(namespace=name, search_attributes=types)
    await retried(lambda: service.add_search_attributes(request))
    wanted = ListSearchAttributesRequest(namespace=name)
    assert dict((await service.list_search_attributes(wanted)).custom_attributes) == types
    await service.remove_search_attributes(
        RemoveSearchAttributesRequest(namespace=name, search_attributes=["Total"])
    )
    left = (await service.list_search_attributes(wanted)).custom_attributes
    assert list(left) == ["Customer"]


@scenario("search attribute / start with typed ones: shown by describe and found by lists and counts")
async def typed_attributes(bench: Bench) -> None:
    name = await new_namespace(bench)
    keyword = SearchAttributeKey.for_keyword("Customer")
    total = SearchAttributeKey.for_int("Total")
    due = SearchAttributeKey.for_datetime("DueAt")
    tags = SearchAttributeKey.for_keyword_list("Tags")
    request = AddSearchAttributesRequest(
        namespace=name,
        search_attributes={
            "Customer": IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD,
            "Total": IndexedValueType.INDEXED_VALUE_TYPE_INT,
            "DueAt": IndexedValueType.INDEXED_VALUE_TYPE_DATETIME,
            "Tags": IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD_LIST,
        },
    )
    await retried(lambda: bench.client.operator_service.add_search_attributes(request))
    client = await Client.connect(bench.address, namespace=name)

    async def start(workflow_id: str, amount: int) -> None:
        await client.start_workflow(
            Sleep.run,
            1.0,
            id=workflow_id,
            task_queue="nobody polls",
            search_attributes=TypedSearchAttributes(
                [
                    SearchAttributePair(keyword, "ann"),
                    SearchAttributePair(total, amount),
                    SearchAttributePair(due, datetime(2026, 2, 1, 10, tzinfo=timezone.utc)),
                    SearchAttributePair(tags, ["red", "big"]),
                ]
            ),
        )

    await retried(lambda: start("first", 5))
    await start("second", 50)
    described = await client.get_workflow_handle("first").describe()
    assert described.typed_search_attributes[total] == 5
    assert described.typed_search_attributes[tags] == ["red", "big"]

    async def found(query: str) -> list[str]:
        return sorted([run.id async for run in client.list_workflows(query)])

    async def both() -> bool:
        return (await client.count_workflows("Customer = 'ann'")).count == 2

    await eventually(both)
    assert await found("Total > 5") == ["second"]
    assert await found("Tags = 'red' AND Total = 5 AND Customer IN ('ann', 'bob')") == ["first"]
    assert await found("DueAt < '2026-02-01T10:00:00Z'") == []
    grouped = await client.count_workflows("Customer = 'ann' GROUP BY ExecutionStatus")
    groups = [(list(group.group_values), group.count) for group in grouped.groups]
    assert (grouped.count, groups) == (2, [(["Running"], 2)]), groups


@scenario("task queue / describe: the pollers of the worker, in both modes")
async def describe_queue(bench: Bench) -> None:
    service = bench.client.workflow_service
    queue = TaskQueue(name=bench.task_queue)

    async def seen() -> bool:
        plain = await service.describe_task_queue(
            DescribeTaskQueueRequest(namespace="default", task_queue=queue, task_queue_type=1)
        )
        enhanced = await service.describe_task_queue(
            DescribeTaskQueueRequest(
                namespace="default", task_queue=queue, api_mode=1, report_pollers=True
            )
        )
        types = enhanced.versions_info[""].types_info
        return len(plain.pollers) > 0 and len(types[1].pollers) > 0

    await eventually(seen)


@scenario("worker / heartbeat: a running worker is listed and described by what it says of itself")
async def heartbeat(bench: Bench) -> None:
    runtime = Runtime(telemetry=bench.telemetry, worker_heartbeat_interval=timedelta(seconds=1))
    client = await Client.connect(bench.address, runtime=runtime)
    service = bench.client.workflow_service
    queue = unique_queue()
    query = f"TaskQueue = '{queue}'"
    worker = Worker(
        client,
        task_queue=queue,
        workflows=workflow_definitions.ALL,
        activities=activity_definitions.ALL,
    )
    async with worker:

        async def counted() -> bool:
            request = CountWorkersRequest(namespace="default", query=query)
            return (await service.count_workers(request)).count == 1

        await eventually(counted, seconds=20)
        listed = await service.list_workers(ListWorkersRequest(namespace="default", query=query))
        found = listed.workers_info[0].worker_heartbeat
        assert found.sdk_name == "temporal-python"
        assert found.status == WorkerStatus.WORKER_STATUS_RUNNING
        described = await service.describe_worker(
            DescribeWorkerRequest(
                namespace="default", worker_instance_key=found.worker_instance_key
            )
        )
        assert described.worker_info.worker_heartbeat.task_queue == queue
        began = time.monotonic()
    assert time.monotonic() - began < 3, "the worker took long to shut down"


@scenario("worker / without heartbeats: it works and leaves quickly all the same")
async def silent(bench: Bench) -> None:
    runtime = Runtime(telemetry=bench.telemetry, worker_heartbeat_interval=None)
    client = await Client.connect(bench.address, runtime=runtime)
    queue = unique_queue()
    worker = Worker(
        client,
        task_queue=queue,
        workflows=workflow_definitions.ALL,
        activities=activity_definitions.ALL,
    )
    async with worker:
        handle = await bench.start(Sleep.run, 0.01, task_queue=queue)
        assert await asyncio.wait_for(handle.result(), 10) == "awake"
        began = time.monotonic()
    assert time.monotonic() - began < 3, "the worker took long to shut down"


if __name__ == "__main__":
    main()
