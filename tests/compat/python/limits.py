"""What the SDK makes of a limit. Runs against a server whose namespace `limited` has low rates."""

import asyncio
import time

from temporalio.api.enums.v1 import ResourceExhaustedCause, ResourceExhaustedScope
from temporalio.api.errordetails.v1 import ResourceExhaustedFailure
from temporalio.api.workflowservice.v1 import CountWorkflowExecutionsRequest
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from scenario_runner import Bench, main, scenario

NAMESPACE = "limited"


@scenario("limits / namespace rate: refused calls are tried again until they succeed")
async def retried(bench: Bench) -> None:
    client = await Client.connect(bench.address, namespace=NAMESPACE)
    began = time.monotonic()
    counts = await asyncio.gather(*(client.count_workflows() for _ in range(6)))
    assert [count.count for count in counts] == [0] * 6
    assert time.monotonic() - began > 0.9


@scenario("limits / namespace rate: a call over it is refused with its cause and scope")
async def refused(bench: Bench) -> None:
    client = await Client.connect(bench.address, namespace=NAMESPACE)
    request = CountWorkflowExecutionsRequest(namespace=NAMESPACE)

    async def ask() -> RPCError | None:
        try:
            await client.workflow_service.count_workflow_executions(request, retry=False)
            return None
        except RPCError as error:
            return error

    answers = await asyncio.gather(*(ask() for _ in range(5)))
    error = next(answer for answer in answers if answer is not None)
    assert error.status is RPCStatusCode.RESOURCE_EXHAUSTED, error.status
    assert error.message == "namespace rate limit exceeded", error.message
    detail = ResourceExhaustedFailure()
    assert error.grpc_status.details[0].Unpack(detail)
    assert detail.cause == ResourceExhaustedCause.RESOURCE_EXHAUSTED_CAUSE_RPS_LIMIT
    assert detail.scope == ResourceExhaustedScope.RESOURCE_EXHAUSTED_SCOPE_NAMESPACE


if __name__ == "__main__":
    main()
