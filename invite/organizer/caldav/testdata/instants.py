# Prints the instants of the meeting in an entry, as a library in Python reads them:
#     instants.py icalendar|vobject FILE…
# For each file the occurrences of the series or the single event ("at START"), the changed
# occurrences ("over RECURRENCE-ID START END"), and a line "end".
import sys
from datetime import timezone
from dateutil import rrule


def utc(t):
    return t.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def with_icalendar(text):
    import icalendar
    for e in icalendar.Calendar.from_ical(text).walk("VEVENT"):
        start, end = e.decoded("DTSTART"), e.decoded("DTEND")
        rule = e.get("RRULE")
        excluded = e.get("EXDATE", [])
        excluded = [d.dt for x in (excluded if isinstance(excluded, list) else [excluded]) for d in x.dts]
        yield e.decoded("RECURRENCE-ID") if "RECURRENCE-ID" in e else None, start, end, rule and rule.to_ical().decode(), excluded


def with_vobject(text):
    import vobject
    for e in vobject.readOne(text.decode()).vevent_list:
        rule = e.rrule.value if hasattr(e, "rrule") else None
        excluded = [d for x in getattr(e, "exdate_list", []) for d in x.value]
        yield e.recurrence_id.value if hasattr(e, "recurrence_id") else None, e.dtstart.value, e.dtend.value, rule, excluded


def lines(events):
    for rid, start, end, rule, excluded in events:
        if rid is not None:
            yield "over %s %s %s" % (utc(rid), utc(start), utc(end))
        elif rule is None:
            yield "at " + utc(start)
        else:
            zone = start.tzinfo
            for t in rrule.rrulestr(rule, dtstart=start.replace(tzinfo=None), ignoretz=True):
                t = zone.localize(t) if hasattr(zone, "localize") else t.replace(tzinfo=zone)
                if t not in excluded:
                    yield "at " + utc(t)


read = {"icalendar": with_icalendar, "vobject": with_vobject}[sys.argv[1]]
for name in sys.argv[2:]:
    with open(name, "rb") as f:
        print("\n".join(sorted(lines(read(f.read())))))
    print("end")
