package entschema

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// goPackage is the package of the schemas, as the go command describes it.
type goPackage struct {
	Dir        string
	ImportPath string
	GoFiles    []string
	CgoFiles   []string

	root   string // of the project, where the go command runs
	schema string // folder, as messages name it
}

// find asks the go command about the package.
func find(ctx context.Context, root, schema string) (*goPackage, error) {
	root, err := filepath.Abs(root)
	if err != nil {
		return nil, fmt.Errorf("entschema: cannot find %s: %w", root, err)
	}
	dir := schema
	if !filepath.IsAbs(dir) {
		dir = filepath.Join(root, dir)
	}
	info, err := os.Stat(dir)
	if errors.Is(err, fs.ErrNotExist) || err == nil && !info.IsDir() {
		return nil, &NoSourceError{Dir: dir}
	}
	if err != nil {
		return nil, fmt.Errorf("entschema: cannot look at %s: %w", dir, err)
	}
	p := &goPackage{root: root, schema: schema}
	out, err := p.command(ctx, dir, "list", "-json=Dir,ImportPath,GoFiles,CgoFiles")
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(out, p); err != nil {
		return nil, fmt.Errorf("entschema: cannot read what go list says of %s: %w", dir, err)
	}
	return p, nil
}

// patience is how long the go command may take to end once the context has.
const patience = 5 * time.Second

// command runs the go command in a folder and returns its output. When it
// fails, what it printed is a *BuildError.
func (p *goPackage) command(ctx context.Context, dir string, args ...string) ([]byte, error) {
	var out, problems bytes.Buffer
	cmd := exec.CommandContext(ctx, "go", args...) //nolint:gosec // arguments of ours, and folders of the project
	cmd.Dir, cmd.Stdout, cmd.Stderr, cmd.WaitDelay = dir, &out, &problems, patience
	cmd.Env = hostEnvironment(cmd.Environ())
	err := cmd.Run()
	var exit *exec.ExitError
	switch {
	case err == nil:
		return out.Bytes(), nil
	case ctx.Err() != nil:
		return nil, fmt.Errorf("entschema: reading the schemas was stopped: %w", context.Cause(ctx))
	case errors.Is(err, exec.ErrNotFound):
		return nil, &NoToolchainError{Err: err}
	case errors.As(err, &exit):
		return nil, &BuildError{Schema: p.schema, Output: readable(problems.String())}
	default:
		return nil, fmt.Errorf("entschema: cannot run the go command: %w", err)
	}
}

// hostEnvironment is the environment for a program that is to run here,
// whatever the application is being built for.
func hostEnvironment(env []string) []string {
	kept := make([]string, 0, len(env))
	for _, setting := range env {
		if !strings.HasPrefix(setting, "GOOS=") && !strings.HasPrefix(setting, "GOARCH=") {
			kept = append(kept, setting)
		}
	}
	return kept
}

// readable takes from the compiler's output what says nothing to a reader: the
// headings of packages.
func readable(output string) string {
	var kept []string
	for line := range strings.Lines(output) {
		if !strings.HasPrefix(line, "# ") {
			kept = append(kept, strings.TrimRight(line, "\r\n"))
		}
	}
	return strings.TrimSpace(strings.Join(kept, "\n"))
}
