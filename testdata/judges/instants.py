"""Objects on standard input; for each, on a line: the instants (Unix seconds) of
DTSTART, DTEND and up to 110 occurrences, as python-dateutil reads them. A wall
clock is resolved through the VTIMEZONE in the object alone."""
import datetime, io, re, sys
import dateutil.rrule, dateutil.tz

UTC, FORM = datetime.timezone.utc, "%Y%m%dT%H%M%S"


def instant(wall, zone):
    return int(wall.replace(tzinfo=zone).astimezone(UTC).timestamp())


def read(text):
    text = re.sub(r"\r\n[ \t]", "", text)
    zones = re.findall(r"BEGIN:VTIMEZONE\r\n.*?END:VTIMEZONE\r\n", text, re.S)
    known = dateutil.tz.tzical(io.StringIO("".join(zones))) if zones else None
    event = text[text.index("BEGIN:VEVENT"):]

    def when(name):
        m = re.search(r'(?m)^%s(?:;VALUE=DATE)?(?:;TZID="?([^:;"\r]*)"?)?:(\S+?)(Z?)\r' % name, event)
        if not m:
            return None, None
        wall = datetime.datetime.strptime((m[2] + "T000000")[:15], FORM)
        return wall, known.get(m[1]) if m[1] else UTC

    start, zone = when("DTSTART")
    end, end_zone = when("DTEND")
    out = [instant(start, zone), instant(end, end_zone)]
    rule = re.search(r"(?m)^RRULE:(\S+)", event)
    if rule:
        def until(m):
            u = datetime.datetime.strptime(m[1], FORM).replace(tzinfo=UTC).astimezone(zone)
            return "UNTIL=" + u.strftime(FORM)
        text = re.sub(r"UNTIL=(\d{8}T\d{6})Z", until, rule[1])
        for i, wall in enumerate(dateutil.rrule.rrulestr(text, dtstart=start)):
            if i == 110:
                break
            out.append(instant(wall, zone))
    return out


for text in sys.stdin.buffer.read().decode().split("END:VCALENDAR\r\n"):
    if text.strip():
        print(*read(text))
