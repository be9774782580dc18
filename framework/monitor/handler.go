package monitor

import (
	"encoding/json"
	"net/http"
	"strconv"
)

// Path is where an application serves [Monitor.Handler], and where
// `framefox monitor` asks.
const Path = "/debug/monitor"

// DefaultTop is how many statements a report has where nothing else is asked for.
const DefaultTop = 20

// Handler answers GET with a [Report] in JSON; ?top= is how many statements it
// has. It wants a [Guard].
func (m *Monitor) Handler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			w.Header().Set("Allow", "GET, HEAD")
			http.Error(w, "method not allowed", http.StatusMethodNotAllowed)
			return
		}
		top := DefaultTop
		if text := r.URL.Query().Get("top"); text != "" {
			n, err := strconv.Atoi(text)
			if err != nil || n < 0 {
				http.Error(w, "top has to be a number", http.StatusBadRequest)
				return
			}
			top = n
		}
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(m.Report(top)) // a caller that is gone is no error
	})
}
