package diagram_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/require"

	"github.com/framefox-go/framefox/framework/diagram"
)

type action = chromedp.Action[chromedp.Void]

const (
	shown  = `[...document.querySelectorAll("#list li")].filter((item) => !item.hidden).length`
	bright = `document.querySelectorAll(".entity:not(.faint)").length`
	view   = `document.querySelector("svg").getAttribute("viewBox")`
	whole  = `(() => { const v = document.querySelector("svg").viewBox.baseVal; return v.x === 0 && v.y === 0 })()`
)

// A real browser shows the page, filters it, follows relations, moves and zooms
// with keys, saves the files, and asks for nothing from anywhere.
func TestPageInBrowser(t *testing.T) {
	t.Parallel()
	path := chromium(t)
	folder := t.TempDir()
	page := write(t, folder, "page.html", render(t, blog(t), diagram.HTML))
	ctx, seen := openBrowser(t, path)
	_, err := chromedp.CallBrowser(ctx, browser.SetDownloadBehavior, browser.SetDownloadBehaviorParams{
		Behavior: browser.SetDownloadBehaviorBehaviorAllow, DownloadPath: folder,
	})
	require.NoError(t, err)
	steps := []struct {
		name    string
		actions []action
	}{
		{"the page renders", []action{
			chromedp.Navigate("file://" + page),
			waitFor(`document.querySelectorAll("#stage .entity").length === 21`),
			waitFor(`document.querySelectorAll("#stage .relation").length === 27`),
			waitFor(shown + ` === 21 && ` + bright + ` === 21`),
			waitFor(`document.querySelector("#stage svg").getBoundingClientRect().height > 300`),
			waitFor(`document.querySelectorAll("article table").length === 21`),
		}},
		{"no text leaves its box", []action{
			waitFor(`[...document.querySelectorAll("#stage .entity")].every((e) => {
				const box = e.querySelector(".box").getBBox();
				return [...e.querySelectorAll("text")].every((text) => {
					const b = text.getBBox();
					return b.x >= box.x && b.x + b.width <= box.x + box.width;
				});
			})`),
		}},
		{"the filter works", []action{
			chromedp.Click(chromedp.CSS("#filter")),
			chromedp.KeyEvent("POST"),
			waitFor(shown + ` === 6 && ` + bright + ` === 6`),
			chromedp.KeyEvent("xyz"),
			waitFor(shown + ` === 0 && !document.querySelector("#none").hidden`),
			chromedp.KeyEvent(kb.Escape),
			waitFor(shown + ` === 21 && ` + bright + ` === 21`),
		}},
		{"a click shows the neighbours", []action{
			chromedp.Click(chromedp.CSS(`#list li[data-id="2"] a`)), // Organization, which only User has
			waitFor(bright + ` === 2 && document.querySelectorAll(".relation.near").length === 1`),
			waitFor(`document.querySelector(".entity.chosen .name").textContent === "Organization"`),
			waitFor(`!(` + whole + `)`),
			chromedp.Click(chromedp.CSS(".entity.chosen .head")),
			waitFor(bright + ` === 21`),
		}},
		{"keys move and zoom", []action{
			chromedp.Focus(chromedp.CSS("#stage")),
			chromedp.KeyEvent("0"),
			waitFor(whole),
			chromedp.KeyEvent(kb.ArrowRight),
			waitFor(`document.querySelector("svg").viewBox.baseVal.x > 0`),
			chromedp.KeyEvent("+"),
			waitFor(`document.querySelector("svg").viewBox.baseVal.width < document.querySelector("svg").getAttribute("width")`),
			chromedp.KeyEvent("0"),
			waitFor(whole),
		}},
		{"an entity is chosen by keys", []action{
			chromedp.Focus(chromedp.CSS(`.entity[data-id="2"]`)),
			chromedp.KeyEvent(kb.Enter),
			waitFor(bright + ` === 2`),
			chromedp.KeyEvent(kb.Escape),
			waitFor(bright + ` === 21`),
		}},
		{"files are saved", []action{
			chromedp.Click(chromedp.CSS("#save-mermaid")),
			waitFor(`document.querySelector("#status").textContent === "Saved database_diagram.mmd"`),
			chromedp.Click(chromedp.CSS("#save-svg")),
			waitFor(`document.querySelector("#status").textContent === "Saved database_diagram.svg"`),
		}},
	}
	for _, step := range steps {
		if err := chromedp.Do(ctx, step.actions...); err != nil {
			state, _ := chromedp.Run(ctx, chromedp.Evaluate[string](view+` + " " + `+bright+` + " " + `+shown))
			t.Fatalf("%s: %v\nproblems: %q\nstate: %s", step.name, err, seen.list(), state)
		}
	}
	require.Empty(t, seen.list())
	for _, address := range seen.addresses() {
		require.True(t, strings.HasPrefix(address, "file://"+page) || strings.HasPrefix(address, "blob:"), address)
	}

	mermaid := eventually(t, filepath.Join(folder, "database_diagram.mmd"))
	require.Equal(t, render(t, blog(t), diagram.Mermaid), mermaid)
	picture := eventually(t, filepath.Join(folder, "database_diagram.svg"))
	require.Contains(t, picture, "prefers-color-scheme")
	checkSVG(t, blog(t), picture)
}

// Nothing in names and comments is run, or makes an element.
func TestHostilePageInBrowser(t *testing.T) {
	t.Parallel()
	path := chromium(t)
	d := diagram.FromTables(hostileTables())
	page := write(t, t.TempDir(), "page.html", render(t, d, diagram.HTML))
	ctx, seen := openBrowser(t, path)
	require.NoError(t, chromedp.Do(ctx,
		chromedp.Navigate("file://"+page),
		waitFor(`document.documentElement.classList.contains("js")`),
		waitFor(`document.querySelectorAll("#stage .entity").length === `+strconv.Itoa(len(hostile()))),
		waitFor(`document.querySelectorAll("script").length === 1 && document.querySelectorAll("img, iframe, object, b").length === 0`),
		waitFor(`[...document.querySelectorAll("article h2")].some((h) => h.textContent.includes('"><script>alert(1)</script>'))`),
		waitFor(`[...document.querySelectorAll("*")].every((e) => [...e.attributes].every((a) => !a.name.startsWith("on")))`),
	))
	require.Empty(t, seen.list())
}

// Without scripts the picture and the tables are there, and no dead buttons.
func TestPageWithoutScripts(t *testing.T) {
	t.Parallel()
	path := chromium(t)
	page := write(t, t.TempDir(), "page.html", render(t, blog(t), diagram.HTML))
	ctx, _ := openBrowser(t, path)
	_, err := chromedp.Call(ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
	require.NoError(t, err)
	require.NoError(t, chromedp.Do(ctx, chromedp.Navigate("file://"+page),
		chromedp.WaitVisible(chromedp.CSS("#stage svg")), chromedp.WaitVisible(chromedp.CSS("#entity-0 table")),
		chromedp.WaitNotVisible(chromedp.CSS("#copy")), chromedp.WaitNotVisible(chromedp.CSS("#filter"))))
}

// observed is what the browser did and complained of.
type observed struct {
	mu       sync.Mutex
	urls     []string
	problems []string
}

func (o *observed) list() []string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return append([]string(nil), o.problems...)
}

func (o *observed) addresses() []string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return append([]string(nil), o.urls...)
}

func openBrowser(t *testing.T, path string) (context.Context, *observed) {
	t.Helper()
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.NoFirstRun, chromedp.DisableGPU,
		chromedp.Flag("disable-background-networking", true), chromedp.Flag("disable-component-update", true),
		chromedp.Flag("disable-sync", true), chromedp.UserDataDir(t.TempDir()), chromedp.WindowSize(1400, 900),
	)
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	t.Cleanup(cancel)
	ctx, cancelAllocator := chromedp.NewExecAllocator(ctx, options...)
	t.Cleanup(cancelAllocator)
	ctx, cancelTab := chromedp.NewContext(ctx)
	t.Cleanup(cancelTab)
	seen := &observed{}
	require.NoError(t, chromedp.Listen(ctx, func(event any) {
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
		case *runtime.EventConsoleAPICalled:
			seen.problems = append(seen.problems, "console: "+string(e.Type))
		case *runtime.EventExceptionThrown:
			seen.problems = append(seen.problems, e.ExceptionDetails.Text)
		}
	}))
	return ctx, seen
}

// waitFor waits until a JavaScript condition holds.
func waitFor(condition string) action {
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
	const message = "NO CHROMIUM ON THE PATH: the page was not tested in a browser"
	if os.Getenv("CI") == "true" {
		t.Fatal(message)
	}
	t.Skip(message)
	return ""
}

func write(t *testing.T, folder, name, text string) string {
	t.Helper()
	path := filepath.Join(folder, name)
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	return path
}

// eventually reads a file that a browser is about to write.
func eventually(t *testing.T, path string) string {
	t.Helper()
	var text []byte
	require.Eventually(t, func() bool {
		var err error
		text, err = os.ReadFile(path)
		return err == nil && len(text) > 0
	}, 20*time.Second, 50*time.Millisecond)
	return string(text)
}
