package monitor

import (
	"context"
	"errors"
	"log/slog"
	"time"
)

// Options configures a [Monitor]. The zero value has every default.
type Options struct {
	// Logger gets what is worth a line. Default slog.Default().
	Logger *slog.Logger

	// SlowQuery is the time above which a statement is slow; default 1 s,
	// negative is never.
	SlowQuery time.Duration

	// SlowAcquisition is the time above which waiting for a connection is
	// slow; default 100 ms, negative is never.
	SlowAcquisition time.Duration

	// Repeats is how often a statement may run within one request before it is
	// reported; default 10, negative looks for none.
	Repeats int

	// Statements bounds the fingerprints that have statistics of their own;
	// default 1,000. Those that were not seen for longest go into one.
	Statements int

	// Sinks are told of each statement, in this order: package tracing is one.
	Sinks []Sink
}

// Sink is told of each statement that ended. Statements wait for it.
type Sink interface {
	Statement(ctx context.Context, r Record)
}

// WithDefaults returns the options with every zero field set to its default.
func (o Options) WithDefaults() Options {
	if o.Logger == nil {
		o.Logger = slog.Default()
	}
	if o.SlowQuery == 0 {
		o.SlowQuery = time.Second
	}
	if o.SlowAcquisition == 0 {
		o.SlowAcquisition = 100 * time.Millisecond
	}
	if o.Repeats == 0 {
		o.Repeats = 10
	}
	if o.Statements == 0 {
		o.Statements = 1000
	}
	return o
}

func (o Options) validate() error {
	if o.Statements < 10 {
		return errors.New("monitor: Options.Statements is below 10: that is too few to be of use")
	}
	return nil
}
