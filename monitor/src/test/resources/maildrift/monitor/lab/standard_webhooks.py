"""Verifies one Standard Webhooks message, by the text of the specification alone.

Reads a JSON object with headers, body and secrets from stdin. For each secret prints "ok" or why not, one a line. Where
the reference library is installed, it must say the same.
"""
import base64
import hashlib
import hmac
import json
import sys
import time

TOLERANCE = 5 * 60


def verify(headers, body, secret):
    stamp = int(headers["webhook-timestamp"])
    if abs(time.time() - stamp) > TOLERANCE:
        return "old timestamp"
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{headers['webhook-id']}.{stamp}.".encode() + body.encode()
    expected = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    for signature in headers["webhook-signature"].split(" "):
        version, _, value = signature.partition(",")
        if version == "v1" and hmac.compare_digest(value, expected):
            return "ok"
    return "no matching signature"


def by_the_library(headers, body, secret):
    try:
        from standardwebhooks.webhooks import Webhook, WebhookVerificationError
    except ImportError:
        return None
    try:
        Webhook(secret).verify(body, headers)
        return True
    except WebhookVerificationError:
        return False


given = json.load(sys.stdin)
library = False
for secret in given["secrets"]:
    result = verify(given["headers"], given["body"], secret)
    theirs = by_the_library(given["headers"], given["body"], secret)
    if theirs is not None:
        library = True
        if theirs != (result == "ok"):
            result += ", and the reference library says otherwise"
    print(result)
print("library" if library else "no library")
