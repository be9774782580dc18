package dataset

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"time"

	"github.com/framefox-go/framefox/ent"
	"github.com/framefox-go/framefox/framework/entity"
)

// Options are those of Load. The zero value is the default.
type Options struct {
	BatchSize int       // packages in one transaction; default 1000
	Now       time.Time // where the instants of the rows end; default Clock

	OnProblem  func(Problem) error // called for each package that is skipped; an error ends the run
	OnProgress func(done int)      // called after each batch with the packages done so far, skipped ones included
}

// WithDefaults returns the options with the defaults filled in.
func (o Options) WithDefaults() Options {
	if o.BatchSize <= 0 {
		o.BatchSize = 1000
	}
	if o.Now.IsZero() {
		o.Now = Clock
	}
	return o
}

// Load writes packages to the database: users, profiles, tags, posts and the tags
// on posts. See the package documentation for what becomes of what.
//
// A package that breaks a rule, and each further version of one that came before,
// is skipped and reported. The first other error ends the run, and so does the end
// of ctx; the report then tells what was committed until then.
func Load(ctx context.Context, client *ent.Client, packages iter.Seq2[Package, error], opts Options) (Report, error) {
	l := &loader{
		client: client, opts: opts.WithDefaults(),
		report: Report{Source: "debian", Tables: []TableCount{}, Problems: []Problem{}},
		rules:  newRules(client, ent.Entities()),
		users:  map[string]int64{}, tags: map[string]int64{}, versions: map[string]string{},
	}
	start := time.Now()
	err := l.run(ctx, packages)
	l.report.Duration = time.Since(start)
	return l.report, err
}

// loader is one run of Load. What it keeps in memory grows with the maintainers,
// the tags and the names of packages, not with their descriptions.
type loader struct {
	client *ent.Client
	opts   Options
	report Report
	rules  *rules

	users    map[string]int64  // ids by e-mail address
	tags     map[string]int64  // ids by name
	versions map[string]string // by package name, of those that were taken
	pending  []Package
}

func (l *loader) run(ctx context.Context, packages iter.Seq2[Package, error]) error {
	for p, err := range packages {
		if ctx.Err() != nil {
			return stopped(ctx, &l.report)
		}
		if err == nil {
			err = l.take(p)
		} else if _, bad := errors.AsType[*Problem](err); bad {
			l.report.Read++
		}
		if err := l.skip(err); err != nil {
			return err
		}
		if len(l.pending) == l.opts.BatchSize {
			if err := l.flush(ctx); err != nil {
				return err
			}
		}
	}
	if ctx.Err() != nil {
		return stopped(ctx, &l.report)
	}
	return l.flush(ctx)
}

// take puts the package into the next batch, unless it is bad.
func (l *loader) take(p Package) error {
	l.report.Read++
	if err := l.rules.check(p); err != nil {
		return &Problem{Line: p.Line, Name: p.Name, Reason: err.Error()}
	}
	if version, ok := l.versions[p.Name]; ok {
		return &Problem{Line: p.Line, Name: p.Name, Reason: fmt.Sprintf("version %s is left out: version %s came first", orNone(p.Version), orNone(version))}
	}
	l.versions[p.Name] = p.Version
	l.pending = append(l.pending, p)
	return nil
}

func orNone(version string) string {
	if version == "" {
		return "(none)"
	}
	return clip(version)
}

// skip reports a problem; any other error it returns.
func (l *loader) skip(err error) error {
	if err == nil {
		return nil
	}
	problem, ok := errors.AsType[*Problem](err)
	if !ok {
		return err
	}
	l.report.Skipped++
	if len(l.report.Problems) < MaxProblems {
		l.report.Problems = append(l.report.Problems, *problem)
	}
	if l.opts.OnProblem == nil {
		return nil
	}
	if err := l.opts.OnProblem(*problem); err != nil {
		return fmt.Errorf("dataset: cannot report a problem: %w", err)
	}
	return nil
}

// flush writes the batch.
func (l *loader) flush(ctx context.Context) error {
	if len(l.pending) > 0 {
		b := &packageBatch{loader: l, packages: l.pending}
		if err := inTx(ctx, l.client, b.write); err != nil {
			first, last := l.pending[0], l.pending[len(l.pending)-1]
			return fmt.Errorf("dataset: cannot write the packages from %s (line %d) to %s (line %d): %w",
				first.Name, first.Line, last.Name, last.Line, err)
		}
		l.report.merge(b.counts.Tables)
		l.pending = l.pending[:0]
	}
	if l.opts.OnProgress != nil {
		l.opts.OnProgress(l.report.Read)
	}
	return nil
}

// rules checks packages with the rules that the client holds, before a batch is
// made of them: the database would refuse all of it for one that is bad.
type rules struct {
	client        *ent.Client
	user, profile *entity.Entity
	post, tag     *entity.Entity
	known         map[string]error // verdicts on users and tags
}

func newRules(client *ent.Client, entities entity.Registry) *rules {
	return &rules{
		client: client, known: map[string]error{},
		user: entities["User"], profile: entities["UserProfile"], post: entities["Post"], tag: entities["Tag"],
	}
}

func (r *rules) check(p Package) error {
	err := r.once("user "+p.Maintainer.Email+" "+p.Maintainer.Name, func() error {
		if err := r.user.Prepare(newUser(r.client, p.Maintainer, "name", Clock).Mutation()); err != nil {
			return err
		}
		return r.profile.Prepare(newProfile(r.client, p, 1, Clock).Mutation())
	})
	if err != nil {
		return err
	}
	for _, name := range p.tagNames() {
		err := r.once("tag "+name, func() error {
			return r.tag.Prepare(r.client.Tag.Create().SetName(name).Mutation())
		})
		if err != nil {
			return err
		}
	}
	return r.post.Prepare(newPost(r.client, p, 1, Clock).Mutation())
}

// once remembers the verdict, since most packages share users and tags.
func (r *rules) once(key string, check func() error) error {
	if err, ok := r.known[key]; ok {
		return err
	}
	err := check()
	r.known[key] = err
	return err
}
