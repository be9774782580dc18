//go:build !(darwin || dragonfly || freebsd || linux || netbsd || openbsd || windows)

package scaffold

import "os/exec"

// fileLock stands for a lock that this system does not offer.
type fileLock struct{}

func tryLockFile(string) (*fileLock, error) { return &fileLock{}, nil }

func (*fileLock) share(*exec.Cmd) {}

// Close does nothing.
func (*fileLock) Close() error { return nil }

func stopTogether(*exec.Cmd) {}
