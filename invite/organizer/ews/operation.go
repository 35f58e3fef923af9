package ews

import (
	"cmp"
	"context"
	"encoding/base64"
	"slices"
	"strconv"

	"github.com/convene-go/convene/internal/address"
)

// do sends an operation and returns the parts of the response. The zone is that of
// [Options.envelope].
func (c *Calendar) do(ctx context.Context, op string, body node, zone string) (*response, error) {
	r, err := c.server.call(ctx, op, c.options.envelope(body, zone))
	if err != nil {
		return nil, err
	}
	return parse(op, r)
}

// doOne sends an operation with one part.
func (c *Calendar) doOne(ctx context.Context, op string, body node, zone string) (*message, error) {
	r, err := c.do(ctx, op, body, zone)
	if err != nil {
		return nil, err
	}
	return r.only(op)
}

// doInFolder sends an operation on the calendar's folder. If the folder that was found
// by its name has gone, it looks for the name again.
func (c *Calendar) doInFolder(ctx context.Context, op string, body func(folder node) node, zone string) (*message, error) {
	for {
		folder, known, err := c.folder(ctx)
		if err != nil {
			return nil, err
		}
		m, err := c.doOne(ctx, op, body(folder), zone)
		if !known || !isCode(err, "ErrorFolderNotFound", "ErrorSavedItemFolderNotFound", "ErrorInvalidFolderId", "ErrorInvalidIdMalformed") {
			return m, err
		}
		c.forgetFolder()
	}
}

// search returns the items with a UID, the oldest first. Usually there is one at most.
//
// The search is for the GlobalObjectId, because not all versions can search for
// calendar:UID. An item that was an occurrence of another meeting has the UID in
// CleanGlobalObjectId only.
func (c *Calendar) search(ctx context.Context, uid string) ([]item, error) {
	const op, most = "FindItem", 50
	if uid == "" {
		return nil, refusal(op, "the Object has no UID")
	}
	m, err := c.doInFolder(ctx, op, func(folder node) node { return findItem(uid, folder, most) }, "")
	if err != nil {
		return nil, err
	}
	found := slices.DeleteFunc(m.Root.Items.List, func(i item) bool { return i.XMLName.Local != "CalendarItem" || i.ID.ID == "" })
	// The order of two items must be the same for everybody, see Calendar.create. Times
	// are in UTC and of equal length.
	slices.SortFunc(found, func(a, b item) int {
		return cmp.Or(cmp.Compare(a.Created, b.Created), cmp.Compare(a.ID.ID, b.ID.ID))
	})
	return found, nil
}

// findItem returns the search for a UID (MS-OXWSSRCH, FindItem).
func findItem(uid string, folder node, most int) node {
	id := base64.StdEncoding.EncodeToString(globalID(uid))
	equal := func(x extended) node {
		return elem("t:IsEqualTo", x.path(), elem("t:FieldURIOrConstant", node{name: "t:Constant"}.with("Value", id)))
	}
	return elem("m:FindItem",
		elem("m:ItemShape", leaf("t:BaseShape", "IdOnly"), elem("t:AdditionalProperties", field("item:DateTimeCreated"))),
		node{name: "m:IndexedPageItemView"}.with("MaxEntriesReturned", strconv.Itoa(most)).with("Offset", "0").with("BasePoint", "Beginning"),
		elem("m:Restriction", elem("t:Or", equal(globalObjectID), equal(cleanGlobalObjectID))),
		elem("m:ParentFolderIds", folder),
	).with("Traversal", "Shallow")
}

// get returns the entry with an identifier.
func (c *Calendar) get(ctx context.Context, id, uid string) (*entry, error) {
	const op = "GetItem"
	m, err := c.doOne(ctx, op, getItem(c.options.Version, itemID(id, "")), "")
	if err != nil {
		return nil, err
	}
	if len(m.Items.List) != 1 {
		return nil, surprise(op, "the response has %d items, want one", len(m.Items.List))
	}
	e, err := m.Items.List[0].entry(uid)
	if err != nil {
		return nil, surprise(op, "%w", err)
	}
	return e, nil
}

// getItem returns the request for an item (MS-OXWSCORE, GetItem).
func getItem(v Version, id node) node {
	fields := elem("t:AdditionalProperties",
		field("calendar:Start"),
		field("calendar:RequiredAttendees"), field("calendar:OptionalAttendees"), field("calendar:Resources"))
	if v.since(VersionExchange2010) {
		fields.nodes = append(fields.nodes, field("calendar:StartTimeZone"))
	}
	fields.nodes = append(fields.nodes, unfinished.path())
	return elem("m:GetItem",
		elem("m:ItemShape", leaf("t:BaseShape", "IdOnly"), leaf("t:IncludeMimeContent", "true"), fields),
		elem("m:ItemIds", id))
}

// delete moves an item to Deleted Items (MS-OXWSCORE, DeleteItem).
func (c *Calendar) delete(ctx context.Context, id, key string) error {
	_, err := c.doOne(ctx, "DeleteItem", elem("m:DeleteItem", elem("m:ItemIds", itemID(id, key))).
		with("DeleteType", "MoveToDeletedItems").with("SendMeetingCancellations", "SendToNone"), "")
	return err
}

// distinguished returns the name of a distinguished folder of the mailbox.
func (c *Calendar) distinguished(name string) node {
	n := node{name: "t:DistinguishedFolderId"}.with("Id", name)
	if c.options.Mailbox != "" {
		mailbox, err := address.ASCII(c.options.Mailbox)
		if err != nil {
			mailbox = c.options.Mailbox // Open has checked it
		}
		n.nodes = append(n.nodes, elem("t:Mailbox", leaf("t:EmailAddress", mailbox)))
	}
	return n
}
