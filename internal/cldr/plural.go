package cldr

import "strings"

// Plural returns the CLDR category of a whole number: "zero", "one", "two", "few",
// "many" or "other" (CLDR, plurals.xml). A negative number has the category of its
// absolute value.
func (l *Locale) Plural(n int) string {
	n = max(n, -n)
	base, _, _ := strings.Cut(l.tag, "-")
	switch base {
	case "ja", "ko", "zh":
		return "other"
	case "fr", "pt":
		return category(n <= 1, "one")
	case "ar":
		return arabic(n)
	case "he":
		return hebrew(n)
	case "pl":
		return slavic(n, n == 1)
	case "ru", "uk":
		return slavic(n, n%10 == 1 && n%100 != 11)
	}
	return category(n == 1, "one")
}

// category returns name if is holds, and "other" otherwise.
func category(is bool, name string) string {
	if is {
		return name
	}
	return "other"
}

func slavic(n int, one bool) string {
	switch {
	case one:
		return "one"
	case n%10 >= 2 && n%10 <= 4 && (n%100 < 12 || n%100 > 14):
		return "few"
	}
	return "many"
}

func arabic(n int) string {
	switch {
	case 0 <= n && n <= 2: // the least number has no absolute value
		return [...]string{"zero", "one", "two"}[n]
	case n%100 >= 3 && n%100 <= 10:
		return "few"
	}
	return category(n%100 >= 11, "many")
}

func hebrew(n int) string {
	if n == 1 || n == 2 {
		return [...]string{"one", "two"}[n-1]
	}
	return category(n > 10 && n%10 == 0, "many")
}
