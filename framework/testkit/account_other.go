//go:build !linux

package testkit

import (
	"os"
	"os/exec"
)

// apply leaves cmd to the current user: only on Linux can a server be tied to the
// life of its parent. Elsewhere Main ends it.
func (*account) apply(*exec.Cmd, os.Signal) {}
