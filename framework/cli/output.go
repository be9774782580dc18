package cli

import (
	"encoding/json"
	"fmt"
	"io"
	"os"

	"golang.org/x/term"
)

// style is how a stream is written to.
type style struct {
	terminal bool // someone is watching
	rich     bool // marks beyond ASCII, and colours
}

// styleOf looks at a stream and at NO_COLOR, see https://no-color.org.
func styleOf(w io.Writer) style {
	file, ok := w.(*os.File)
	if !ok || !term.IsTerminal(int(file.Fd())) {
		return style{}
	}
	return style{terminal: true, rich: os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"}
}

// mark is a sign at the beginning of a line.
type mark int

const (
	markDone mark = iota
	markWarning
	markPending
	markFailed
)

// sign is how a mark looks: on a terminal coloured, elsewhere in plain ASCII.
func (m mark) sign(rich bool) string {
	signs := [...]struct{ rich, plain string }{
		markDone:    {"\x1b[32m✓\x1b[0m", "[ok]"},
		markWarning: {"\x1b[33m⚠\x1b[0m", "[!]"},
		markPending: {"\x1b[36m○\x1b[0m", "[ ]"},
		markFailed:  {"\x1b[31m✗\x1b[0m", "[x]"},
	}
	if rich {
		return signs[m].rich
	}
	return signs[m].plain
}

// line writes a line that begins with a mark.
func (s style) line(w io.Writer, m mark, text string) {
	_, _ = fmt.Fprintln(w, m.sign(s.rich), text) // there is nobody to tell
}

// Done prints a line of the result, marked as a success. With --json it prints
// nothing.
func (e *Env) Done(format string, args ...any) { e.result(markDone, format, args...) }

// Print prints a line of the result. With --json it prints nothing. If it cannot
// be written, as on a full disk, the command fails in the end.
func (e *Env) Print(format string, args ...any) {
	if e.json {
		return
	}
	if _, err := fmt.Fprintf(e.Out, format+"\n", args...); err != nil && e.unprinted == nil {
		e.unprinted = fmt.Errorf("cannot print the result: %w", err)
	}
}

func (e *Env) result(m mark, format string, args ...any) {
	if !e.json {
		e.outStyle.line(e.Out, m, fmt.Sprintf(format, args...))
	}
}

// Warn prints a warning to stderr.
func (e *Env) Warn(format string, args ...any) {
	e.errStyle.line(e.Err, markWarning, fmt.Sprintf(format, args...))
}

// Note prints a line of progress to stderr.
func (e *Env) Note(format string, args ...any) {
	_, _ = fmt.Fprintf(e.Err, format+"\n", args...) // there is nobody to tell
}

// PrintJSON prints the result as a JSON document.
func (e *Env) PrintJSON(v any) error {
	encoder := json.NewEncoder(e.Out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(v); err != nil {
		return fmt.Errorf("cannot print the result: %w", err)
	}
	return nil
}
