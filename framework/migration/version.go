package migration

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode"
)

const versionLayout = "20060102150405"

// nextVersion is the time as a version, moved on as far as it must to come
// after last: two plans in one second, or a file from a clock that was ahead.
func nextVersion(now time.Time, last string) (string, error) {
	version := now.UTC().Format(versionLayout)
	if version > last {
		return version, nil
	}
	if t, err := time.Parse(versionLayout, last); err == nil {
		return t.Add(time.Second).Format(versionLayout), nil
	}
	n, err := strconv.ParseUint(last, 10, 64)
	next := strconv.FormatUint(n+1, 10)
	if err != nil || next <= last {
		return "", fmt.Errorf("migration: cannot find a version after %s; rename that file to YYYYMMDDHHMMSS_description.sql", last)
	}
	return next, nil
}

// maxSlug keeps file names well under the limits of file systems.
const maxSlug = 80

// slug turns a description into the part of a file name after the version:
// "Add e-mail to users!" becomes "add_e_mail_to_users". Nothing usable becomes
// "migration".
func slug(description string) string {
	words := strings.FieldsFunc(strings.ToLower(description), func(r rune) bool {
		return r > unicode.MaxASCII || !unicode.IsLetter(r) && !unicode.IsDigit(r)
	})
	text := strings.Join(words, "_")
	if len(text) > maxSlug {
		text = strings.TrimRight(text[:maxSlug], "_")
	}
	if text == "" {
		return "migration"
	}
	return text
}

// oneLine makes a description fit for one line of a header.
func oneLine(description, fallback string) string {
	text := strings.Join(strings.Fields(description), " ")
	if text == "" {
		return spaced(fallback)
	}
	return text
}
