"""What a valid call to this API needs that no schema can say. Calls that are meant to be wrong are left as they are."""

import hashlib
import json
import re

import schemathesis

# Only the service can make a page token. Those that a page has given (a stateful run follows them) are kept;
# the one that the description gives as an example is long over.
PAGE_TOKEN = re.compile(r"^(?!mfz2k8p4\.)[0-9a-z]{1,11}\.[A-Za-z0-9_-]*\.[A-Za-z0-9_-]{43}$")
# No schema can say what a sum may be.
TOTAL_MAX = 1_000_000_000


@schemathesis.hook
def before_call(context, case, kwargs):
    if case.meta is None or not case.meta.generation.mode.is_positive:
        return
    if case.query and not PAGE_TOKEN.match(str(case.query.get("token", "0.." + "x" * 43))):
        del case.query["token"]
    # Its coverage phase takes "0" for this, whatever the pattern says.
    if case.headers and case.headers.get("If-Match") == "0":
        del case.headers["If-Match"]
    # The administrator, as whom this run calls, orders for a user and has to name them.
    if case.operation.label == "POST /orders" and isinstance(case.body, dict):
        case.body.setdefault("user_id", "a-user")
        items = case.body.get("items", [])
        if sum(item["price"] * item["quantity"] for item in items) > TOTAL_MAX:
            for item in items:
                item["price"] = 1
    # Short keys come again with other calls, which is refused (422) before anything is looked at; the same call keeps its key.
    if case.headers and "Idempotency-Key" in case.headers:
        call = json.dumps([str(case.body), case.headers.get("If-Match")])
        case.headers["Idempotency-Key"] = hashlib.sha256(call.encode("utf-8", "replace")).hexdigest()
