package config

import (
	"strconv"
	"time"
)

// Monitor is how statements are watched. Load fills every field but Secret.
type Monitor struct {
	Enabled         bool          // default true
	SlowQuery       time.Duration // above which a statement is slow; default 1 s, Forever is never
	SlowAcquisition time.Duration // above which waiting for a connection is slow; default 100 ms, Forever is never
	Repeats         int           // how often one statement may run in a request; default 10, Unlimited looks for none

	// Secret opens the figures to other machines; "" leaves them to this one.
	// MONITOR_SECRET gives it, 32 bytes or more.
	Secret Secret
}

func (l *loader) monitor() Monitor {
	m := Monitor{Enabled: true, SlowQuery: time.Second, SlowAcquisition: 100 * time.Millisecond, Repeats: 10}
	if on, ok := l.doc.boolean("monitor.enabled"); ok {
		m.Enabled = on
	}
	if d, ok := l.doc.duration("monitor.slow_query", true); ok {
		m.SlowQuery = d
	}
	if d, ok := l.doc.duration("monitor.slow_acquisition", true); ok {
		m.SlowAcquisition = d
	}
	if n, ok := l.doc.integer("monitor.repeats", Unlimited, 1_000_000); ok {
		m.Repeats = n
		if n == 0 { // as a number of repeats it would forbid each statement
			m.Repeats = Unlimited
		}
	}
	m.Secret, l.monitorSecretSource = l.key("MONITOR_SECRET", "monitor.secret")
	return m
}

func (l *loader) describeMonitor(m Monitor) []Setting {
	settings := []Setting{}
	add := func(key, value string) {
		settings = append(settings, Setting{"monitor." + key, value, l.doc.source("monitor." + key)})
	}
	add("enabled", strconv.FormatBool(m.Enabled))
	add("slow_query", number(m.SlowQuery, Forever, "never"))
	add("slow_acquisition", number(m.SlowAcquisition, Forever, "never"))
	add("repeats", number(m.Repeats, Unlimited, "never"))
	return append(settings, Setting{"monitor.secret", m.Secret.String(), l.monitorSecretSource})
}
