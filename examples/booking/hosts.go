package main

import (
	"net"
	"net/http"
	"strings"
)

// knownHosts refuses requests for names that are not of this listener, if it listens on
// loopback. Otherwise another site could let its name resolve to 127.0.0.1, and read the
// page in the visitor's browser (DNS rebinding). If the listener has another address, its
// names are not known, and a proxy has to check them.
func knownHosts(listen string, at net.Addr, h http.Handler) http.Handler {
	address, ok := at.(*net.TCPAddr)
	if !ok || !address.IP.IsLoopback() {
		return h
	}
	known := map[string]bool{"localhost": true, "127.0.0.1": true, "::1": true, address.IP.String(): true, hostOf(listen): true}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !known[hostOf(r.Host)] {
			http.Error(w, "The page has another address: http://"+at.String()+"/", http.StatusMisdirectedRequest)
			return
		}
		h.ServeHTTP(w, r)
	})
}

// hostOf returns the name of an address that may have a port.
func hostOf(address string) string {
	host, _, err := net.SplitHostPort(address)
	if err != nil { // it has none
		host = strings.TrimSuffix(strings.TrimPrefix(address, "["), "]")
	}
	return strings.ToLower(host)
}
