package cli

import (
	"path/filepath"
	"slices"
	"strings"

	"github.com/framefox-go/framefox/framework/config"
	"github.com/framefox-go/framefox/framework/migration"
)

// plannedFile is the result for one dialect.
type plannedFile struct {
	Dialect        config.Dialect   `json:"dialect"`
	File           string           `json:"file,omitempty"` // "" if nothing has changed
	Down           string           `json:"down,omitempty"`
	Version        string           `json:"version,omitempty"`
	Statements     int              `json:"statements"`
	DownStatements int              `json:"down_statements"`
	Renamed        []string         `json:"renamed,omitempty"`
	Risks          []migration.Risk `json:"risks,omitempty"`
	DownRisks      []migration.Risk `json:"down_risks,omitempty"`
	Irreversible   string           `json:"irreversible,omitempty"`
}

// write writes one plan, nil if nothing has changed, and says so.
func (c *creator) write(d config.Dialect, p *migration.Planned) (plannedFile, error) {
	file := plannedFile{Dialect: d}
	switch {
	case p == nil && c.flags.down != "":
		c.env.Done("The file that undoes it is as it would be planned.%s", suffix(c.servers, d))
		return file, nil
	case p == nil:
		c.env.Done("No changes detected since the last migration.%s", suffix(c.servers, d))
		return file, nil
	}
	path := filepath.Join(c.dir(d).Path(), p.File)
	if !c.flags.dryRun {
		var err error
		if path, err = p.Write(); err != nil {
			return file, err
		}
	}
	file.File, file.Down = relative(c.config.Root, path), relative(c.config.Root, p.DownPath())
	file.Version, file.Statements, file.DownStatements = p.Version, len(p.Statements), len(p.DownStatements)
	file.Risks, file.DownRisks, file.Irreversible = p.UpRisks, p.DownRisks, p.Irreversible
	for _, r := range p.Renamed {
		file.Renamed = append(file.Renamed, r.String())
	}
	if c.flags.dryRun {
		c.show(file, p)
		return file, nil
	}
	if c.flags.down == "" {
		c.env.Done("Migration created: %s", file.File)
	}
	c.env.Done("Down migration: %s", file.Down)
	c.warn(file)
	return file, nil
}

// show prints what write would have written.
func (c *creator) show(file plannedFile, p *migration.Planned) {
	if c.flags.down == "" {
		c.env.result(markPending, "Would write %s", file.File)
		c.env.Print("%s", p.Content)
	}
	c.env.result(markPending, "Would write %s", file.Down)
	c.env.Print("%s", p.DownContent)
	c.warn(file)
}

// warn tells what the files can do to a database in use.
func (c *creator) warn(file plannedFile) {
	for _, r := range file.Risks {
		c.env.Warn("%s; %s%s", r, r.Advice, suffix(c.servers, file.Dialect))
	}
	if file.Irreversible != "" {
		c.env.Warn("it cannot be undone: %s%s", file.Irreversible, suffix(c.servers, file.Dialect))
	}
}

// former is what a rename would rename.
func former(r migration.Rename) string {
	if r.Table == "" {
		return "table " + r.From
	}
	return "column " + r.Table + "." + r.From
}

// finish says what to do next.
func (c *creator) finish(files []plannedFile) {
	i := slices.IndexFunc(files, func(f plannedFile) bool { return f.File != "" })
	switch {
	case i < 0:
	case c.flags.empty:
		c.env.Done("Edit the file to define your schema changes, and the other to undo them")
		c.env.Done("Then refresh the checksums with: %s database rehash", c.env.app.Name)
	case c.flags.down != "":
		c.env.Done("Review the file")
	default:
		c.env.Done("Review the file, then apply it with: %s database upgrade", c.env.app.Name)
	}
	for _, r := range c.unasked {
		c.env.Warn("if %s has only got another name, delete the files, run %s database rehash --yes, and plan again with --rename %s", former(r), c.env.app.Name, r)
	}
	version := ""
	if i >= 0 {
		version = files[i].Version
	} else {
		for _, server := range c.servers {
			version = max(version, newest(c.dir(server.URL.Dialect)))
		}
	}
	if names := c.lagging(version); len(names) > 0 && c.flags.down == "" {
		verb := "lags"
		if len(names) > 1 {
			verb = "lag"
		}
		c.env.Warn("%s %s behind %s; add --all to plan for every dialect", strings.Join(names, " and "), verb, version)
	}
}
