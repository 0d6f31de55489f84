package main

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"sluss"
)

// TestUI opens Temporal's pages in a browser, like an engineer who wants to know what
// a batch waits for. With SCREENSHOTS set, the pages are saved
// in that folder.
func TestUI(t *testing.T) {
	b := openBrowser(t)
	h, _ := openInstallation(t)
	d := example(t, "fr-solvents", "SOLV-2026-0007")
	h.declare(t, d)
	other := example(t, "se-waste-oil", "VO-2026-0101")
	h.declare(t, other)
	emission := sluss.NewBatchID("", d.Reference).Filing("fr.emission#1")
	eventually(t, time.Minute, func(ctx context.Context) error {
		f, _, err := h.Service.Ledger.Filing(ctx, emission)
		if err != nil || f.Stage != sluss.StageSignature {
			return fmt.Errorf("%s is %q, %v", emission, f.Stage, err)
		}
		return nil
	})

	const rule = "R541-45"
	paris, err := time.LoadLocation("Europe/Paris")
	must(t, err)
	filing, _, err := h.Service.Ledger.Filing(t.Context(), emission)
	must(t, err)
	by := filing.Due.In(paris).Format("Mon 2006-01-02 15:04 -07:00")

	t.Run("list", func(t *testing.T) {
		b.shows(t, h.UIURL+"/namespaces/default/workflows", "list", string(d.ID()), string(other.ID()))
	})
	t.Run("search", func(t *testing.T) {
		query := url.QueryEscape(`WaitingFor = "producer" and Country = "FR" and Blocked = false`)
		text := b.shows(t, h.UIURL+"/namespaces/default/workflows?query="+query, "search", string(d.ID()))
		if strings.Contains(text, string(other.ID())) {
			t.Errorf("%s waits for the producer:\n%s", other.ID(), text)
		}
	})
	t.Run("batch", func(t *testing.T) {
		// What it is, what it waits for, for whom, until when, by which rule, and
		// what that holds up.
		b.shows(t, h.workflowURL(t, string(d.ID()), "user-metadata"), "batch", "3200 kg", d.Waste.Code, d.Producer.Name+" → "+d.Receiver.Name, "fr.emission#1",
			"waiting for signature (the producer, "+d.Producer.Name+")", by, rule, "pickedUp#1, whose gate is shut")
	})
	t.Run("timeline of the batch", func(t *testing.T) {
		// The input is in clear, and the steps say what they are for.
		b.shows(t, h.workflowURL(t, string(d.ID()), "timeline"), "batch-timeline", `"reference": "SOLV-2026-0007"`, d.Producer.Contact.Name,
			"fr.sealing: sealing to trackdechets", "fr.emission#1 is due")
	})
	t.Run("filings", func(t *testing.T) {
		b.shows(t, h.workflowURL(t, string(d.ID()), "user-metadata"), "filings", "The party that hands the waste over signs the BSDD", "fr.emission#1",
			"no pickedUp#1 before that", "to act: starter sign default/SOLV-2026-0007 --role producer", "fr.creation): accepted, receipt")
	})
	t.Run("attributes", func(t *testing.T) {
		b.shows(t, h.workflowURL(t, string(d.ID()), "search-attributes"), "attributes",
			`"Stage": "produced"`, `"WaitingFor": "producer"`, `"trackdechets"`, `"Country": "FR"`, `"Due": "`)
	})
}

func (h *Installation) workflowURL(t *testing.T, id, tab string) string {
	t.Helper()
	described, err := h.Service.Temporal.DescribeWorkflowExecution(t.Context(), id, "")
	must(t, err)
	run := described.GetWorkflowExecutionInfo().GetExecution().GetRunId()
	return fmt.Sprintf("%s/namespaces/default/workflows/%s/%s/%s", h.UIURL, url.PathEscape(id), run, tab)
}

type browser struct{ context.Context }

func openBrowser(t *testing.T) browser {
	t.Helper()
	path, err := exec.LookPath("chromium")
	if err != nil {
		if os.Getenv("CI") == "" {
			t.Skip("this test needs a browser: apt-get install chromium, or make install")
		}
		t.Fatalf("this test needs a browser: %v", err)
	}
	options := []chromedp.ExecAllocatorOption{
		chromedp.ExecPath(path), chromedp.UserDataDir(t.TempDir()), chromedp.WindowSize(1400, 1300),
	}
	for _, flag := range []string{
		"headless", "no-sandbox", "disable-gpu", "disable-quic", "no-first-run", "no-default-browser-check",
		"disable-background-networking", "disable-component-update", "disable-sync", "disable-dev-shm-usage",
	} {
		options = append(options, chromedp.Flag(flag, true))
	}
	ctx, stop := chromedp.NewExecAllocator(context.WithoutCancel(t.Context()), options...)
	t.Cleanup(stop)
	ctx, closeTab := chromedp.NewContext(ctx)
	t.Cleanup(closeTab)
	must(t, chromedp.Do(ctx, chromedp.Navigate("about:blank"))) // it lives as long as the context of its first act
	return browser{ctx}
}

// visible is all text on a page, including frames, in which markdown is shown.
const visible = `[document, ...[...document.querySelectorAll('iframe')].map(frame => frame.contentDocument)].map(page => page?.body?.innerText).join('\n')`

// shows opens a page and waits until it shows all texts; it returns all that
// it shows.
func (b browser) shows(t *testing.T, page, name string, wants ...string) (text string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(b, 45*time.Second)
	defer cancel()
	must(t, chromedp.Do(ctx, chromedp.Navigate(page)))
	var missing []string
	err := poll(ctx, 30*time.Second, func(ctx context.Context) (err error) {
		if text, err = chromedp.Run(ctx, chromedp.Evaluate[string](visible)); err != nil {
			return err
		}
		missing = nil
		for _, want := range wants {
			if !strings.Contains(text, want) {
				missing = append(missing, want)
			}
		}
		if len(missing) > 0 {
			return fmt.Errorf("the page does not say %q", missing)
		}
		return nil
	})
	b.save(t, name)
	if err != nil {
		t.Errorf("%s: %v; it says:\n%s", page, err, text)
	}
	return text
}

// save takes a screenshot of the page, if there is a folder for it.
func (b browser) save(t *testing.T, name string) {
	t.Helper()
	folder := os.Getenv("SCREENSHOTS")
	if folder == "" {
		return
	}
	ctx, cancel := context.WithTimeout(b, 30*time.Second)
	defer cancel()
	picture, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
	must(t, err)
	must(t, os.MkdirAll(folder, 0o755))                                       //nolint:gosec // readable by everybody
	must(t, os.WriteFile(filepath.Join(folder, name+".png"), picture, 0o644)) //nolint:gosec // as above
}
