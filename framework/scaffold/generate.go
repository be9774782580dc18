package scaffold

import (
	"bytes"
	"context"
	"os/exec"
	"strings"
	"time"

	"github.com/framefox-go/framefox/framework/internal/filelock"
)

// generate runs the generator and the compiler in the project.
func (p *Project) generate(ctx context.Context, progress func(string), lock *filelock.Lock) error {
	packages := []string{"build"}
	for _, dir := range []string{entDir, graphDir, repositoryDir} {
		if exists(p.path(dir)) {
			packages = append(packages, "./"+dir+"/...")
		}
	}
	for _, step := range []struct {
		say  string
		args []string
	}{
		{"Generating code", []string{"generate", "./" + entDir}},
		{"Compiling it", packages},
	} {
		progress(step.say)
		if err := p.run(ctx, lock, step.args...); err != nil {
			return err
		}
	}
	return nil
}

// run runs the go command in the project. The command and its children hold
// the lock too, so that no other run begins while one of them lives on.
func (p *Project) run(ctx context.Context, lock *filelock.Lock, args ...string) error {
	cmd := exec.CommandContext(ctx, "go", args...) //nolint:gosec // fixed arguments
	cmd.Dir = p.Root
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	cmd.WaitDelay = 5 * time.Second
	share(lock, cmd)
	stopTogether(cmd)
	err := cmd.Run()
	if ctx.Err() != nil {
		err = ctx.Err()
	}
	if err != nil {
		return &GenerateError{Command: "go " + strings.Join(args, " "), Output: out.String(), Err: err}
	}
	return nil
}
