"""Occurrences of rules by python-dateutil: one JSON document in, one out."""

import json
import sys

try:
    import zoneinfo

    import tzdata

    zoneinfo.reset_tzpath([])
except ImportError:
    pass

from datetime import datetime, timezone

import dateutil
from dateutil import rrule, tz

EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
answers = []
for case in json.load(sys.stdin):
    zone = tz.UTC if case["zone"] == "UTC" else tz.gettz(case["zone"])
    found = rrule.rrulestr(case["rule"], forceset=True)
    first, last = datetime.fromisoformat(case["from"]), datetime.fromisoformat(case["until"])
    civil = found.between(first, last, inc=True)
    instants = {int((tz.resolve_imaginary(at.replace(tzinfo=zone)) - EPOCH).total_seconds()) for at in civil}
    answers.append(sorted(instants))
print(json.dumps({"version": dateutil.__version__, "answers": answers}))
