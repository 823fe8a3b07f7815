"""Weekdays that the package `holidays` has as public holidays, as `CODE YYYY-MM-DD` a line: days.py FIRST LAST CODE..."""

import sys

import holidays

first, last = int(sys.argv[1]), int(sys.argv[2])
for code in sys.argv[3:]:
    country, _, region = code.partition("-")
    found = holidays.country_holidays(country, subdiv=region or None, years=range(first, last + 1))
    for day in sorted(found):
        if day.weekday() < 5 and first <= day.year <= last:
            print(code, day.isoformat())
