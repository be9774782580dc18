//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package scaffold

import (
	"os/exec"
	"syscall"

	"github.com/framefox-go/framefox/framework/internal/filelock"
)

// share lets a child hold the lock too.
func share(l *filelock.Lock, cmd *exec.Cmd) { cmd.ExtraFiles = append(cmd.ExtraFiles, l.File()) }

// stopTogether makes the end of the context end the children of the command as
// well, which else would go on writing files.
func stopTogether(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
}
