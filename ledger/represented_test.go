package ledger_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"sluss"
	"sluss/activities"
	"sluss/ledger"
)

const tenant = "t-1"

func company(id, name string) sluss.Company {
	return sluss.Company{Tenant: tenant, Country: "SE", ID: id, Name: name, Entry: sluss.Entry{By: person}}
}

func mandate(id string) sluss.Mandate {
	return sluss.Mandate{
		Tenant: tenant, Country: "SE", ID: id, Name: "Bruk AB", Duties: []string{"transport"}, From: "2026-12-01", Evidence: "letter", As: sluss.AsAgent,
		Entry: sluss.Entry{By: person},
	}
}

func TestCompaniesAreEnteredOnceAndEnded(t *testing.T) {
	t.Parallel()
	l, url := fresh(t)
	ctx := t.Context()
	others := []*ledger.Ledger{l}
	for range 3 { // processes that start together
		other, err := ledger.Open(ctx, url)
		must(t, err)
		t.Cleanup(func() { _ = other.Close() })
		_, err = other.Companies(ctx, tenant) // it is connected
		must(t, err)
		others = append(others, other)
	}
	var added sync.WaitGroup
	start, results := make(chan struct{}), make(chan bool, 2*len(others))
	for n := range cap(results) {
		added.Go(func() {
			<-start
			_, is, err := others[n%len(others)].AddCompany(ctx, company("5560069618", "Mälaren AB"))
			if err != nil {
				t.Error(err)
			}
			results <- is
		})
	}
	close(start)
	added.Wait()
	close(results)
	times := 0
	for is := range results {
		if is {
			times++
		}
	}
	known, err := l.Companies(ctx, tenant)
	if must(t, err); times != 1 || len(known) != 1 || known[0].By != person || known[0].At.IsZero() || known[0].Ended != nil {
		t.Fatalf("fresh %d times: %+v", times, known)
	}
	var faults sluss.Faults
	if _, _, err := l.AddCompany(ctx, company("5560069618", "Another")); !errors.As(err, &faults) || faults[0].Field != "id" {
		t.Errorf("with another name: %v", err)
	}
	end := sluss.Ending{At: noon.UTC(), By: person, Reason: "sold"}
	for n, want := range []bool{true, false} {
		if ended, err := l.EndCompany(ctx, tenant, "SE", "5560069618", end); err != nil || ended != want {
			t.Errorf("end %d: %v, %v", n+1, ended, err)
		}
	}
	if ended, err := l.EndCompany(ctx, "another", "SE", "5560069618", end); err != nil || ended {
		t.Errorf("of another tenant: %v, %v", ended, err)
	}
	_, is, err := l.AddCompany(ctx, company("5560069618", "Another"))
	known, wrong := l.Companies(ctx, "")
	if err != nil || wrong != nil || !is || len(known) < 2 {
		t.Fatalf("once ended: %v, %v, %v", is, err, wrong)
	}
	known = slices.DeleteFunc(known, func(c sluss.Company) bool { return c.Tenant != tenant })
	if *known[0].Ended != end || known[1].Ended != nil || known[1].Name != "Another" {
		t.Errorf("%+v", known)
	}
}

func TestMandatesAreEnteredOnceAndEnded(t *testing.T) {
	t.Parallel()
	l, _ := fresh(t)
	ctx := t.Context()
	first, fresh, err := l.AddMandate(ctx, mandate("5560000167"))
	if must(t, err); !fresh || first.Number == 0 {
		t.Fatalf("%+v", first)
	}
	again, fresh, err := l.AddMandate(ctx, mandate("5560000167"))
	if must(t, err); fresh || again.Number != first.Number {
		t.Errorf("again: %+v", again)
	}
	longer := mandate("5560000167")
	longer.Until = "2027-11-30"
	other, fresh, err := l.AddMandate(ctx, longer)
	if must(t, err); !fresh || other.Number == first.Number {
		t.Errorf("another: %+v", other)
	}
	end := sluss.Ending{At: noon.UTC(), By: person, Reason: "over"}
	if ended, err := l.EndMandate(ctx, sluss.DefaultTenant, first.Number, end); err != nil || ended {
		t.Errorf("by another tenant: %v, %v", ended, err)
	}
	if ended, err := l.EndMandate(ctx, tenant, first.Number, end); err != nil || !ended {
		t.Errorf("%v, %v", ended, err)
	}
	r, err := l.Represented(ctx, tenant)
	if must(t, err); len(r.Mandates) != 2 || *r.Mandates[0].Ended != end || r.Mandates[1].Ended != nil || r.Mandates[1].Until != "2027-11-30" || len(r.Companies) != 0 {
		t.Errorf("%+v", r)
	}
}

// TestConfigurationEndsOnlyWhatItEntered: what is taken out of it ends, what changed in it
// is entered anew, and what people entered stays.
func TestConfigurationEndsOnlyWhatItEntered(t *testing.T) {
	t.Parallel()
	l, _ := fresh(t)
	ctx := t.Context()
	_, _, err := l.AddCompany(ctx, company("5560360793", "Entered by hand"))
	must(t, err)
	stays, changes, goes := company("5560069618", "Stays"), company("5560065087", "Before"), mandate("5560000167")
	must(t, l.Configure(ctx, []sluss.Company{stays, changes}, []sluss.Mandate{goes}, noon))
	must(t, l.Configure(ctx, []sluss.Company{stays, changes}, []sluss.Mandate{goes}, noon))
	changes.Name = "After"
	must(t, l.Configure(ctx, []sluss.Company{stays, changes}, nil, noon))
	r, err := l.Represented(ctx, tenant)
	must(t, err)
	var told []string
	for _, c := range r.Companies {
		told = append(told, fmt.Sprintf("%s configured %v ended %v", c.Name, c.Configured, c.Ended != nil))
	}
	want := []string{"Entered by hand configured false ended false", "Stays configured true ended false", "Before configured true ended true", "After configured true ended false"}
	if !slices.Equal(told, want) || len(r.Mandates) != 1 || r.Mandates[0].Ended == nil {
		t.Errorf("%q, %+v", told, r.Mandates)
	}
}

// TestAnObligationIsWhoseItWasAtItsEvent, and stays so whatever is entered later.
func TestAnObligationIsWhoseItWasAtItsEvent(t *testing.T) {
	t.Parallel()
	l, _ := fresh(t)
	ctx := t.Context()
	must(t, l.RecordEvent(ctx, produced()))
	d := declaration()
	d.Tenant = tenant // which reports for nobody yet
	d.Legs = []sluss.Leg{{Transporter: sluss.Party{ID: "5560065087", Country: "SE"}}}
	picked := pickedUp()
	whose := func(at time.Time) sluss.Obligation {
		t.Helper()
		e := picked.Event
		e.At = at
		owed, err := l.Whose(ctx, batchID, &d, []sluss.Event{e}, picked.Obligations)
		must(t, err)
		return owed[0]
	}
	if !whose(noon).Theirs {
		t.Error("of nobody: ours")
	}
	must(t, l.RecordEvent(ctx, func() sluss.EventRecord { r := picked; r.Obligations = []sluss.Obligation{whose(noon)}; return r }()))
	m := mandate("5560065087")
	m.From = "2026-01-01"
	_, _, err := l.AddMandate(ctx, m)
	must(t, err)
	if !whose(noon).Theirs {
		t.Error("a mandate makes ours what is recorded as theirs")
	}
	second := picked.Obligations[0]
	second.ID = "se.transport#2"
	second.Leg = 1
	picked.Obligations = []sluss.Obligation{second}
	if whose(noon).Theirs || !whose(time.Date(2025, 12, 31, 22, 0, 0, 0, time.UTC)).Theirs {
		t.Error("what is new does not follow the mandate")
	}
	if stray, err := l.Whose(ctx, batchID, &d, nil, picked.Obligations); err != nil || !stray[0].Theirs {
		t.Errorf("without its event: %+v, %v", stray, err)
	}
	if none, err := l.Whose(ctx, batchID, nil, nil, nil); err != nil || len(none) != 0 {
		t.Errorf("%v, %v", none, err)
	}
}

// TestTheirsInTheLedger: what is theirs waits for nobody and is late for nobody here, keeps
// its receipts, and is what it was when the batch goes on from the ledger.
func TestTheirsInTheLedger(t *testing.T) {
	t.Parallel()
	l, _ := fresh(t)
	ctx := t.Context()
	d := declaration()
	must(t, l.RecordEvent(ctx, produced()))
	theirs, mine := owed("se.removal"), owed("se.transport#1")
	theirs.Theirs, theirs.Due = true, time.Now().Truncate(time.Second).Add(-24*time.Hour)
	mine.After, mine.Due = []string{"se.removal"}, time.Now().Truncate(time.Second).Add(24*time.Hour)
	record := pickedUp()
	record.Obligations = []sluss.Obligation{theirs, mine}
	must(t, l.RecordEvent(ctx, record))
	row := func() ledger.BatchRow {
		t.Helper()
		list, err := l.Batches(ctx, ledger.BatchFilter{})
		must(t, err)
		return list[0]
	}
	if r := row(); r.Overdue || r.Theirs != 1 || !r.TheirDue.Equal(theirs.Due) || !r.NextDue.Equal(mine.Due) {
		t.Errorf("%+v", r)
	}
	if inbox, err := l.Inbox(ctx, ledger.InboxFilter{}); err != nil || len(inbox) != 0 {
		t.Errorf("the inbox has %+v, %v", inbox, err)
	}
	list, err := l.Theirs(ctx, d)
	if must(t, err); len(list) != 1 || list[0].Obligation.ID != "se.removal" || !list[0].Late || list[0].Receipt != nil {
		t.Errorf("%+v", list)
	}
	if r, ended, err := l.Receipt(ctx, sluss.BatchID(batchID).Filing("se.removal")); err != nil || ended || r != nil {
		t.Errorf("before it is told: %+v, %v, %v", r, ended, err)
	}
	tell := func(number int, id, reason string) error {
		return l.RecordTheirReceipt(ctx, sluss.TheirReceiptRecord{Batch: batchID, Number: number, TheirReceipt: sluss.TheirReceipt{
			Obligation: "se.removal", Receipt: sluss.Receipt{Registry: sluss.Avfallsregistret, ID: id, At: noon.UTC()}, Reason: reason, By: person, At: noon.UTC(),
		}})
	}
	must(t, tell(1, "first", ""))
	must(t, tell(1, "first", ""))
	must(t, tell(2, "second", "mistyped"))
	var faults sluss.Faults
	if err := tell(2, "third", "x"); !errors.As(err, &faults) {
		t.Errorf("another under the same number: %v", err)
	}
	list, err = l.Theirs(ctx, d)
	if must(t, err); len(list) != 1 || list[0].Late || list[0].Receipt.Receipt.ID != "second" || list[0].Number != 2 || row().Theirs != 0 {
		t.Errorf("%+v", list)
	}
	if r, _, err := l.Receipt(ctx, sluss.BatchID(batchID).Filing("se.removal")); err != nil || r == nil || r.ID != "second" {
		t.Errorf("for another batch: %+v, %v", r, err)
	}
	snapshot, err := l.Declare(ctx, produced(), "run")
	must(t, err)
	if f := snapshot.Filings[0]; !f.Obligation.Theirs || f.Opened || f.Told != 2 || f.End == nil || f.End.Receipt.ID != "second" || !f.End.Others {
		t.Errorf("%+v", f)
	}
	if f := snapshot.Filings[1]; f.Obligation.Theirs || f.End != nil {
		t.Errorf("%+v", f)
	}
	lines, err := l.Timeline(ctx, batchID)
	must(t, err)
	var told []string
	for _, line := range lines {
		if line.Kind == "receipt" || line.Kind == "obligation" {
			told = append(told, line.Text)
		}
	}
	if len(told) != 4 || !strings.HasPrefix(told[0], "Theirs: ") || !strings.HasPrefix(told[1], "Owed: ") || !strings.Contains(told[3], "Anna Ek told the receipt: second (mistyped)") {
		t.Errorf("%q", told)
	}
}

// TestWhatTheDeclarationSaysGoesFirst: what was recorded as theirs is ours once it is said.
func TestWhatTheDeclarationSaysGoesFirst(t *testing.T) {
	t.Parallel()
	l, _ := fresh(t)
	ctx := t.Context()
	must(t, l.RecordEvent(ctx, produced()))
	record := pickedUp()
	record.Obligations[0].Theirs = true
	must(t, l.RecordEvent(ctx, record))
	d := declaration()
	d.Duties = []sluss.Duty{{Obligation: record.Obligations[0].ID, Whose: sluss.Ours, Reason: "mandate"}}
	must(t, l.RecordCorrection(ctx, sluss.CorrectionRecord{Batch: batchID, Number: 1, Declaration: d, Correction: sluss.Correction{By: person, At: noon}}))
	list, err := l.Theirs(ctx, d)
	must(t, err)
	snapshot, err := l.Declare(ctx, produced(), "run")
	if must(t, err); len(list) != 0 || snapshot.Filings[0].Obligation.Theirs {
		t.Errorf("%+v, %+v", list, snapshot.Filings[0])
	}
}

// TestChangesAreToldOfADocumentThatOthersMade, once a person has told its number.
func TestChangesAreToldOfADocumentThatOthersMade(t *testing.T) {
	t.Parallel()
	l, _ := fresh(t)
	ctx := t.Context()
	must(t, l.RecordEvent(ctx, produced()))
	now := time.Now().UTC().Truncate(time.Millisecond)
	document := sluss.Document{Registry: sluss.Trackdechets, ID: "opaque", Number: "BSD-20261123-ABCDEFGHJ", Status: "SENT", UpdatedAt: now, SeenAt: now}
	must(t, l.KeepSyncPage(ctx, sluss.Trackdechets, "1", sluss.SyncPage{Documents: []sluss.Document{document}, Until: now}))
	changed := func() []sluss.ChangedDocument {
		t.Helper()
		list, err := l.ChangedDocuments(ctx, sluss.Trackdechets)
		must(t, err)
		return list
	}
	if list := changed(); len(list) != 0 {
		t.Errorf("before it is told: %+v", list)
	}
	must(t, l.RecordTheirReceipt(ctx, sluss.TheirReceiptRecord{Batch: batchID, Number: 1, TheirReceipt: sluss.TheirReceipt{
		Obligation: "fr.creation", Receipt: sluss.Receipt{Registry: sluss.Trackdechets, ID: document.Number, At: now}, By: person, At: now,
	}}))
	documents, err := l.Documents(ctx, batchID)
	if list := changed(); err != nil || len(list) != 1 || list[0].Batch != batchID || len(documents) != 1 {
		t.Errorf("%+v, %+v, %v", list, documents, err)
	}
}

// TestNoResultIsCompiledForAStranger: a treater that is neither ours nor gave a mandate
// when it treated the waste reports its quarter itself.
func TestNoResultIsCompiledForAStranger(t *testing.T) {
	t.Parallel()
	l, _ := fresh(t)
	stranger := func(d *sluss.Declaration) { d.Receiver.ID = "5560360793" }
	treat(t, l, "OURS", 3)
	treat(t, l, "THEIRS", 3, stranger)
	m := mandate("5560360793")
	m.Tenant, m.Duties, m.From, m.Until = sluss.DefaultTenant, []string{"treatment"}, "2026-11-05", "2026-11-06"
	_, _, err := l.AddMandate(t.Context(), m)
	must(t, err)
	treat(t, l, "BEFORE", 4, stranger)
	treat(t, l, "WITHIN", 5, stranger)
	treat(t, l, "AFTER", 7, stranger)
	compile(t, l)
	if got := resultsTell(t, l); len(got) != 2 || got["batch/default/OURS"] != 1 || got["batch/default/WITHIN"] != 1 {
		t.Errorf("told of %v", got)
	}
}

var _ interface {
	activities.Ledger
	Represented(ctx context.Context, tenant string) (sluss.Represented, error)
} = (*ledger.Ledger)(nil)
