package scaffold

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// journal is a copy of the files that a run may touch, in the project's folder
// .framefox/create-entity. While it is there, the run has not ended.
type journal struct {
	project *Project
	notes   notes
}

// notes are the file journal.json beside the copies.
type notes struct {
	Entity  string            `json:"entity"`
	Folders []string          `json:"folders"` // restored whole: what is not in the copy is removed
	Files   map[string]bool   `json:"files"`   // restored; false where there was none
	Written map[string]string `json:"written"` // what the run wrote, by file
}

const (
	journalNotes = "journal.json"
	journalFiles = "files"
)

// beginJournal copies what the run may touch. The journal appears in one step,
// by a rename, so it is never half there.
func (p *Project) beginJournal(plan *Plan, generates bool) (*journal, error) {
	if err := p.recover(nil); err != nil {
		return nil, err
	}
	j := &journal{project: p, notes: notes{Entity: plan.Entity, Files: map[string]bool{}, Written: map[string]string{}}}
	for _, c := range plan.Changes {
		j.notes.Files[c.Path] = !c.New()
		j.notes.Written[c.Path] = string(c.After)
	}
	if generates {
		j.notes.Folders = []string{entDir, graphDir}
		for _, name := range []string{"go.mod", "go.sum"} { // the go command may add to them
			j.notes.Files[name] = exists(p.path(name))
		}
	}
	if err := j.save(); err != nil {
		return nil, fmt.Errorf("scaffold: cannot note how the files were: %w", err)
	}
	return j, nil
}

func (j *journal) save() error {
	draft := j.project.path(journalDir) + ".new"
	if err := os.RemoveAll(draft); err != nil {
		return err
	}
	into := filepath.Join(draft, journalFiles)
	if err := os.MkdirAll(into, 0o750); err != nil {
		return err
	}
	for _, dir := range j.notes.Folders {
		if err := copyTree(j.project.path(dir), filepath.Join(into, dir)); err != nil {
			return err
		}
	}
	for name, there := range j.notes.Files {
		if there {
			if err := copyFile(j.project.path(name), filepath.Join(into, filepath.FromSlash(name))); err != nil {
				return err
			}
		}
	}
	data, err := json.MarshalIndent(j.notes, "", "  ")
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(draft, journalNotes), data, 0o600); err != nil {
		return err
	}
	return os.Rename(draft, j.project.path(journalDir))
}

// end forgets the journal: what was written stays.
func (j *journal) end() error {
	old := j.project.path(journalDir) + ".old"
	err := os.RemoveAll(old)
	if err == nil {
		err = os.Rename(j.project.path(journalDir), old) // from here on, nothing will be undone
	}
	if err != nil {
		return fmt.Errorf("scaffold: cannot end the journal: %w", err)
	}
	_ = os.RemoveAll(old) // the next run removes what is left
	return nil
}

// Recover undoes what a run left behind that was killed before its end. It
// returns the entity that the run was about, "" if there was no such run. Files
// that were edited by hand since then are kept beside, in the folder kept.
func (p *Project) Recover() (entity, kept string, err error) {
	if !exists(p.path(journalDir)) {
		return "", "", nil
	}
	lock, err := p.lock()
	if err != nil {
		return "", "", err
	}
	defer func() { err = errors.Join(err, lock.Close()) }()
	k := &keeper{dir: p.path(fmt.Sprintf(".framefox/kept-%d", time.Now().Unix()))}
	j, err := p.readJournal()
	if err != nil || j == nil {
		return "", "", err
	}
	if err := j.restore(k); err != nil {
		return "", "", err
	}
	if k.count > 0 {
		kept = k.dir
	}
	return j.notes.Entity, kept, nil
}

// recover is Recover under a lock that is held.
func (p *Project) recover(k *keeper) error {
	j, err := p.readJournal()
	if err != nil || j == nil {
		return err
	}
	return j.restore(k)
}

func (p *Project) readJournal() (*journal, error) {
	data, err := os.ReadFile(filepath.Join(p.path(journalDir), journalNotes))
	if errors.Is(err, fs.ErrNotExist) && !exists(p.path(journalDir)) {
		return nil, nil //nolint:nilnil // no journal is the usual state
	}
	j := &journal{project: p}
	if err == nil {
		err = json.Unmarshal(data, &j.notes)
	}
	if err != nil {
		return nil, fmt.Errorf("scaffold: cannot read the journal in %s, by which an earlier run is undone: %w; restore the files yourself, then remove the folder", journalDir, err)
	}
	return j, nil
}

// keeper saves what restore would overwrite, if people wrote it.
type keeper struct {
	dir   string
	count int
}

// restore puts every file back and ends the journal. It may be interrupted and
// run again.
func (j *journal) restore(k *keeper) error {
	if err := j.putBack(k); err != nil {
		return fmt.Errorf("scaffold: cannot put the files back, copies are in %s: %w", filepath.Join(journalDir, journalFiles), err)
	}
	return j.end()
}

func (j *journal) putBack(k *keeper) error {
	from := filepath.Join(j.project.path(journalDir), journalFiles)
	names := map[string]bool{}
	maps.Copy(names, j.notes.Files)
	for _, dir := range j.notes.Folders {
		for root, there := range map[string]bool{j.project.Root: false, from: true} {
			files, err := treeFiles(root, dir)
			if err != nil {
				return err
			}
			for _, name := range files {
				names[name] = names[name] || there
			}
		}
	}
	for name, there := range names {
		if err := j.putBackFile(name, filepath.Join(from, filepath.FromSlash(name)), there, k); err != nil {
			return err
		}
	}
	return nil
}

func (j *journal) putBackFile(name, source string, there bool, k *keeper) error {
	path := j.project.path(name)
	now, err := os.ReadFile(path) //nolint:gosec // a file of the project
	gone := errors.Is(err, fs.ErrNotExist)
	if err != nil && !gone {
		return err
	}
	var before []byte
	if there {
		if before, err = os.ReadFile(source); err != nil { //nolint:gosec // its copy
			return err
		}
		if !gone && bytes.Equal(now, before) {
			return keepTime(source, path)
		}
	}
	if !gone && k != nil && !isGenerated(name, now) && string(now) != j.notes.Written[name] {
		if err := j.project.writeFile(filepath.Join(k.dir, filepath.FromSlash(name)), now); err != nil {
			return err
		}
		k.count++
	}
	if there {
		return copyFile(source, path)
	}
	if gone {
		return nil
	}
	if err := os.Remove(path); err != nil {
		return err
	}
	removeEmpty(filepath.Dir(path), j.project.Root)
	return nil
}

// isGenerated reports whether a program wrote the file.
func isGenerated(name string, data []byte) bool {
	if name == graphDir+"/schema/framefox.graphql" {
		return true
	}
	head := data[:min(len(data), 2048)]
	return bytes.Contains(head, []byte("// Code generated by ")) && bytes.Contains(head, []byte("DO NOT EDIT."))
}

// removeEmpty removes a folder, and those above it, as far as they are empty.
func removeEmpty(dir, root string) {
	for strings.HasPrefix(dir, root+string(filepath.Separator)) && os.Remove(dir) == nil {
		dir = filepath.Dir(dir)
	}
}

// treeFiles lists the files below a folder, relative to root.
func treeFiles(root, dir string) ([]string, error) {
	var names []string
	err := filepath.WalkDir(filepath.Join(root, dir), func(path string, d fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil {
			return err
		}
		if d.Type().IsRegular() {
			name, err := filepath.Rel(root, path)
			if err != nil {
				return err
			}
			names = append(names, filepath.ToSlash(name))
		}
		return nil
	})
	slices.Sort(names)
	return names, err
}

func copyTree(from, to string) error {
	files, err := treeFiles(from, ".")
	if err != nil {
		return err
	}
	for _, name := range files {
		if err := copyFile(filepath.Join(from, filepath.FromSlash(name)), filepath.Join(to, filepath.FromSlash(name))); err != nil {
			return err
		}
	}
	return nil
}

// keepTime gives a file the time of its copy, so that nothing is built anew.
func keepTime(from, to string) error {
	info, err := os.Stat(from)
	if err != nil {
		return err
	}
	return os.Chtimes(to, info.ModTime(), info.ModTime())
}

// copyFile copies a file with its mode and times.
func copyFile(from, to string) error {
	info, err := os.Stat(from)
	if err != nil {
		return err
	}
	data, err := os.ReadFile(from) //nolint:gosec // a file of the project or its copy
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(to), 0o750); err != nil {
		return err
	}
	if err := os.WriteFile(to, data, info.Mode().Perm()); err != nil { //nolint:gosec // a folder of the project, to a copy of it
		return err
	}
	return os.Chtimes(to, info.ModTime(), info.ModTime())
}
