"""Answers check_host() by pyspf: JSON lines in, JSON lines out. Argument: port of the name server on 127.0.0.1."""

import json
import sys

import spf

port = int(sys.argv[1])
if spf.DNSLookup is spf.DNSLookup_dnspython:
    import dns.resolver

    resolver = dns.resolver.Resolver(configure=False)
    resolver.nameservers = ["127.0.0.1"]
    resolver.port = port
    dns.resolver.default_resolver = resolver
else:
    import DNS

    DNS.defaults["server"] = ["127.0.0.1"]
    DNS.defaults["port"] = port

limit = spf.MAX_VOID_LOOKUPS


def check(asked, voids):
    spf.MAX_VOID_LOOKUPS = voids
    try:
        query = spf.query(i=asked["ip"], s=asked["sender"], h=asked["helo"], receiver="unknown", strict=True)
        query.set_default_explanation("")
        result, _, explanation = query.check()
    except Exception as failure:  # a crash of pyspf is a disagreement, too
        return {"result": "crash", "explanation": repr(failure)}
    return {"result": result, "explanation": explanation}


for line in sys.stdin:
    asked = json.loads(line)
    answer = check(asked, limit)
    answer["unlimited"] = check(asked, 1_000_000)["result"] if answer["result"] == "permerror" else answer["result"]
    print(json.dumps(answer), flush=True)
