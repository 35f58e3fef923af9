// Objects on standard input; for each, on a line: the instants (Unix seconds) of
// DTSTART, DTEND and up to 110 occurrences, as ical.js reads them. A wall clock is
// resolved through the VTIMEZONE in the object alone. NODE_PATH says where ical.js is.
const module_ = require('ical.js');
const ICAL = module_.default || module_;
const text = require('node:fs').readFileSync(0, 'utf8');
ICAL.design.strict = true;
for (const object of text.split(/(?<=END:VCALENDAR\r\n)/)) {
  if (!object.trim()) continue;
  const calendar = new ICAL.Component(ICAL.parse(object));
  ICAL.TimezoneService.reset();
  const zones = new Map();
  for (const z of calendar.getAllSubcomponents('vtimezone')) {
    const zone = new ICAL.Timezone(z);
    zones.set(zone.tzid, zone);
    ICAL.TimezoneService.register(zone.tzid, zone);
  }
  const event = calendar.getFirstSubcomponent('vevent');
  const when = name => {
    const p = event.getFirstProperty(name);
    const t = p.getFirstValue().clone();
    if (p.getParameter('tzid')) t.zone = zones.get(p.getParameter('tzid'));
    else t.zone = ICAL.Timezone.utcTimezone;
    return t;
  };
  const out = [when('dtstart').toUnixTime(), when('dtend').toUnixTime()];
  if (event.hasProperty('rrule')) {
    const it = event.getFirstPropertyValue('rrule').iterator(when('dtstart'));
    for (let t = it.next(); t && out.length < 112; t = it.next()) out.push(t.toUnixTime());
  }
  console.log(out.join(' '));
}
