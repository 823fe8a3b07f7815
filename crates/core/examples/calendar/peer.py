"""Next slots by python-dateutil: rules expanded by rrule, zones by dateutil.tz, freezes in sorted lists."""

import bisect
import json
import sys
import time
from datetime import datetime, timedelta, timezone

try:
    # The newest zone data there is, and not that of the machine, which may be years old.
    import zoneinfo

    import tzdata

    zoneinfo.reset_tzpath([])
    EDITION = tzdata.IANA_VERSION
except ImportError:
    EDITION = "of this machine"

import dateutil
from dateutil import rrule, tz

estate = json.loads(sys.stdin.readline())
python = sys.version.split()[0]
print(f"python-dateutil {dateutil.__version__}, Python {python}, zone data {EDITION}", flush=True)
FROM, UNTIL, LENGTH = estate["from"], estate["until"], estate["length"]
EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
DAYS = [rrule.MO, rrule.TU, rrule.WE, rrule.TH]


def instant(civil, zone):
    at = tz.resolve_imaginary(civil.replace(tzinfo=zone))
    return int((at - EPOCH).total_seconds())


class Site:
    def __init__(self, site):
        self.zone = tz.UTC if site["zone"] == "UTC" else tz.gettz(site["zone"])
        hours = site["window"].split()[1]
        start, end = (int(part[:2]) for part in hours.split("-"))
        first = datetime(2026, 11, 1, start)
        self.length = timedelta(hours=end - start)
        self.rule = rrule.rrule(rrule.WEEKLY, dtstart=first, byweekday=DAYS, cache=True)
        spans = []
        for a, b in site["freezes"]:
            a, b = (instant(datetime.fromisoformat(text), self.zone) for text in (a, b))
            if a < b:
                spans.append((a, b))
        spans.sort()
        self.frozen = []
        for a, b in spans:
            if self.frozen and a <= self.frozen[-1][1]:
                self.frozen[-1] = (self.frozen[-1][0], max(b, self.frozen[-1][1]))
            else:
                self.frozen.append((a, b))
        self.ends = [b for _, b in self.frozen]
        self.after = site["after"]

    def free(self, start, end):
        """The parts of a window that no freeze takes."""
        index = bisect.bisect_right(self.ends, start)
        while index < len(self.frozen) and self.frozen[index][0] < end:
            a, b = self.frozen[index]
            if start < a:
                yield start, a
            start = max(start, b)
            index += 1
        if start < end:
            yield start, end

    def ask(self, at):
        at = max([at] + self.after)
        civil = (EPOCH + timedelta(seconds=at)).astimezone(self.zone).replace(tzinfo=None)
        for start in self.rule.xafter(civil - timedelta(days=2), inc=True):
            a = instant(start, self.zone)
            if a >= UNTIL:
                return None
            b = min(instant(start + self.length, self.zone), UNTIL)
            for first, last in self.free(a, b):
                first = max(first, at)
                if last - first >= LENGTH:
                    return first
        return None

    def open(self):
        """All of it, for the variant that is not dateutil's but a list."""
        spans = []
        for start in self.rule:
            a = instant(start, self.zone)
            if a >= UNTIL:
                break
            spans.extend(self.free(max(a, FROM), min(instant(start + self.length, self.zone), UNTIL)))
        return [s for s in spans if s[0] < s[1]]


def slot(spans, ends, at):
    for index in range(bisect.bisect_right(ends, at), len(spans)):
        start = max(spans[index][0], at)
        if spans[index][1] - start >= LENGTH:
            return start
    return None


def build():
    return [Site(site) for site in estate["sites"]]


warm_sites = build()
for site in warm_sites:
    # Fill the cache of the rule.
    site.rule.before(datetime(2028, 1, 1))
lists = [(spans, [b for _, b in spans], site.after) for site in warm_sites for spans in [site.open()]]


def timed(work):
    answers, took = [], []
    for at in estate["questions"]:
        begin = time.perf_counter()
        answers.append(work(at))
        took.append((time.perf_counter() - begin) * 1e6)
    return answers, sorted(took)[len(took) // 2]


for line in sys.stdin:
    warm_answers, warm = timed(lambda at: [site.ask(at) for site in warm_sites])

    def cold_work(at):
        sites = build()
        # As a whole, as a calendar that answers more than one question is made.
        merged = [(s.open(), s) for s in sites]
        return [slot(spans, [b for _, b in spans], max([at] + s.after)) for spans, s in merged]

    cold_answers, cold = timed(cold_work)
    bisect_answers, bisected = timed(lambda at: [slot(s, e, max([at] + after)) for s, e, after in lists])
    print(json.dumps({
        "warm": warm, "cold": cold, "bisect": bisected,
        "warmAnswers": warm_answers, "coldAnswers": cold_answers, "bisectAnswers": bisect_answers,
    }), flush=True)
