package riverdesk

import (
	"database/sql"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
)

// NewWithTimes is New with other times, so that tests need not wait for minutes.
func NewWithTimes(db *sql.DB, listen *pgxpool.Pool, o *Options, runTime, rescueAfter time.Duration) (*Queue, error) {
	return newQueue(db, listen, o, runTime, rescueAfter)
}

// LaneOf returns the queue of a tenant for mails.
func LaneOf(tag string) string { return laneOf(mainQueue, tag) }

// CalendarLaneOf returns the queue of a tenant for calendars.
func CalendarLaneOf(tag string) string { return laneOf(calendarQueue, tag) }
