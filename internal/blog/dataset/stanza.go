package dataset

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
)

const (
	readBuffer = 64 << 10
	// maxField bounds what is kept of one field, so that odd input cannot take all
	// memory. The longest real one is some kilobytes.
	maxField = 1 << 20
)

// stanza is one block of a Debian control file.
type stanza struct {
	line   int               // of its first field
	fields map[string]string // the fields in use, by lower-case name; lines joined by \n
	fault  string            // why it cannot be used; empty when it can
}

// stanzaReader reads a control file (deb822), stanza by stanza.
type stanzaReader struct {
	r    *bufio.Reader
	line int

	current stanza
	field   string // that a continuation line belongs to; "" for one that is not kept
	value   []byte // of that field so far
	started bool   // a field of the current stanza was seen
}

func newStanzaReader(r io.Reader) *stanzaReader {
	return &stanzaReader{r: bufio.NewReaderSize(r, readBuffer)}
}

// kept reports whether a field is of use.
func kept(name string) bool {
	switch name {
	case "package", "version", "maintainer", "section", "description", "homepage", "tag":
		return true
	}
	return false
}

// next returns the next stanza, or io.EOF after the last.
func (s *stanzaReader) next() (stanza, error) {
	s.current, s.field, s.value, s.started = stanza{}, "", s.value[:0], false
	for {
		line, err := s.readLine()
		if err != nil && !errors.Is(err, io.EOF) {
			return stanza{}, fmt.Errorf("dataset: cannot read the package index after line %d: %w", s.line, err)
		}
		ended := err != nil
		switch {
		case len(bytes.TrimSpace(line)) == 0:
			ended = ended || s.started
		case line[0] == '#':
		default:
			s.add(line)
		}
		switch {
		case ended && s.started:
			s.keep()
			return s.current, nil
		case ended:
			return stanza{}, io.EOF
		}
	}
}

func (s *stanzaReader) add(line []byte) {
	if !s.started {
		s.started = true
		s.current = stanza{line: s.line, fields: make(map[string]string, 7)}
	} else if line[0] == ' ' || line[0] == '\t' {
		s.extend(line)
		return
	}
	s.keep()
	name, value, ok := bytes.Cut(line, []byte(":"))
	if !ok || len(name) == 0 || bytes.ContainsAny(name, " \t") {
		s.fail("is not a field such as Package: name")
		return
	}
	field := strings.ToLower(string(name))
	if !kept(field) {
		return
	}
	if _, twice := s.current.fields[field]; twice {
		s.fail("has the field " + string(name) + " a second time")
		return
	}
	s.field = field
	if s.bound(len(value)) {
		s.value = append(s.value, bytes.TrimSpace(value)...)
	}
}

// keep ends the current field.
func (s *stanzaReader) keep() {
	if s.field != "" {
		s.current.fields[s.field] = string(s.value)
	}
	s.field, s.value = "", s.value[:0]
}

func (s *stanzaReader) extend(line []byte) {
	if s.field == "" {
		return
	}
	if s.bound(len(s.value) + len(line)) {
		s.value = append(append(s.value, '\n'), bytes.TrimRight(line, " \t")...)
	}
}

// bound reports whether a field may have n bytes.
func (s *stanzaReader) bound(n int) bool {
	if n > maxField {
		s.fail(fmt.Sprintf("makes the field %s longer than %d bytes", s.field, maxField))
		return false
	}
	return true
}

// fail notes the first thing that is wrong with the stanza.
func (s *stanzaReader) fail(what string) {
	if s.current.fault == "" {
		s.current.fault = fmt.Sprintf("line %d %s", s.line, what)
	}
}

// readLine returns the next line without its end, valid until the next call. Of a
// line that is far too long it returns enough to say so.
func (s *stanzaReader) readLine() ([]byte, error) {
	line, err := s.r.ReadSlice('\n')
	s.line++
	if errors.Is(err, bufio.ErrBufferFull) {
		long := bytes.Clone(line)
		for errors.Is(err, bufio.ErrBufferFull) {
			line, err = s.r.ReadSlice('\n')
			if len(long) <= maxField {
				long = append(long, line...)
			}
		}
		line = long
	}
	return bytes.TrimRight(line, "\r\n"), err
}
