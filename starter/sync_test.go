package main

import (
	"os"
	"strings"
	"testing"

	"sluss"
)

func TestSyncShowsWhatFails(t *testing.T) {
	l := opened(t)
	if code, out, errs := try(t, "sync"); code != 0 || !strings.Contains(out, "Not synced yet") {
		t.Errorf("%d %s%s", code, out, errs)
	}
	must(t, l.KeepSyncPage(t.Context(), sluss.Trackdechets, "00000000283366", sluss.SyncPage{Until: noon}))
	must(t, l.SyncFailed(t.Context(), sluss.Trackdechets, "00000000283366", "no answer"))
	must(t, l.KeepHook(t.Context(), sluss.Trackdechets, "00000000283366", &sluss.Hook{State: sluss.HookElsewhere, Detail: "delete that one", At: noon}))
	for args, c := range map[string]struct {
		code int
		want []string
	}{
		"sync":         {0, []string{"trackdechets 00000000283366", "all changes until", "webhook   elsewhere", "no answer", "delete that one"}},
		"sync --json":  {0, []string{`"state": "elsewhere"`, `"adrift": []`}},
		"sync a":       {2, []string{"unexpected argument"}},
		"sync --hook":  {2, []string{"not defined"}},
		"sync --help ": {0, []string{"starter sync --now"}},
	} {
		code, out, errs := try(t, strings.Fields(args)...)
		for _, want := range c.want {
			if !strings.Contains(out+errs, want) {
				t.Errorf("%s: want %q in:\n%s%s", args, want, out, errs)
			}
		}
		if code != c.code {
			t.Errorf("%s: exit %d\n%s%s", args, code, out, errs)
		}
	}
}

func TestAPrintIsWrittenWhereItIsWanted(t *testing.T) {
	l := opened(t)
	d := example(t, "fr-solvents.json", "default", "PDF-1")
	must(t, l.RecordEvent(t.Context(), sluss.EventRecord{Batch: d.ID(), Declaration: &d, Event: sluss.Event{Kind: sluss.Produced, At: noon}, At: noon}))
	t.Chdir(t.TempDir())
	for args, want := range map[string]struct {
		code int
		text string
	}{"pdf": {2, "BATCH is missing"}, "pdf NONE": {1, "no such batch"}, "pdf PDF-1": {1, "no such print"}} {
		if code, out, errs := try(t, strings.Fields(args)...); code != want.code || !strings.Contains(out+errs, want.text) {
			t.Errorf("%s: exit %d\n%s%s", args, code, out, errs)
		}
	}
	must(t, l.KeepPrint(t.Context(), sluss.Print{
		Batch: d.ID(), Registry: sluss.Trackdechets, Document: "a", Number: "BSD-1", Status: "PROCESSED", Final: true, Content: []byte("%PDF at its end"), FetchedAt: noon,
	}))
	if code, out, errs := try(t, "pdf", "PDF-1"); code != 0 || !strings.Contains(out, "BSD-1.pdf: PROCESSED, as it was at 2031-11-24 12:00") {
		t.Errorf("exit %d\n%s%s", code, out, errs)
	}
	if content, err := os.ReadFile("BSD-1.pdf"); err != nil || string(content) != "%PDF at its end" {
		t.Errorf("%s, %v", content, err)
	}
	if code, out, _ := try(t, "pdf", "PDF-1", "-o", "-"); code != 0 || out != "%PDF at its end" {
		t.Errorf("exit %d %s", code, out)
	}
	if code, out, _ := try(t, "pdf", "PDF-1", "--json", "-o", "b.pdf"); code != 0 || !strings.Contains(out, `"sha256"`) {
		t.Errorf("exit %d %s", code, out)
	}
	if code, out, errs := try(t, "pdf", "PDF-1", "-o", "no/such/folder.pdf"); code != 2 {
		t.Errorf("exit %d\n%s%s", code, out, errs)
	}
	if _, out, _ := try(t, "show", "PDF-1"); !strings.Contains(out, "`starter pdf PDF-1`") {
		t.Errorf("show:\n%s", out)
	}
}
