package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/framefox-go/framefox/framework/config"
	"github.com/framefox-go/framefox/framework/scaffold"
)

// newGenerators is the group of commands that write code.
func newGenerators(env *Env) *cobra.Command {
	group := &cobra.Command{
		Use:   "create",
		Short: "Write code: entities and what belongs to them",
		Long: "Write code into the project: each command below is a generator.\n\n" +
			"To create the database, see: " + env.app.Name + " database create",
		Example: example(env, "create entity User name:string email:email:unique", "create:entity Post --edge author:User:m2o:required"),
	}
	group.AddCommand(newCreateEntity(env))
	return group
}

// entityFlags are the flags of create entity.
type entityFlags struct {
	fields, edges, through, mixins []string

	comment, id, table                                  string
	noMixin, noRepository, noGenerate, noInteraction    bool
	update, force, createTargets, allowReserved, dryRun bool
}

func newCreateEntity(env *Env) *cobra.Command {
	var flags entityFlags
	cmd := &cobra.Command{
		Use:   "entity Name [field...]",
		Short: "Write an entity: schema, relations on both sides, repository",
		Long: "Write the schema of an entity to ent/schema, the way back of its relations into the\n" +
			"schemas of the other entities, and its repository to internal/repository. Then\n" +
			"generate and compile the code; if that fails, every file is put back.\n\n" +
			"A field is name:type, then ? if it may be NULL, =default, and modifiers after colons:\n" +
			"unique, index, immutable, sensitive, hidden, read-only, min=, max=, comment=.\n" +
			"Types: " + typeList() + ".\n\n" +
			"A relation is name:Entity:kind with the kinds o2m, m2o, m2m, o2o, and modifiers:\n" +
			"required, inverse=, no-inverse, field=, on-delete=cascade|restrict|set-null, through=.\n" +
			"By default a delete is refused where the relation is required, and sets NULL elsewhere.\n\n" +
			"Without fields, and on a terminal, the command asks for them.\n\n" +
			"An entity that exists is never overwritten: --update adds the fields and relations that\n" +
			"it lacks, --force also replaces those that are named.",
		Example: example(env, "create entity User name:string email:email:unique 'bio:text?' is_active:bool=true",
			"create entity Post title:string:max=200 'status:enum(draft,published)=draft' --edge author:User:m2o:required",
			"create entity Post --edge tags:Tag:m2m --through 'PostTag position:int=0' --update",
			"create entity Category name:string:unique --edge children:Category:o2m"),
		RunE: func(cmd *cobra.Command, args []string) error { return createEntity(cmd, env, args, &flags) },
	}
	f := cmd.Flags()
	f.StringArrayVar(&flags.fields, "field", nil, "a field, as name:string:unique; may be repeated")
	f.StringArrayVar(&flags.edges, "edge", nil, "a relation, as posts:Post:o2m; may be repeated")
	f.StringArrayVar(&flags.through, "through", nil, "entity between the sides of a m2m relation, as 'PostTag position:int'")
	f.StringSliceVar(&flags.mixins, "mixin", nil, "further mixins: "+strings.Join(scaffold.Mixins(), ", "))
	f.BoolVar(&flags.noMixin, "no-mixin", false, "leave out created_at and updated_at")
	f.StringVar(&flags.id, "id", "", "type of the key: int (default) or uuid")
	f.StringVar(&flags.table, "table", "", "name of the table; default the plural of the name")
	f.StringVar(&flags.comment, "comment", "", "what the entity is, one sentence")
	f.BoolVar(&flags.noRepository, "no-repository", false, "write no repository")
	f.BoolVar(&flags.noGenerate, "no-generate", false, "write the files and generate no code")
	f.BoolVar(&flags.noInteraction, "no-interaction", false, "ask nothing")
	f.BoolVar(&flags.update, "update", false, "add what is missing to an entity that exists")
	f.BoolVar(&flags.force, "force", false, "replace the named fields and relations of an entity that exists")
	f.BoolVar(&flags.createTargets, "create-targets", false, "create the entities that relations name and that do not exist")
	f.BoolVar(&flags.allowReserved, "allow-reserved", false, "allow words that are reserved in SQL")
	f.BoolVar(&flags.dryRun, "dry-run", false, "show what would be written, and write nothing")
	cmd.MarkFlagsMutuallyExclusive("update", "force")
	return cmd
}

func typeList() string {
	var names []string
	for _, t := range scaffold.Types() {
		names = append(names, string(t))
	}
	return strings.Join(names, ", ")
}

// request reads the arguments.
func (f *entityFlags) request(args []string) (scaffold.Request, error) {
	r := scaffold.Request{
		Name: args[0], Comment: f.comment, ID: f.id, Table: f.table, Mixins: f.mixins, NoTimestamps: f.noMixin,
		Update: f.update, Force: f.force, CreateTargets: f.createTargets, NoRepository: f.noRepository, AllowReserved: f.allowReserved,
	}
	for _, spec := range append(args[1:len(args):len(args)], f.fields...) {
		field, err := scaffold.ParseField(spec)
		if err != nil {
			return r, err
		}
		r.Fields = append(r.Fields, field)
	}
	for _, spec := range f.edges {
		edge, err := scaffold.ParseEdge(spec)
		if err != nil {
			return r, err
		}
		r.Edges = append(r.Edges, edge)
	}
	for _, spec := range f.through {
		join, err := scaffold.ParseJoin(spec)
		if err != nil {
			return r, err
		}
		r.Through = append(r.Through, join)
	}
	return r, nil
}

func createEntity(cmd *cobra.Command, env *Env, args []string, flags *entityFlags) error {
	if len(args) == 0 {
		if flags.noInteraction || !env.Interactive() {
			return &UsageError{Command: cmd.CommandPath(), Err: errors.New("the name of the entity is missing, such as User")}
		}
		name, err := env.Ask("Name of the entity, such as User", "")
		if err != nil {
			return err
		}
		args = []string{name}
	}
	r, err := flags.request(args)
	if err != nil {
		return badRequest(cmd, err)
	}
	root, err := config.FindRoot("")
	if err != nil {
		return err
	}
	project, err := scaffold.Open(root)
	if err != nil {
		return err
	}
	if !flags.dryRun {
		if err := recoverProject(env, project); err != nil {
			return err
		}
	}
	asks := env.Interactive() && !flags.noInteraction
	asked := asks && len(r.Fields)+len(r.Edges)+len(r.Mixins) == 0
	if asked {
		if err := project.Wizard(env, &r); err != nil {
			return badRequest(cmd, err)
		}
	}
	plan, err := project.Plan(r)
	var exists *scaffold.ExistsError
	if errors.As(err, &exists) && asks && len(exists.Missing) > 0 {
		question := fmt.Sprintf("%s exists, in %s. Add %s to it?", exists.Entity, exists.File, strings.Join(exists.Missing, ", "))
		if err := env.Confirm(cmd, question, false); err != nil {
			return err
		}
		r.Update = true
		plan, err = project.Plan(r)
	}
	if err != nil {
		return badRequest(cmd, err)
	}
	for _, warning := range plan.Warnings {
		env.Warn("%s", warning)
	}
	if !flags.dryRun {
		if err := applyEntity(cmd.Context(), env, project, plan, !flags.noGenerate); err != nil {
			return err
		}
	}
	reportEntity(env, plan, flags)
	if asked {
		env.Print("The same without questions: %s", shellLine(append([]string{env.app.Name, "create", "entity"}, r.Args()...)))
	}
	return env.maybeJSON(entityResult(plan, flags))
}

// badRequest makes what the arguments are to blame for wrong usage.
func badRequest(cmd *cobra.Command, err error) error {
	var (
		name    *scaffold.NameError
		spec    *scaffold.SpecError
		request *scaffold.RequestError
	)
	if errors.As(err, &name) || errors.As(err, &spec) || errors.As(err, &request) {
		return &UsageError{Command: cmd.CommandPath(), Err: err}
	}
	return err
}

// recoverProject undoes a run that was killed.
func recoverProject(env *Env, project *scaffold.Project) error {
	entity, kept, err := project.Recover()
	if err != nil {
		return err
	}
	if entity != "" {
		env.Warn("an earlier run, for %s, did not end: its files were put back as they were", entity)
	}
	if kept != "" {
		env.Warn("what was edited since then is in %s", relative(project.Root, kept))
	}
	return nil
}

func applyEntity(ctx context.Context, env *Env, project *scaffold.Project, plan *scaffold.Plan, generate bool) error {
	return project.Apply(ctx, plan, scaffold.ApplyOptions{
		Generate: generate,
		Progress: func(step string) { _, _ = fmt.Fprintln(env.Err, step+" …") },
	})
}

// reportEntity prints what was written and what to do next.
func reportEntity(env *Env, plan *scaffold.Plan, flags *entityFlags) {
	for _, c := range plan.Changes {
		switch {
		case flags.dryRun && c.New():
			env.Print("Would create %s:\n\n%s", c.Path, c.After)
		case flags.dryRun:
			env.Print("Would change %s:\n\n%s", c.Path, scaffold.Diff(c.Before, c.After))
		case c.New():
			env.Done("Created %s", c.Path)
		default:
			env.Done("Changed %s", c.Path)
		}
	}
	if len(plan.Changes) == 0 {
		env.Done("%s has all of it already: nothing to add", plan.Entity)
	}
	for _, note := range plan.Notes {
		env.Print("    %s", note)
	}
	if flags.dryRun || len(plan.Changes) == 0 {
		return
	}
	next := []string{}
	if flags.noGenerate {
		next = append(next, "go generate ./ent")
	} else {
		env.Done("The code is generated and compiles")
	}
	for _, command := range plan.Commands {
		next = append(next, env.app.Name+" "+command)
	}
	for i, command := range next {
		env.Print("%s %s", [...]string{"Next:", "Then:"}[min(i, 1)], command)
	}
}

type entityJSON struct {
	Entity    string           `json:"entity"`
	Table     string           `json:"table"`
	Created   bool             `json:"created"`
	DryRun    bool             `json:"dry_run,omitempty"`
	Generated bool             `json:"generated"`
	Files     []entityFileJSON `json:"files"`
	Notes     []string         `json:"notes,omitempty"`
	Warnings  []string         `json:"warnings,omitempty"`
	Next      []string         `json:"next,omitempty"`
}

type entityFileJSON struct {
	Path    string `json:"path"`
	New     bool   `json:"new"`
	Content string `json:"content,omitempty"` // with --dry-run
}

func entityResult(plan *scaffold.Plan, flags *entityFlags) entityJSON {
	result := entityJSON{
		Entity: plan.Entity, Table: plan.Table, Created: plan.Created, DryRun: flags.dryRun,
		Generated: !flags.dryRun && !flags.noGenerate && len(plan.Changes) > 0,
		Files:     []entityFileJSON{}, Notes: plan.Notes, Warnings: plan.Warnings, Next: plan.Commands,
	}
	for _, c := range plan.Changes {
		file := entityFileJSON{Path: c.Path, New: c.New()}
		if flags.dryRun {
			file.Content = string(c.After)
		}
		result.Files = append(result.Files, file)
	}
	return result
}

// shellLine writes a command as a POSIX shell reads it.
func shellLine(args []string) string {
	quoted := make([]string, len(args))
	for i, arg := range args {
		quoted[i] = arg
		if arg == "" || strings.ContainsFunc(arg, func(r rune) bool {
			return !strings.ContainsRune("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-=:,./@%+", r)
		}) {
			quoted[i] = "'" + strings.ReplaceAll(arg, "'", `'\''`) + "'"
		}
	}
	return strings.Join(quoted, " ")
}
