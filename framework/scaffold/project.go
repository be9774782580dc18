package scaffold

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"golang.org/x/mod/modfile"
)

// Where things are, relative to the project.
const (
	entDir        = "ent"
	schemaDir     = "ent/schema"
	graphDir      = "graph"
	repositoryDir = "internal/repository"
	journalDir    = ".framefox/create-entity"
	lockFile      = ".framefox/create-entity.lock"
)

// Project is a module with Ent schemas in ent/schema.
type Project struct {
	Root   string // absolute
	Module string // path of the module
}

// Open finds the project in a folder, which holds its go.mod.
func Open(root string) (*Project, error) {
	abs, err := filepath.Abs(root)
	if err != nil {
		return nil, &ProjectError{Root: root, Reason: err.Error()}
	}
	data, err := os.ReadFile(filepath.Join(abs, "go.mod")) //nolint:gosec // the project's own file
	if errors.Is(err, fs.ErrNotExist) {
		return nil, &ProjectError{Root: abs, Reason: "there is no go.mod; change into the folder of your module"}
	}
	if err != nil {
		return nil, &ProjectError{Root: abs, Reason: err.Error()}
	}
	module := modfile.ModulePath(data)
	if module == "" {
		return nil, &ProjectError{Root: abs, Reason: "its go.mod names no module"}
	}
	return &Project{Root: abs, Module: module}, nil
}

// Entities are those that the project has.
func (p *Project) Entities() ([]*Existing, error) {
	files, err := readSchemas(p.Root, schemaDir)
	if err != nil {
		return nil, err
	}
	return entities(files), nil
}

func (p *Project) path(relative string) string {
	return filepath.Join(p.Root, filepath.FromSlash(relative))
}
