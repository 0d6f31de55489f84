package ledger_test

import (
	"encoding/json"
	"slices"
	"testing"
	"time"

	"sluss"
	"sluss/ledger"
)

func seen(id, status string, updated time.Time) sluss.Document {
	return sluss.Document{
		Registry: sluss.Trackdechets, ID: id, Number: "BSD-" + id, CustomID: "batch/default/VO-1", Status: status,
		UpdatedAt: updated, SeenAt: time.Now(), Raw: json.RawMessage(`{"status": "` + status + `"}`),
	}
}

// french opens the filing that makes the batch's BSDD, with the registry's answer
// where there is one.
func french(t *testing.T, l *ledger.Ledger, receipt *sluss.Receipt) sluss.FilingID {
	t.Helper()
	return frenchStep(t, l, "fr.creation", receipt)
}

func frenchStep(t *testing.T, l *ledger.Ledger, obligation sluss.ObligationID, receipt *sluss.Receipt) sluss.FilingID {
	t.Helper()
	content := sluss.Content{Declaration: declaration(), Obligation: sluss.Obligation{ID: obligation, Registry: sluss.Trackdechets}}
	filing := sluss.NewBatchID("", "VO-1").Filing(obligation)
	must(t, l.OpenFiling(t.Context(), sluss.FilingRecord{Filing: filing, Batch: batchID, Content: content, Hash: content.Hash(), Stage: sluss.StageSending, At: noon}))
	if receipt != nil {
		permit, err := l.Begin(t.Context(), sluss.Intent{Filing: string(filing), Number: 1, Purpose: sluss.ToSubmit, Registry: sluss.Trackdechets, Hash: content.Hash()})
		must(t, err)
		must(t, l.Finish(t.Context(), sluss.Answer{Attempt: permit.Attempt, Outcome: &sluss.Outcome{Kind: sluss.Accepted, Receipt: receipt}}))
	}
	return filing
}

func news(t *testing.T, l *ledger.Ledger) (list []string) {
	t.Helper()
	all, err := l.ChangedDocuments(t.Context(), sluss.Trackdechets)
	must(t, err)
	for _, n := range all {
		list = append(list, string(n.Batch)+" "+n.Document.ID+" "+n.Document.Status)
	}
	return list
}

func TestChangesByOthersAreToldOnce(t *testing.T) {
	t.Parallel()
	l, _ := fresh(t)
	ctx := t.Context()
	must(t, l.RecordEvent(ctx, produced()))
	syncing := func(until time.Time, documents ...sluss.Document) {
		t.Helper()
		must(t, l.KeepSyncPage(ctx, sluss.Trackdechets, "1", sluss.SyncPage{Documents: documents, Until: until}))
	}
	syncing(noon, seen("a", "DRAFT", noon), seen("other", "SENT", noon))
	if got := news(t, l); len(got) != 0 {
		t.Errorf("before the receipt: %v", got)
	}
	french(t, l, &sluss.Receipt{Registry: sluss.Trackdechets, ID: "a", Number: "BSD-a", Status: "DRAFT", At: noon})
	if got := news(t, l); len(got) != 0 {
		t.Errorf("our own act: %v", got)
	}
	sent := seen("a", "SENT", noon.Add(time.Hour))
	syncing(noon.Add(2*time.Hour), sent)
	if got := news(t, l); !slices.Equal(got, []string{batchID + " a SENT"}) {
		t.Fatalf("%v", got)
	}
	must(t, l.MarkChangeNotified(ctx, seen("a", "DRAFT", noon))) // of before: it does not count
	if got := news(t, l); len(got) != 1 {
		t.Fatalf("%v", got)
	}
	must(t, l.MarkChangeNotified(ctx, sent))
	syncing(noon.Add(3*time.Hour), sent)
	syncing(noon, seen("a", "DRAFT", noon)) // comes late
	if got := news(t, l); len(got) != 0 {
		t.Errorf("once more: %v", got)
	}
	list, err := l.Documents(ctx, batchID)
	must(t, err)
	if len(list) != 1 || list[0].Status != "SENT" || !list[0].UpdatedAt.Equal(sent.UpdatedAt) || list[0].SeenAt.IsZero() {
		t.Errorf("%+v", list)
	}
	syncs, err := l.Syncs(ctx, sluss.Trackdechets, "1")
	must(t, err)
	if len(syncs) != 1 || !syncs[0].Since.Equal(noon.Add(3*time.Hour)) || syncs[0].SyncedAt.IsZero() {
		t.Errorf("the cursor went back: %+v", syncs)
	}
	syncing(noon.Add(4*time.Hour), seen("a", "REFUSED", noon.Add(3*time.Hour)))
	adrift, err := l.Adrift(ctx, []string{"REFUSED", "CANCELED"})
	must(t, err)
	if len(adrift) != 1 || adrift[0].Batch != batchID || adrift[0].Document.Status != "REFUSED" {
		t.Errorf("%+v", adrift)
	}
	must(t, l.CloseBatch(ctx, sluss.CloseRecord{Batch: batchID, How: "refused", At: noon}))
	if adrift, err = l.Adrift(ctx, []string{"REFUSED"}); err != nil || len(adrift) != 0 {
		t.Errorf("%+v, %v", adrift, err)
	}
}

func TestADocumentIsKnownByWhatAPersonCallsIt(t *testing.T) {
	t.Parallel()
	l, _ := fresh(t)
	ctx := t.Context()
	must(t, l.RecordEvent(ctx, produced()))
	filing := french(t, l, nil)
	must(t, l.RecordDecision(ctx, sluss.DecisionRecord{Filing: filing, Number: 1, Decision: sluss.Decision{
		Kind: sluss.DecidedTaken, Receipt: "BSD-a", Reason: "seen there", By: sluss.Person{Name: "Anna Ek"}, At: noon,
	}}))
	must(t, l.KeepSyncPage(ctx, sluss.Trackdechets, "1", sluss.SyncPage{Documents: []sluss.Document{seen("a", "SENT", noon)}, Until: noon}))
	if got := news(t, l); !slices.Equal(got, []string{batchID + " a SENT"}) {
		t.Errorf("%v", got)
	}
	if list, err := l.Documents(ctx, batchID); err != nil || len(list) != 1 {
		t.Errorf("%+v, %v", list, err)
	}
}

func TestACursorPassesOnlyWholeSyncs(t *testing.T) {
	t.Parallel()
	l, _ := fresh(t)
	ctx := t.Context()
	must(t, l.KeepSyncPage(ctx, sluss.Trackdechets, "1", sluss.SyncPage{Documents: []sluss.Document{seen("a", "SENT", noon)}, Next: &sluss.SyncPlace{After: "a"}}))
	if list, err := l.Syncs(ctx, "", ""); err != nil || len(list) != 0 {
		t.Errorf("%+v, %v", list, err)
	}
	must(t, l.SyncFailed(ctx, sluss.Trackdechets, "1", "no answer"))
	hook := &sluss.Hook{Endpoint: "https://sluss.example/1", State: sluss.HookRefused, Detail: "be an admin", At: noon}
	must(t, l.KeepHook(ctx, sluss.Trackdechets, "1", hook))
	must(t, l.KeepSyncPage(ctx, sluss.Trackdechets, "2", sluss.SyncPage{Until: noon}))
	list, err := l.Syncs(ctx, sluss.Trackdechets, "")
	must(t, err)
	if len(list) != 2 || list[0].Error != "no answer" || !list[0].Since.IsZero() || list[0].Hook == nil || list[0].Hook.Detail != hook.Detail || len(list[0].Warnings()) != 2 ||
		!list[1].Since.Equal(noon) || list[1].Hook != nil || len(list[1].Warnings()) != 0 {
		t.Errorf("%+v", list)
	}
	must(t, l.KeepSyncPage(ctx, sluss.Trackdechets, "1", sluss.SyncPage{Until: noon}))
	must(t, l.KeepHook(ctx, sluss.Trackdechets, "1", nil))
	if list, err = l.Syncs(ctx, "", "1"); err != nil || list[0].Error != "" || list[0].Hook != nil || len(list[0].Warnings()) != 0 {
		t.Errorf("%+v, %v", list, err)
	}
}

func TestAQuestionIsNeverSettledByAnEarlierOne(t *testing.T) {
	t.Parallel()
	l, _ := fresh(t)
	ctx := t.Context()
	for range 2 {
		permit, err := l.Begin(ctx, sluss.Intent{Filing: "sync/trackdechets/1", Number: 1, Purpose: sluss.ToAsk, Registry: sluss.Trackdechets, Calls: 1})
		must(t, err)
		if permit.Kind != sluss.PermitGranted {
			t.Fatalf("%+v", permit)
		}
		must(t, l.Finish(ctx, sluss.Answer{Attempt: permit.Attempt, Outcome: &sluss.Outcome{Kind: sluss.Accepted}}))
	}
}

func TestADeletedDocumentIsAChange(t *testing.T) {
	t.Parallel()
	l, _ := fresh(t)
	ctx := t.Context()
	must(t, l.RecordEvent(ctx, produced()))
	french(t, l, &sluss.Receipt{Registry: sluss.Trackdechets, ID: "a", Number: "BSD-a", Status: "DRAFT", At: noon})
	must(t, l.KeepSyncPage(ctx, sluss.Trackdechets, "1", sluss.SyncPage{Documents: []sluss.Document{seen("a", "DRAFT", noon)}, Until: noon}))
	for id, want := range map[string]bool{"a": true, "BSD-a": true, "b": false} {
		if d, found, err := l.Document(ctx, sluss.Trackdechets, id); err != nil || found != want || found && d.ID != "a" {
			t.Errorf("%s: %+v, %v, %v", id, d, found, err)
		}
	}
	gone, _, err := l.Document(ctx, sluss.Trackdechets, "a")
	must(t, err)
	gone.SeenAt = time.Now()
	must(t, l.DocumentDeletedAt(ctx, gone))
	all, err := l.ChangedDocuments(ctx, sluss.Trackdechets)
	must(t, err)
	if len(all) != 1 || all[0].Document.Status != sluss.DocumentDeleted {
		t.Fatalf("%+v", all)
	}
	must(t, l.MarkChangeNotified(ctx, all[0].Document))
	must(t, l.DocumentDeletedAt(ctx, gone)) // told twice, as it is
	if got := news(t, l); len(got) != 0 {
		t.Errorf("%v", got)
	}
}
