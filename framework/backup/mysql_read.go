package backup

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"strings"
)

// dumpEnd begins the last line of a dump that was not cut off.
const dumpEnd = "-- Dump completed"

// readDump reads a dump of MySQL from beginning to end and counts the rows of
// each table.
func readDump(path string) (map[string]int64, error) {
	file, err := os.Open(path) //nolint:gosec // the backup that the caller names
	if err != nil {
		return nil, fmt.Errorf("backup: cannot open the backup: %w", err)
	}
	defer func() { _ = file.Close() }() // it was only read
	d := &dumpReader{in: bufio.NewReaderSize(file, 1<<16), rows: map[string]int64{}}
	if err := d.read(); err != nil {
		return nil, fmt.Errorf("backup: cannot read %s: %w", path, err)
	}
	if d.elsewhere != "" {
		return nil, &IntegrityError{Path: path, Problems: []string{
			"it chooses databases by itself (" + d.elsewhere + ") and would write to them; dump one database, without --databases and --all-databases",
		}}
	}
	if !d.complete {
		return nil, &IntegrityError{Path: path, Problems: []string{"it was cut off: its last line is missing"}}
	}
	return d.rows, nil
}

// dumpReader counts rows: those in INSERT INTO `users` VALUES (…),(…).
type dumpReader struct {
	in        *bufio.Reader
	rows      map[string]int64
	complete  bool
	body      bool   // within the text of a trigger or a routine
	elsewhere string // the first statement that leads to another database
}

// choosesDatabase finds what mysqldump --databases writes.
var choosesDatabase = regexp.MustCompile(`(?i)^\s*(?:/\*!\d+\s*)?(?:USE|(?:CREATE|DROP)\s+(?:DATABASE|SCHEMA))\b`)

func (d *dumpReader) read() error {
	for {
		head, err := d.in.Peek(len("CREATE TABLE `"))
		if len(head) == 0 {
			if errors.Is(err, io.EOF) {
				return nil
			}
			return err
		}
		switch {
		case !d.body && bytes.HasPrefix(head, []byte("INSERT INTO `")):
			err = d.insert()
		case !d.body && bytes.HasPrefix(head, []byte("CREATE TABLE `")):
			var line string
			if line, err = d.line(); err == nil {
				if name, ok := backticked(strings.TrimPrefix(line, "CREATE TABLE ")); ok {
					d.rows[name] += 0
				}
			}
		default:
			var line string
			line, err = d.line()
			switch {
			case line == "DELIMITER ;":
				d.body = false
			case strings.HasPrefix(line, "DELIMITER "):
				d.body = true
			case !d.body && d.elsewhere == "" && choosesDatabase.MatchString(line):
				d.elsewhere = line
			}
			d.complete = strings.HasPrefix(line, dumpEnd) || d.complete && line == ""
		}
		if err != nil && !errors.Is(err, io.EOF) {
			return err
		}
	}
}

// line reads a line, of which the beginning is enough.
func (d *dumpReader) line() (string, error) {
	piece, err := d.in.ReadSlice('\n')
	text := strings.TrimRight(string(piece), "\r\n")
	for errors.Is(err, bufio.ErrBufferFull) {
		_, err = d.in.ReadSlice('\n')
	}
	return text, err
}

// insert reads one statement and counts its rows. Quotes may hold anything.
func (d *dumpReader) insert() error {
	if _, err := d.in.Discard(len("INSERT INTO `")); err != nil {
		return err
	}
	name, err := d.name()
	if err != nil {
		return err
	}
	depth, values, word := 0, false, ""
	for {
		c, err := d.in.ReadByte()
		if err != nil {
			return err
		}
		switch {
		case c == '\'' || c == '"' || c == '`':
			if err := d.quoted(c); err != nil {
				return err
			}
		case c == '(':
			if depth == 0 && values {
				d.rows[name]++
			}
			depth++
		case c == ')':
			depth--
		case c == ';' && depth == 0:
			return nil
		case depth == 0 && c >= 'A' && c <= 'Z':
			word += string(c)
			values = values || word == "VALUES"
			continue
		}
		word = ""
	}
}

// name reads to the end of a name in backticks that has begun.
func (d *dumpReader) name() (string, error) {
	var name []byte
	for {
		piece, err := d.in.ReadBytes('`')
		if err != nil {
			return "", err
		}
		name = append(name, piece...)
		if next, _ := d.in.Peek(1); len(next) == 0 || next[0] != '`' {
			return string(name[:len(name)-1]), nil
		}
		_, _ = d.in.Discard(1) // the second of two, which stand for one; it was just seen
	}
}

// quoted reads to the end of a text that has begun. A doubled quote ends it and
// begins another one, which comes to the same.
func (d *dumpReader) quoted(quote byte) error {
	for {
		c, err := d.in.ReadByte()
		if err != nil {
			return err
		}
		if c == '\\' && quote != '`' {
			if _, err := d.in.Discard(1); err != nil {
				return err
			}
			continue
		}
		if c == quote {
			return nil
		}
	}
}

// backticked reads a name in backticks at the beginning of text.
func backticked(text string) (name string, ok bool) {
	if !strings.HasPrefix(text, "`") {
		return "", false
	}
	for i := 1; i < len(text); i++ {
		if text[i] != '`' {
			continue
		}
		if i+1 < len(text) && text[i+1] == '`' {
			i++
			continue
		}
		return strings.ReplaceAll(text[1:i], "``", "`"), true
	}
	return "", false
}
