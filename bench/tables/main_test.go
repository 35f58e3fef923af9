package main

import (
	"strings"
	"testing"
)

func TestConvert(t *testing.T) {
	const in = `goos: linux
cpu: x
BenchmarkSMTP/light/plain-2 	 3000	 140762 ns/go-mail	 2.215 x-net/smtp
BenchmarkSMTP/light/TLS-2 	 3000	 150000 ns/go-mail
BenchmarkDesk/5ms/1_in_flight-2 	 3	 74.94 SQLite
PASS
`
	const want = `cpu: x

| SMTP | µs/go-mail | x-net/smtp |
|---|---|---|
| light/plain | 141 | 2.21 |
| light/TLS | 150 |  |

| Desk | SQLite |
|---|---|
| 5ms/1 in flight | 74.9 |
`
	var got strings.Builder
	if err := convert(strings.NewReader(in), &got); err != nil || got.String() != want {
		t.Errorf("convert: %v\n%s\nwant\n%s", err, got.String(), want)
	}
}
