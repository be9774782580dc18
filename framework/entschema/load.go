package entschema

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"

	"entgo.io/ent/entc/load"
)

// load compiles the program that describes the schemas, runs it and reads what
// it says.
func (p *goPackage) load(ctx context.Context) (_ []*load.Schema, err error) {
	structs, err := p.structs()
	if err != nil {
		return nil, err
	}
	if len(structs) == 0 {
		return nil, &SchemaError{Schema: p.schema, Reason: "there is no entity yet"}
	}
	dir, err := os.MkdirTemp("", "framefox-schema-")
	if err != nil {
		return nil, fmt.Errorf("entschema: cannot make a temporary folder: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	binary, err := p.compile(ctx, dir, structs)
	if err != nil {
		return nil, err
	}
	answer := filepath.Join(dir, "schemas.json")
	if err := p.run(ctx, binary, answer); err != nil {
		return nil, err
	}
	return p.decode(answer, structs)
}

// compile builds the program in dir and returns its path. The compiler sees
// the source inside the folder of the schemas, from where it may import what
// they may import; but it is not there.
func (p *goPackage) compile(ctx context.Context, dir string, structs []structType) (string, error) {
	source := filepath.Join(dir, "main.go")
	if err := os.WriteFile(source, program(p.ImportPath, structs), 0o600); err != nil {
		return "", fmt.Errorf("entschema: cannot write a temporary file: %w", err)
	}
	const name = "framefox_read_schemas"
	overlay, err := json.Marshal(map[string]map[string]string{
		"Replace": {filepath.Join(p.Dir, name, "main.go"): source},
	})
	if err != nil {
		return "", fmt.Errorf("entschema: cannot describe the temporary program: %w", err)
	}
	overlayFile := filepath.Join(dir, "overlay.json")
	if err := os.WriteFile(overlayFile, overlay, 0o600); err != nil {
		return "", fmt.Errorf("entschema: cannot write a temporary file: %w", err)
	}
	binary := filepath.Join(dir, name)
	if runtime.GOOS == "windows" {
		binary += ".exe"
	}
	// From the root, so that what the compiler says is relative to it.
	from, target := p.root, "./"+filepath.ToSlash(filepath.Join(p.schema, name))
	if filepath.IsAbs(p.schema) {
		from, target = p.Dir, "./"+name
	}
	_, err = p.command(ctx, from, "build", "-buildvcs=false", "-ldflags=-s -w", "-overlay", overlayFile, "-o", binary, target)
	return binary, err
}

// run runs the program. It has the environment of this one and the root of the
// project as its working directory.
func (p *goPackage) run(ctx context.Context, binary, answer string) error {
	var problems bytes.Buffer
	cmd := exec.CommandContext(ctx, binary, answer) //nolint:gosec // built a moment ago
	cmd.Dir, cmd.Stderr, cmd.WaitDelay = p.root, &problems, patience
	err := cmd.Run()
	var exit *exec.ExitError
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return fmt.Errorf("entschema: reading the schemas was stopped: %w", context.Cause(ctx))
	case errors.As(err, &exit):
		return &SchemaError{Schema: p.schema, Reason: withoutStack(problems.String())}
	default:
		return fmt.Errorf("entschema: cannot run the program that describes the schemas: %w", err)
	}
}

// withoutStack is what a failed program said, up to the stacks of its
// goroutines.
func withoutStack(output string) string {
	text, _, _ := strings.Cut(output, "\ngoroutine ")
	return strings.TrimSpace(text)
}

// decode reads the program's answer.
func (p *goPackage) decode(answer string, structs []structType) ([]*load.Schema, error) {
	data, err := os.ReadFile(answer) //nolint:gosec // written a moment ago
	if err != nil {
		return nil, fmt.Errorf("entschema: cannot read the description of the schemas: %w", err)
	}
	var raw []json.RawMessage
	if err := json.Unmarshal(data, &raw); err != nil {
		return nil, fmt.Errorf("entschema: cannot read the description of the schemas: %w", err)
	}
	if len(raw) == 0 {
		return nil, &SchemaError{Schema: p.schema, Reason: "there is no entity yet"}
	}
	positions := make(map[string]string, len(structs))
	for _, s := range structs {
		positions[s.name] = s.position
	}
	list := make([]*load.Schema, len(raw))
	for i, text := range raw {
		if list[i], err = load.UnmarshalSchema(text); err != nil {
			return nil, fmt.Errorf("entschema: cannot read the description of the schemas: %w", err)
		}
		list[i].Pos = positions[list[i].Name]
	}
	return list, nil
}
