package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/framefox-go/framefox/framework/config"
	"github.com/framefox-go/framefox/framework/migration"
)

// createFlags are the flags of create-migration.
type createFlags struct {
	planFlags
	auto, empty bool
	renames     []string
	down        string // revision whose down file is planned
	force       bool
	forceInit   bool
	dryRun      bool
}

func newCreateMigration(env *Env) *cobra.Command {
	var flags createFlags
	cmd := &cobra.Command{
		Use:   "create-migration [name]",
		Short: "Write a migration for what has changed in the entities",
		Long: "Compare what the migrations lead to with what the entities ask for, and write\n" +
			"the difference as the next migration, together with the file that undoes it. The\n" +
			"database itself is not looked at and need not exist.\n\n" +
			"A field with another name looks like one that goes and one that comes. On a\n" +
			"terminal it is asked about; elsewhere say so with --rename, else the column and\n" +
			"its values are dropped.\n\n" +
			"With --empty both files are left for you to write, and --down plans the file that\n" +
			"undoes a migration which you wrote.\n\n" +
			scratchHelp,
		Example: example(env, `database create-migration "add posts"`,
			`database create-migration "add posts" --all`,
			`database create-migration "full names" --rename users.name:full_name`,
			`database create-migration "add posts" --dry-run`,
			`database create-migration "move the addresses" --empty`,
			`database create-migration --down 20260101120000`,
			`database create-migration --dialect postgres --dev-url postgres=postgres://root@localhost/postgres`),
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return createMigration(cmd, env, strings.Join(args, ""), flags)
		},
	}
	addScratchFlags(cmd, &flags.planFlags, "plan for")
	cmd.Flags().BoolVar(&flags.auto, "auto-detect", false, "find the changes by itself, which is the default")
	cmd.Flags().BoolVar(&flags.empty, "empty", false, "write empty files to fill in by hand")
	cmd.Flags().StringSliceVar(&flags.renames, "rename", nil, "what has another name: table.old:new for a column, old:new for a table; may be repeated")
	cmd.Flags().StringVar(&flags.down, "down", "", "write the file that undoes this revision, which is there already")
	cmd.Flags().BoolVar(&flags.force, "force", false, "with --down: replace a file that says something else")
	cmd.Flags().BoolVar(&flags.forceInit, "force-init", false, "begin anew although the program has migrations that the folder lacks")
	cmd.Flags().BoolVar(&flags.dryRun, "dry-run", false, "print what would be written, and write nothing")
	for _, pair := range [][]string{
		{"auto-detect", "empty"}, {"auto-detect", "down"}, {"empty", "down"}, {"empty", "rename"}, {"empty", "dev-url"},
	} {
		cmd.MarkFlagsMutuallyExclusive(pair...)
	}
	return cmd
}

func createMigration(cmd *cobra.Command, env *Env, name string, flags createFlags) error {
	if flags.down != "" && name != "" {
		return &UsageError{Command: cmd.CommandPath(), Err: errors.New("--down takes no name, the migration has one")}
	}
	if flags.force && flags.down == "" {
		return &UsageError{Command: cmd.CommandPath(), Err: errors.New("--force belongs to --down")}
	}
	c, err := newCreator(cmd, env, name, flags)
	if err != nil {
		return err
	}
	plans := make([]*migration.Planned, len(c.servers))
	for i, server := range c.servers { // all or none: plan them all before writing any
		if plans[i], err = c.plan(cmd.Context(), server); err != nil {
			return fmt.Errorf("%s: %w", server.URL.Dialect, err)
		}
	}
	files := []plannedFile{}
	for i, p := range plans {
		file, err := c.write(c.servers[i].URL.Dialect, p)
		if err != nil {
			return err
		}
		files = append(files, file)
	}
	if !flags.dryRun {
		c.finish(files)
	}
	return env.maybeJSON(files)
}

// creator is one run of create-migration.
type creator struct {
	env     *Env
	config  *config.Config
	flags   createFlags
	servers []config.Database
	common  migration.PlanConfig // for all dialects
	answers map[migration.Rename]bool
	unasked []migration.Rename // that were taken for none, since nobody could be asked
}

func newCreator(cmd *cobra.Command, env *Env, name string, flags createFlags) (*creator, error) {
	cfg, err := env.Config()
	if err != nil {
		return nil, err
	}
	c := &creator{env: env, config: cfg, flags: flags, answers: map[migration.Rename]bool{}}
	c.common = migration.PlanConfig{Name: name, Force: flags.force}
	for _, text := range flags.renames {
		r, err := migration.ParseRename(text)
		if err != nil {
			return nil, &UsageError{Command: cmd.CommandPath(), Err: err}
		}
		c.common.Renames = append(c.common.Renames, r)
	}
	if c.servers, err = flags.chosenServers(cmd, env); err != nil {
		return nil, err
	}
	for _, server := range c.servers {
		if err := c.refuseSecondInit(server.URL.Dialect); err != nil {
			return nil, err
		}
	}
	now := c.now()
	c.common.Now = func() time.Time { return now }
	c.common.Ask = c.note
	if env.Interactive() {
		c.common.Ask = c.ask
	}
	if !flags.empty && flags.down == "" {
		c.common.Tables, err = env.wantedTables(cmd.Context(), true)
	}
	return c, err
}

// chosenServers is servers, but an empty migration needs none.
func (f createFlags) chosenServers(cmd *cobra.Command, env *Env) ([]config.Database, error) {
	if !f.empty {
		_, servers, err := f.servers(cmd, env)
		return servers, err
	}
	dialects, err := f.chosen(env.config.Database.URL.Dialect)
	if err != nil {
		return nil, &UsageError{Command: cmd.CommandPath(), Err: err}
	}
	servers := make([]config.Database, len(dialects))
	for i, d := range dialects {
		servers[i].URL.Dialect = d
	}
	return servers, nil
}

func (c *creator) dir(d config.Dialect) *migration.Dir {
	return migration.OpenDir(c.env.migrationsPath(c.config, d))
}

// now is one time for all dialects, so that their files get the same version:
// after the newest file of any of them.
func (c *creator) now() time.Time {
	const layout = "20060102150405"
	now := time.Now().UTC()
	for _, server := range c.servers {
		last, err := time.Parse(layout, newest(c.dir(server.URL.Dialect)))
		if err == nil && !last.Before(now.Truncate(time.Second)) {
			now = last.Add(time.Second)
		}
	}
	return now
}

// newest is the last version of a folder, "" if it has none or cannot be read.
func newest(dir *migration.Dir) string {
	list, err := dir.Migrations()
	if err != nil || len(list) == 0 {
		return ""
	}
	return list[len(list)-1].Version
}

// plan returns nil if nothing has changed.
func (c *creator) plan(ctx context.Context, server config.Database) (p *migration.Planned, err error) {
	cfg := c.common
	cfg.Dir, cfg.Server = c.dir(server.URL.Dialect), server
	switch {
	case c.flags.empty:
		p, err = migration.PlanEmpty(cfg)
	case c.flags.down != "":
		p, err = migration.PlanDown(ctx, cfg, c.flags.down)
	default:
		c.env.tell("Planning for " + string(server.URL.Dialect))
		p, err = migration.Plan(ctx, cfg)
	}
	var exists *migration.DownExistsError
	switch {
	case errors.Is(err, migration.ErrNoChanges):
		return nil, nil //nolint:nilnil // nothing to write is a result here
	case errors.As(err, &exists):
		return nil, fmt.Errorf("%w; add --force to replace it", err)
	default:
		return p, err
	}
}

// ask asks about each rename once, whatever the number of dialects.
func (c *creator) ask(_ context.Context, r migration.Rename) (bool, error) {
	if known, ok := c.answers[r]; ok {
		return known, nil
	}
	question := fmt.Sprintf("Is column %s.%s now called %s?", r.Table, r.From, r.To)
	if r.Table == "" {
		question = fmt.Sprintf("Is table %s now called %s?", r.From, r.To)
	}
	answer, err := c.env.Ask(question+" [y/N]", "")
	if err != nil {
		return false, err
	}
	yes := strings.EqualFold(answer, "y") || strings.EqualFold(answer, "yes")
	c.answers[r] = yes
	return yes, nil
}

// note takes what looks like a rename for none, and keeps it to be told.
func (c *creator) note(_ context.Context, r migration.Rename) (bool, error) {
	if !slices.Contains(c.unasked, r) {
		c.unasked = append(c.unasked, r)
	}
	return false, nil
}

// refuseSecondInit does not plan all tables anew where the folder was lost.
func (c *creator) refuseSecondInit(d config.Dialect) error {
	have, err := c.dir(d).Migrations()
	if err != nil || len(have) > 0 || c.flags.forceInit {
		return err // a folder that cannot be read is not an empty one
	}
	embedded, err := c.env.embedded(d)
	if err != nil || embedded == nil {
		return err
	}
	last := newest(embedded)
	if last == "" {
		return nil
	}
	return fmt.Errorf("there are no migrations in %s, but this program has some, up to %s; restore the folder, or begin anew with --force-init",
		relative(c.config.Root, c.dir(d).Path()), last)
}

// lagging are the dialects that have a folder with an older newest version.
func (c *creator) lagging(version string) (names []string) {
	for _, d := range everyDialect() {
		if last := newest(c.dir(d)); last != "" && cmp.Less(last, version) {
			names = append(names, string(d))
		}
	}
	return names
}
