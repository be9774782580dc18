// Package metrics gives what a monitor knows to Prometheus.
//
//	handlers["GET /metrics"] = monitor.Guard(secret, metrics.Handler(m))
//
// An application that has a registry of its own registers [NewCollector] there.
// Figures are read when they are asked for: no statement waits for them. There
// is no label with the text of a statement, which would be many series; those
// are in [monitor.Monitor.Report].
package metrics

import (
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/framefox-go/framefox/framework/monitor"
)

// Handler answers a scrape with the figures of a monitor, and of the process.
func Handler(m *monitor.Monitor) http.Handler {
	registry := prometheus.NewRegistry()
	registry.MustRegister(NewCollector(m), collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return promhttp.HandlerFor(registry, promhttp.HandlerOpts{})
}

// NewCollector returns the figures of a monitor for a registry.
func NewCollector(m *monitor.Monitor) prometheus.Collector {
	desc := func(name, help string, labels ...string) *prometheus.Desc {
		return prometheus.NewDesc("framefox_db_"+name, help, labels, nil)
	}
	return &collector{
		monitor:      m,
		statements:   desc("statement_duration_seconds", "Time that statements took in the driver.", "operation"),
		rows:         desc("statement_rows_total", "Rows that statements read or changed.", "operation"),
		failures:     desc("statement_failures_total", "Statements that failed.", "operation", "kind"),
		slow:         desc("slow_statements_total", "Statements above the threshold of slow ones."),
		repeated:     desc("repeated_requests_total", "Requests that ran one statement too often."),
		connections:  desc("connections", "Connections of the pool.", "state"),
		limit:        desc("connections_limit", "The most connections that may be in use at once; 0 is unlimited."),
		created:      desc("connections_created_total", "Connections made."),
		errors:       desc("connection_errors_total", "How often no connection could be had."),
		waits:        desc("connection_waits_total", "How often no connection was free at once."),
		waited:       desc("connection_wait_seconds_total", "Time waited for a free connection."),
		acquisitions: desc("connection_acquisition_duration_seconds", "Time until a connection was had."),
	}
}

type collector struct {
	monitor *monitor.Monitor

	statements, rows, failures, slow, repeated                       *prometheus.Desc
	connections, limit, created, errors, waits, waited, acquisitions *prometheus.Desc
}

// Describe implements prometheus.Collector.
func (c *collector) Describe(out chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{
		c.statements, c.rows, c.failures, c.slow, c.repeated,
		c.connections, c.limit, c.created, c.errors, c.waits, c.waited, c.acquisitions,
	} {
		out <- d
	}
}

// Collect implements prometheus.Collector.
func (c *collector) Collect(out chan<- prometheus.Metric) {
	send := func(d *prometheus.Desc, kind prometheus.ValueType, value float64, labels ...string) {
		out <- prometheus.MustNewConstMetric(d, kind, value, labels...)
	}
	for _, o := range c.monitor.Operations() {
		out <- histogram(c.statements, o.Times, o.Operation)
		send(c.rows, prometheus.CounterValue, float64(o.Rows), o.Operation)
		for kind, n := range o.Failures {
			send(c.failures, prometheus.CounterValue, float64(n), o.Operation, kind)
		}
	}
	p := c.monitor.PoolStats()
	send(c.slow, prometheus.CounterValue, float64(p.Slow))
	send(c.repeated, prometheus.CounterValue, float64(c.monitor.RepeatedRequests()))
	send(c.connections, prometheus.GaugeValue, float64(p.Active), "in_use")
	send(c.connections, prometheus.GaugeValue, float64(p.Idle), "idle")
	send(c.limit, prometheus.GaugeValue, float64(p.Max))
	send(c.created, prometheus.CounterValue, float64(p.Created))
	send(c.errors, prometheus.CounterValue, float64(p.Errors))
	send(c.waits, prometheus.CounterValue, float64(p.Waits))
	send(c.waited, prometheus.CounterValue, float64(p.WaitTime))
	out <- histogram(c.acquisitions, c.monitor.Acquisitions())
}

func histogram(d *prometheus.Desc, from monitor.Distribution, labels ...string) prometheus.Metric {
	below := make(map[float64]uint64, len(from.Below))
	for bound, n := range from.Below {
		below[bound.Seconds()] = n
	}
	return prometheus.MustNewConstHistogram(d, from.Count, time.Duration.Seconds(from.Sum), below, labels...)
}
