package migration

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"ariga.io/atlas/sql/migrate"

	"github.com/framefox-go/framefox/framework/config"
)

// SquashConfig says what to squash. Dir and Server.URL.Dialect are required.
type SquashConfig struct {
	Dir *Dir
	To  string // last version to fold; default the newest

	// Rows that the folded files put into a new database are data that a
	// checkpoint of the schema would lack: KeepData keeps the statements of the
	// files as they are, DropData forgets the rows. With neither such rows are a
	// *[SquashDataError].
	KeepData, DropData bool

	// Server is where scratch databases are made and dropped again, as for
	// [Plan].
	Server config.Database

	Now func() time.Time // default time.Now
}

// Squashed is a checkpoint that is not yet written.
type Squashed struct {
	Migration
	Content []byte
	Folded  []string // names of the files that it replaces, in order

	dir         *Dir
	ups, downs  []migrate.File // of the folder afterwards
	folded      []migrate.File
	foldedDowns []migrate.File
}

// Squash folds the migrations up to a version into one file, a checkpoint: new
// databases begin with it, and those that have the folded migrations pass it
// over, with the stock atlas too. The folded files and their downs go; nothing
// leads back behind a checkpoint. A database that has only a part of the folded
// migrations can no longer be upgraded: that is a *[SquashedError].
//
// That the checkpoint and the files after it lead to the same tables, views,
// triggers and functions as before is tried on scratch databases. It holds the
// statements that make them as they are in the end or, where those cannot be
// found or data is kept, those of the folded files one after the other.
func Squash(ctx context.Context, cfg SquashConfig) (*Squashed, error) {
	if cfg.Dir == nil {
		return nil, errors.New("migration: SquashConfig.Dir is required")
	}
	if cfg.KeepData && cfg.DropData {
		return nil, errors.New("migration: SquashConfig has both KeepData and DropData")
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	c, err := cfg.Dir.read()
	if err != nil {
		return nil, err
	}
	q, err := newSquashed(cfg, c)
	if err != nil {
		return nil, err
	}
	return q, q.fill(ctx, cfg)
}

// newSquashed names the checkpoint and says what it replaces.
func newSquashed(cfg SquashConfig, c *contents) (*Squashed, error) {
	if list := heads(c.files); len(list) > 1 {
		return nil, &HeadsError{Files: fileNames(list)}
	}
	if cfg.To == "" {
		cfg.To = c.last()
	}
	i := slices.IndexFunc(c.files, func(f migrate.File) bool { return f.Version() == cfg.To })
	if i < 0 {
		return nil, &UnknownVersionError{Version: cfg.To, Known: newHistory(c, nil).nearest(cfg.To)}
	}
	q := &Squashed{dir: cfg.Dir, folded: c.files[:i+1], Folded: fileNames(c.files[:i+1])}
	if len(q.folded) == 1 && isCheckpoint(q.folded[0]) {
		return nil, ErrNothingToSquash
	}
	rest := c.files[i+1:]
	// It takes the version of the last one, so that a database which has that
	// has the checkpoint too: then nothing comes before what is left to apply.
	const name = "checkpoint"
	q.Migration = Migration{
		Version: cfg.To, File: cfg.To + "_" + name + ".sql", Created: cfg.Now(),
		Description: fmt.Sprintf("%s of %d migrations", name, len(q.folded)),
	}
	if slices.Contains(q.Folded, q.File) {
		q.File = cfg.To + "_" + name + "_of_" + strconv.Itoa(len(q.folded)) + ".sql"
	}
	q.ups = append([]migrate.File{nil}, rest...)
	for _, f := range c.downs {
		if downVersion(f.Name()) <= cfg.To {
			q.foldedDowns = append(q.foldedDowns, f)
		} else {
			q.downs = append(q.downs, f)
		}
	}
	return q, nil
}

// ErrNothingToSquash means that the folder already begins with a checkpoint of
// the version that was asked for.
var ErrNothingToSquash = errors.New("migration: there is nothing to squash, the folder begins with that checkpoint already")

// fill finds the content of the checkpoint and tries it.
func (q *Squashed) fill(ctx context.Context, cfg SquashConfig) error {
	want, err := q.before(ctx, cfg)
	if err != nil {
		return err
	}
	if len(want.rows) > 0 && !cfg.KeepData && !cfg.DropData {
		return &SquashDataError{Tables: want.rows}
	}
	if !cfg.KeepData || len(want.rows) == 0 {
		text, err := q.planned(ctx, cfg, want.middle)
		if err == nil {
			err = q.try(ctx, cfg, text, want, false)
		}
		if err == nil || ctx.Err() != nil {
			return err
		}
	}
	text, err := q.joined(ctx, cfg)
	if err != nil {
		return err
	}
	return q.try(ctx, cfg, text, want, cfg.KeepData)
}

// before is where the folder leads as it is.
func (q *Squashed) before(ctx context.Context, cfg SquashConfig) (found *stages, err error) {
	s, err := openScratch(ctx, cfg.Server)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, s.Close(ctx)) }()
	return s.stages(ctx, q.folded, q.ups[1:])
}

// planned are the statements that make everything as it is in the end: the way
// back from an empty database.
func (q *Squashed) planned(ctx context.Context, cfg SquashConfig, want *origin) (text []byte, err error) {
	s, err := openScratch(ctx, cfg.Server)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, s.Close(ctx)) }()
	u := &undo{draft: &draft{scratch: s, name: q.File, fills: map[string]string{}}, before: want, filled: map[string]bool{}}
	if err := u.back(ctx, nil); err != nil {
		return nil, err
	}
	return format(q.File, u.changes)
}

// joined are the statements of the folded files, one after the other.
func (q *Squashed) joined(ctx context.Context, cfg SquashConfig) (text []byte, err error) {
	s, err := openScratch(ctx, cfg.Server) // to split the files as the dialect does
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, s.Close(ctx)) }()
	head, list := "", []string{}
	for _, f := range q.folded {
		if mode, err := transactionMode(f); err == nil && mode == modeNone && !strings.Contains(head, "txmode") {
			head += "-- atlas:txmode none\n"
		}
		stmts, err := statements(s.driver, f)
		if err != nil {
			return nil, err
		}
		for _, stmt := range stmts {
			if cfg.DropData && onlyData([]*migrate.Stmt{stmt}) {
				continue
			}
			list = append(list, strings.TrimSpace(stmt.Text))
		}
	}
	return delimitedText(head, list), nil
}

// delimitedText is a file of statements that what stands between them tells apart.
func delimitedText(head string, list []string) []byte {
	between := separator(list)
	head = "-- atlas:delimiter " + strings.ReplaceAll(between, "\n", `\n`) + "\n" + head
	return []byte(head + strings.Join(list, between) + "\n")
}

// separator is what stands in none of the statements: bodies of triggers and
// functions hold semicolons, and some have empty lines.
func separator(statements []string) string {
	within := func(text string) bool {
		return slices.ContainsFunc(statements, func(s string) bool { return strings.Contains(s, text) })
	}
	if blank := "\n\n\n"; !within(blank) {
		return blank
	}
	mark := "\n-- end of statement"
	for within(mark) {
		mark += " -"
	}
	return mark + "\n"
}

// try takes the text for the checkpoint if it leads where the folded files
// lead, alone and with the files after it, and puts the same rows there.
func (q *Squashed) try(ctx context.Context, cfg SquashConfig, text []byte, want *stages, rows bool) (err error) {
	content := withHeader(q.header(), append([]byte("-- atlas:checkpoint\n"), text...))
	q.ups[0] = migrate.NewLocalFile(q.File, content)
	s, err := openScratch(ctx, cfg.Server)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close(ctx)) }()
	have, err := s.stages(ctx, q.ups[:1], q.ups[1:])
	if err != nil {
		return err
	}
	list, err := differences(s.driver, want.middle.snapshot, have.middle.snapshot)
	if err != nil {
		return err
	}
	more, err := differences(s.driver, want.end, have.end)
	if err != nil {
		return err
	}
	if rows && !slices.Equal(want.rows, have.rows) {
		more = append(more, Difference{State: different, Kind: "number of rows", Detail: strings.Join(have.rows, ", ")})
	}
	for _, d := range append(list, more...) {
		return fmt.Errorf("migration: cannot squash: with the checkpoint, %s; squash up to another version", d)
	}
	q.Content = content
	return nil
}

// squashedUpTo is the last version that was folded into the checkpoint with
// which the folder begins, or "".
func squashedUpTo(files []migrate.File) string {
	if len(files) == 0 || !isCheckpoint(files[0]) {
		return ""
	}
	return files[0].Version()
}

func fileNames(files []migrate.File) []string {
	list := make([]string, len(files))
	for i, f := range files {
		list[i] = f.Name()
	}
	return list
}
