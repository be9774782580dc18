package graphql_test

import (
	"context"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/graphql"
)

// A real browser opens the page, runs a query, reads the documentation, opens
// the explorer, and talks to no other host while the policy of the page is
// never violated.
func TestGraphiQLInBrowser(t *testing.T) {
	t.Parallel()
	browser := chromium(t)
	server, err := graphql.NewServer(graphql.ServerOptions{
		GraphQL:  newShop(t, graphql.Options{Introspection: true}).handler,
		GraphiQL: &graphql.GraphiQLOptions{},
	})
	require.NoError(t, err)
	site := httptest.NewServer(server.Handler())
	defer site.Close()

	ctx, seen := openBrowser(t, browser)
	const result = `document.querySelector(".result-window").innerText`
	steps := []struct {
		name    string
		actions []chromedp.Action[chromedp.Void]
	}{
		{"the page renders", []chromedp.Action[chromedp.Void]{
			chromedp.Navigate(site.URL + "/"),
			chromedp.WaitVisible(chromedp.CSS(".graphiql-query-editor .CodeMirror")),
			waitFor(`document.querySelector(".graphiql-query-editor").innerText.includes("RootFields")`),
		}},
		{"the first query runs", []chromedp.Action[chromedp.Void]{
			chromedp.Click(chromedp.CSS(".graphiql-execute-button")),
			waitFor(result + `.includes('"items"')`),
		}},
		{"a typed query runs", []chromedp.Action[chromedp.Void]{
			chromedp.Click(chromedp.CSS(".graphiql-query-editor .CodeMirror-lines")),
			chromedp.KeyEvent("a", chromedp.KeyModifiers(kb.ModifierCtrl)), // Ctrl+A
			chromedp.KeyEvent(kb.Delete),
			chromedp.KeyEvent(`{ echo(text: "typed by hand") }`),
			// The editor reads the operation's name a moment after the typing.
			waitFor(`!document.querySelector(".graphiql-tabs").innerText.includes("RootFields")`),
			chromedp.KeyEvent(kb.Enter, chromedp.KeyModifiers(kb.ModifierCtrl)),
			waitFor(result + `.includes('"typed by hand"')`),
		}},
		{"the documentation opens", []chromedp.Action[chromedp.Void]{
			chromedp.Click(chromedp.CSS(`.graphiql-sidebar button[aria-label*="Documentation"]`)),
			waitFor(`document.querySelector(".graphiql-plugin").innerText.includes("Mutation")`),
		}},
		{"the explorer opens", []chromedp.Action[chromedp.Void]{
			chromedp.Click(chromedp.CSS(`.graphiql-sidebar button[aria-label*="GraphiQL Explorer"]`)),
			waitFor(`document.querySelector(".graphiql-plugin").innerText.includes("items")`),
		}},
		{"the settings open", []chromedp.Action[chromedp.Void]{ // a dialog brings inline styles
			chromedp.Click(chromedp.CSS(`.graphiql-sidebar button[aria-label*="settings"]`)),
			waitFor(`document.querySelector(".graphiql-dialog").innerText.includes("Theme")`),
		}},
	}
	for _, step := range steps {
		if err := chromedp.Do(ctx, step.actions...); err != nil {
			page, _ := chromedp.Run(ctx, chromedp.Evaluate[string]("document.body.innerText"))
			t.Fatalf("%s: %v\nproblems: %q\npage: %s", step.name, err, seen.problems, page)
		}
	}

	seen.mu.Lock()
	defer seen.mu.Unlock()
	require.Empty(t, seen.problems)
	require.Greater(t, len(seen.urls), 8)
	for _, u := range seen.urls {
		parsed, err := url.Parse(u)
		require.NoError(t, err)
		if parsed.Scheme != "data" {
			require.Equal(t, strings.TrimPrefix(site.URL, "http://"), parsed.Host, u)
		}
	}
}

// observed is what the browser did and complained of.
type observed struct {
	mu       sync.Mutex
	urls     []string // of all requests
	problems []string // console errors, exceptions, violations of the policy
}

func openBrowser(t *testing.T, path string) (context.Context, *observed) {
	t.Helper()
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path),
		chromedp.NoSandbox,
		chromedp.NoFirstRun,
		chromedp.DisableGPU,
		chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-component-update", true),
		chromedp.Flag("disable-sync", true),
		chromedp.UserDataDir(t.TempDir()),
		chromedp.WindowSize(1400, 900),
	)
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	t.Cleanup(cancel)
	ctx, cancelAllocator := chromedp.NewExecAllocator(ctx, options...)
	t.Cleanup(cancelAllocator)
	ctx, cancelTab := chromedp.NewContext(ctx)
	t.Cleanup(cancelTab)

	seen := &observed{}
	err := chromedp.Listen(ctx, func(event any) {
		seen.mu.Lock()
		defer seen.mu.Unlock()
		switch e := event.(type) {
		case *network.EventRequestWillBeSent:
			seen.urls = append(seen.urls, e.Request.URL)
		case *network.EventWebSocketCreated:
			seen.urls = append(seen.urls, e.URL)
		case *log.EventEntryAdded:
			if e.Entry.Level == log.EntryLevelError {
				seen.problems = append(seen.problems, e.Entry.Text+" "+e.Entry.URL)
			}
		case *runtime.EventExceptionThrown:
			seen.problems = append(seen.problems, e.ExceptionDetails.Text)
		}
	})
	require.NoError(t, err)
	return ctx, seen
}

// waitFor waits until a JavaScript condition holds.
func waitFor(condition string) chromedp.Action[chromedp.Void] {
	return chromedp.Poll[chromedp.Void]("(() => { try { return "+condition+" } catch { return false } })()",
		chromedp.WithPollingTimeout(20*time.Second))
}

// chromium finds a browser, or skips the test: loudly, and never in CI.
func chromium(t *testing.T) string {
	t.Helper()
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "headless-shell"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	const message = "NO CHROMIUM ON THE PATH: GraphiQL was not tested in a browser"
	if os.Getenv("CI") == "true" {
		t.Fatal(message)
	}
	t.Skip(message)
	return ""
}
