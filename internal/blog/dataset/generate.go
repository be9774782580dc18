package dataset

import (
	"context"
	"fmt"
	"time"

	"github.com/framefox-go/framefox/ent"
)

// Size of a data set of scale 1.
const (
	UsersPerScale    = 100
	PostsPerScale    = 500
	productsPerScale = 20
	orgsPerScale     = 5
)

// MaxScale is the largest scale: a million users, five million posts.
const MaxScale = 10_000

// GenerateOptions say what Generate makes. The zero value is the default.
type GenerateOptions struct {
	Scale int       // multiple of 100 users and 500 posts, 1 to MaxScale; default 1
	Seed  uint64    // another seed gives other data; default 1
	Now   time.Time // the instant that the data leads up to; default Clock

	OnProgress func(done, total int) // called after each batch, in users, posts and other main rows
}

// WithDefaults returns the options with the defaults filled in.
func (o GenerateOptions) WithDefaults() GenerateOptions {
	if o.Scale == 0 {
		o.Scale = 1
	}
	if o.Seed == 0 {
		o.Seed = 1
	}
	if o.Now.IsZero() {
		o.Now = Clock
	}
	o.Now = o.Now.UTC().Truncate(time.Second)
	return o
}

// Generate writes a data set in which no bucket of a report is empty: users of
// each age, activity and productivity, roles held, expired and revoked, posts in
// each status, and what readers did with them. The same options give the same
// rows, byte for byte, on every database.
//
// Reports look back from the present, so a data set for them wants the present as
// Now. Rows of another Now or Seed with the same names count as unchanged.
func Generate(ctx context.Context, client *ent.Client, opts GenerateOptions) (Report, error) {
	if opts.Scale < 0 || opts.Scale > MaxScale {
		return Report{}, fmt.Errorf("dataset: scale %d is not possible: it is from 1 to %d", opts.Scale, MaxScale)
	}
	opts = opts.WithDefaults()
	g := &generator{
		client: client, opts: opts,
		report: Report{Source: "generated", Tables: []TableCount{}, Problems: []Problem{}},
		people: newPeople(opts), writers: authorSlots(),
		tags: map[string]int64{}, roles: map[string]int64{},
	}
	start := time.Now()
	err := g.run(ctx)
	g.report.Duration = time.Since(start)
	return g.report, err
}

// generator is one run of Generate.
type generator struct {
	client *ent.Client
	opts   GenerateOptions
	report Report

	people  []person         // all users
	writers []int            // see authorSlots
	tags    map[string]int64 // ids by name
	roles   map[string]int64 // ids by name
	done    int
}

func (g *generator) run(ctx context.Context) error {
	for _, step := range []struct {
		n, size int
		write   writeBatch
	}{
		{1, 1, g.writeNames},
		{g.opts.Scale * orgsPerScale, 500, g.writeOrganizations},
		{g.opts.Scale * productsPerScale, 500, g.writeProducts},
		{len(g.people), 100, g.writeUsers},
		{g.opts.Scale * PostsPerScale, 250, g.writePosts},
	} {
		if err := g.each(ctx, step.n, step.size, step.write); err != nil {
			return err
		}
	}
	return nil
}

// generatedBatch is one transaction of the generator.
type generatedBatch struct {
	*generator
	tx     *ent.Tx
	counts Report // tables only
}

type writeBatch func(ctx context.Context, b *generatedBatch, from, to int) error

// each writes things 0 to n in batches of the size.
func (g *generator) each(ctx context.Context, n, size int, write writeBatch) error {
	for from := 0; from < n; from += size {
		to := min(from+size, n)
		if err := g.batch(ctx, from, to, write); err != nil {
			return err
		}
	}
	return nil
}

func (g *generator) batch(ctx context.Context, from, to int, write writeBatch) error {
	if ctx.Err() != nil {
		return stopped(ctx, &g.report)
	}
	b := &generatedBatch{generator: g}
	err := inTx(ctx, g.client, func(ctx context.Context, tx *ent.Tx) error {
		b.tx = tx
		return write(ctx, b, from, to)
	})
	if err != nil {
		return fmt.Errorf("dataset: cannot write generated data: %w", err)
	}
	g.report.merge(b.counts.Tables)
	g.done += to - from
	if g.opts.OnProgress != nil {
		g.opts.OnProgress(g.done, 1+g.opts.Scale*(orgsPerScale+productsPerScale+UsersPerScale+PostsPerScale))
	}
	return nil
}

// save inserts rows and counts them.
func save[C, E any, S interface {
	Save(ctx context.Context) ([]E, error)
}](ctx context.Context, b *generatedBatch, table string, width int, create func(...C) S, rows []C) ([]E, error) {
	created, err := insert(ctx, width, create, rows)
	b.counts.add(table, len(created), 0)
	return created, err
}
