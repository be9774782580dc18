package testkit

import (
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"strconv"
)

// account is who runs a server. Database servers refuse to run as root.
type account struct {
	drop     bool // run as uid and gid instead of the current user
	uid, gid uint32
}

// accountFor returns the current user, or for root the first of names that exists.
func accountFor(names []string) (*account, error) {
	if os.Geteuid() != 0 {
		return &account{}, nil
	}
	for _, name := range names {
		found, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, err := strconv.ParseUint(found.Uid, 10, 32)
		if err != nil {
			return nil, err
		}
		gid, err := strconv.ParseUint(found.Gid, 10, 32)
		if err != nil {
			return nil, err
		}
		return &account{drop: true, uid: uint32(uid), gid: uint32(gid)}, nil
	}
	return nil, fmt.Errorf("none of the users %v exists to run a server as", names)
}

// own gives a folder to the account.
func (a *account) own(dir string) error {
	if !a.drop {
		return nil
	}
	return os.Chown(dir, int(a.uid), int(a.gid))
}

// command runs a program to its end.
func (a *account) command(dir, program string, args ...string) error {
	cmd := exec.Command(program, args...) //nolint:gosec,noctx // a program of a database that was looked up
	cmd.Dir = dir
	a.apply(cmd, nil)
	output, err := cmd.CombinedOutput()
	if err != nil {
		return fmt.Errorf("%s: %w: %s", program, err, lastLine(output))
	}
	return nil
}
