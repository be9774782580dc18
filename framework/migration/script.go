package migration

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"strings"
	"time"

	"ariga.io/atlas/sql/migrate"
)

// script is one file on its way through a database, up or down, together with
// the row of the history that says how far it is. The row has Atlas' columns
// and meaning, so that the stock atlas can resume an upgrade. While a migration
// is being undone its row still says that all of it is applied, and its
// remarks how much of it is undone.
type script struct {
	file  migrate.File
	stmts []*migrate.Stmt
	sums  []string // of the statements up to each
	rev   *migrate.Revision
	undo  bool
	began time.Time
}

// upScript prepares a file to be applied. rev is its row, nil if it has none.
func (s *session) upScript(f migrate.File, rev *migrate.Revision) (*script, error) {
	stmts, err := statements(s.driver, f)
	if err != nil {
		return nil, err
	}
	hash, err := s.hash(f)
	if err != nil {
		return nil, err
	}
	sc := newScript(f, stmts)
	if rev == nil {
		rev = &migrate.Revision{Version: f.Version(), Description: f.Desc(), Type: migrate.RevisionTypeExecute}
	}
	sc.take(rev)
	if err := sc.check(rev.Applied); err != nil {
		return nil, err
	}
	sc.rev.Total, sc.rev.Hash, sc.rev.OperatorVersion = len(stmts), hash, operator(f)
	return sc, nil
}

// downScript prepares a file that undoes a migration, whose row is rev.
func (s *session) downScript(f migrate.File, rev *migrate.Revision) (*script, error) {
	stmts, err := statements(s.driver, f)
	if err != nil {
		return nil, err
	}
	sc := newScript(f, stmts)
	sc.undo = true
	sc.take(rev)
	if !undoing(rev) {
		sc.rev.PartialHashes, sc.rev.Error, sc.rev.ErrorStmt = nil, "", ""
	}
	return sc, sc.check(sc.done())
}

func newScript(f migrate.File, stmts []*migrate.Stmt) *script {
	sc := &script{file: f, stmts: stmts, began: time.Now()}
	h := sha256.New()
	for _, stmt := range stmts {
		_, _ = h.Write([]byte(stmt.Text)) // never fails
		sc.sums = append(sc.sums, "h1:"+base64.StdEncoding.EncodeToString(h.Sum(nil)))
	}
	return sc
}

// take makes a copy of a row the script's own.
func (sc *script) take(rev *migrate.Revision) {
	own := *rev
	sc.rev = &own
}

// check refuses a file whose first statements, which are done, were changed.
func (sc *script) check(done int) error {
	changed := func(reason string) error {
		return &FileChangedError{File: sc.file.Name(), Applied: done, Reason: reason}
	}
	if done > len(sc.stmts) || done > len(sc.rev.PartialHashes) {
		return changed(fmt.Sprintf("it has only %d statements now", len(sc.stmts)))
	}
	for i := range done {
		if "h1:"+strings.TrimPrefix(sc.rev.PartialHashes[i], "h1:") != sc.sums[i] {
			return changed(fmt.Sprintf("statement %d is different now", i+1))
		}
	}
	return nil
}

// done is how many statements have run.
func (sc *script) done() int {
	if sc.undo {
		return len(sc.rev.PartialHashes)
	}
	return sc.rev.Applied
}

// note says in the row that n statements have run, and no more is begun.
func (sc *script) note(n int) {
	sc.rev.PartialHashes = sc.sums[:n:n]
	sc.remark("", "")
	if sc.undo {
		return
	}
	sc.rev.Applied = n
	if n == len(sc.stmts) {
		sc.rev.PartialHashes = nil
	}
}

// remark says in the row what became of the statement after those that are
// done.
func (sc *script) remark(text, statement string) {
	if sc.undo && (sc.done() > 0 || text != "") {
		done := fmt.Sprintf("%s: %d of %d statements of %s are done; finish it with a downgrade", undoMark, sc.done(), len(sc.stmts), sc.file.Name())
		text = strings.TrimSuffix(done+"; "+text, "; ")
	}
	sc.rev.Error, sc.rev.ErrorStmt = text, statement
}

// write keeps the row. Once all is undone there is none.
func (sc *script) write(ctx context.Context, revs *revisions) error {
	if sc.undo && sc.done() == len(sc.stmts) {
		return revs.DeleteRevision(ctx, sc.rev.Version)
	}
	if !sc.undo {
		sc.rev.ExecutedAt, sc.rev.ExecutionTime = sc.began, time.Since(sc.began)
	}
	return revs.WriteRevision(ctx, sc.rev)
}

// undoMark begins the remark of a migration that is half undone.
const undoMark = "Framefox is undoing this migration"

// undoing reports whether a migration is half undone.
func undoing(rev *migrate.Revision) bool { return strings.HasPrefix(rev.Error, undoMark) }

// operatorName begins what the history names as the one who applied a
// migration.
const operatorName = "Framefox"

// operator is what the history names as the one who applied a file. It carries
// the hash of the file alone, because those in atlas.sum depend on all files
// before it.
func operator(f migrate.File) string {
	sum := sha256.Sum256(f.Bytes())
	return operatorName + " h1:" + base64.StdEncoding.EncodeToString(sum[:])
}
