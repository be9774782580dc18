package backup

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// waitDelay is how long the output of a program that was killed is waited for.
const waitDelay = 5 * time.Second

// tool is a program of a database server.
type tool struct {
	path string
	env  []string // what it gets beside the environment of this process
}

// find looks for the first of the programs in PATH, then in the folders.
func find(names []string, pkg string, folders ...string) (string, error) {
	for _, name := range names {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	for _, folder := range folders {
		for _, name := range names {
			if found, err := filepath.Glob(filepath.Join(folder, name)); err == nil && len(found) > 0 {
				slices.SortFunc(found, func(a, b string) int { return len(a) - len(b) }) // 9.6 before 15
				return found[len(found)-1], nil
			}
		}
	}
	return "", &ToolError{Tool: strings.Join(names, " or "), Reason: "it is not there", Package: pkg, Path: os.Getenv("PATH")}
}

// run runs the program. What it writes to stderr becomes the error when it fails.
func (t tool) run(ctx context.Context, in io.Reader, out io.Writer, args ...string) error {
	cmd := exec.CommandContext(ctx, t.path, args...) //nolint:gosec // a program that was looked up, and arguments of ours
	cmd.Env = append(slices.DeleteFunc(os.Environ(), func(entry string) bool {
		return strings.HasPrefix(entry, "PGSERVICE=") // would win over what t.env says
	}), t.env...)
	cmd.Stdin, cmd.Stdout = in, out
	said := &tail{}
	cmd.Stderr = said
	cmd.WaitDelay = waitDelay
	err := cmd.Run()
	if ctx.Err() != nil {
		return fmt.Errorf("backup: %s was stopped: %w", t.name(), ctx.Err())
	}
	if err != nil {
		return &RunError{Tool: t.name(), Output: said.String(), Err: err}
	}
	return nil
}

func (t tool) name() string { return strings.TrimSuffix(filepath.Base(t.path), ".exe") }

// version is what the program says of its version.
func (t tool) version(ctx context.Context) (string, error) {
	var out bytes.Buffer
	if err := t.run(ctx, nil, &out, "--version"); err != nil {
		return "", err
	}
	return strings.TrimSpace(out.String()), nil
}

// major reads the first number of a version such as "pg_dump (PostgreSQL) 15.20".
func major(version string) (int, error) {
	digits := regexp.MustCompile(`\d+`).FindString(version)
	n, err := strconv.Atoi(digits)
	if err != nil {
		return 0, fmt.Errorf("backup: cannot read the version %q: %w", version, err)
	}
	return n, nil
}

// tail keeps the end of what is written to it.
type tail struct{ text []byte }

// tailSize bounds what is kept of the messages of a program.
const tailSize = 2000

// Write never fails.
func (t *tail) Write(p []byte) (int, error) {
	t.text = append(t.text, p...)
	if len(t.text) > tailSize {
		t.text = slices.Clone(t.text[len(t.text)-tailSize:])
	}
	return len(p), nil
}

func (t *tail) String() string {
	return strings.TrimSpace(strings.ReplaceAll(string(t.text), "\n", "; "))
}

// writer counts what is written to a file.
type writer struct {
	file   *os.File
	done   int64
	err    error // why it could not be written
	report func(Progress)
}

// Write writes to the file.
func (w *writer) Write(p []byte) (int, error) {
	n, err := w.file.Write(p)
	w.done += int64(n)
	w.err = err
	w.report(Progress{Stage: "copying", Done: w.done})
	return n, err
}

// into runs the program with its output going to the file at path.
func (t tool) into(ctx context.Context, path string, report func(Progress), args ...string) error {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_TRUNC, 0o600) //nolint:gosec // the part of a backup
	if err != nil {
		return fmt.Errorf("backup: cannot write the backup: %w", err)
	}
	out := &writer{file: file, report: report}
	err = t.run(ctx, nil, out, args...)
	closed := file.Close()
	if out.err == nil && err == nil {
		out.err = closed
	}
	if out.err != nil { // the program only noticed that nobody took what it wrote
		return fmt.Errorf("backup: cannot write the backup: %w", out.err)
	}
	return err
}

// reading runs the program while read takes in what it writes.
func (t tool) reading(ctx context.Context, read func(io.Reader) error, args ...string) error {
	from, to := io.Pipe()
	failed := make(chan error, 1)
	go func() {
		err := read(from)
		_ = from.CloseWithError(err) // ends the program if reading ended early
		failed <- err
	}()
	err := t.run(ctx, nil, to, args...)
	_ = to.CloseWithError(err) // a clean end if err is nil
	if readErr := <-failed; readErr != nil && (err == nil || !errors.Is(readErr, err)) {
		return readErr
	}
	return err
}
