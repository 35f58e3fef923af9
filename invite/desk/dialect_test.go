package desk_test

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"testing"

	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/invite/desk"
)

// away is a database that cannot be reached.
type away struct{ err error }

func (a away) Connect(context.Context) (driver.Conn, error) { return nil, a.err }
func (a away) Driver() driver.Driver                        { return nil }

// TestOpenAway reads the error of Open if the database does not answer.
func TestOpenAway(t *testing.T) {
	refused := errors.New("connection refused")
	ended, stop := context.WithCancel(t.Context())
	stop()
	for _, tt := range []struct {
		name string
		ctx  context.Context
		want string
		is   error
	}{
		{"refused", t.Context(), "desk: open: the database does not answer: connection refused", refused},
		{"the context has ended", ended, "desk: open: context canceled", context.Canceled},
	} {
		_, err := desk.Open(tt.ctx, sql.OpenDB(away{refused}), invite.New(nil, nil), nil)
		if err == nil || err.Error() != tt.want || !errors.Is(err, tt.is) {
			t.Errorf("%s: Open = %v, want %s", tt.name, err, tt.want)
		}
	}
}
