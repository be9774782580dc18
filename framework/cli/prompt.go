package cli

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"
)

// errCancelled ends a command that was not confirmed.
var errCancelled = errors.New("operation cancelled")

// Interactive reports whether questions can be asked: stdin is a terminal,
// there is one to write to, and the result is not for a program.
func (e *Env) Interactive() bool {
	in, ok := e.In.(*os.File)
	return ok && !e.json && term.IsTerminal(int(in.Fd())) && e.prompt() != nil
}

// prompt is where questions are written: stderr or, if that is redirected, the
// terminal itself. Without one it is nil.
func (e *Env) prompt() io.Writer {
	if e.errStyle.terminal {
		return e.Err
	}
	if e.terminal == nil {
		tty, err := os.OpenFile("/dev/tty", os.O_WRONLY, 0)
		if err != nil {
			return nil
		}
		e.terminal = tty // open as long as the program runs
	}
	return e.terminal
}

// Confirm asks whether to go on; the answer is no unless it is yes. With yes,
// the value of --yes, it does not ask. Where nobody can be asked it returns a
// *UsageError, so that a script does not hang.
func (e *Env) Confirm(cmd *cobra.Command, question string, yes bool) error {
	if yes {
		return nil
	}
	if !e.Interactive() {
		return e.unconfirmed(cmd, question)
	}
	answer, err := e.Ask(question+" [y/N]", "")
	if err != nil {
		return err
	}
	switch strings.ToLower(answer) {
	case "y", "yes":
		return nil
	default:
		return errCancelled
	}
}

// ConfirmDestruction is Confirm for what cannot be undone. In production the
// name of the database has to be typed, and --yes must be --force.
func (e *Env) ConfirmDestruction(cmd *cobra.Command, question string, yes, force bool) error {
	cfg, err := e.Config()
	if err != nil {
		return err
	}
	if !cfg.Production() {
		return e.Confirm(cmd, question, yes || force)
	}
	if force {
		return nil
	}
	if !e.Interactive() {
		return e.unconfirmed(cmd, question)
	}
	name := e.databaseName(cfg)
	answer, err := e.Ask(question+" This is production: type "+name+" to go on", "")
	if err != nil {
		return err
	}
	if answer != name {
		return errCancelled
	}
	return nil
}

func (e *Env) unconfirmed(cmd *cobra.Command, question string) error {
	flag := "--yes"
	if cmd.Flags().Lookup("force") != nil {
		flag = "--force"
	}
	return &UsageError{Command: cmd.CommandPath(), Err: fmt.Errorf("%s There is no terminal to ask on: confirm with %s", question, flag)}
}

// Ask asks for a line of text. An empty answer means fallback.
func (e *Env) Ask(question, fallback string) (string, error) {
	if fallback != "" {
		question += " [" + fallback + "]"
	}
	out := e.prompt()
	if out == nil {
		return "", fmt.Errorf("%s: there is no terminal to ask on", question)
	}
	_, _ = fmt.Fprint(out, question+": ")
	line, err := e.readLine()
	if errors.Is(err, errCancelled) || errors.Is(err, io.EOF) && line == "" {
		_, _ = fmt.Fprintln(out)
		return "", errCancelled
	}
	if err != nil && !errors.Is(err, io.EOF) {
		return "", fmt.Errorf("cannot read the answer: %w", err)
	}
	if line = strings.TrimSpace(line); line == "" {
		return fallback, nil
	}
	return line, nil
}

// readLine reads an answer. An interrupt ends the wait and not the read, which
// goes on until the program ends.
func (e *Env) readLine() (string, error) {
	if e.lines == nil {
		e.lines = bufio.NewReader(e.In)
	}
	type answer struct {
		line string
		err  error
	}
	read := make(chan answer, 1)
	go func() {
		line, err := e.lines.ReadString('\n')
		read <- answer{line, err}
	}()
	select {
	case a := <-read:
		return a.line, a.err //nolint:wrapcheck // io.EOF is looked for
	case <-e.stopped:
		return "", errCancelled
	}
}

// Choose asks for one of several options and returns its index. It asks again
// until the answer is one of them or a number of the list.
func (e *Env) Choose(question string, options []string) (int, error) {
	if out := e.prompt(); out != nil {
		for i, option := range options {
			_, _ = fmt.Fprintf(out, "  %d) %s\n", i+1, option)
		}
	}
	for {
		answer, err := e.Ask(question, "1")
		if err != nil {
			return 0, err
		}
		if n, err := strconv.Atoi(answer); err == nil && n >= 1 && n <= len(options) {
			return n - 1, nil
		}
		for i, option := range options {
			if strings.EqualFold(answer, option) {
				return i, nil
			}
		}
		e.Warn("%q is not one of the options", answer)
	}
}
