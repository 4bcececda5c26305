"""Drives the stand-in of Splunk with Splunk's own Python SDK, unchanged: what the SDK takes for Splunk may be tested against.

Usage: splunk-sdk.py '{"url": ..., "token": ..., "user": {"name": ..., "password": ...}}'
"""
import json
import sys
from urllib.parse import urlsplit

from splunklib import client

stand_in = json.loads(sys.argv[1])
address = urlsplit(stand_in["url"])
place = {"scheme": address.scheme, "host": address.hostname, "port": address.port, "app": "misp_courier"}
user = {"username": stand_in["user"]["name"], "password": stand_in["user"]["password"]}
checks = 0


def check(what, holds):
    global checks
    checks += 1
    if not holds:
        sys.exit(f"the stand-in is not what the SDK expects: {what}")


def status_of(call):
    try:
        call()
        return 200
    except client.HTTPError as error:
        return error.status


def use(service):
    collections = service.kvstore
    check("a collection that was never made is not there", "sdk" not in collections)
    collections.create("sdk", fields={"n": "number"}, accelerated_fields={"n": {"n": 1}})
    check("a collection that was made is there", "sdk" in collections and "sdk" in [one.name for one in collections])
    check("a collection cannot be made twice", status_of(lambda: collections.create("sdk")) == 409)
    check("fields have their type", collections["sdk"]["field.n"] == "number")
    check("accelerated fields are read back", collections["sdk"]["accelerated_fields.n"] == {"n": 1})
    documents(collections["sdk"].data)
    service.namespace["app"] = "search"
    check("another app does not see it", "sdk" not in service.kvstore)
    service.namespace["app"] = "misp_courier"
    service.kvstore_owner = "admin"
    check("nobody but nobody has collections", status_of(lambda: service.kvstore.list()) >= 400)
    service.kvstore_owner = "nobody"
    service.kvstore["sdk"].delete()
    check("a collection that was dropped is gone", "sdk" not in service.kvstore)


def documents(data):
    check("a key that was given is kept", data.insert(json.dumps({"_key": "a/b", "n": 1}))["_key"] == "a/b")
    check("a key is made where there is none", len(data.insert({"n": 2})["_key"]) > 0)
    check("a key cannot be inserted twice", status_of(lambda: data.insert({"_key": "a/b"})) == 409)
    check("keys are escaped", data.query_by_id("a/b")["n"] == 1)
    check("a document is replaced as a whole", data.update("a/b", {"m": 1}) == {"_key": "a/b"})
    check("nothing of it stays", "n" not in data.query_by_id("a/b"))
    check("what is not there cannot be replaced", status_of(lambda: data.update("none", {})) == 404)
    check("nor deleted by its key", status_of(lambda: data.delete_by_id("none")) == 404)
    many = [{"_key": f"{n:04}", "n": n} for n in range(1000)]
    check("a batch names its keys", data.batch_save(*many) == [one["_key"] for one in many])
    check("a batch twice is as once", data.batch_save(*many) and len(data.query()) == 1002)
    check("a batch has a limit", status_of(lambda: data.batch_save(*many, {"n": 1})) == 400)
    after = data.query(query={"_key": {"$gt": "0989"}}, sort="_key", limit=5)
    check("pages follow the keys", [one["_key"] for one in after] == ["0990", "0991", "0992", "0993", "0994"])
    data.delete(json.dumps({"$or": [{"_key": "0001"}, {"_key": "0002"}, {"_key": "none"}]}))
    check("a query deletes what it names", len(data.query(query={"n": {"$lt": 4}})) == 3)
    found = data.batch_find({"query": {"n": 7}}, {"query": {"n": 8}})
    check("several queries have several answers", [len(one) for one in found] == [1, 1])
    data.delete()
    check("no query deletes all", data.query() == [])


use(client.connect(**place, **user))
use(client.connect(**place, splunkToken=stand_in["token"]))
use(client.connect(**place, **user, basic=True))
refused = client.connect(**place, splunkToken="wrong")
check("a wrong token is refused", status_of(lambda: refused.kvstore.list()) == 401)
print(f"{checks} checks held")
