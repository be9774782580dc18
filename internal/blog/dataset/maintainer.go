package dataset

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// Maintainer is who looks after a package.
type Maintainer struct {
	Name  string // as the index writes it, without quotes; may be empty
	Email string // lower case
}

// parseMaintainer reads "Name <mail>", also with a comma inside the name, quotes
// around it, or a comma and more addresses behind, of which the first counts.
func parseMaintainer(field string) (Maintainer, error) {
	field = strings.Join(strings.Fields(field), " ")
	name, rest, bracketed := strings.Cut(field, "<")
	if !bracketed {
		if strings.Contains(field, "@") && !strings.Contains(field, " ") {
			return Maintainer{Email: strings.ToLower(strings.TrimRight(field, ","))}, nil
		}
		return Maintainer{}, fmt.Errorf("the maintainer %q has no e-mail address: it is written Name <mail>", clip(field))
	}
	email, _, closed := strings.Cut(rest, ">")
	if !closed {
		return Maintainer{}, fmt.Errorf("the maintainer %q has no > after the e-mail address", clip(field))
	}
	if !strings.Contains(email, "@") {
		return Maintainer{}, fmt.Errorf("the maintainer %q has no e-mail address: it is written Name <mail>", clip(field))
	}
	name = strings.TrimSpace(name)
	if inner, ok := strings.CutPrefix(name, `"`); ok && strings.HasSuffix(inner, `"`) {
		name = strings.ReplaceAll(strings.TrimSuffix(inner, `"`), `\"`, `"`)
	}
	return Maintainer{Name: strings.TrimSpace(name), Email: strings.ToLower(strings.TrimSpace(email))}, nil
}

// Lengths of a user name, in characters.
const (
	minUsername = 3
	maxUsername = 100
)

// usernames are the names that the user may get, the best first. The last one no
// other address has; it is short enough, since the first part of an address has 64
// bytes at most.
func (m Maintainer) usernames() []string {
	local, host, _ := strings.Cut(m.Email, "@")
	var names []string
	for _, name := range []string{local, local + "-" + strings.ReplaceAll(host, ".", "-")} {
		if n := utf8.RuneCountInString(name); n >= minUsername && n <= maxUsername {
			names = append(names, name)
		}
	}
	return append(names, local+"-"+digest(m.Email, 16))
}

// website is the address of the maintainer's mail domain.
func (m Maintainer) website() string {
	_, host, _ := strings.Cut(m.Email, "@")
	return "https://" + host
}
