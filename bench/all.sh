#!/bin/sh
# Measures everything that README.md tells of, and prints the tables. It takes about ten
# minutes on two quiet cores. Arguments are the names of sections: smtp ways render changes
# desk answers. Without arguments it measures all of them.
#
#	sh all.sh > tables.md
set -e
cd "$(dirname "$0")"
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
go test -c -o "$out/bench.test" .
go build -o "$out/tables" ./tables

# run measures the benchmarks of a pattern, with a number of rounds or a time. The third
# argument is a flag of these tests.
run() {
	echo
	echo "    go test -run '^\$' -bench '$1' -benchtime $2 . $3"
	"$out/bench.test" -test.run '^$' -test.bench "$1" -test.benchtime "$2" $3 >"$out/raw" || { cat "$out/raw"; exit 1; }
	"$out/tables" <"$out/raw"
}

echo "$(go version), $(getconf _NPROCESSORS_ONLN) cores, load at the beginning: $(uptime | sed 's/.*average: //')"
[ -d nodemailer/node_modules ] || (cd nodemailer && npm install --no-audit --no-fund >&2) || echo "SKIPPED: nodemailer" >&2
for section in ${*:-smtp ways render changes desk answers}; do
	echo
	echo "## $section"
	case $section in
	smtp) run SMTP 5000x; run Allocations 50000x; run RoundTrips 50x ;;
	ways) run Ways 200x ;;
	render) run 'Mails|OneMail' 1s -in-a-row=20; run 'Mails|OneMail|Floor|Read|Allocated' 1s; run HiddenGuests 1x ;;
	changes) run 'Update|Plan' 1s ;;
	desk) run Commit 1000x; run Desk 3x ;;
	answers) run Answers 3000x ;;
	*) echo "no section $section" >&2; exit 2 ;;
	esac
done
echo
echo "load at the end: $(uptime | sed 's/.*average: //')"
