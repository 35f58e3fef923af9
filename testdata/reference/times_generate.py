"""Objects in which times stand in mixed forms, for times.py. usage: times_generate.py COUNT SEED
Each line of output is an object as a JSON string."""
import json, random, sys
from datetime import datetime, timedelta

EU = [('STANDARD', '19701025T030000', '+0200', '+0100', '-1SU', 10), ('DAYLIGHT', '19700329T020000', '+0100', '+0200', '-1SU', 3)]
OLD_US = [('STANDARD', '19701025T020000', '-0400', '-0500', '-1SU', 10), ('DAYLIGHT', '19700405T020000', '-0500', '-0400', '1SU', 4)]
SYDNEY = [('STANDARD', '19700405T030000', '+1100', '+1000', '1SU', 4), ('DAYLIGHT', '19701004T020000', '+1000', '+1100', '1SU', 10)]
FIXED = [('STANDARD', '19700101T000000', '+0130', '+0130', None, None)]
NONSENSE = [('STANDARD', '19700101T000000', '+0200', '+0100', None, None), ('DAYLIGHT', '19700101T000000', '+0100', '+0200', None, None)]
SAME_RULE = [('STANDARD', '19701025T030000', '+0200', '+0100', '-1SU', 10), ('DAYLIGHT', '19701025T030000', '+0100', '+0200', '-1SU', 10)]
DESCRIBED = [('Office', EU), ('Head Office', FIXED), ('US/Eastern', OLD_US), ('Customized Time Zone', SYDNEY), ('Office of the past', OLD_US),
             ('Europe/Berlin', NONSENSE), ('Europe/London', SAME_RULE), ('Eastern', SYDNEY), ('Nowhere', NONSENSE), ('Europe/Berlin', EU)]
IANA = ['Europe/Berlin', 'America/New_York', 'Australia/Sydney', 'Asia/Tokyo', 'Europe/London', 'Asia/Kolkata', 'Etc/GMT-1', '/citadel.org/20250101_1/Europe/Berlin', 'US/Eastern']
NAMED = ['W. Europe Standard Time', 'Eastern Standard Time', 'AUS Eastern Standard Time', 'Tokyo Standard Time 1', '(UTC+01:00) Amsterdam, Berlin, Bern, Rome, Stockholm, Vienna',
         'Canberra, Melbourne, Sydney', '(GMT-05:00) Eastern Time (US & Canada)', '(GMT) Greenwich Mean Time : Dublin, Edinburgh, Lisbon, London', 'Western/Central Europe',
         'Eastern', 'W. Europe', 'Tokyo', 'GMT+0100', '(GMT +1)', 'UTC+1', '+01:00', 'GMT-1', 'GMT+01.00', 'UTC-05:00', 'GMT -530']
UNKNOWN = ['Lummerland', 'PST', '(UTC+01:00) Phantasia', 'Nowhere', 'Local']
CLOCKS = [(0, 0), (0, 30), (1, 30), (2, 30), (8, 0), (9, 0), (10, 0), (15, 0), (19, 0), (20, 0), (23, 0), (23, 30)]

def form(r, name, walls, tzid, dates=0.15):
    """One line of a property with times in one form: mostly that of DTSTART."""
    stamp = lambda w: w.strftime('%Y%m%dT%H%M%S')
    kind = r.random()
    if kind < dates: return f'{name};VALUE=DATE:' + ','.join(w.strftime('%Y%m%d') for w in walls)
    if kind < dates + 0.35: return f'{name}:' + ','.join(map(stamp, walls))
    if kind < dates + 0.45: return f'{name}:' + ','.join(stamp(w) + 'Z' for w in walls)
    if kind < dates + 0.55: tzid = zone(r)
    return f'{name};TZID="{tzid}":' + ','.join(map(stamp, walls)) if tzid else f'{name}:' + ','.join(map(stamp, walls))

def zone(r):
    return r.choice(r.choice([IANA, IANA, NAMED, NAMED, UNKNOWN, [n for n, _ in DESCRIBED]]))

def start(r, wall, tzid):
    kind = r.random()
    if kind < 0.1: return f'DTSTART;VALUE=DATE:{wall:%Y%m%d}'
    if kind < 0.2: return f'DTSTART:{wall:%Y%m%dT%H%M%S}'
    if kind < 0.3: return f'DTSTART:{wall:%Y%m%dT%H%M%SZ}'
    return f'DTSTART;TZID="{tzid}":{wall:%Y%m%dT%H%M%S}'

def event(r, wall, tzid, lines):
    out = ['UID:u', start(r, wall, tzid)] + lines
    if r.random() < 0.7: out.append(form(r, 'DTEND', [wall + r.choice([timedelta(hours=1), timedelta(days=1)])], tzid, 0.1))
    r.shuffle(out)
    return 'BEGIN:VEVENT\n' + '\n'.join(out) + '\nEND:VEVENT\n'

def series(r, wall, tzid):
    step = r.choice([1, 7])
    days = [wall + timedelta(days=step * r.randrange(9)) for _ in range(3)]
    end = r.choice([f'COUNT={r.randrange(2, 20)}', f'UNTIL={days[0]:%Y%m%d}', f'UNTIL={days[0]:%Y%m%dT%H%M%S}', f'UNTIL={days[0]:%Y%m%d}T120000Z'])
    lines = [f'RRULE:FREQ={"DAILY" if step == 1 else "WEEKLY"};{end}']
    if r.random() < 0.5: lines.append(form(r, 'EXDATE', days[:r.randrange(1, 3)], tzid))
    if r.random() < 0.3: lines.append(form(r, 'RDATE', [w + timedelta(days=r.choice([0, 0, 3]), hours=r.choice([0, 5])) for w in days[1:]], tzid))
    return event(r, wall, tzid, lines), step

def override(r, wall, tzid):
    wall = wall.replace(hour=0, minute=0) if r.random() < 0.2 else wall
    return event(r, wall + timedelta(hours=r.choice([0, 0, 1, 3])), tzid if r.random() < 0.6 else zone(r), [form(r, 'RECURRENCE-ID', [wall], tzid, 0.3)])

def described(r):
    out = ''
    for name, rules in dict(r.sample(DESCRIBED, r.randrange(4))).items():
        out += f'BEGIN:VTIMEZONE\nTZID:{name}\n'
        for kind, onset, before, after, day, month in rules:
            rule = f'RRULE:FREQ=YEARLY;BYDAY={day};BYMONTH={month}\n' if day else ''
            out += f'BEGIN:{kind}\nDTSTART:{onset}\nTZOFFSETFROM:{before}\nTZOFFSETTO:{after}\n{rule}END:{kind}\n'
        out += 'END:VTIMEZONE\n'
    return out

r = random.Random(int(sys.argv[2]))
for _ in range(int(sys.argv[1])):
    hour, minute = r.choice(CLOCKS)
    month = 2 if hour in (1, 2) else r.randrange(1, 13)  # a series does not begin in a skipped hour
    wall, tzid = datetime(2027, month, r.randrange(1, 29), hour, minute), zone(r)
    zones, kind = described(r), r.random()
    if kind < 0.2: events = [event(r, wall, tzid, [])]
    elif kind < 0.35: events = [override(r, wall, tzid)]
    else:
        master, step = series(r, wall, tzid)
        events = [master] + [override(r, wall + timedelta(days=step * r.randrange(5)), tzid) for _ in range(r.randrange(3))]
        r.shuffle(events)
    print(json.dumps(f'BEGIN:VCALENDAR\nVERSION:2.0\n{zones}{"".join(events)}END:VCALENDAR\n'))
