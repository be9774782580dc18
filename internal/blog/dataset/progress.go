package dataset

import (
	"fmt"
	"io"
	"os"
	"time"

	"github.com/mattn/go-isatty"
	"github.com/schollz/progressbar/v3"
)

// lineEvery is how often a run tells its progress where there is no terminal.
const lineEvery = 5 * time.Second

// meter shows how far a run is: a bar on a terminal, a line now and then elsewhere.
type meter struct {
	w     io.Writer
	what  string // that is counted: packages, rows
	bar   *progressbar.ProgressBar
	start time.Time
	last  time.Time
}

func newMeter(w io.Writer, what string) *meter {
	m := &meter{w: w, what: what, start: time.Now(), last: time.Now()}
	if file, ok := w.(*os.File); ok && isatty.IsTerminal(file.Fd()) {
		m.bar = progressbar.NewOptions64(-1,
			progressbar.OptionSetWriter(w),
			progressbar.OptionSetDescription("loading"),
			progressbar.OptionSetItsString(what),
			progressbar.OptionShowIts(),
			progressbar.OptionShowCount(),
			progressbar.OptionThrottle(100*time.Millisecond),
			progressbar.OptionClearOnFinish(),
		)
		_ = m.bar.RenderBlank() // its clock starts now
	}
	return m
}

// show shows that done of total are done; total is 0 while it is not known.
func (m *meter) show(done, total int) {
	if m.bar != nil {
		if total > 0 {
			m.bar.ChangeMax(total)
		}
		_ = m.bar.Set(done) // a bar that cannot be drawn is no reason to stop
		return
	}
	if time.Since(m.last) < lineEvery {
		return
	}
	m.last = time.Now()
	rate := float64(done) / time.Since(m.start).Seconds()
	if total > 0 {
		_, _ = fmt.Fprintf(m.w, "loading: %d of %d %s, %.0f/s\n", done, total, m.what, rate)
		return
	}
	_, _ = fmt.Fprintf(m.w, "loading: %d %s, %.0f/s\n", done, m.what, rate)
}

// finish takes the bar away.
func (m *meter) finish() {
	if m.bar != nil {
		_ = m.bar.Finish()
	}
}
