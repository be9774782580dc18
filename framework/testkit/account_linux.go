package testkit

import (
	"os"
	"os/exec"
	"syscall"
)

// apply makes cmd run as the account, and end by the signal when its parent does.
func (a *account) apply(cmd *exec.Cmd, signal os.Signal) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if a.drop {
		cmd.SysProcAttr.Credential = &syscall.Credential{Uid: a.uid, Gid: a.gid}
	}
	if number, ok := signal.(syscall.Signal); ok {
		cmd.SysProcAttr.Pdeathsig = number
	}
}
