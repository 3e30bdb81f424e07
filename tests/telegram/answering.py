"""Answers the methods by which the bot answers: presses, inline queries, guests, check-outs, refunds."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Mapping
from typing import Any

from tests.telegram.call import Call
from tests.telegram.errors import GONE_QUERY, bad
from tests.telegram.inline import add_inline, read_result
from tests.telegram.sending import put
from tests.telegram.state import Message
from tests.telegram.world import Payment, Query


def _settle(call: Call, kind: str, query_id: str) -> Query:
    """The query that waits for this answer; each takes one."""
    query = call.world.queries.get(query_id)
    if query and query.kind == kind == "checkout" and call.world.clock() > query.deadline:
        query.data.state = "late"
    if query is None or query.kind != kind or query.answer is not None or call.world.clock() > query.deadline:
        raise bad(GONE_QUERY)
    query.answer = dict(call.given)
    return query


def answer_press(call: Call) -> Any:
    _settle(call, "press", call.given["callback_query_id"])
    return True


def answer_inline(call: Call) -> Any:
    results = call.given["results"]
    if len(results) > 50:
        raise bad("RESULTS_TOO_MUCH")
    if len({result["id"] for result in results}) < len(results):
        raise bad("RESULT_ID_DUPLICATE")
    if len(call.get("next_offset", "").encode()) > 64:
        raise bad("NEXT_OFFSET_INVALID")
    parameter = call.get("button", {}).get("start_parameter")
    if parameter is not None and not re.fullmatch(r"[A-Za-z0-9_-]{1,64}", parameter):
        raise bad("BUTTON_START_PARAM_INVALID")
    for result in results:
        read_result(call.world, result)
    _settle(call, "inline", call.given["inline_query_id"])
    return True


def answer_guest(call: Call) -> Any:
    content = read_result(call.world, call.given["result"])
    query = _settle(call, "guest", call.given["guest_query_id"])
    assert query.message
    message = add_inline(call.world, query.message.chat, content, call.given["result"], query.message)
    return {"inline_message_id": message.head["inline_message_id"]}


def _check_invoice(call: Call) -> dict[str, Any]:
    prices = call.given["prices"]
    if call.given["currency"] != "XTR":
        raise bad("CURRENCY_INVALID")
    if call.get("provider_token"):
        raise bad("PAYMENT_PROVIDER_INVALID")
    if len(prices) != 1 or not 1 <= prices[0]["amount"] <= 100_000:
        raise bad("STARS_INVOICE_INVALID")
    if call.get("subscription_period", 2_592_000) != 2_592_000:
        raise bad("SUBSCRIPTION_PERIOD_INVALID")
    return {"title": call.given["title"], "description": call.given["description"], "currency": "XTR",
            "start_parameter": call.get("start_parameter", ""), "total_amount": prices[0]["amount"]}  # fmt: skip


def send_invoice(call: Call) -> Any:
    chat, invoice = call.chat(), _check_invoice(call)
    call.may_send(chat, "can_send_other_messages", "invoices")
    sent = put(call, chat, {"invoice": invoice}, invoice=True)
    call.world.invoices[f"{chat.id}/{sent['message_id']}"] = invoice | {"payload": call.given["payload"]}
    return sent


def create_link(call: Call) -> Any:
    link = f"https://t.me/$loopback{len(call.world.invoices)}"
    call.world.invoices[link] = _check_invoice(call) | {"payload": call.given["payload"]}
    return link


def answer_checkout(call: Call) -> Any:
    if not call.given["ok"] and not call.get("error_message"):
        raise bad("error_message must be non-empty")
    query = _settle(call, "checkout", call.given["pre_checkout_query_id"])
    payment: Payment = query.data
    if not call.given["ok"]:
        payment.state, payment.complaint = "refused", call.given["error_message"]
        return True
    payment.state, payment.charge_id = "paid", f"stx{secrets.token_hex(12)}"
    call.world.book(payment, "source")
    _service(call, payment, "successful_payment", provider_payment_charge_id=secrets.token_hex(6))
    return True


def refund(call: Call) -> Any:
    charge = call.given["telegram_payment_charge_id"]
    payment = next((p for p in call.world.payments if p.charge_id == charge), None)
    if payment is None or payment.payer.id != call.given["user_id"]:
        raise bad("CHARGE_ID_INVALID")
    if payment.state == "refunded":
        raise bad("CHARGE_ALREADY_REFUNDED")
    payment.state = "refunded"
    call.world.book(payment, "receiver")
    _service(call, payment, "refunded_payment")
    return True


def _service(call: Call, payment: Payment, kind: str, **more: str) -> None:
    """Tell the chat that Stars have moved."""
    told = {"currency": "XTR", "total_amount": payment.invoice["total_amount"],
            "invoice_payload": payment.invoice["payload"], "telegram_payment_charge_id": payment.charge_id}  # fmt: skip
    chat = payment.chat
    message = Message(chat, chat.new_id(), call.world.date, payment.payer, {kind: told | more})
    call.world.updates.add("message", chat.add(message).json())


def star_transactions(call: Call) -> Any:
    begin, limit = call.get("offset", 0), call.get("limit", 100)
    if begin < 0 or not 1 <= limit <= 100:
        raise bad("STARS_TRANSACTIONS_LIMIT_INVALID")
    return {"transactions": call.world.stars[begin : begin + limit]}


METHODS: Mapping[str, Callable[[Call], Any]] = {
    "answerCallbackQuery": answer_press,
    "answerInlineQuery": answer_inline,
    "answerGuestQuery": answer_guest,
    "sendInvoice": send_invoice,
    "createInvoiceLink": create_link,
    "answerPreCheckoutQuery": answer_checkout,
    "refundStarPayment": refund,
    "getStarTransactions": star_transactions,
}
