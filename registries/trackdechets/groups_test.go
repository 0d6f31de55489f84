package trackdechets

import (
	"errors"
	"slices"
	"testing"

	"sluss"
	sim "sluss/simulators/trackdechets"
)

// waiting brings a batch to where its BSDD waits for a group.
func (r *registry) waiting(reference string) sluss.Receipt {
	r.t.Helper()
	b := newBatch(r.t, "fr-regrouping-first.json")
	b.declaration.Reference, b.declaration.Producer.ID = reference, producerID
	r.bring(b, sluss.ReportProcessing)
	return b.receipts["fr.processing"]
}

// group is a batch of two that are stored, the first named by its reference,
// the second by its BSDD's number.
func group(t *testing.T) (*registry, *batch) {
	t.Helper()
	r := newRegistry(t, sim.Options{GroupingDelay: -1})
	first, second := r.waiting("FIRST"), r.waiting("SECOND")
	b := newBatch(t, "fr-regrouping-whole.json")
	b.declaration.Predecessors = []sluss.Predecessor{{Reference: "FIRST", Mass: 2_000 * sluss.Kilogram}, {Receipt: second.Number, Mass: 750 * sluss.Kilogram}}
	b.receipts["filing/default/FIRST/fr.processing"] = first
	return r, b
}

func (r *registry) statuses() (all []sim.Status) {
	for _, f := range r.recorded() {
		all = append(all, f.Status)
	}
	slices.Sort(all)
	return all
}

func TestAGroupIsFiled(t *testing.T) {
	r, b := group(t)
	if calls, err := r.client.Calls(t.Context(), b.submission(sluss.ReportCreation).Content); err != nil || calls != 2 {
		t.Errorf("%d calls, %v; one to look the number up, and one to create", calls, err)
	}
	before := r.Counters().Requests
	r.file(b, sluss.ReportCreation)
	if n := r.Counters().Requests - before; n != 2 {
		t.Errorf("%d calls", n)
	}
	b.declaration.Predecessors[0].Mass = 3_150 * sluss.Kilogram // corrected: all that was received
	for _, note := range beforeDeparture()[1:] {
		r.file(b, note)
	}
	if got, want := r.statuses(), []sim.Status{sim.AwaitingGroup, sim.Grouped, sim.Sent}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	i := slices.IndexFunc(r.recorded(), func(f sim.Form) bool { return sluss.BatchID(f.CustomID) == b.declaration.ID() })
	f := r.recorded()[i]
	if got := dig(f.Data, "emitter", "type"); got != "APPENDIX2" {
		t.Errorf("the emitter's type is %v", got)
	}
	for n, want := range []float64{3.15, 0.75} {
		if got := dig(f.Data, "fractions", n, "quantity"); got != want {
			t.Errorf("part %d: %v tonnes, want %v", n, got, want)
		}
	}
}

func TestAGroupIsRefused(t *testing.T) {
	for name, test := range map[string]struct {
		change func(*registry, *batch)
		want   string // field of the reason
		sent   bool
	}{
		"a treatment that was never told": {func(_ *registry, b *batch) { clear(b.receipts) }, "predecessors.0.reference", false},
		"more than is left": {func(_ *registry, b *batch) {
			b.declaration.Predecessors[0].Mass = 3_151 * sluss.Kilogram
		}, "predecessors.0.mass", true},
		"at another establishment": {func(_ *registry, b *batch) {
			b.declaration.Producer.ID, b.declaration.Predecessors = receiverID, b.declaration.Predecessors[:1]
		}, "predecessors.0.reference", true},
		"not waiting": {func(r *registry, b *batch) {
			other := newBatch(r.t, "fr-solvents.json")
			b.receipts["filing/default/FIRST/fr.processing"] = r.file(other, sluss.ReportCreation)
		}, "predecessors.0.reference", true},
		"a number that does not exist": {func(_ *registry, b *batch) {
			b.declaration.Predecessors[1].Receipt = "BSD-20200101-000000000"
		}, "predecessors.1.receipt", true},
	} {
		t.Run(name, func(t *testing.T) {
			r, b := group(t)
			test.change(r, b)
			before := r.Counters().Requests
			told, _, err := r.client.Submit(t.Context(), b.submission(sluss.ReportCreation))
			if err != nil || told.Kind != sluss.Rejected || told.Reasons[0].Field != test.want || told.Reasons[0].Remedy == "" {
				t.Errorf("%+v, %v; want a reason at %s", told, err, test.want)
			}
			if sent := r.Counters().Requests > before; sent != test.sent {
				t.Errorf("sent is %t", sent)
			}
		})
	}
}

func TestLostAnswersOfAGroup(t *testing.T) {
	r, b := group(t)
	must(t, r.Fault(sim.Fault{Kind: sim.FaultClosed, Operation: "form", Times: 1}))
	if _, _, err := r.client.Submit(t.Context(), b.submission(sluss.ReportCreation)); !errors.Is(err, sluss.ErrNotSent) {
		t.Errorf("a lost look at a number: %v", err)
	}
	must(t, r.Fault(sim.Fault{Kind: sim.FaultClosed, Operation: "createForm", AfterEffect: true, Times: 1}))
	if told, _, err := r.client.Submit(t.Context(), b.submission(sluss.ReportCreation)); err != nil || told.Kind != sluss.Unknown {
		t.Errorf("%+v, %v", told, err)
	}
	if found, _, err := r.client.Find(t.Context(), b.submission(sluss.ReportCreation)); err != nil || found.Kind != sluss.Accepted {
		t.Errorf("%+v, %v", found, err)
	}
}
