package migration

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"ariga.io/atlas/sql/migrate"

	"github.com/framefox-go/framefox/framework/config"
)

// ErrNothingToMerge means that the folder has one head and right checksums.
var ErrNothingToMerge = errors.New("migration: there is one head, nothing to merge")

// MergeConfig says what to merge. Dir and Server.URL.Dialect are required.
type MergeConfig struct {
	Message string // description of the migration; default "merge branches"
	Dir     *Dir

	// Server is where a scratch database is made and dropped again, as for
	// [Plan].
	Server config.Database

	Now func() time.Time // default time.Now
}

// Merged is what Merge has to write.
type Merged struct {
	Migration          // the merge; zero if only checksums were wrong
	Heads     []string // versions that it joins
	Rehashed  bool     // atlas.sum or down/atlas.sum was not that of the files

	dir     *Dir
	content *contents
	up      []byte
	down    []byte
}

// Merge joins the branches of a folder after their files were merged: it finds
// the heads, tries on a scratch database whether all files run in the order of
// their versions, and returns an empty migration that revises each head. If one
// of them would undo what another has done, that is a *[MergeOrderError]. It
// also mends an atlas.sum that holds the marks of a conflict, but never for a
// file that was edited: that is a *[ChecksumError]. With one head and right
// checksums it returns [ErrNothingToMerge].
func Merge(ctx context.Context, cfg MergeConfig) (*Merged, error) {
	if cfg.Dir == nil {
		return nil, errors.New("migration: MergeConfig.Dir is required")
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Message == "" {
		cfg.Message = "merge branches"
	}
	c, rehashed, err := cfg.Dir.loadMerged()
	if err != nil {
		return nil, err
	}
	joined := heads(c.files)
	if len(joined) < 2 && !rehashed {
		return nil, ErrNothingToMerge
	}
	if err := tryOrders(ctx, cfg.Server, replayable(c), joined); err != nil {
		return nil, err
	}
	m := &Merged{Rehashed: rehashed, dir: cfg.Dir, content: c}
	if len(joined) < 2 {
		return m, nil
	}
	return m, m.plan(cfg, joined)
}

func (m *Merged) plan(cfg MergeConfig, joined []migrate.File) error {
	version, err := nextVersion(cfg.Now(), m.content.last())
	if err != nil {
		return err
	}
	for _, f := range joined {
		m.Heads = append(m.Heads, f.Version())
	}
	name := slug(cfg.Message)
	m.Migration = Migration{
		Version: version, Description: oneLine(cfg.Message, name), Revises: strings.Join(m.Heads, ", "),
		File: version + "_" + name + ".sql", Created: cfg.Now(),
	}
	m.up = []byte(m.header() + "\n-- It joins the branches above and changes nothing.\n")
	if len(m.content.downs) > 0 {
		m.Down = downName(m.File)
		// Without a statement it would count as not written yet.
		m.down = []byte(m.downHeader(nil, "") + "\n-- There is nothing to undo.\nSELECT 1;\n")
	}
	return nil
}

// Write adds the migration, if there is one, and writes the checksums anew. It
// returns the path of the new file, or "".
func (m *Merged) Write() (string, error) {
	if m.dir.path == "" {
		return "", ErrReadOnly
	}
	ups, downs := m.content.files, m.content.downs
	file := ""
	if m.File != "" {
		file = filepath.Join(m.dir.path, m.File)
		if err := writeNew(file, m.up); err != nil {
			return "", err
		}
		ups = append(slices.Clip(ups), migrate.NewLocalFile(m.File, m.up))
	}
	if m.Down != "" {
		undo := filepath.Join(m.dir.path, downFolder, m.Down)
		if err := writeNew(undo, m.down); err != nil {
			return "", errors.Join(err, os.Remove(file))
		}
		downs = append(slices.Clip(downs), migrate.NewLocalFile(m.Down, m.down))
	}
	if err := m.dir.writeSum("", ups); err != nil {
		return "", err
	}
	if len(downs) == 0 {
		return file, nil
	}
	return file, m.dir.writeSum(downFolder, downs)
}

// mergedBefore reports whether a merge says that a version belongs to the
// history although it may have come later than its number says.
func mergedBefore(files []migrate.File, version string) bool {
	return slices.ContainsFunc(files, func(f migrate.File) bool {
		text, _ := headerValue(f, headRevises)
		return f.Version() > version && strings.Contains(text, ",")
	})
}

// tryReplay runs files on a scratch database.
func tryReplay(ctx context.Context, server config.Database, files []migrate.File) (err error) {
	s, err := openScratch(ctx, server)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close(ctx)) }()
	return s.replay(ctx, files...)
}

// Rebased is what Rebase has done.
type Rebased struct {
	From, To string   // versions
	Files    []string // the new names, as seen from the folder
}

// Rebase gives a migration and its down a version after all others, so that
// databases that already have later ones apply it too. It is named by its
// version or, where two share that, by its file name. The files are tried in
// their new order before anything is written. Databases that have applied it
// under the old version will not find it any more: rebase only what is not yet
// applied anywhere that matters.
func Rebase(ctx context.Context, cfg MergeConfig, name string) (*Rebased, error) {
	if cfg.Dir == nil || cfg.Dir.path == "" {
		return nil, ErrReadOnly
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	r, err := cfg.Dir.rebase(name, cfg.Now())
	if err != nil {
		return nil, err
	}
	if err := tryReplay(ctx, cfg.Server, replayable(r.after)); err != nil {
		return nil, fmt.Errorf("migration: the migrations do not run with %s at the end: %w", r.oldUp, err)
	}
	if err := r.write(cfg.Dir); err != nil {
		return nil, err
	}
	done := &Rebased{From: r.from, To: r.to, Files: []string{r.newUp}}
	if r.newDown != "" {
		done.Files = append(done.Files, path.Join(downFolder, r.newDown))
	}
	return done, nil
}
