// Package monitor watches the statements of a database: which are slow, which
// fail, which run again and again within one request, and whether the pool is
// large enough.
//
//	m, err := monitor.New(monitor.Options{Logger: logger})
//	if err != nil {
//		return err
//	}
//	db, err := database.Open(ctx, cfg, database.WithObserver(m))
//	…
//	report := m.Report(20) // the twenty statements that took most of the time
//
// A statement is known by its fingerprint, which holds no value. Values of
// arguments are in no log, no report and no metric. [Monitor.Workload] alone has
// some, in memory, for who explains statements.
//
// # Requests
//
// Statements belong to the request whose context they run with, if that has a
// scope: [Monitor.Extension] gives each GraphQL operation one, [Monitor.Middleware]
// each HTTP request, [Monitor.Scope] anything else. A statement that runs more
// than [Options.Repeats] times within one is reported, with the field that asks
// for it and what to do.
//
// # Where it goes
//
// The logger gets slow statements, failed ones, slow acquisitions and repeats;
// [Monitor.Handler] answers with a [Report] in JSON; package metrics gives it to
// Prometheus, package tracing to OpenTelemetry.
package monitor
