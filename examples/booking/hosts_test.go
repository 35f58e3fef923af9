package main

import (
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
)

// TestKnownHosts asks for the page under names of this machine and of other sites.
func TestKnownHosts(t *testing.T) {
	page := http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})
	loopback, loopback6 := net.IPv4(127, 0, 0, 1), net.IPv6loopback
	for _, tt := range []struct {
		listen string
		ip     net.IP
		host   string
		want   int
	}{
		{"127.0.0.1:8080", loopback, "127.0.0.1:8080", 200},
		{"127.0.0.1:8080", loopback, "localhost:8080", 200},
		{"127.0.0.1:8080", loopback, "LocalHost", 200},
		{"127.0.0.1:8080", loopback, "[::1]:8080", 200},
		{"127.0.0.1:8080", loopback, "[::1]", 200},
		{"[::1]:8080", loopback6, "[::1]:8080", 200},
		{"rooms.local:8080", loopback, "rooms.local:8080", 200},
		{"127.0.0.9:8080", net.IPv4(127, 0, 0, 9), "127.0.0.9", 200},
		{"127.0.0.1:8080", loopback, "evil.example", 421},
		{"127.0.0.1:8080", loopback, "evil.example:8080", 421},
		{"127.0.0.1:8080", loopback, "127.0.0.1.evil.example:8080", 421},
		{"127.0.0.1:8080", loopback, "localhost.evil.example", 421},
		{"127.0.0.1:8080", loopback, "[evil.example]:8080", 421},
		{"127.0.0.1:8080", loopback, "", 421},
		{"[::1]:8080", loopback6, "evil.example", 421},
		{":8080", net.IPv6unspecified, "rooms.example.com", 200}, // its names are not known
		{"192.0.2.1:80", net.IPv4(192, 0, 2, 1), "rooms.example.com", 200},
	} {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.Host = tt.host
		w := httptest.NewRecorder()
		knownHosts(tt.listen, &net.TCPAddr{IP: tt.ip, Port: 8080}, page).ServeHTTP(w, r)
		if w.Code != tt.want {
			t.Errorf("listening on %s, a request for %q has status %d, want %d", tt.listen, tt.host, w.Code, tt.want)
		}
	}
}

// TestOtherHost asks the whole program for the page of another site.
func TestOtherHost(t *testing.T) {
	v := visitor{t, start(t, config{})}
	r, err := http.NewRequest(http.MethodGet, v.base, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Host = "evil.example"
	resp, err := http.DefaultClient.Do(r)
	v.read(resp, err, http.StatusMisdirectedRequest)
}
