package engine

import (
	"context"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"sluss"
	"sluss/activities"
	sim "sluss/simulators/trackdechets"
)

// office is what people have done at the French registry of a shared world.
func (w *shared) office() *activities.Tasks {
	return &activities.Tasks{Ledger: w.ledger, Registries: map[string]activities.TaskRegistry{sluss.Trackdechets: w.client}, Actor: "test", Log: slog.New(slog.DiscardHandler)}
}

// sent makes a BSDD that is on its way.
func (w *shared) sent() string {
	w.t.Helper()
	receipts := map[string]sluss.Receipt{}
	id := ""
	for _, note := range []sluss.ReportKind{sluss.ReportCreation, sluss.ReportSealing, sluss.ReportEmission, sluss.ReportTakeOver} {
		s := sluss.Submission{
			Filing:    sluss.FilingID("filing/default/X/fr." + string(note)),
			Content:   sluss.Content{Declaration: w.batch, Obligation: sluss.Obligation{Registry: sluss.Trackdechets, Report: note, Leg: 1}, Receipts: receipts},
			Signature: &sluss.Signature{Person: sluss.Person{Name: "Emil"}, At: time.Now()},
		}
		o, _, err := w.client.Submit(w.t.Context(), s)
		must(w.t, err)
		if o.Kind != sluss.Accepted {
			w.t.Fatalf("%s: %+v", note, o)
		}
		id = o.Receipt.ID
		receipts["fr.creation"] = *o.Receipt
	}
	return id
}

// TestRevisionsAreAnsweredOnce: who is to answer sees what is asked for, and the
// same answer again is not given again.
func TestRevisionsAreAnsweredOnce(t *testing.T) {
	w := openShared(t)
	office, ctx := w.office(), t.Context()
	id := w.sent()
	s := sluss.Submission{Filing: "filing/default/X/fr.emission#1.amend1", Content: sluss.Content{
		Declaration: w.batch, Obligation: sluss.Obligation{Registry: sluss.Trackdechets, Report: sluss.ReportEmission, Leg: 1},
		Amends: &sluss.Amendment{Receipt: id, Set: map[string]string{"waste.name": "Solvents"}, Reason: "weighed again"},
	}}
	o, _, err := w.client.Submit(ctx, s)
	if err != nil || !o.Pending {
		t.Fatalf("%+v, %v", o, err)
	}
	all, err := office.Revisions(ctx, activities.RevisionsInput{Registry: sluss.Trackdechets})
	must(t, err)
	var theirs sluss.Revision
	for _, r := range all {
		if r.Ours != (r.Company == w.batch.Producer.ID) || r.Status != "PENDING" || !strings.HasPrefix(r.Comment, "weighed again (ref. default/X/fr.emission#1.amend1") || len(r.Asks) != 1 || r.Asks[0].Field != "waste.name" || r.Batch != w.batch.ID() {
			t.Errorf("%+v", r)
		}
		if !r.Ours {
			theirs = r
		}
	}
	if len(all) != 2 || theirs.Company != w.batch.Receiver.ID {
		t.Fatalf("%+v", all)
	}
	calls := w.registry.Counters().Requests
	if one, err := office.Revisions(ctx, activities.RevisionsInput{Registry: sluss.Trackdechets, Company: theirs.Company}); err != nil || len(one) != 1 || one[0].Company != theirs.Company {
		t.Errorf("of one company: %+v, %v", one, err)
	}
	if made := w.registry.Counters().Requests - calls; made != 1 {
		t.Errorf("%d calls for one company", made)
	}
	if _, err := office.Revisions(ctx, activities.RevisionsInput{Registry: sluss.Trackdechets, Company: "nobody"}); err == nil || !strings.Contains(err.Error(), "no token of nobody") {
		t.Errorf("of nobody of ours: %v", err)
	}
	in := activities.AnswerInput{
		RevisionAnswer: sluss.RevisionAnswer{Registry: sluss.Trackdechets, Revision: theirs.ID, Company: theirs.Company, Approve: true, By: sluss.Person{Name: "Rita"}, At: time.Now().Truncate(time.Second)},
		Task:           "one",
	}
	for range 2 {
		o, err := office.AnswerRevision(ctx, in)
		if err != nil || o.Kind != sluss.Accepted || o.Receipt.Status != "ACCEPTED" {
			t.Fatalf("%+v, %v", o, err)
		}
	}
	if said, err := w.ledger.RevisionAnswers(ctx, theirs.ID); err != nil || len(said) != 1 || said[0].By.Name != "Rita" || w.registry.Counters().Effects["submitFormRevisionRequestApproval"] != 1 {
		t.Errorf("%+v, %v", said, err)
	}
	if all, err = office.Revisions(ctx, activities.RevisionsInput{Registry: sluss.Trackdechets}); err != nil || len(all) != 0 {
		t.Errorf("afterwards: %+v, %v", all, err)
	}
	in.Task, in.At = "two", in.At.Add(time.Second)
	if o, err := office.AnswerRevision(ctx, in); err != nil || o.Kind != sluss.Rejected || o.Reasons[0].Remedy == "" {
		t.Errorf("what is answered: %+v, %v", o, err)
	}
	if _, err := office.Revisions(ctx, activities.RevisionsInput{Registry: sluss.Autosys}); err == nil {
		t.Error("another registry has revisions")
	}
}

// TestRegisterOfWasteIsFetchedIntoTheLedger: ordered, looked at until it is made,
// and kept once.
func TestRegisterOfWasteIsFetchedIntoTheLedger(t *testing.T) {
	w := openShared(t)
	office := w.office()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	order := sluss.RegisterOrder{Registry: sluss.Trackdechets, Company: w.batch.Receiver.ID, Kind: sluss.IncomingWaste, Format: "csv", From: time.Now().AddDate(0, -1, 0)}
	made, err := office.OrderRegister(ctx, activities.OrderInput{RegisterOrder: order, Task: "r1"})
	if err != nil || made.Kind != sluss.Accepted {
		t.Fatalf("%+v, %v", made, err)
	}
	if again, err := office.OrderRegister(ctx, activities.OrderInput{RegisterOrder: order, Task: "r1"}); err != nil || again.Receipt.ID != made.Receipt.ID {
		t.Errorf("the same again: %+v, %v", again, err)
	}
	if again, err := office.OrderRegister(ctx, activities.OrderInput{RegisterOrder: order, Task: "r2"}); err != nil || again.Kind != sluss.Rejected {
		t.Errorf("another within five minutes: %+v, %v", again, err)
	}
	in := activities.FetchInput{RegisterOrder: order, ID: made.Receipt.ID}
	for {
		got, err := office.FetchRegister(ctx, in)
		must(t, err)
		if got.Done {
			break
		}
		select {
		case <-ctx.Done():
			t.Fatalf("it is %s", got.Status)
		case <-time.After(20 * time.Millisecond):
		}
	}
	if _, err := office.FetchRegister(ctx, in); err != nil {
		t.Errorf("fetched again: %v", err)
	}
	file, known, err := w.ledger.Register(ctx, in.ID)
	if err != nil || !known || file.Size == 0 || len(file.SHA256) != 64 || file.Kind != sluss.IncomingWaste || file.Company != order.Company {
		t.Errorf("%+v, %v, %v", file, known, err)
	}
}

// TestTasksHoldEverybodyBack: where the registry wants fewer calls, or an
// operator none, whoever asks is told why, and nobody else goes on.
func TestTasksHoldEverybodyBack(t *testing.T) {
	w := openShared(t)
	office, ctx := w.office(), t.Context()
	must(t, w.registry.Fault(sim.Fault{Kind: sim.FaultQuota}))
	if _, err := office.Revisions(ctx, activities.RevisionsInput{Registry: sluss.Trackdechets}); err == nil {
		t.Fatal("there was an answer")
	}
	calls := w.registry.Counters().Requests
	if _, err := office.Revisions(ctx, activities.RevisionsInput{Registry: sluss.Trackdechets}); err == nil || !strings.Contains(err.Error(), "until about 20") {
		t.Errorf("asked at once again: %v", err)
	}
	must(t, w.ledger.PauseQuota(ctx, sluss.Trackdechets, "the service window", "Karin"))
	if _, err := office.Revisions(ctx, activities.RevisionsInput{Registry: sluss.Trackdechets}); err == nil || !strings.Contains(err.Error(), "the service window") || strings.Contains(err.Error(), "0001-") {
		t.Errorf("while it is paused: %v", err)
	}
	if again := w.registry.Counters().Requests; again != calls {
		t.Errorf("%d requests, then %d", calls, again)
	}
}

// TestWithdrawingARevisionIsNoRefusal: the ledger tells them apart.
func TestWithdrawingARevisionIsNoRefusal(t *testing.T) {
	w := openShared(t)
	office, ctx := w.office(), t.Context()
	asked, _, err := w.client.Submit(ctx, sluss.Submission{Filing: "filing/default/X/fr.emission#1.amend1", Content: sluss.Content{
		Declaration: w.batch, Obligation: sluss.Obligation{Registry: sluss.Trackdechets, Report: sluss.ReportEmission, Leg: 1},
		Amends: &sluss.Amendment{Receipt: w.sent(), Set: map[string]string{"waste.name": "Solvents"}, Reason: "weighed again"},
	}})
	if err != nil || !asked.Pending {
		t.Fatalf("%+v, %v", asked, err)
	}
	all, err := office.Revisions(ctx, activities.RevisionsInput{Registry: sluss.Trackdechets})
	must(t, err)
	ours := all[slices.IndexFunc(all, func(r sluss.Revision) bool { return r.Ours })]
	o, err := office.AnswerRevision(ctx, activities.AnswerInput{Task: "back", RevisionAnswer: sluss.RevisionAnswer{
		Registry: sluss.Trackdechets, Revision: ours.ID, Company: ours.Company, Withdraw: true, By: sluss.Person{Name: "Rita"}, At: time.Now().Truncate(time.Second),
	}})
	if err != nil || o.Kind != sluss.Accepted {
		t.Fatalf("%+v, %v", o, err)
	}
	if said, err := w.ledger.RevisionAnswers(ctx, ours.ID); err != nil || len(said) != 1 || !said[0].Withdraw {
		t.Errorf("%+v, %v", said, err)
	}
}

// TestEcoOrganismesTakeOneCall: they come by name, each with what a declaration
// takes.
func TestEcoOrganismesTakeOneCall(t *testing.T) {
	w := openShared(t)
	must(t, w.registry.AddCompany(sim.Company{Siret: "00000000283473", Name: "Solvants & Cie", Address: "9 rue Mercière, 69002 Lyon", Types: []string{"ECO_ORGANISME"}}))
	must(t, w.registry.AddCompany(sim.Company{Siret: "00000000283481", Name: "Cycles", Types: []string{"ECO_ORGANISME"}}))
	before := w.registry.Counters().Requests
	all, err := w.office().EcoOrganismes(t.Context(), sluss.Trackdechets)
	want := sluss.Party{ID: "00000000283473", Country: "FR", Name: "Solvants & Cie", Address: "9 rue Mercière, 69002 Lyon", Role: sluss.EcoOrganisme}
	if err != nil || len(all) != 2 || all[0].Name != "Cycles" || all[1] != want || w.registry.Counters().Requests != before+1 {
		t.Errorf("%+v, %v", all, err)
	}
	used, err := w.ledger.Attempts(t.Context(), sluss.TaskID(sluss.Trackdechets, sluss.TaskEcoOrganismes))
	if err != nil || len(used) != 1 {
		t.Errorf("in the ledger: %+v, %v", used, err)
	}
}
