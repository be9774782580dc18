package dataset

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
)

// ErrNoIndex says that this machine has no package index: it has no apt, or apt
// never fetched one.
var ErrNoIndex = errors.New("dataset: this machine has no package index: run apt-get update on a Debian system, give a file, or generate data")

// AptIndex streams the package index of this machine, about 50 MB, from
// apt-cache dumpavail. The program ends with ctx, or when the index is closed.
// Without an index the error is ErrNoIndex.
func AptIndex(ctx context.Context) (io.ReadCloser, error) {
	program, err := exec.LookPath("apt-cache")
	if err != nil {
		return nil, ErrNoIndex
	}
	ctx, cancel := context.WithCancel(ctx)
	index := &aptIndex{cancel: cancel}
	index.cmd = exec.CommandContext(ctx, program, "dumpavail") //nolint:gosec // constant but for the folder
	index.cmd.Env = append(os.Environ(), "LC_ALL=C.UTF-8")
	index.cmd.Stderr = &index.complaint
	out, err := index.cmd.StdoutPipe()
	if err == nil {
		err = index.cmd.Start()
	}
	if err != nil {
		cancel()
		return nil, fmt.Errorf("dataset: cannot run apt-cache: %w", err)
	}
	index.out = bufio.NewReaderSize(out, readBuffer)
	if _, err := index.out.Peek(1); err != nil {
		if err := index.wait(); err != nil {
			return nil, err
		}
		return nil, ErrNoIndex
	}
	return index, nil
}

// aptIndex is the output of a running apt-cache.
type aptIndex struct {
	cmd       *exec.Cmd
	cancel    context.CancelFunc
	out       *bufio.Reader
	complaint firstBytes
	waited    bool
	failure   error
}

// Read reads the output. At its end it tells whether apt-cache failed, so that
// half an index is not taken for a whole one.
func (a *aptIndex) Read(p []byte) (int, error) {
	n, err := a.out.Read(p)
	if errors.Is(err, io.EOF) {
		if failure := a.wait(); failure != nil {
			return n, failure
		}
	}
	return n, err
}

// Close ends apt-cache.
func (a *aptIndex) Close() error {
	a.cancel()
	_ = a.wait() // being ended is no failure, and others were told to the reader
	return nil
}

func (a *aptIndex) wait() error {
	if a.waited {
		return a.failure
	}
	a.waited = true
	if err := a.cmd.Wait(); err != nil {
		a.failure = fmt.Errorf("dataset: apt-cache failed: %w: %s", err, bytes.TrimSpace(a.complaint))
	}
	a.cancel()
	return a.failure
}

// firstBytes keeps the beginning of what is written to it.
type firstBytes []byte

func (b *firstBytes) Write(p []byte) (int, error) {
	const most = 1024
	*b = append(*b, p[:min(len(p), most-len(*b))]...)
	return len(p), nil
}
