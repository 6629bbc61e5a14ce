"""The steps of an order and what undoes them. Each may run more than once, so each is safe to repeat."""

from dataclasses import dataclass

from temporalio import activity
from temporalio.exceptions import ApplicationError


@dataclass
class Order:
    id: str
    item: str
    amount_cents: int
    address: str


@activity.defn
async def reserve_stock(order: Order) -> str:
    return f"reservation-{order.id}"


@activity.defn
async def release_stock(reservation: str) -> None:
    activity.logger.info("released %s", reservation)


@activity.defn
async def charge_card(order: Order) -> str:
    """The bank is down for the first two attempts; the retry policy deals with it."""
    attempt = activity.info().attempt
    if attempt <= 2:
        raise ApplicationError(f"bank is not reachable (attempt {attempt})", type="BankDown")
    return f"charge-{order.id}"


@activity.defn
async def refund_card(charge: str) -> None:
    activity.logger.info("refunded %s", charge)


@activity.defn
async def ship(order: Order) -> str:
    if order.address == "nowhere":
        raise ApplicationError("no such address", type="BadAddress", non_retryable=True)
    return f"parcel-{order.id}"
