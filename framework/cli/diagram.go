package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/framefox-go/framefox/framework/diagram"
)

// diagramPage is where the page goes if no flag says so.
const diagramPage = "database_diagram.html"

// diagramFlags are the flags of database diagram.
type diagramFlags struct {
	source, format, output string
	tables                 []string
	force, open            bool
}

func newDiagram(env *Env) *cobra.Command {
	var flags diagramFlags
	cmd := &cobra.Command{
		Use:   "diagram",
		Short: "Draw the entities and how they relate",
		Long: "Draw the entities and how they relate: as text for Mermaid, as a picture, as a page\n" +
			"of HTML that needs nothing but a browser, as Markdown or as JSON.\n\n" +
			"The entities are read from the source of their schemas, where it is there; no\n" +
			"database is needed then. Elsewhere, or with --source database, the tables of the\n" +
			"configured database are drawn.\n\n" +
			"Text and pictures go to stdout, the page to " + diagramPage + " in the current\n" +
			"folder. --output chooses another file, whose ending chooses the format, or - for\n" +
			"stdout. No file is overwritten without --force.",
		Example: example(env, "database diagram",
			"database diagram --format html --open",
			"database diagram --source database --output docs/database.svg",
			"database diagram --format md --tables users,posts"),
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return drawDiagram(cmd, env, flags) },
	}
	cmd.Flags().StringVar(&flags.source, "source", "", "what to draw: schema or database; default schema where it is there")
	cmd.Flags().StringVar(&flags.format, "format", "", "mmd, svg, html, md or json; default by the ending of --output, else mmd")
	cmd.Flags().StringVarP(&flags.output, "output", "o", "", "file to write, or - for stdout")
	cmd.Flags().StringSliceVar(&flags.tables, "tables", nil, "draw only these tables or entities and what is between them")
	cmd.Flags().BoolVar(&flags.force, "force", false, "overwrite the file")
	cmd.Flags().BoolVar(&flags.open, "open", false, "open the written file in the browser")
	cmd.Flags().Bool("no-browser", true, "")
	_ = cmd.Flags().MarkHidden("no-browser") // what older scripts say is how it is anyway
	_ = cmd.RegisterFlagCompletionFunc("source", cobra.FixedCompletions([]string{"schema", "database"}, cobra.ShellCompDirectiveNoFileComp))
	_ = cmd.RegisterFlagCompletionFunc("format", cobra.FixedCompletions([]string{"mmd", "svg", "html", "md", "json"}, cobra.ShellCompDirectiveNoFileComp))
	return cmd
}

// diagramResult says what was written, with --json.
type diagramResult struct {
	File      string         `json:"file"`
	Format    diagram.Format `json:"format"`
	Source    string         `json:"source"`
	Entities  int            `json:"entities"`
	Relations int            `json:"relations"`
}

func drawDiagram(cmd *cobra.Command, env *Env, flags diagramFlags) error {
	format, err := flags.complete(env)
	if err != nil {
		return &UsageError{Command: cmd.CommandPath(), Err: err}
	}
	path, err := flags.target()
	if err != nil {
		return err
	}
	d, source, err := env.readDiagram(cmd.Context(), flags.source)
	if err != nil {
		return err
	}
	if d, err = d.Select(flags.tables...); err != nil {
		return &UsageError{Command: cmd.CommandPath(), Err: fmt.Errorf("--tables: %w", err)}
	}
	text, err := d.Render(format)
	if err != nil {
		return err
	}
	if path == "" {
		if _, err := env.Out.Write(text); err != nil {
			return fmt.Errorf("cannot print the diagram: %w", err)
		}
		return nil
	}
	if err := writeDiagram(path, text, flags.force); err != nil {
		return err
	}
	env.Done("Diagram of %d entities and %d relations (%s): %s", len(d.Entities), len(d.Relations), source, path)
	if flags.open {
		if err := openInBrowser(cmd.Context(), path); err != nil {
			env.Warn("cannot open it in a browser: %v", err)
		}
	}
	if !env.JSON() {
		return nil
	}
	return env.PrintJSON(diagramResult{File: path, Format: format, Source: source, Entities: len(d.Entities), Relations: len(d.Relations)})
}

// complete fills in what follows from other flags, and returns the format.
func (f *diagramFlags) complete(env *Env) (format diagram.Format, err error) {
	switch f.source {
	case "", "schema", "database":
	default:
		return "", fmt.Errorf("unknown source %q: use schema or database", f.source)
	}
	ending := filepath.Ext(f.output)
	switch {
	case f.format != "":
		format, err = diagram.ParseFormat(f.format)
	case ending != "" && f.output != "-":
		format, err = diagram.ParseFormat(ending)
	case f.open && f.output == "":
		format = diagram.HTML
	case env.JSON() && f.output == "":
		format = diagram.JSON
	default:
		format = diagram.Mermaid
	}
	if err != nil {
		return "", err
	}
	if format == diagram.HTML && f.output == "" {
		f.output = diagramPage
	}
	toStdout := f.output == "" || f.output == "-"
	switch {
	case toStdout && f.open:
		return "", errors.New("--open needs a file: name one with --output")
	case toStdout && env.JSON() && format != diagram.JSON:
		return "", errors.New("--json prints JSON: name a file for the diagram with --output")
	default:
		return format, nil
	}
}

// target is the path of the file to write, "" for stdout. A file that is there
// is refused before anything is read.
func (f *diagramFlags) target() (string, error) {
	if f.output == "" || f.output == "-" {
		return "", nil
	}
	info, err := os.Stat(f.output)
	switch {
	case err == nil && info.IsDir():
		return "", fmt.Errorf("cannot write the diagram: %s is a folder; name a file in it", f.output)
	case err == nil && !f.force:
		return "", existing(f.output)
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return "", fmt.Errorf("cannot write the diagram: %w", err)
	default:
		return f.output, nil
	}
}

func existing(path string) error {
	return fmt.Errorf("%s exists already; overwrite it with --force, or name another file with --output", path)
}

// writeDiagram writes a new file or, with force, replaces one as a whole.
func writeDiagram(path string, text []byte, force bool) (err error) {
	var file *os.File
	if force {
		file, err = os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*.part")
	} else {
		file, err = os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644) //nolint:gosec // for others to read, as source code is
	}
	if errors.Is(err, fs.ErrExist) {
		return existing(path)
	}
	if err != nil {
		return fmt.Errorf("cannot write the diagram: %w", err)
	}
	_, err = file.Write(text)
	if force {
		err = errors.Join(err, file.Chmod(0o644))
	}
	if err = errors.Join(err, file.Close()); err == nil && force {
		err = os.Rename(file.Name(), path)
	}
	if err != nil {
		return fmt.Errorf("cannot write the diagram: %w", errors.Join(err, os.Remove(file.Name())))
	}
	return nil
}

// readDiagram reads from the schemas or from the database, and says from which.
func (e *Env) readDiagram(ctx context.Context, source string) (*diagram.Diagram, string, error) {
	if source != "database" {
		d, err := e.schemaDiagram(ctx, source == "schema")
		if err != nil || d != nil {
			return d, "schema", err
		}
	}
	db, err := e.Open(ctx)
	if err != nil {
		return nil, "", err
	}
	d, err := diagram.Inspect(ctx, db)
	if closeErr := db.Close(); err == nil && closeErr != nil {
		err = fmt.Errorf("cannot close the database: %w", closeErr)
	}
	if err != nil {
		return nil, "", err
	}
	d.Title = "Database " + e.databaseName(e.config)
	return d, "database", nil
}

// schemaDiagram reads from the source of the schemas. Without it, and if there
// is no other way or this one is demanded, the tables in the program do. It
// returns nil for neither.
func (e *Env) schemaDiagram(ctx context.Context, demanded bool) (*diagram.Diagram, error) {
	cfg, err := e.Config()
	if err != nil {
		return nil, err
	}
	if e.app.Diagram != nil {
		e.tell("Reading the entities")
		d, err := e.app.Diagram(ctx, cfg.Root)
		missing := errors.Is(err, fs.ErrNotExist) || errors.Is(err, exec.ErrNotFound)
		switch {
		case !missing:
			return d, err
		case !demanded:
			return nil, nil //nolint:nilnil // there is none is a result here
		case e.app.Tables == nil:
			return nil, err
		}
		e.Warn("%v\nDrawing the tables that were compiled into this program instead", err)
	}
	if e.app.Tables == nil {
		if demanded {
			return nil, errors.New("this program knows no schemas; draw the database with --source database")
		}
		return nil, nil //nolint:nilnil // as above
	}
	tables, err := e.app.Tables()
	if err != nil {
		return nil, fmt.Errorf("cannot read the tables of the entities: %w", err)
	}
	return diagram.FromTables(tables), nil
}

// openInBrowser asks the desktop to show a file.
func openInBrowser(ctx context.Context, path string) error {
	absolute, err := filepath.Abs(path)
	if err != nil {
		return fmt.Errorf("cannot find %s: %w", path, err)
	}
	name, args := opener(absolute)
	out, err := exec.CommandContext(ctx, name, args...).CombinedOutput() //nolint:gosec // the file that was just written
	if err != nil {
		return errors.New(strings.TrimSpace(err.Error() + " " + string(out)))
	}
	return nil
}
