//go:build !(darwin || dragonfly || freebsd || linux || netbsd || openbsd)

package scaffold

import (
	"os/exec"

	"github.com/framefox-go/framefox/framework/internal/filelock"
)

// share does nothing: children do not inherit files here.
func share(*filelock.Lock, *exec.Cmd) {}

// stopTogether leaves the command as it is.
func stopTogether(*exec.Cmd) {}
