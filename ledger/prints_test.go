package ledger_test

import (
	"testing"
	"time"

	"sluss"
)

func TestAFinalPrintIsKeptOnce(t *testing.T) {
	t.Parallel()
	l, _ := fresh(t)
	ctx := t.Context()
	must(t, l.RecordEvent(ctx, produced()))
	french(t, l, &sluss.Receipt{Registry: sluss.Trackdechets, ID: "a", Number: "BSD-a", Status: "DRAFT", At: noon})
	final := []string{"PROCESSED", "REFUSED"}
	next := func(company string, skip int) string {
		t.Helper()
		n, found, err := l.Unprinted(ctx, sluss.Trackdechets, company, final, skip)
		must(t, err)
		if found != (n.Batch == batchID) {
			t.Errorf("%v, %+v", found, n)
		}
		return n.Document.ID
	}
	must(t, l.KeepSyncPage(ctx, sluss.Trackdechets, "1", sluss.SyncPage{Documents: []sluss.Document{seen("a", "SENT", noon), seen("other", "PROCESSED", noon)}, Until: noon}))
	if id := next("1", 0); id != "" {
		t.Errorf("on its way, or another's: %q", id)
	}
	must(t, l.KeepSyncPage(ctx, sluss.Trackdechets, "1", sluss.SyncPage{Documents: []sluss.Document{seen("a", "PROCESSED", noon.Add(time.Hour))}, Until: noon}))
	if next("1", 0) != "a" || next("1", 1) != "" || next("2", 0) != "" {
		t.Errorf("%q, %q, %q", next("1", 0), next("1", 1), next("2", 0))
	}
	p := sluss.Print{Batch: batchID, Registry: sluss.Trackdechets, Document: "a", Number: "BSD-a", Status: "SENT", Content: []byte("%PDF \x00 on its way"), FetchedAt: noon}
	must(t, l.KeepPrint(ctx, p))
	must(t, l.KeepPrint(ctx, p)) // fetched once more
	p.Status, p.Final, p.UpdatedAt, p.Content = "PROCESSED", true, noon.Add(time.Hour), []byte("%PDF at its end")
	must(t, l.KeepPrint(ctx, p))
	p.Content = []byte("%PDF of later")
	must(t, l.KeepPrint(ctx, p))
	if id := next("1", 0); id != "" {
		t.Errorf("printed: %q", id)
	}
	revised := noon.Add(2 * time.Hour) // and as final as before
	must(t, l.KeepSyncPage(ctx, sluss.Trackdechets, "1", sluss.SyncPage{Documents: []sluss.Document{seen("a", "PROCESSED", revised)}, Until: noon}))
	if id := next("1", 0); id != "a" {
		t.Errorf("not printed anew after a revision: %q", id)
	}
	if latest, _, outdated, err := l.Print(ctx, batchID); err != nil || !outdated {
		t.Errorf("%+v is given as the latest, %v", latest, err)
	}
	p.UpdatedAt, p.Content = revised, []byte("%PDF as revised")
	must(t, l.KeepPrint(ctx, p))
	must(t, l.KeepPrint(ctx, p))
	if id := next("1", 0); id != "" {
		t.Errorf("printed as revised: %q", id)
	}
	list, err := l.Prints(ctx, batchID)
	must(t, err)
	if len(list) != 4 || !list[3].UpdatedAt.Equal(revised) || list[0].Status != "SENT" || len(list[2].SHA256) != 64 || list[2].Content != nil || !list[2].FetchedAt.Equal(noon) {
		t.Errorf("%+v", list)
	}
	if latest, found, outdated, err := l.Print(ctx, batchID); err != nil || !found || outdated || string(latest.Content) != "%PDF as revised" || !latest.Final {
		t.Errorf("%+v, %v, %v", latest, found, err)
	}
	frenchStep(t, l, "fr.pickup#1", &sluss.Receipt{Registry: sluss.Trackdechets, ID: "part", Number: "BSD-part", Status: "DRAFT", At: noon})
	part := p
	part.Document, part.Content = "part", []byte("%PDF of one producer's part")
	must(t, l.KeepPrint(ctx, part))
	if latest, _, _, err := l.Print(ctx, batchID); err != nil || latest.Document != "a" {
		t.Errorf("of a round: %+v, %v", latest, err)
	}
	if _, found, _, err := l.Print(ctx, "batch/default/none"); err != nil || found {
		t.Errorf("%v, %v", found, err)
	}
	p.Batch, p.Status = "batch/default/none", "REFUSED"
	if err := l.KeepPrint(ctx, p); err == nil {
		t.Error("kept with no batch")
	}
}
