package scaffold

import (
	"bytes"
	_ "embed"
	"fmt"
	"go/format"
	"os"
	"path"
	"slices"
	"strings"
	"text/template"
)

//go:embed repository.go.tmpl
var repositoryTemplate string

// addRepository plans the repository of a new entity. One that is there stays:
// it is the application's.
func (pl *planner) addRepository(d *draft) error {
	name := path.Join(repositoryDir, strings.TrimSuffix(d.names.file(), ".go")+"_repository.go")
	if _, err := os.Lstat(pl.project.path(name)); err == nil {
		pl.note("%s is there: left as it is", name)
		return nil
	}
	doc := repositoryDir + "/doc.go"
	if !exists(pl.project.path(repositoryDir)) && !slices.ContainsFunc(pl.plan.Changes, func(c Change) bool { return c.Path == doc }) {
		text := "// Package repository is where the application reads and writes its entities.\npackage repository\n"
		if err := pl.addFile(doc, []byte(text)); err != nil {
			return err
		}
	}
	src, err := repositorySource(pl.project.Module, d)
	if err != nil {
		return err
	}
	return pl.addFile(name, src)
}

func repositorySource(module string, d *draft) ([]byte, error) {
	t, err := template.New("repository").Parse(repositoryTemplate)
	if err != nil {
		return nil, fmt.Errorf("scaffold: cannot read the template of repositories: %w", err)
	}
	data := struct{ Module, Name, Plural string }{module, d.names.Go, plural(d.names.Label)}
	var b bytes.Buffer
	if err := t.Execute(&b, data); err != nil {
		return nil, fmt.Errorf("scaffold: cannot write a repository: %w", err)
	}
	src, err := format.Source(b.Bytes())
	if err != nil {
		return nil, fmt.Errorf("scaffold: cannot format a repository: %w", err)
	}
	return src, nil
}
