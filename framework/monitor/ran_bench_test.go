package monitor_test

import (
	"testing"
	"time"

	"github.com/framefox-go/framefox/framework/database"
	"github.com/framefox-go/framefox/framework/monitor"
)

func BenchmarkRan(b *testing.B) {
	m, err := monitor.New(monitor.Options{Repeats: 1 << 40})
	if err != nil {
		b.Fatal(err)
	}
	ctx, end := m.Scope(b.Context(), "bench")
	defer end()
	s := database.Statement{Query: "INSERT INTO `user_logs` (`action`, `timestamp`, `details`, `user_id`) VALUES (?, ?, ?, ?) RETURNING `id`", Start: time.Now(), Duration: time.Millisecond}
	b.ReportAllocs()
	for b.Loop() {
		m.Ran(ctx, s)
	}
}
