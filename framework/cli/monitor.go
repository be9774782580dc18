package cli

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/framefox-go/framefox/framework/config"
	"github.com/framefox-go/framefox/framework/monitor"
)

// newMonitor is the group of commands that look at what statements cost.
func newMonitor(env *Env) *cobra.Command {
	group := &cobra.Command{
		Use:   "monitor",
		Short: "See what statements cost, and what would make them cheaper",
		Long: "See what statements cost, how the connections are used, and what would help.\n\n" +
			"The figures of slow and pool are those of the running server, at the address of\n" +
			"the configuration or at --url. It answers on its own machine, and with\n" +
			"monitor.secret elsewhere. The others look at the database.",
		Example: example(env, "monitor slow", "monitor pool --json",
			`monitor explain "SELECT * FROM posts WHERE status = 'live'"`, "monitor indexes --workload slow.json"),
	}
	group.AddCommand(newMonitorSlow(env), newMonitorPool(env), newAnalyze(env, "explain"), newMonitorIndexes(env))
	return group
}

// unreachableError is a server that does not answer at all.
type unreachableError struct {
	url string
	err error
}

func (e *unreachableError) Error() string {
	return fmt.Sprintf("no server answers at %s: start it, or say where it is with --url: %v", e.url, e.err)
}

func (e *unreachableError) Unwrap() error { return e.err }

// monitorTimeout bounds the wait for the server.
const monitorTimeout = 10 * time.Second

// maxReport bounds what is read of an answer.
const maxReport = 64 << 20

// report asks the running server.
func report(ctx context.Context, env *Env, base string, top int) (monitor.Report, error) {
	var r monitor.Report
	cfg, err := env.Config()
	if err != nil {
		return r, err
	}
	if base == "" {
		base = serverURL(cfg.Server.Address)
	}
	at, err := url.Parse(base)
	if err != nil || at.Host == "" || at.Scheme != "http" && at.Scheme != "https" {
		return r, errors.New("--url has to be the address of the server, such as https://shop.example.org")
	}
	at = at.JoinPath(monitor.Path)
	at.RawQuery = url.Values{"top": {strconv.Itoa(top)}}.Encode()
	ctx, cancel := context.WithTimeout(ctx, monitorTimeout)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, at.String(), http.NoBody)
	if err != nil {
		return r, err
	}
	if secret := cfg.Monitor.Secret; secret != "" {
		if at.Scheme != "https" && !isLocal(at.Hostname()) {
			return r, errors.New("monitor.secret is not sent to another machine without encryption: use an https address")
		}
		request.Header.Set("Authorization", "Bearer "+secret.Reveal())
	}
	// Not by way of a proxy, and not on to another address: the secret is for this one.
	client := &http.Client{
		Transport:     &http.Transport{DisableKeepAlives: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	response, err := client.Do(request)
	if err != nil {
		if failed, ok := errors.AsType[*url.Error](err); ok {
			err = failed.Err
		}
		return r, &unreachableError{base, err}
	}
	defer func() { _ = response.Body.Close() }()
	if response.StatusCode != http.StatusOK {
		text, _ := io.ReadAll(io.LimitReader(response.Body, 300))
		switch response.StatusCode {
		case http.StatusNotFound:
			return r, fmt.Errorf("the server at %s has no monitor: set monitor.enabled", base)
		case http.StatusUnauthorized:
			return r, fmt.Errorf("the server at %s wants its secret: set MONITOR_SECRET as it is there", base)
		}
		return r, fmt.Errorf("the server at %s answered %s: %s", base, response.Status, strings.TrimSpace(string(text)))
	}
	if err := json.NewDecoder(io.LimitReader(response.Body, maxReport)).Decode(&r); err != nil {
		return r, fmt.Errorf("the server at %s answered something else than a report: %w", base, err)
	}
	return r, nil
}

// serverURL is where a server that listens on an address is found.
func serverURL(address string) string {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return "http://" + address
	}
	if ip, err := netip.ParseAddr(host); host == "" || err == nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	return "http://" + net.JoinHostPort(host, port)
}

func isLocal(host string) bool {
	ip, err := netip.ParseAddr(host)
	return strings.EqualFold(host, "localhost") || err == nil && ip.IsLoopback()
}

// milliseconds writes a time of a report.
func milliseconds(s monitor.Seconds) string {
	return strconv.FormatFloat(float64(s)*1000, 'f', 1, 64)
}

// oneLine cuts a statement for a table.
func oneLine(text string) string {
	const width = 160
	if runes := []rune(text); len(runes) > width {
		return string(runes[:width]) + "…"
	}
	return text
}

func poolTarget(r monitor.Report) string {
	return cmp.Or(r.Database, string(config.SQLite))
}
