package testkit

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/framefox-go/framefox/framework/config"
	"github.com/framefox-go/framefox/framework/database"
)

// startTimeout bounds the start of a server, the making of its files included.
const startTimeout = 2 * time.Minute

// process is a throwaway server.
type process struct {
	url    config.URL
	dir    string
	signal os.Signal // what ends it without ceremony
	cmd    *exec.Cmd
	exited chan struct{}
}

// newProcess prepares a folder for a server that accounts, the first that exists,
// will run.
func newProcess(signal syscall.Signal, accounts ...string) (*process, *account, error) {
	sweepFolders()
	owner, err := accountFor(accounts)
	if err != nil {
		return nil, nil, err
	}
	dir := filepath.Join(os.TempDir(), newName())
	if err := os.Mkdir(dir, 0o700); err != nil {
		return nil, nil, err
	}
	if err := owner.own(dir); err != nil {
		return nil, nil, errors.Join(err, os.RemoveAll(dir))
	}
	return &process{dir: dir, signal: signal, exited: make(chan struct{})}, owner, nil
}

// run starts the server and waits until it answers at rawURL.
func (p *process) run(owner *account, rawURL, program string, args ...string) error {
	url, err := config.ParseURL(rawURL, "")
	if err != nil {
		return err
	}
	p.url = url
	log, err := os.Create(filepath.Join(p.dir, "server.log"))
	if err != nil {
		return err
	}
	defer func() { _ = log.Close() }()     // the server has its own handle
	p.cmd = exec.Command(program, args...) //nolint:gosec,noctx // a database server that was looked up; it outlives every context
	p.cmd.Dir, p.cmd.Stdout, p.cmd.Stderr = p.dir, log, log
	owner.apply(p.cmd, p.signal)
	started := make(chan error)
	go func() {
		// The server gets its signal when the thread that started it ends: this one
		// stays for as long as the server does.
		runtime.LockOSThread()
		err := p.cmd.Start()
		started <- err
		if err == nil {
			_ = p.cmd.Wait() // it is ended by a signal, which is an error to Wait
			close(p.exited)
		}
	}()
	if err := <-started; err != nil {
		return err
	}
	return p.waitUntilReady()
}

func (p *process) waitUntilReady() error {
	ctx, cancel := context.WithTimeout(context.Background(), startTimeout)
	defer cancel()
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for {
		_, err := database.Exists(ctx, config.Database{URL: p.url})
		if err == nil {
			return nil
		}
		select {
		case <-tick.C:
		case <-p.exited:
			text, _ := os.ReadFile(filepath.Join(p.dir, "server.log"))
			return fmt.Errorf("%s ended at once: %s", p.cmd.Path, lastLine(text))
		case <-ctx.Done():
			return errors.Join(fmt.Errorf("%s does not answer", p.cmd.Path), err, p.stop())
		}
	}
}

// stop ends the server and removes its folder.
func (p *process) stop() error {
	if p.cmd != nil && p.cmd.Process != nil {
		if err := p.cmd.Process.Signal(p.signal); err != nil && !errors.Is(err, os.ErrProcessDone) {
			return err
		}
		<-p.exited
	}
	return os.RemoveAll(p.dir)
}

// sweepFolders removes what servers of earlier runs left.
func sweepFolders() {
	entries, err := os.ReadDir(os.TempDir())
	if err != nil {
		return
	}
	for _, entry := range entries {
		if abandoned(entry.Name()) {
			_ = os.RemoveAll(filepath.Join(os.TempDir(), entry.Name())) // another run may be at it
		}
	}
}

func startPostgres() (*process, error) {
	initdb, err := lookup("initdb", "/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/opt/homebrew/opt/postgresql*/bin")
	if err != nil {
		return nil, err
	}
	postgres, err := lookup("postgres", filepath.Dir(initdb), "/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/opt/homebrew/opt/postgresql*/bin")
	if err != nil {
		return nil, err
	}
	p, owner, err := newProcess(syscall.SIGQUIT, "postgres", "nobody")
	if err != nil {
		return nil, err
	}
	data := filepath.Join(p.dir, "data")
	port, err := freePort()
	if err == nil {
		err = owner.command(p.dir, initdb, "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
	}
	if err == nil {
		err = p.run(owner, "postgres://postgres@127.0.0.1:"+port+"/postgres?sslmode=disable", postgres, "-D", data, "-p", port,
			"-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=", "-c", "fsync=off",
			"-c", "synchronous_commit=off", "-c", "full_page_writes=off", "-c", "max_connections=200")
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("cannot start PostgreSQL: %w", err), os.RemoveAll(p.dir))
	}
	return p, nil
}

// mysqlAccounts are the users that may run MySQL.
func mysqlAccounts() []string { return []string{"mysql", "nobody"} }

func startMySQL() (*process, error) {
	folders := []string{"/usr/sbin", "/usr/libexec", "/usr/local/sbin", "/opt/homebrew/bin"}
	mysqld, err := lookup("mariadbd", folders...)
	if err != nil {
		mysqld, err = lookup("mysqld", folders...)
	}
	if err != nil {
		return nil, errors.New("no mariadbd or mysqld on this machine")
	}
	p, owner, err := newProcess(syscall.SIGKILL, mysqlAccounts()...)
	if err != nil {
		return nil, err
	}
	data := filepath.Join(p.dir, "data")
	// When it starts it removes temporary tables from its folder, whosoever's they are.
	temporary := "--tmpdir=" + p.dir
	port, err := freePort()
	if err == nil {
		if install, lookupErr := lookup("mariadb-install-db", folders...); lookupErr == nil {
			err = owner.command(p.dir, install, "--no-defaults", "--datadir="+data, temporary, "--auth-root-authentication-method=normal", "--skip-test-db")
		} else {
			err = owner.command(p.dir, mysqld, "--no-defaults", "--initialize-insecure", "--datadir="+data, temporary)
		}
	}
	if err == nil {
		err = p.run(owner, "mysql://root@127.0.0.1:"+port+"/mysql", mysqld, "--no-defaults", "--datadir="+data, temporary, "--port="+port,
			"--bind-address=127.0.0.1", "--socket="+filepath.Join(p.dir, "s"), "--pid-file="+filepath.Join(p.dir, "pid"),
			"--innodb-flush-log-at-trx-commit=0", "--skip-log-bin", "--max-connections=300")
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("cannot start MySQL: %w", err), os.RemoveAll(p.dir))
	}
	return p, nil
}

// lookup finds a program in PATH or in the newest of the folders.
func lookup(name string, folders ...string) (string, error) {
	if path, err := exec.LookPath(name); err == nil {
		return path, nil
	}
	for _, folder := range folders {
		found, err := filepath.Glob(filepath.Join(folder, name))
		if err != nil || len(found) == 0 {
			continue
		}
		slices.Sort(found)
		return found[len(found)-1], nil
	}
	return "", fmt.Errorf("no %s on this machine", name)
}

// freePort returns a port of the loopback interface that nobody listens on.
func freePort() (string, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // returns at once
	if err != nil {
		return "", err
	}
	_, port, err := net.SplitHostPort(listener.Addr().String())
	return port, errors.Join(err, listener.Close())
}

func lastLine(text []byte) string {
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	return lines[len(lines)-1]
}
