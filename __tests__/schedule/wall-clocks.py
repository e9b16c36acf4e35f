"""Whether windows are open around every change of offset of every zone, by Python's own reading of the time zone database.

Reads JSON from the standard input: {"windows": [{"days", "fromS", "toS"}], "fromYear", "toYear"}. Prints JSON: {"version": the
database's, if known; "zones": {name: [[instant in s, "0101…" for the windows], …]}}.
"""

import json
import pathlib
import sys
import zoneinfo
from datetime import datetime, timedelta, timezone


def changes(zone, start, end):
    """The instants, in s, at which the zone's offset changes."""

    def offset(at):
        return datetime.fromtimestamp(at, zone).utcoffset()

    step = 14 * 86400
    for before in range(start, end, step):
        low, high = before, before + step
        if offset(low) == offset(high):
            continue
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if offset(middle) == offset(low) else (low, middle)
        yield high


def is_open(window, at, zone):
    local = datetime.fromtimestamp(at, zone)
    second = local.hour * 3600 + local.minute * 60 + local.second
    today = local.isoweekday() % 7
    yesterday = (local.date() - timedelta(days=1)).isoweekday() % 7
    if window["fromS"] < window["toS"]:
        return today in window["days"] and window["fromS"] <= second < window["toS"]
    if second >= window["fromS"]:
        return today in window["days"]
    return second < window["toS"] and yesterday in window["days"]


def version():
    for directory in zoneinfo.TZPATH:
        file = pathlib.Path(directory, "tzdata.zi")
        if file.exists():
            return file.read_text().split("\n", 1)[0].removeprefix("# version ")
    return None


def main():
    asked = json.load(sys.stdin)
    start = int(datetime(asked["fromYear"], 1, 1, tzinfo=timezone.utc).timestamp())
    end = int(datetime(asked["toYear"], 1, 1, tzinfo=timezone.utc).timestamp())
    zones = {}
    for name in sorted(zoneinfo.available_timezones() - {"localtime"}):
        zone = zoneinfo.ZoneInfo(name)
        around = [at + d for at in [start, *changes(zone, start, end)] for d in (-7200, -3600, -1800, -1, 0, 1, 1800, 3600, 7200)]
        zones[name] = [[at, "".join("01"[is_open(window, at, zone)] for window in asked["windows"])] for at in around]
    json.dump({"version": version(), "zones": zones}, sys.stdout)


main()
