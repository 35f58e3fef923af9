// Package organizertest checks that a calendar keeps the rules of [organizer.Calendar],
// and explains each rule that it breaks. It is for adapters of your own:
//
//	func TestCalendar(t *testing.T) {
//		server := startServer(t)
//		organizertest.TestCalendar(t, organizertest.Place{
//			Open: func(t *testing.T) organizer.Calendar {
//				c, err := mycalendar.Open(server.URL)
//				if err != nil {
//					t.Fatal(err)
//				}
//				return c
//			},
//			Mails: server.Outbox,
//			Lacks: []string{organizertest.LackAlarms},
//		})
//	}
//
// [Memory] is a calendar in memory, for tests of programs.
package organizertest
