package scaffold

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/framefox-go/framefox/framework/internal/filelock"
)

// ApplyOptions say what Apply does beyond writing the files.
type ApplyOptions struct {
	// Generate runs the generator and builds the generated code.
	Generate bool

	// Progress, if set, is called before each step.
	Progress func(step string)
}

// Apply writes the plan, all of it or nothing. Before, it undoes what a run
// left behind that was killed; see Recover. A *GenerateError says that the
// generator or the compiler refused it, a *BusyError that another run is at
// work.
func (p *Project) Apply(ctx context.Context, plan *Plan, o ApplyOptions) (err error) {
	if len(plan.Changes) == 0 {
		return nil
	}
	if o.Progress == nil {
		o.Progress = func(string) {}
	}
	if o.Generate {
		if err := p.checkGenerator(); err != nil {
			return err
		}
	}
	lock, err := p.lock()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, lock.Close()) }()
	if err := p.unchanged(plan); err != nil {
		return err
	}
	j, err := p.beginJournal(plan, o.Generate)
	if err != nil {
		return err
	}
	if err := p.write(ctx, plan, o, lock); err != nil {
		if failed := j.restore(nil); failed != nil {
			return errors.Join(err, failed)
		}
		return err
	}
	return j.end()
}

func (p *Project) write(ctx context.Context, plan *Plan, o ApplyOptions, lock *filelock.Lock) error {
	for _, c := range plan.Changes {
		if err := p.writeFile(p.path(c.Path), c.After); err != nil {
			return fmt.Errorf("scaffold: cannot write %s: %w", c.Path, err)
		}
	}
	if !o.Generate {
		return nil
	}
	return p.generate(ctx, o.Progress, lock)
}

// unchanged makes sure that the files are those that the plan was made for.
func (p *Project) unchanged(plan *Plan) error {
	for _, c := range plan.Changes {
		now, err := os.ReadFile(p.path(c.Path))
		if errors.Is(err, os.ErrNotExist) {
			now, err = nil, nil
		}
		if err != nil {
			return fmt.Errorf("scaffold: cannot read %s: %w", c.Path, err)
		}
		if (now == nil) != c.New() || string(now) != string(c.Before) {
			return &EditError{File: c.Path, Reason: "it has changed meanwhile; run the command again"}
		}
	}
	return nil
}

func (p *Project) checkGenerator() error {
	for _, name := range []string{"ent/generate.go", "ent/entc.go", "gqlgen.yml"} {
		if _, err := os.Stat(p.path(name)); err != nil {
			return &ProjectError{Root: p.Root, Reason: "it has no " + name + ", so no code can be generated; add it, or write the schema alone with --no-generate"}
		}
	}
	return nil
}

// writeFile writes a file whole or not at all, keeps the mode that it has, and
// makes its folder.
func (p *Project) writeFile(path string, data []byte) error {
	mode := os.FileMode(0o644)
	if info, err := os.Stat(path); err == nil {
		mode = info.Mode().Perm()
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(p.path(lockFile)), "writing-*")
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	err = errors.Join(err, f.Sync(), f.Close(), os.Chmod(f.Name(), mode))
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		_ = os.Remove(f.Name()) // the first error tells more
	}
	return err
}
