"""Reads a calendar feed as programs of others do: `icalendar` for the format, `dateutil` for rules and zones.

    read.py events URL FROM UNTIL   one line per occurrence: title, beginning, end, sequence, status
    read.py zones URL               compares each VTIMEZONE of the feed with the zone database of Python
"""

import sys
import urllib.request
from datetime import date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo, reset_tzpath

import icalendar
from dateutil import rrule, tz

# The edition that is installed beside this script, not that of the machine.
reset_tzpath(to=[])
UTC = timezone.utc


def fetch(url):
    with urllib.request.urlopen(url, timeout=30) as answer:
        kind = answer.headers["content-type"]
        assert kind == "text/calendar; charset=utf-8", kind
        return answer.read()


def instant(value):
    if not isinstance(value, datetime):
        return datetime(value.year, value.month, value.day, tzinfo=UTC)
    assert value.tzinfo is not None, f"{value} has no zone"
    return value.astimezone(UTC)


def described(text):
    """The zones of the feed as it describes them itself."""
    import io

    lines = text.decode().replace("\r\n ", "").split("\r\n")
    kept, inside = [], False
    for line in lines:
        inside = inside or line == "BEGIN:VTIMEZONE"
        if inside:
            kept.append(line)
        if line == "END:VTIMEZONE":
            inside = False
    if not kept:
        return None
    return tz.tzical(io.StringIO("\n".join(kept) + "\n"))


def occurrences(text, start, end):
    calendar = icalendar.Calendar.from_ical(text)
    zones = described(text)
    events = calendar.walk("VEVENT")
    moved = {}
    for event in events:
        for name in ("UID", "DTSTAMP", "SEQUENCE", "STATUS", "LAST-MODIFIED", "SUMMARY"):
            assert name in event, f"{name} is missing in {event.get('UID')}"
        if "RECURRENCE-ID" in event:
            moved[(str(event["UID"]), instant(event["RECURRENCE-ID"].dt))] = event
    for event in events:
        first = event["DTSTART"].dt
        last = event["DTEND"].dt if "DTEND" in event else first
        if "RRULE" not in event:
            yield event, instant(first), instant(last)
            continue
        # As a program without zones of its own: by the description in the feed.
        zone = zones.get(event["DTSTART"].params["TZID"])
        length = last.replace(tzinfo=None) - first.replace(tzinfo=None)
        civil = first.replace(tzinfo=None)
        left_out = set()
        if "EXDATE" in event:
            lines = event["EXDATE"]
            for line in lines if isinstance(lines, list) else [lines]:
                left_out |= {one.dt.replace(tzinfo=None) for one in line.dts}
        rule = rrule.rrulestr(event["RRULE"].to_ical().decode(), dtstart=civil)
        for at in rule.between(start - timedelta(days=2), end, inc=True):
            if at in left_out:
                continue
            begin = at.replace(tzinfo=zone).astimezone(UTC)
            if (str(event["UID"]), begin) in moved:
                continue
            # The end as clocks show it: where clocks change meanwhile the feed says it in instants.
            yield event, begin, (at + length).replace(tzinfo=zone).astimezone(UTC)


def events(url, start, end):
    start, end = (datetime.fromisoformat(text).replace(tzinfo=None) for text in (start, end))
    text = fetch(url)
    for line in text.split(b"\r\n"):
        assert len(line) <= 75 and b"\n" not in line, line
    for event, begin, until in occurrences(text, start, end):
        if until > start.replace(tzinfo=UTC) and begin < end.replace(tzinfo=UTC):
            shown = (str(event["SUMMARY"]), begin.isoformat(), until.isoformat())
            print("\t".join((*shown, str(event["SEQUENCE"]), str(event["STATUS"]))))


def zones(url):
    found = described(fetch(url))
    bad = False
    for name in sorted(found.keys()):
        theirs, ours, compared, wrong = ZoneInfo(name), found.get(name), 0, 0
        at = datetime(2026, 1, 1)
        while at < datetime(2030, 1, 1):
            near = {theirs.utcoffset(at + timedelta(hours=h)) for h in (-3, 0, 3)}
            # In the hours around a change a civil time has two meanings.
            if len(near) == 1:
                compared += 1
                if ours.utcoffset(at) not in near:
                    wrong += 1
                    if wrong <= 5:
                        print(f"{name} {at}: {ours.utcoffset(at)} and not {theirs.utcoffset(at)}")
            at += timedelta(hours=2)
        bad = bad or wrong > 0
        print(f"{name}: {compared} times agree" if not wrong else f"{name}: {wrong} times are wrong")
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    {"events": events, "zones": zones}[sys.argv[1]](*sys.argv[2:])
