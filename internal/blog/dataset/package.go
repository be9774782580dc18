package dataset

import (
	"errors"
	"fmt"
	"io"
	"iter"
	"regexp"
	"strings"
)

// Package is one package of the index, with what becomes a post.
type Package struct {
	Line        int    // where it begins in the index, from 1
	Name        string // unique within the index, but for versions
	Version     string // may be empty
	Maintainer  Maintainer
	Section     string   // such as utils or non-free/net; may be empty
	Summary     string   // the short description; may be empty
	Description string   // the long one as plain text; empty where the index has none
	Homepage    string   // may be empty
	Tags        []string // debtags such as role::program, sorted, none twice
}

// Packages reads an index in the format of apt-cache dumpavail, one package at a
// time. For a package that cannot be used it yields a *Problem and goes on; any
// other error is one of reading, and the last.
func Packages(r io.Reader) iter.Seq2[Package, error] {
	return func(yield func(Package, error) bool) {
		stanzas := newStanzaReader(r)
		for {
			s, err := stanzas.next()
			if errors.Is(err, io.EOF) {
				return
			}
			if err != nil {
				yield(Package{}, err)
				return
			}
			if !yield(s.parse()) {
				return
			}
		}
	}
}

var packageName = regexp.MustCompile(`\A[a-z0-9][a-z0-9+.-]*\z`)

// parse makes a package of the stanza; the error is a *Problem.
func (s stanza) parse() (Package, error) {
	name := s.fields["package"]
	problem := func(format string, args ...any) (Package, error) {
		return Package{}, &Problem{Line: s.line, Name: name, Reason: fmt.Sprintf(format, args...)}
	}
	switch {
	case s.fault != "":
		return problem("%s", s.fault)
	case name == "":
		return problem("the field Package is missing")
	case !packageName.MatchString(name):
		return problem("%q is not a package name: lower-case letters, digits, +, - and .", clip(name))
	case s.fields["maintainer"] == "":
		return problem("the field Maintainer is missing")
	}
	maintainer, err := parseMaintainer(s.fields["maintainer"])
	if err != nil {
		return problem("%v", err)
	}
	tags, err := parseTags(s.fields["tag"])
	if err != nil {
		return problem("%v", err)
	}
	summary, description := parseDescription(s.fields["description"])
	return Package{
		Line: s.line, Name: name, Version: s.fields["version"], Maintainer: maintainer,
		Section: s.fields["section"], Summary: summary, Description: description,
		Homepage: s.fields["homepage"], Tags: tags,
	}, nil
}

// parseDescription splits a Description field. The lines of a paragraph are
// wrapped and joined again; one with further white space in front stands by
// itself, and one with a dot alone parts paragraphs.
func parseDescription(field string) (summary, text string) {
	summary, rest, _ := strings.Cut(field, "\n")
	var b strings.Builder
	apart := "" // what parts the next wrapped line from the one before
	for line := range strings.SplitSeq(rest, "\n") {
		line = strings.TrimPrefix(strings.Replace(line, "\t", " ", 1), " ")
		switch verbatim := strings.HasPrefix(line, " "); {
		case line == "":
		case line == ".":
			apart = "\n\n"
		case verbatim:
			if b.Len() > 0 && apart != "\n\n" {
				apart = "\n"
			}
			b.WriteString(apart + line)
			apart = "\n"
		default:
			b.WriteString(apart + line)
			apart = " "
		}
	}
	return strings.TrimSpace(summary), strings.Trim(b.String(), "\n")
}

// clip shortens odd input for a message.
func clip(text string) string {
	const most = 60
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return text
}
