package service_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/converter"

	"sluss"
	"sluss/api"
	"sluss/ledger"
	"sluss/service"
	"sluss/workflows"
)

// clerk is a fake of Temporal and a worker: it records what an amendment's workflow
// records when it starts and when its content changes.
type clerk struct {
	client.Client // nothing else is asked of it

	t        *testing.T
	l        *ledger.Ledger
	contents map[sluss.FilingID]sluss.Content // by filing
	started  []string
	updates  map[string]bool // by id: one that was taken is answered, and not done again
	asleep   bool            // no worker runs: nothing reaches the ledger
	late     time.Duration   // until what a workflow writes is in the ledger
}

func (c *clerk) ExecuteWorkflow(ctx context.Context, o client.StartWorkflowOptions, _ any, args ...any) (client.WorkflowRun, error) {
	if _, known := c.contents[sluss.FilingID(o.ID)]; known {
		return nil, serviceerror.NewWorkflowExecutionAlreadyStarted("", "", "")
	}
	in, ok := args[0].(workflows.FilingInput)
	if !ok {
		c.t.Fatalf("started with %T", args[0])
	}
	c.started = append(c.started, o.ID)
	c.write(ctx, in.Batch, sluss.FilingID(o.ID), in.Content)
	return nil, nil
}

func (c *clerk) write(ctx context.Context, batch sluss.BatchID, filing sluss.FilingID, content sluss.Content) {
	c.contents[filing] = content
	if c.asleep {
		return
	}
	open := func() {
		if err := c.l.OpenFiling(context.WithoutCancel(ctx), sluss.FilingRecord{
			Filing: filing, Batch: batch, Content: content, Hash: content.Hash(), Stage: sluss.StageSignature, Waiting: content.Obligation.Signer, At: noon,
		}); err != nil {
			c.t.Error(err)
		}
	}
	if c.late == 0 {
		open()
		return
	}
	time.AfterFunc(c.late, open)
}

func (c *clerk) UpdateWorkflow(ctx context.Context, o client.UpdateWorkflowOptions) (client.WorkflowUpdateHandle, error) {
	if _, open := c.contents[sluss.FilingID(o.WorkflowID)]; !open {
		return nil, serviceerror.NewNotFound("workflow not found")
	}
	content, ok := o.Args[0].(workflows.Addressed[sluss.Content])
	if !ok || o.UpdateName != workflows.AmendUpdate.Name {
		c.t.Fatalf("update %s with %T", o.UpdateName, o.Args[0])
	}
	batch, _, err := sluss.FilingID(o.WorkflowID).Split()
	must(c.t, err)
	if c.updates[o.UpdateID] {
		return taken{}, nil
	}
	c.updates[o.UpdateID] = true
	c.write(ctx, batch, content.Filing, content.Message)
	return taken{}, nil
}

func (c *clerk) QueryWorkflow(_ context.Context, id, _, _ string, _ ...any) (converter.EncodedValue, error) {
	payloads, err := converter.GetDefaultDataConverter().ToPayloads(workflows.FilingState{Hash: c.contents[sluss.FilingID(id)].Hash()})
	return client.NewValue(payloads), err
}

// taken is an update that was taken.
type taken struct{ client.WorkflowUpdateHandle }

func (taken) Get(context.Context, any) error { return nil }

const officer = "Karin Holm"

// taskRegistry is a service on a ledger with one closed batch of an accepted note, and
// one whose note waits for the officer's signature.
func taskRegistry(t *testing.T) (*service.Service, *clerk) {
	t.Helper()
	l, err := ledger.Open(t.Context(), template.Database(t))
	must(t, err)
	t.Cleanup(func() { _ = l.Close() })
	for _, name := range []string{"se-waste-oil", "se-two-transporters"} {
		record(t, l, example(t, name))
	}
	must(t, l.CloseBatch(t.Context(), sluss.CloseRecord{Batch: example(t, "se-waste-oil").ID(), How: "treated", At: noon}))
	c := &clerk{t: t, l: l, updates: map[string]bool{}, contents: map[sluss.FilingID]sluss.Content{}}
	return &service.Service{Ledger: l, Temporal: c}, c
}

func noteOf(t *testing.T, name string) sluss.FilingID {
	t.Helper()
	d := example(t, name)
	return d.ID().Filing("se.transport#1")
}

func correction(path, value string) service.Amending {
	return service.Amending{Set: map[string]string{path: value}, Reason: "weighed again", By: sluss.Person{Name: officer}}
}

func annulment(why sluss.AnnulReason) service.Amending {
	return service.Amending{Annul: why, Reason: "seen in the e-service", By: sluss.Person{Name: officer}}
}

// filed is the content of a filing in the ledger.
func (c *clerk) filed(filing sluss.FilingID) sluss.Content {
	c.t.Helper()
	content, _, _, err := c.l.Content(c.t.Context(), filing)
	must(c.t, err)
	return content
}

// take makes the registry accept an amendment.
func (c *clerk) take(filing sluss.FilingID, receipt string) {
	c.t.Helper()
	permit, err := c.l.Begin(c.t.Context(), sluss.Intent{Filing: string(filing), Number: 1, Purpose: sluss.ToSubmit, Registry: sluss.Avfallsregistret, Calls: 1, Hash: c.contents[filing].Hash(), Actor: "test"})
	must(c.t, err)
	must(c.t, c.l.Finish(c.t.Context(), sluss.Answer{Attempt: permit.Attempt, Outcome: &sluss.Outcome{Kind: sluss.Accepted, Receipt: &sluss.Receipt{Registry: sluss.Avfallsregistret, ID: receipt, At: noon}}}))
}

func TestLifeOfANoteThatIsAmended(t *testing.T) {
	d, temporal := taskRegistry(t)
	note := noteOf(t, "se-waste-oil")
	ask := func(filing sluss.FilingID, asked service.Amending) service.Amended {
		t.Helper()
		done, err := d.Amend(t.Context(), filing, asked)
		must(t, err)
		if c := temporal.contents[done.Filing]; c.Hash() != done.Hash || c.Amends.Receipt != done.Receipt || done.Note != note || done.Waiting != sluss.Officer {
			t.Errorf("%+v; content amends %+v", done, c.Amends)
		}
		return done
	}
	first := ask(note, correction("waste.mass", "1180"))
	if !first.Fresh || first.Filing != sluss.FilingID(string(note)+".amend1") || first.Receipt != "0b5c" {
		t.Errorf("first: %+v", first)
	}
	if again := ask(note, correction("waste.mass", "1180")); again.Fresh || again.Hash != first.Hash || len(temporal.started) != 1 || len(temporal.updates) != 0 {
		t.Errorf("the same again: %+v, started %q, %d updates", again, temporal.started, len(temporal.updates))
	}
	more := ask(first.Filing, correction("waste.name", "Oil"))
	if c := temporal.contents[first.Filing]; more.Fresh || more.Filing != first.Filing || more.Hash == first.Hash || c.Declaration.Waste.Mass != 1180_000 || c.Declaration.Waste.Name != "Oil" {
		t.Errorf("changed while it waits: %+v", more)
	}
	ask(first.Filing, correction("waste.name", "Oils"))
	if back := ask(first.Filing, correction("waste.name", "Oil")); back.Hash != more.Hash {
		t.Errorf("changed back: %+v", back)
	}
	refused(t, d, note, annulment(sluss.SentTwice), "decide it withdrawn")

	temporal.take(first.Filing, "a7e1")
	second := ask(note, correction("waste.mass", "1170"))
	if c := temporal.contents[second.Filing]; second.Filing != sluss.FilingID(string(note)+".amend2") || second.Receipt != "a7e1" || c.Declaration.Waste.Name != "Oil" {
		t.Errorf("second: %+v", second)
	}
	must(t, d.Ledger.RecordDecision(t.Context(), sluss.DecisionRecord{Filing: second.Filing, Number: 1, Decision: sluss.Decision{Kind: sluss.DecidedWithdrawn, Reason: "it was right", At: noon}}))

	gone := ask(second.Filing, annulment(sluss.WrongWaste))
	if gone.Filing != sluss.FilingID(string(note)+".amend3") || gone.Receipt != "a7e1" || temporal.contents[gone.Filing].Amends.Annul != sluss.WrongWaste {
		t.Errorf("annulment: %+v", gone)
	}
	if again := ask(note, annulment(sluss.WrongWaste)); again.Fresh || again.Filing != gone.Filing {
		t.Errorf("annulled again: %+v", again)
	}
	refused(t, d, note, annulment(sluss.SentTwice), "decide it withdrawn")
	temporal.take(gone.Filing, "a7e1")
	refused(t, d, note, correction("waste.mass", "1"), "declare a batch with the right data")

	shown, err := d.Ledger.FiledReports(t.Context(), example(t, "se-waste-oil").ID())
	must(t, err)
	if len(shown) != 1 || shown[0].Annulled != sluss.WrongWaste || len(shown[0].Versions) != 3 {
		t.Errorf("notes %+v", shown)
	}
}

// refused checks that the note cannot be amended in its present state.
func refused(t *testing.T, d *service.Service, filing sluss.FilingID, asked service.Amending, remedy string) {
	t.Helper()
	_, err := d.Amend(t.Context(), filing, asked)
	var refusal *service.Refusal
	if !errors.As(err, &refusal) || len(refusal.Faults) == 0 || refusal.Faults[0].Field != "filing" || !strings.Contains(refusal.Faults[0].Remedy, remedy) {
		t.Errorf("%s: %v, want a refusal that says: %s", filing, err, remedy)
	}
}

// The ledger shows an amendment when the request for it returns, although its workflow writes it there later: whoever signs it
// next finds it.
func TestAnAmendmentIsShownWhenItIsAskedFor(t *testing.T) {
	d, temporal := taskRegistry(t)
	note := noteOf(t, "se-waste-oil")
	temporal.late = 300 * time.Millisecond
	for _, mass := range []string{"1180", "1170"} { // a new one, and a change of it
		done, err := d.Amend(t.Context(), note, correction("waste.mass", mass))
		must(t, err)
		if shown, known, err := d.Ledger.Filing(t.Context(), done.Filing); err != nil || !known || shown.Hash != done.Hash || shown.Stage != sluss.StageSignature {
			t.Errorf("%s: %v %+v, want %s", mass, err, shown, done.Hash)
		}
	}
}

func TestNotesThatCannotBeAmended(t *testing.T) {
	d, temporal := taskRegistry(t)
	open := example(t, "se-two-transporters")
	add := func(obligation sluss.ObligationID, registry string, decided sluss.DecisionKind) sluss.FilingID {
		t.Helper()
		id := open.ID().Filing(obligation)
		content := sluss.Content{Declaration: open, Obligation: sluss.Obligation{ID: obligation, Registry: registry}}
		must(t, d.Ledger.OpenFiling(t.Context(), sluss.FilingRecord{Filing: id, Batch: open.ID(), Content: content, Hash: content.Hash(), Stage: sluss.StageRejected, At: noon}))
		if decided != "" {
			must(t, d.Ledger.RecordDecision(t.Context(), sluss.DecisionRecord{Filing: id, Number: 1, Decision: sluss.Decision{Kind: decided, Receipt: "x", At: noon}}))
		}
		return id
	}
	for filing, remedy := range map[sluss.FilingID]string{
		noteOf(t, "se-two-transporters"):                                                      "starter correct",
		add("se.removal", sluss.Avfallsregistret, sluss.DecidedWithdrawn):                     "declare the batch anew",
		add("no.clearance#1", sluss.Autosys, sluss.DecidedTaken):                              "correct the batch",
		sluss.FilingID(string(add("se.transport#2", sluss.Avfallsregistret, "")) + ".amend1"): "starter correct",
	} {
		refused(t, d, filing, annulment(sluss.SentTwice), remedy)
	}
	_, err := d.Amend(t.Context(), noteOf(t, "se-two-transporters"), service.Amending{Annul: "mistake"})
	var refusal *service.Refusal
	if !errors.As(err, &refusal) || len(refusal.Faults) != 4 {
		t.Errorf("not all faults at once: %v", err)
	}
	for _, filing := range []sluss.FilingID{"filing/default/NONE/se.removal", sluss.FilingID(string(noteOf(t, "se-waste-oil")) + "9"), "batch/default/VO-1"} {
		if _, err := d.Amend(t.Context(), filing, annulment(sluss.SentTwice)); !errors.Is(err, service.ErrNoSuch) {
			t.Errorf("%s: %v", filing, err)
		}
	}

	note := noteOf(t, "se-waste-oil")
	sent, err := d.Amend(t.Context(), note, correction("waste.mass", "1180"))
	must(t, err)
	must(t, d.Ledger.RecordStage(t.Context(), sluss.StageRecord{Filing: sent.Filing, Number: 1, Stage: sluss.StageUnknown, Waiting: sluss.Officer, At: noon}))
	refused(t, d, note, correction("waste.mass", "1170"), "wait until it is settled")
	if len(temporal.started) != 1 {
		t.Errorf("started %q", temporal.started)
	}
}

func TestADoubleIsAnnulledAndTheNoteStands(t *testing.T) {
	d, temporal := taskRegistry(t)
	note := noteOf(t, "se-waste-oil")
	const other = "f3d1c0de-8f3a-4ff9-a4d3-3f1f6b6d9f01"
	asked := annulment(sluss.SentTwice)
	asked.Receipt = other
	gone, err := d.Amend(t.Context(), note, asked)
	must(t, err)
	if a := temporal.contents[gone.Filing].Amends; gone.Receipt != other || a.Receipt != other || !a.Double {
		t.Errorf("%+v, amends %+v", gone, a)
	}
	own := annulment(sluss.SentTwice)
	refused(t, d, note, own, "decide it withdrawn") // while the other is open
	temporal.take(gone.Filing, other)
	notes, err := d.Ledger.FiledReports(t.Context(), example(t, "se-waste-oil").ID())
	must(t, err)
	if len(notes) != 1 || notes[0].Annulled != "" || notes[0].Receipt.ID != "0b5c" || len(notes[0].Versions) != 1 {
		t.Errorf("notes %+v", notes)
	}
	if receipt, _, err := d.Ledger.Receipt(t.Context(), note); err != nil || receipt == nil || receipt.ID != "0b5c" {
		t.Errorf("receipt %+v, %v", receipt, err)
	}

	var faults sluss.Faults
	wrong := annulment(sluss.WrongWaste)
	wrong.Receipt = "a3d1c0de-8f3a-4ff9-a4d3-3f1f6b6d9f01"
	if _, err := d.Amend(t.Context(), note, wrong); !errors.As(err, &faults) || faults[0].Field != "receipt" {
		t.Errorf("another note for another reason: %v", err)
	}
	var refusal *service.Refusal
	if _, err := d.Amend(t.Context(), note, asked); !errors.As(err, &refusal) || refusal.Faults[0].Field != "receipt" {
		t.Errorf("a receipt of ours: %v", err)
	}
	own.Receipt = "0b5c" // its own: no double
	if done, err := d.Amend(t.Context(), note, own); err != nil || temporal.contents[done.Filing].Amends.Double {
		t.Errorf("%+v, %v", done, err)
	}
}

func TestClosedBatchesAreAmendedNoteByNote(t *testing.T) {
	d, _ := taskRegistry(t)
	c := sluss.Correction{Set: map[string]string{"waste.mass": "1"}, Reason: "x", By: sluss.Person{Name: officer}}
	if _, err := d.Correct(t.Context(), example(t, "se-waste-oil").ID(), c); !errors.Is(err, service.ErrRefused) || !strings.Contains(err.Error(), "starter amend") {
		t.Errorf("%v", err)
	}
	if _, err := d.Correct(t.Context(), "batch/default/NONE", c); !errors.Is(err, service.ErrNoSuch) {
		t.Errorf("%v", err)
	}
}

func TestAmendmentsNameTheVersionsThatCount(t *testing.T) {
	d, temporal := taskRegistry(t)
	batch := example(t, "se-waste-oil")
	next := batch.ID().Filing("se.reception")
	content := temporal.filed(noteOf(t, "se-waste-oil"))
	content.Obligation.ID, content.Obligation.After = "se.reception", []string{"se.transport#1"}
	content.Receipts = map[string]sluss.Receipt{"se.transport#1": {ID: "0b5c"}}
	temporal.write(t.Context(), batch.ID(), next, content)
	temporal.take(next, "c0de")

	named := func() string {
		t.Helper()
		done, err := d.Amend(t.Context(), next, correction("waste.mass", "1180"))
		must(t, err)
		must(t, d.Ledger.RecordDecision(t.Context(), sluss.DecisionRecord{Filing: done.Filing, Number: 1, Decision: sluss.Decision{Kind: sluss.DecidedWithdrawn, Reason: "later", At: noon}}))
		return temporal.contents[done.Filing].Receipts["se.transport#1"].ID
	}
	if id := named(); id != "0b5c" {
		t.Errorf("before: names %q", id)
	}
	first, err := d.Amend(t.Context(), noteOf(t, "se-waste-oil"), correction("waste.mass", "1180"))
	must(t, err)
	temporal.take(first.Filing, "a7e1")
	if id := named(); id != "a7e1" {
		t.Errorf("after the correction: names %q", id)
	}
	gone, err := d.Amend(t.Context(), noteOf(t, "se-waste-oil"), annulment(sluss.SentTwice))
	must(t, err)
	temporal.take(gone.Filing, "a7e1")
	if id := named(); id != "" {
		t.Errorf("after the annulment: names %q", id)
	}
}

func TestTwoWhoAmendAtOnce(t *testing.T) {
	d, temporal := taskRegistry(t)
	temporal.asleep = true // the ledger knows of neither
	note := noteOf(t, "se-waste-oil")
	for range 2 { // the same twice is the same
		if _, err := d.Amend(t.Context(), note, correction("waste.mass", "1180")); err != nil {
			t.Error(err)
		}
	}
	var refusal *service.Refusal
	if _, err := d.Amend(t.Context(), note, correction("waste.mass", "1170")); !errors.As(err, &refusal) || !strings.Contains(err.Error(), "just created by somebody else") {
		t.Errorf("another at once: %v", err)
	}
	if len(temporal.started) != 1 {
		t.Errorf("started %q", temporal.started)
	}
}

func TestAmendmentsOverTheAPI(t *testing.T) {
	d, _ := taskRegistry(t)
	server := httptest.NewServer(api.New(d, api.Options{}))
	t.Cleanup(server.Close)
	path := func(name string) string {
		return "/api/filings/default/" + example(t, name).Reference + "/se.transport%231/amendments"
	}
	for _, test := range []struct {
		name, path, body string
		status           int
		field            string
	}{
		{"faults", path("se-waste-oil"), `{"set": {"waste.colour": "red"}, "reason": "x", "by": {"name": "A"}}`, http.StatusUnprocessableEntity, "waste.colour"},
		{"not accepted", path("se-two-transporters"), `{"annul": "sent-twice", "reason": "x", "by": {"name": "A"}}`, http.StatusConflict, "filing"},
		{"unknown field", path("se-waste-oil"), `{"annull": "sent-twice", "reason": "x", "by": {"name": "A"}}`, http.StatusUnprocessableEntity, "annull"},
	} {
		var problem api.Problem
		status, _ := send(t, server, request{method: http.MethodPost, path: test.path, kind: "application/json", body: test.body}, &problem)
		if status != test.status || len(problem.Faults) != 1 || problem.Faults[0].Field != test.field {
			t.Errorf("%s: %d, %+v", test.name, status, problem)
		}
	}
	for _, want := range []int{http.StatusCreated, http.StatusOK} {
		var done service.Amended
		status, _ := send(t, server, request{
			method: http.MethodPost, path: path("se-waste-oil"), kind: "application/json",
			body: `{"annul": "sent-twice", "reason": "seen in the e-service", "by": {"name": "Karin Holm"}}`,
		}, &done)
		if status != want || !strings.HasSuffix(string(done.Filing), "/se.transport#1.amend1") || done.Fresh != (want == http.StatusCreated) {
			t.Errorf("%d, %+v", status, done)
		}
	}
	shown := get[service.Shown](t, server, "/api/batches/default/"+example(t, "se-waste-oil").Reference)
	if len(shown.Reports) != 1 || shown.Reports[0].Receipt.ID != "0b5c" || len(shown.Filings) != 2 {
		t.Errorf("shown %+v", shown.Reports)
	}
}

// TestWhatTrackdechetsWouldRefuseIsNotDeclared: also where the declaration is
// complete by itself.
func TestWhatTrackdechetsWouldRefuseIsNotDeclared(t *testing.T) {
	d, c := taskRegistry(t)
	declaration := example(t, "fr-solvents")
	must(t, declaration.Set("legs.0.transporter.country", "BE"))
	must(t, declaration.Set("legs.0.transporter.id", "FR40303265045")) // it names a French company
	var faults sluss.Faults
	_, err := d.Declare(t.Context(), declaration, sluss.Person{Name: officer}, noon)
	if !errors.As(err, &faults) || !slices.Equal(fieldsOf(faults), []string{"legs.0.transporter.id", "legs.0.transporter.vat"}) || faults[0].Remedy == "" || len(c.started) > 0 {
		t.Errorf("%v, started %q", err, c.started)
	}
}
