// Package logging makes the loggers of a framefox application: coloured lines
// on a terminal, JSON everywhere else.
//
//	logger := logging.New(os.Stderr, logging.Options{})
//	slog.SetDefault(logger)
package logging

import (
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"
	"time"

	"github.com/lmittmann/tint"
	"github.com/mattn/go-isatty"
)

// Format is how a log line looks. Its text is what a person writes into a
// configuration file or flag.
type Format string

// The formats.
const (
	Auto Format = "auto" // Text on a terminal, JSON elsewhere
	Text Format = "text" // one readable line, coloured on a terminal
	JSON Format = "json" // one JSON object a line, times in UTC
)

// Options configures a logger. The zero value is Auto at level info.
type Options struct {
	Format Format     // default Auto
	Level  slog.Level // the least level that is logged; default info
}

// New returns a logger that writes to w. A terminal gets colours unless the
// environment variable NO_COLOR is set.
func New(w io.Writer, opts Options) *slog.Logger {
	terminal := isTerminal(w)
	if opts.Format == Text || (opts.Format != JSON && terminal) {
		return slog.New(tint.NewHandler(w, &tint.Options{
			Level:      opts.Level,
			TimeFormat: time.TimeOnly,
			NoColor:    !terminal || os.Getenv("NO_COLOR") != "",
		}))
	}
	return slog.New(slog.NewJSONHandler(w, &slog.HandlerOptions{
		Level: opts.Level,
		ReplaceAttr: func(groups []string, a slog.Attr) slog.Attr {
			if len(groups) == 0 && a.Key == slog.TimeKey && a.Value.Kind() == slog.KindTime {
				a.Value = slog.TimeValue(a.Value.Time().UTC())
			}
			return a
		},
	}))
}

// ParseFormat reads a format as written in a configuration; "" is Auto.
func ParseFormat(text string) (Format, error) {
	switch f := Format(strings.ToLower(text)); f {
	case "":
		return Auto, nil
	case Auto, Text, JSON:
		return f, nil
	}
	return "", fmt.Errorf("logging: unknown format %q: choose auto, text or json", text)
}

// ParseLevel reads debug, info, warn or error; "" is info.
func ParseLevel(text string) (slog.Level, error) {
	var level slog.Level
	if text == "" {
		return slog.LevelInfo, nil
	}
	if err := level.UnmarshalText([]byte(text)); err != nil {
		return 0, fmt.Errorf("logging: unknown level %q: choose debug, info, warn or error", text)
	}
	return level, nil
}

func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && (isatty.IsTerminal(f.Fd()) || isatty.IsCygwinTerminal(f.Fd()))
}
