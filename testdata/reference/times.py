"""The rules by which ical reads the times of others. Input: an object a line, as a JSON string. Output: its events."""
import json, re, sys
from datetime import date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo, available_timezones
UTC, DAY, ZONES = timezone.utc, timedelta(days=1), available_timezones()
NAMES = {  # Windows names, display names and Notes names
    'Europe/Berlin': ['w. europe standard time', '(utc+01:00) amsterdam, berlin, bern, rome, stockholm, vienna', 'western/central europe', 'w. europe'],
    'America/New_York': ['eastern standard time', '(gmt-05:00) eastern time (us & canada)', 'eastern'],
    'Australia/Sydney': ['aus eastern standard time', 'canberra, melbourne, sydney'], 'Asia/Tokyo': ['tokyo standard time 1', 'tokyo'],
    'Europe/London': ['(gmt) greenwich mean time : dublin, edinburgh, lisbon, london']}
class Described:  # a VTIMEZONE: the latest onset not after the clock counts
    def __init__(self, parts): self.parts, self.nonsense = parts, len({(p['DTSTART'], p.get('RRULE')) for p in parts}) < len(parts)
    def offset(self, wall):
        onset, part = max(((self.onset(p, y), p) for p in self.parts for y in (wall.year, wall.year - 1) if self.onset(p, y) <= wall), key=lambda x: x[0])
        before, after = self.seconds(part['TZOFFSETFROM']), self.seconds(part['TZOFFSETTO'])
        return before if wall < onset + max(after - before, timedelta(0)) else after  # a skipped hour has the offset before
    def seconds(self, v): return (1 if v[0] == '+' else -1) * timedelta(hours=int(v[1:3]), minutes=int(v[3:5]))
    def onset(self, p, year):
        first, rule = datetime.strptime(p['DTSTART'], '%Y%m%dT%H%M%S'), dict(x.split('=') for x in p.get('RRULE', '').split(';') if x)
        if not rule: return first
        n, weekday, month = int(rule['BYDAY'][:-2]), 'MO TU WE TH FR SA SU'.split().index(rule['BYDAY'][-2:]), int(rule['BYMONTH'])
        days = [d for d in (date(year, month, 1) + i * DAY for i in range(31)) if d.month == month and d.weekday() == weekday]
        return datetime.combine(days[n - 1 if n > 0 else n], first.time())
def explain(tzid, described):  # the zone of a TZID; None if nothing explains it
    if tzid in described and not described[tzid].nonsense: return described[tzid]
    if iana := next((z for z, names in NAMES.items() if tzid.lower() in names), None): return ZoneInfo(iana)
    if m := re.fullmatch(r'\(?(?:GMT|UTC)? ?([+-])(\d\d?)(?:[:.]?(\d\d))?\)?', tzid):  # east is plus; only Etc/GMT-1 is the other way round
        return timezone((1 if m[1] == '+' else -1) * timedelta(hours=int(m[2]), minutes=int(m[3] or 0)))
    iana = '/'.join(tzid.split('/')[-2:])  # also with a vendor's path in front
    return ZoneInfo(iana) if iana in ZONES and '/' in iana else None
def instant(wall, zone):  # the first of two instants; in a skipped hour the offset before (RFC 5545, 3.3.5)
    if isinstance(zone, Described): return (wall - zone.offset(wall)).replace(tzinfo=UTC)
    return wall.replace(tzinfo=zone).astimezone(UTC) if zone else wall.replace(tzinfo=UTC)
def local(t, zone):  # the clock of a zone at an instant
    if not isinstance(zone, Described): return t.astimezone(zone or UTC).replace(tzinfo=None)
    return next(w for h in range(-56, 60) if instant(w := t.replace(tzinfo=None) + h * timedelta(minutes=15), zone) == t)
class Event:
    def __init__(self, lines, described, series=None):
        self.described, self.series, split = described, series, (re.fullmatch(r'((?:"[^"]*"|[^":])*):(.*)', l).groups() for l in lines)
        self.props = [(n.split(';')[0], dict(re.findall(r';([A-Z]+)="?([^";]*)"?', n)), v) for n, v in split]
        params, value = next((p, v) for n, p, v in self.props if n == 'DTSTART')
        self.day, tzid = len(value) == 8, params.get('TZID', '')  # DTSTART is a date: so is every other time, as written
        self.zone = None if self.day else self.named(params, value) or (series.zone if series and not tzid else None)
        self.floating, self.name = not self.day and not self.zone, tzid or (series.name if series else '')
        unknown = [p['TZID'] for n, p, v in self.props if n == 'DTEND' and 'TZID' in p and not self.named(p, v)]
        if unknown and not self.day and not self.floating: self.floating, self.zone, self.name = True, None, unknown[0]
        self.start, self.clock = self.read(params, value), self.written(value).time()
    def named(self, params, value): return UTC if value.endswith('Z') else explain(params['TZID'], self.described) if 'TZID' in params else None
    def written(self, value): return datetime.strptime(value.rstrip('Z') if len(value) > 8 else value + 'T000000', '%Y%m%dT%H%M%S')
    def read(self, params, value, hour=None):  # a date among hours is midnight, or the hour of DTSTART
        wall = self.written(value)
        if self.day: return datetime.combine(wall, time()).replace(tzinfo=UTC)
        if len(value) == 8 and hour: wall = datetime.combine(wall, hour)
        return instant(wall, self.zone if len(value) == 8 else None if self.floating else self.named(params, value) or self.zone)
    def all(self, name): return [(p, x) for n, p, v in self.props if n == name for x in v.split(',')]
    def end(self):
        t = next((self.read(*x) for x in self.all('DTEND')), None)
        return max(t or self.start, self.start + DAY) if self.day else t  # a day at least
    def starts(self):
        rule = dict(x.split('=') for x in self.all('RRULE')[0][1].split(';'))
        first = datetime.combine(self.written(self.all('DTSTART')[0][1]), time() if self.day else self.clock)
        step, until = DAY * {'DAILY': 1, 'WEEKLY': 7}[rule['FREQ']], self.read({}, rule['UNTIL'], self.clock) if 'UNTIL' in rule else None
        ruled = (instant(first + i * step, self.zone) for i in range(int(rule.get('COUNT', 60))))
        out = {t for t in ruled if not until or t <= until} | {self.start} | {self.read(p, v, self.clock) for p, v in self.all('RDATE')}
        gone = {self.read(p, v) for p, v in self.all('EXDATE') if len(v) > 8 or self.day}  # a date excepts its day
        days = {self.written(v).date() for _, v in self.all('EXDATE') if len(v) == 8 and not self.day}
        return sorted(t for t in out if t not in gone and local(t, self.zone).date() not in days)
    def original(self):  # the occurrence that RECURRENCE-ID names; None if that is not clear
        s, (params, value) = self.series, self.all('RECURRENCE-ID')[0]
        wall, zone, near = self.written(value), self.named(params, value), 0
        if not s:  # alone: the zone of DTSTART counts, and invite looks for the occurrence
            if self.day: return datetime.combine(wall, time(), UTC)
            lone = None if len(value) == 8 else zone or (None if 'TZID' in params else self.zone)
            return instant(wall, lone) if lone else ('DATE ' if len(value) == 8 else 'local ') + value.rstrip('Z')
        if s.day: return next((t for t in s.starts() if t.date() == wall.date()), None)
        readings, zones = {instant(wall, zone or s.zone)}, [s.zone]
        if s.floating: readings = {wall.replace(tzinfo=UTC)}
        elif zone and not self.day and len(value) > 8:  # the form of the series names an instant, and nothing else
            zones = [s.zone, zone] if instant(wall, zone) != instant(wall, s.zone) or wall.time() == time() else []
        elif self.zone and 'TZID' not in params: readings, zones = readings | {instant(wall, self.zone)}, [s.zone, self.zone]
        elif len(value) > 8 and not self.day: near = 1  # the writer may be a day away
        if len(value) == 8 or self.day: readings = set()
        found = readings & set(s.starts()) or {t for t in s.starts() for z in zones if abs((local(t, z).date() - wall.date()).days) <= near}
        return found.pop() if len(found) == 1 else None
    def told(self):
        show = lambda t: t if t is None or isinstance(t, str) else t.strftime('%Y%m%dT%H%M%SZ')
        out = {'start': show(self.start), 'end': show(self.end()), 'allDay': self.day, 'floating': self.name if self.floating else None}
        if self.all('RRULE'): out['starts'] = [show(t) for t in self.starts()][:20]
        if self.all('RECURRENCE-ID'): out['recurrenceId'] = show(self.original())
        return out
def block(lines, name): return re.findall(rf'BEGIN:{name}\n(.*?)END:{name}\n', lines, re.S)
for line in sys.stdin:
    text, described, series, out = json.loads(line), {}, None, []
    for zone in block(text, 'VTIMEZONE'):
        described[zone.split('\n')[0][5:]] = Described([dict(x.split(':', 1) for x in p.split('\n') if x) for p in block(zone, 'STANDARD') + block(zone, 'DAYLIGHT')])
    for event in sorted(block(text, 'VEVENT'), key=lambda e: 'RECURRENCE-ID' in e):
        e = Event(event.split('\n')[:-1], described, series)
        series = series or (None if 'RECURRENCE-ID' in event else e)
        out.append(e.told())
    print(json.dumps(out, sort_keys=True))
