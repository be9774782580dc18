package config

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// text returns the value of a key, false if there is none. A value that is empty
// because a variable is not set counts as not given; one that merely has a hole
// is a problem.
func (d *document) text(key string) (string, bool) {
	s, ok := d.values[key]
	switch {
	case !ok:
		return "", false
	case len(s.unset) > 0 && s.text != "":
		d.fail(s, strings.Join(s.unset, ", ")+" is not set", fmt.Sprintf("set it, or write ${%s:-} to leave it empty", s.unset[0]))
		return "", false
	case len(s.unset) > 0:
		d.notices = append(d.notices, fmt.Sprintf("%s is left out: %s is not set (%s:%d)", key, strings.Join(s.unset, ", "), ormFile, s.line))
		return "", false
	}
	return s.text, s.text != ""
}

// typed is text for values that are not text: a literal "" is a problem.
func (d *document) typed(key string) (scalar, bool) {
	s := d.values[key]
	text, ok := d.text(key)
	if _, given := d.values[key]; given && !ok && len(s.vars) == 0 {
		d.fail(s, "is empty", "give it a value or remove the line")
	}
	s.text = strings.TrimSpace(text)
	return s, ok
}

// mismatch reports a value of a wrong type or out of range. It shows what stands
// in the file, never what came out of a variable.
func (d *document) mismatch(s scalar, want string) {
	if len(s.vars) == 0 {
		d.fail(s, fmt.Sprintf("%q is not %s", s.raw, want), "")
		return
	}
	var from []string
	for _, name := range s.vars {
		from = append(from, d.env.source(name))
	}
	d.fail(s, "its value is not "+want, "look at "+strings.Join(from, ", "))
}

// integer returns a whole number from low to high. The zero value of ok means that
// the key is not given, or wrong and reported.
func (d *document) integer(key string, low, high int) (number int, ok bool) {
	s, ok := d.typed(key)
	if !ok {
		return 0, false
	}
	number, err := strconv.Atoi(s.text)
	if err != nil || number < low || number > high {
		d.mismatch(s, fmt.Sprintf("a whole number from %d to %d", low, high))
		return 0, false
	}
	return number, true
}

// boolean returns true or false; YAML 1.1's yes, no, on and off count.
func (d *document) boolean(key string) (value, ok bool) {
	s, ok := d.typed(key)
	if !ok {
		return false, false
	}
	switch strings.ToLower(s.text) {
	case "true", "yes", "on", "1":
		return true, true
	case "false", "no", "off", "0":
		return false, true
	default:
		d.mismatch(s, "true or false")
		return false, false
	}
}

// maxDuration is longer than any timeout makes sense.
const maxDuration = 30 * 24 * time.Hour

// duration returns a positive time: a number of seconds, or text like "1m30s".
// If orNever, -1 is Forever.
func (d *document) duration(key string, orNever bool) (time.Duration, bool) {
	s, ok := d.typed(key)
	if !ok {
		return 0, false
	}
	if orNever && s.text == "-1" {
		return Forever, true
	}
	value, err := time.ParseDuration(s.text)
	if seconds, notNumber := strconv.ParseFloat(s.text, 64); notNumber == nil {
		value, err = 0, nil
		// The bound also keeps infinity and NaN out of the conversion.
		if seconds > 0 && seconds <= maxDuration.Seconds() {
			value = time.Duration(seconds * float64(time.Second))
		}
	}
	if err != nil || value <= 0 || value > maxDuration {
		want := `a number of seconds above 0, or a time such as "1m30s"`
		if orNever {
			want += ", or -1 for never"
		}
		d.mismatch(s, want)
		return 0, false
	}
	return value, true
}

// oneOf returns a word of a list.
func (d *document) oneOf(key string, words ...string) (string, bool) {
	s, ok := d.typed(key)
	if !ok {
		return "", false
	}
	word := strings.ToLower(s.text)
	for _, known := range words {
		if word == known {
			return known, true
		}
	}
	d.mismatch(s, "one of "+strings.Join(words, ", "))
	return "", false
}
