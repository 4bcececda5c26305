"""Reads a bundle with stix2, checks each pattern with stix2-patterns, and the ids with Python's own uuid5."""

import hashlib
import json
import sys
import uuid

import stix2
from stix2patterns.validator import run_validator

NAMESPACE = uuid.UUID("7b0c1f3c-5a9e-4d0f-9c41-e86f2f0ab7d6")
raw = json.load(open(sys.argv[1]))
bundle = stix2.parse(raw, allow_custom=False)
marks = {stix2.TLP_WHITE.id, stix2.TLP_GREEN.id, stix2.TLP_AMBER.id, stix2.TLP_RED.id}
ids = {thing["id"] for thing in raw["objects"]}
indicators = [thing for thing in bundle.objects if thing.type == "indicator"]
assert marks <= ids, "a marking of STIX is missing"
assert len(ids) == len(raw["objects"]), "an id occurs twice"
for indicator in indicators:
    complaints = run_validator(indicator.pattern, stix_version="2.1")
    assert not complaints, (indicator.pattern, complaints)
    assert set(indicator.get("object_marking_refs", [])) <= ids and indicator.created_by_ref in ids
known = next(thing for thing in indicators if thing.pattern == "[domain-name:value = 'evil.example']")
key = hashlib.sha256(b"domain\0evil.example").hexdigest()[:40]
assert known.id == f"indicator--{uuid.uuid5(NAMESPACE, key)}", "the ids are no UUIDs of version 5"
print(f"== STIX: {len(indicators)} indicators read by stix2 {stix2.__version__}, every pattern is valid")
