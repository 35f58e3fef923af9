package ews

import (
	"context"

	"github.com/convene-go/convene/invite/organizer"
)

// folder returns the identifier of the calendar's folder. known says that it was found
// by its name before, and may have gone.
func (c *Calendar) folder(ctx context.Context) (id node, known bool, err error) {
	if c.options.Calendar == "" {
		return c.distinguished("calendar"), false, nil
	}
	c.mu.Lock()
	name := c.folderID
	c.mu.Unlock()
	if name != "" {
		return folderID(name), true, nil
	}
	name, err = c.findFolder(ctx)
	if err != nil {
		return node{}, false, err
	}
	c.mu.Lock()
	c.folderID = name
	c.mu.Unlock()
	return folderID(name), false, nil
}

// forgetFolder makes the next request look for the folder's name again.
func (c *Calendar) forgetFolder() {
	c.mu.Lock()
	c.folderID = ""
	c.mu.Unlock()
}

// folderID returns the name of a folder in a request.
func folderID(id string) node { return node{name: "t:FolderId"}.with("Id", id) }

// findFolder searches the mailbox for the calendar with the name.
func (c *Calendar) findFolder(ctx context.Context) (string, error) {
	const op = "FindFolder"
	m, err := c.doOne(ctx, op, findFolder(c.options.Calendar, c.distinguished("msgfolderroot")), "")
	if err != nil {
		return "", err
	}
	var id string
	for _, f := range m.Root.Folders.List {
		switch {
		case f.XMLName.Local != "CalendarFolder" || f.ID.ID == "":
		case id != "":
			return "", &Error{Op: op, Text: "several calendars have the name", kind: organizer.ErrNoCalendar}
		default:
			id = f.ID.ID
		}
	}
	if id == "" {
		return "", &Error{Op: op, Text: "no calendar has the name", kind: organizer.ErrNoCalendar}
	}
	return id, nil
}

// findFolder returns the search for a folder's name (MS-OXWSFOLD, FindFolder).
func findFolder(name string, root node) node {
	return elem("m:FindFolder",
		elem("m:FolderShape", leaf("t:BaseShape", "IdOnly")),
		node{name: "m:IndexedPageFolderView"}.with("MaxEntriesReturned", "50").with("Offset", "0").with("BasePoint", "Beginning"),
		elem("m:Restriction", elem("t:IsEqualTo", field("folder:DisplayName"),
			elem("t:FieldURIOrConstant", node{name: "t:Constant"}.with("Value", name)))),
		elem("m:ParentFolderIds", root),
	).with("Traversal", "Deep")
}
