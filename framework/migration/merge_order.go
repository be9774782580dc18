package migration

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"ariga.io/atlas/sql/migrate"

	"github.com/framefox-go/framefox/framework/config"
)

// MergeOrderError says that the branches lead to one schema in the order of
// their versions, and to another on a database that had one of them first: one
// rebuilds a table as it was without the other, whose column would be lost.
type MergeOrderError struct {
	First       string       // head of the branch that came first
	Differences []Difference // what is other then
}

func (e *MergeOrderError) Error() string {
	list := make([]string, len(e.Differences))
	for i, d := range e.Differences {
		list[i] = d.String()
	}
	return fmt.Sprintf("migration: the branches do not fit together: with %s first they lead to another schema than in the order of their versions (%s); "+
		"one rebuilds a table as it was without the other: move the one that adds to it to the end, with "+
		"framefox database merge --rebase VERSION, and plan its down anew, with framefox database create-migration --down VERSION --force",
		e.First, strings.Join(list, ", "))
}

// tryOrders runs the files in the order of their versions and, for each branch,
// with that branch first, as a database runs them that has it. An order that
// fails does no harm: there the upgrade stops.
func tryOrders(ctx context.Context, server config.Database, files, heads []migrate.File) (err error) {
	s, err := openScratch(ctx, server)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close(ctx)) }()
	if err := s.replay(ctx, files...); err != nil {
		return fmt.Errorf("migration: the merged migrations do not run in the order of their versions: %w", err)
	}
	if len(heads) < 2 {
		return nil
	}
	for _, head := range heads {
		have, err := endOf(ctx, server, branchFirst(files, head.Version()))
		if _, fails := errors.AsType[*StatementError](err); fails {
			continue
		}
		if err != nil {
			return err
		}
		want, err := s.snapshot(ctx)
		if err != nil {
			return err
		}
		list, err := differences(s.driver, want, have)
		if err != nil {
			return err
		}
		if len(list) > 0 {
			return &MergeOrderError{First: head.Version(), Differences: list}
		}
	}
	return nil
}

// endOf is what files lead to.
func endOf(ctx context.Context, server config.Database, files []migrate.File) (_ *snapshot, err error) {
	s, err := openScratch(ctx, server)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, s.Close(ctx)) }()
	if err := s.replay(ctx, files...); err != nil {
		return nil, err
	}
	return s.snapshot(ctx)
}

// branchFirst is the order of the files with a head and all that it builds on
// before the others.
func branchFirst(files []migrate.File, head string) []migrate.File {
	line := map[string]bool{head: true}
	for i, f := range slices.Backward(files) {
		if !line[f.Version()] {
			continue
		}
		for _, parent := range parents(files, i) {
			line[parent] = true
		}
	}
	first, others := []migrate.File{}, []migrate.File{}
	for _, f := range files {
		if line[f.Version()] {
			first = append(first, f)
		} else {
			others = append(others, f)
		}
	}
	return append(first, others...)
}
