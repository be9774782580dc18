// Command monitor runs the same work with the monitor on and off, in turns, and
// prints what it costs as a ratio.
package main

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"os/signal"
	"runtime"
	"slices"
	"syscall"
	"text/tabwriter"
	"time"

	"github.com/framefox-go/framefox/ent"
	"github.com/framefox-go/framefox/ent/userlog"
	"github.com/framefox-go/framefox/framework/config"
	"github.com/framefox-go/framefox/framework/database"
	"github.com/framefox-go/framefox/framework/migration"
	"github.com/framefox-go/framefox/framework/monitor"
	"github.com/framefox-go/framefox/framework/query"
	"github.com/framefox-go/framefox/migrate"
)

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

func run(args []string, out, errs io.Writer) int {
	flags := flag.NewFlagSet("monitor", flag.ContinueOnError)
	flags.SetOutput(errs)
	url := flags.String("url", "", "an empty database to use; default a SQLite file of its own")
	rounds := flags.Int("rounds", 60, "how often each work runs on and off")
	most := flags.Float64("max", 1.03, "the largest ratio that is a success")
	if err := flags.Parse(args); err != nil {
		return 2
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := measure(ctx, *url, *rounds, *most, out); err != nil {
		_, _ = fmt.Fprintln(errs, "monitor:", err)
		return 1
	}
	return 0
}

// work is something that an application does; each run takes a few milliseconds.
type work struct {
	name string
	run  func(ctx context.Context, client *ent.Client) error
}

func works() []work {
	return []work{
		{"100 rows by id", func(ctx context.Context, client *ent.Client) error {
			for id := range 100 {
				if _, err := client.UserLog.Get(ctx, int64(id+1)); err != nil {
					return err
				}
			}
			return nil
		}},
		{"30 lists of 20", func(ctx context.Context, client *ent.Client) error {
			for from := range 30 {
				if _, err := client.UserLog.Query().Where(userlog.IDGT(int64(from))).Order(userlog.ByID()).Limit(20).All(ctx); err != nil {
					return err
				}
			}
			return nil
		}},
		{"2 lists of 1,000", func(ctx context.Context, client *ent.Client) error {
			for range 2 {
				if _, err := client.UserLog.Query().Limit(1000).All(ctx); err != nil {
					return err
				}
			}
			return nil
		}},
		{"60 inserts", func(ctx context.Context, client *ent.Client) error {
			for range 60 {
				if err := client.UserLog.Create().SetAction("read").Exec(ctx); err != nil {
					return err
				}
			}
			return nil
		}},
	}
}

func measure(ctx context.Context, rawURL string, rounds int, most float64, out io.Writer) (err error) {
	folder, err := os.MkdirTemp("", "framefox-monitor-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	url, err := config.ParseURL(cmp.Or(rawURL, "sqlite:///monitor.db?mode=rwc"), folder)
	if err != nil {
		return err
	}
	m, err := monitor.New(monitor.Options{Logger: slog.New(slog.NewTextHandler(io.Discard, nil)), Repeats: 1000})
	if err != nil {
		return err
	}
	off, err := database.Open(ctx, config.Database{URL: url})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, off.Close()) }()
	on, err := database.Open(ctx, config.Database{URL: url}, database.WithObserver(m))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, on.Close()) }()
	if err := fill(ctx, off); err != nil {
		return err
	}

	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	_, _ = fmt.Fprintln(table, "on / off\ttime\tCPU\t")
	var tooSlow error
	for _, w := range works() {
		wall, processor, err := compare(ctx, w, m, ent.NewClient(ent.Driver(off.Driver())), ent.NewClient(ent.Driver(on.Driver())), rounds)
		if err != nil {
			return fmt.Errorf("%s: %w", w.name, err)
		}
		_, _ = fmt.Fprintf(table, "%s\t%.3f\t%.3f\t\n", w.name, wall, processor)
		if processor > most {
			tooSlow = errors.Join(tooSlow, fmt.Errorf("%s: %.3f of the CPU, and %.3f is the most", w.name, processor, most))
		}
	}
	if err := table.Flush(); err != nil {
		return err
	}
	_, _ = fmt.Fprintf(out, "\n%s, %s, medians of %d pairs\n", runtime.Version(), url.Dialect, rounds)
	return tooSlow
}

func fill(ctx context.Context, db *database.DB) error {
	dir, err := fs.Sub(migrate.Files, string(db.Dialect()))
	if err != nil {
		return err
	}
	migrator, err := migration.Open(db, migration.NewDir(dir))
	if err != nil {
		return err
	}
	if _, err := migrator.Upgrade(ctx, migration.UpgradeOptions{}); err != nil {
		return err
	}
	client := ent.NewClient(ent.Driver(db.Driver()))
	for range 4 {
		builders := make([]*ent.UserLogCreate, 500)
		for i := range builders {
			builders[i] = client.UserLog.Create().SetAction("read").SetDetails("what was done")
		}
		if err := client.UserLog.CreateBulk(builders...).Exec(ctx); err != nil {
			return err
		}
	}
	_, err = query.One[int64](ctx, db, "SELECT COUNT(*) AS n FROM user_logs")
	return err
}

// compare runs the work in pairs, on and off in turns, and returns the median of
// the ratios.
func compare(ctx context.Context, w work, m *monitor.Monitor, off, on *ent.Client, rounds int) (wall, processor float64, err error) {
	once := func(client *ent.Client) (time.Duration, time.Duration, error) {
		runtime.GC()
		scope, end := m.Scope(ctx, w.name)
		defer end()
		start, before := time.Now(), spent()
		for range 5 {
			if err := w.run(scope, client); err != nil {
				return 0, 0, err
			}
		}
		return time.Since(start), spent() - before, nil
	}
	var walls, processors []float64
	for round := range rounds + 3 {
		clients := []*ent.Client{off, on}
		var times, cpu [2]time.Duration
		for i := range clients {
			which := (i + round) % 2 // now one is first, now the other
			if times[which], cpu[which], err = once(clients[which]); err != nil {
				return 0, 0, err
			}
		}
		if round >= 3 { // the first ones warm up
			walls = append(walls, float64(times[1])/float64(times[0]))
			processors = append(processors, float64(cpu[1])/float64(cpu[0]))
		}
	}
	return median(walls), median(processors), nil
}

func median(list []float64) float64 {
	slices.Sort(list)
	return list[len(list)/2]
}

// spent is the time that the process had a processor.
func spent() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
