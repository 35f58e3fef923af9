package ews

import (
	"context"
	"encoding/base64"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite/organizer"
)

// create makes a new entry. The search before it finds the entry that a call has made whose
// reply was lost. The search after it finds the entry of a call that ran meanwhile:
// the older one stays, and create takes back its own.
func (c *Calendar) create(ctx context.Context, o organizer.Object, want ical.Event) (*entry, error) {
	const op = "CreateItem"
	taken := &Error{Op: op, Text: "an entry has the UID already", kind: organizer.ErrChanged}
	found, err := c.search(ctx, o.UID)
	if err != nil {
		return nil, err
	}
	if len(found) > 0 {
		return nil, taken
	}
	zone, _ := windowsZone(want)
	item := createdItem(c.options.Version, o, want)
	m, err := c.doInFolder(ctx, op, func(folder node) node { return createItem(item, folder) }, zone)
	if err != nil {
		return nil, err
	}
	if len(m.Items.List) != 1 || m.Items.List[0].ID.ID == "" {
		return nil, afterwards(surprise(op, "the response does not name the item"))
	}
	id := m.Items.List[0].ID.ID
	if found, err = c.search(ctx, o.UID); err != nil {
		return nil, afterwards(err)
	}
	if len(found) > 0 && found[0].ID.ID != id {
		if err := c.delete(ctx, id, ""); err != nil && !isMissing(err) {
			return nil, afterwards(err)
		}
		return nil, taken
	}
	e, err := c.get(ctx, id, o.UID)
	if err != nil {
		return nil, afterwards(err)
	}
	return e, nil
}

// createItem returns the request for a new item (MS-OXWSMTGS, CreateItem).
func createItem(item, folder node) node {
	return elem("m:CreateItem", elem("m:SavedItemFolderId", folder), elem("m:Items", item)).
		with("MessageDisposition", "SaveOnly").with("SendMeetingInvitations", "SendToNone")
}

// createdItem returns the new item. MimeContent has everything that iCalendar can say. The
// other properties are those that an import does not set in all versions: without
// them, Outlook takes the entry for an appointment without attendees, or shows an alarm
// that nobody has asked for. The order is that of the schema.
func createdItem(v Version, o organizer.Object, want ical.Event) node {
	id := base64.StdEncoding.EncodeToString(globalID(o.UID))
	item := elem("t:CalendarItem",
		leaf("t:MimeContent", base64.StdEncoding.EncodeToString(o.Data)).with("CharacterSet", "UTF-8"))
	if len(want.Reminders) == 0 {
		item.nodes = append(item.nodes, leaf("t:ReminderIsSet", "false"))
	}
	item.nodes = append(item.nodes,
		globalObjectID.value(id), cleanGlobalObjectID.value(id),
		stateFlags.value("1"),     // asfMeeting (MS-OXOCAL, PidLidAppointmentStateFlags)
		responseStatus.value("1")) // respOrganized (MS-OXOCAL, section 2.2.1.11)
	if !v.since(VersionExchange2010) {
		// QUIRK: Exchange 2007 imports no attendees.
		for _, g := range groupAttendees(want) {
			if len(g.people) > 0 {
				item.nodes = append(item.nodes, g.list())
			}
		}
	}
	return item
}
