package invite

import (
	"context"
	"errors"
	"fmt"

	"github.com/convene-go/convene/mime"
)

// attachments returns the files with that number, for a mail. It loads them once for
// successive mails that have them. If the mails of the call are only queued, the files
// have no data.
func (r *renderer) attachments(ctx context.Context, number int) ([]mime.File, error) {
	if number == 0 || number == r.filesOf {
		return r.filesFor(number)
	}
	r.filesOf, r.files, r.filesErr = number, nil, nil
	list := r.meeting.attached(number)
	if len(list) == 0 {
		r.filesErr = &fileFailure{errors.New("the meeting does not know the mail's files any more")}
	}
	for i := range list {
		f := &list[i]
		data, err := r.dataOf(ctx, f)
		if errors.Is(err, ErrSkipFile) {
			continue
		}
		if err != nil {
			r.files, r.filesErr = nil, &fileFailure{fmt.Errorf("the file %.80q: %w", f.Name, err)}
			break
		}
		r.files = append(r.files, mime.File{Name: f.Name, MediaType: f.MediaType, Data: data})
	}
	return r.filesFor(number)
}

// filesFor returns the files that are loaded, or none if number is 0.
func (r *renderer) filesFor(number int) ([]mime.File, error) {
	if number == 0 {
		return nil, nil
	}
	return r.files, r.filesErr
}

// dataOf returns the data of a file: of this call, or from Options.Files.
func (r *renderer) dataOf(ctx context.Context, f *AttachedFile) ([]byte, error) {
	o := r.options
	if o.queueOnly {
		return nil, nil
	}
	for i := range o.attached {
		if o.attached[i].Hash == f.Hash {
			return o.files[i].Data, nil
		}
	}
	if o.Files == nil {
		return nil, errors.New("was attached by an earlier call, and Options.Files is nil: set it, or attach the file again")
	}
	data, err := o.Files(ctx, r.meeting.Event.UID, f.Name, f.Hash)
	if err != nil {
		return nil, fmt.Errorf("Options.Files: %w", err)
	}
	if got := hashOf(data); got != f.Hash {
		return nil, fmt.Errorf("Options.Files returned %d octets with the SHA-256 %s, but %d octets with the SHA-256 %s were attached", len(data), got, f.Size, f.Hash)
	}
	return data, nil
}

// fileFailure says why the files of a mail cannot be had.
type fileFailure struct{ err error }

func (e *fileFailure) Error() string { return e.err.Error() }
func (e *fileFailure) Unwrap() error { return e.err }

// isFileFailure reports whether the files of a mail cannot be had.
func isFileFailure(err error) bool {
	var f *fileFailure
	return errors.As(err, &f)
}
