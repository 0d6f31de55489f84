package trackdechets

import (
	"errors"
	"slices"
	"testing"

	"sluss"
	"sluss/registries/trackdechets/bsdd"
	"sluss/registries/trackdechets/check"
	sim "sluss/simulators/trackdechets"
)

// round is a collection round of two parts.
func round(t *testing.T) (*registry, *batch) {
	t.Helper()
	b := newBatch(t, "fr-solvents.json")
	d := &b.declaration
	producer := d.Producer
	d.Producer, d.Waste.Code, d.Treatment.Operation = d.Legs[0].Transporter, "130205*", "R9"
	for range 2 {
		d.Pickups = append(d.Pickups, sluss.Pickup{Producer: producer, Mass: d.Waste.Mass / 2, Packagings: d.Waste.Packagings})
	}
	d.Pickups[1].Producer.ID = outsiderID
	return newRegistry(t, sim.Options{}), b
}

// part is the submission of a note on one part.
func (b *batch) part(note sluss.ReportKind, n int) sluss.Submission {
	s := b.submission(note)
	s.Content.Obligation.Pickup = n
	return s
}

func (r *registry) lost(operation string) {
	r.t.Helper()
	must(r.t, r.Fault(sim.Fault{Kind: sim.FaultClosed, Operation: operation, AfterEffect: true, Times: 1}))
}

// Whatever answer is lost is found again, and nothing is done twice.
func TestLostAnswersOfARound(t *testing.T) {
	r, b := round(t)
	r.file(b, sluss.ReportCreation)
	r.file(b, sluss.ReportSealing)
	find := func(s sluss.Submission) *sluss.Receipt {
		t.Helper()
		found, _, err := r.client.Find(t.Context(), s)
		if err != nil || found.Kind != sluss.Accepted {
			t.Fatalf("%s: %+v, %v", s.Content.Obligation.Report, found, err)
		}
		return found.Receipt
	}
	lose := func(s sluss.Submission, operation string) *sluss.Receipt {
		t.Helper()
		if _, _, err := r.client.Find(t.Context(), s); !errors.Is(err, sluss.ErrAbsent) {
			t.Errorf("%s before it was sent: %v", operation, err)
		}
		r.lost(operation)
		if told, _, err := r.client.Submit(t.Context(), s); err != nil || told.Kind != sluss.Unknown {
			t.Fatalf("%s: %+v, %v", operation, told, err)
		}
		return find(s)
	}
	for n := range 2 {
		b.receipts[pickupID(n+1)] = *lose(b.part(sluss.ReportPickup, n+1), "createForm")
	}
	if gathered := lose(b.submission(sluss.ReportGathering), "updateForm"); gathered.ID != b.receipts[bsdd.CreationID].ID {
		t.Errorf("the parts are on %s", gathered.ID)
	}
	for n := range 2 {
		if receipt := lose(b.part(sluss.ReportEmission, n+1), "signEmissionForm"); receipt.Status != "SIGNED_BY_PRODUCER" || receipt.ID != b.receipts[pickupID(n+1)].ID {
			t.Errorf("part %d: %+v", n+1, receipt)
		}
		if receipt := lose(b.part(sluss.ReportTakeOver, n+1), "signTransportForm"); receipt.Status != "SENT" {
			t.Errorf("part %d: %+v", n+1, receipt)
		}
	}
	if n := len(r.recorded()); n != 3 {
		t.Errorf("%d documents", n)
	}
}

// A producer more, or one less, by a correction on the way.
func TestACorrectionChangesARound(t *testing.T) {
	r, b := round(t)
	both := b.declaration.Pickups
	r.file(b, sluss.ReportCreation)
	r.file(b, sluss.ReportSealing)
	take := func(s sluss.Submission) sluss.Receipt {
		t.Helper()
		told, exchange, err := r.client.Submit(t.Context(), s)
		if err != nil || told.Kind != sluss.Accepted {
			t.Fatalf("%s: %+v, %v\n%s", s.Content.Obligation.Report, told, err, exchange.Response)
		}
		return *told.Receipt
	}
	b.declaration.Pickups = both[:1]
	b.receipts[pickupID(1)] = take(b.part(sluss.ReportPickup, 1))
	take(b.submission(sluss.ReportGathering))
	take(b.part(sluss.ReportEmission, 1))
	take(b.part(sluss.ReportTakeOver, 1))
	b.declaration.Pickups = both
	b.receipts[pickupID(2)] = take(b.part(sluss.ReportPickup, 2))
	take(b.submission(sluss.ReportGathering))
	take(b.part(sluss.ReportEmission, 2))
	b.declaration.Pickups = both[:1]
	before := r.Counters().Requests
	told, _, err := r.client.Submit(t.Context(), b.part(sluss.ReportTakeOver, 2))
	if err != nil || told.Kind != sluss.Rejected || told.Reasons[0].Field != "pickups" || r.Counters().Requests != before {
		t.Errorf("%+v, %v", told, err)
	}
}

// A person may have told which BSDD a part has by its number: it is looked up,
// and the call for that is counted.
func TestAPartByItsNumber(t *testing.T) {
	r, b := round(t)
	r.file(b, sluss.ReportCreation)
	r.file(b, sluss.ReportSealing)
	send := func(s sluss.Submission) (sluss.Receipt, int) {
		t.Helper()
		before := r.Counters().Requests
		told, exchange, err := r.client.Submit(t.Context(), s)
		if err != nil || told.Kind != sluss.Accepted {
			t.Fatalf("%s: %+v, %v\n%s", s.Content.Obligation.Report, told, err, exchange.Response)
		}
		calls, err := r.client.Calls(t.Context(), s.Content)
		if made := r.Counters().Requests - before; err != nil || made != calls {
			t.Errorf("%s: %d calls were made, %d were to be; %v", s.Content.Obligation.Report, made, calls, err)
		}
		return *told.Receipt, calls
	}
	for n := range 2 {
		b.receipts[pickupID(n+1)], _ = send(b.part(sluss.ReportPickup, n+1))
	}
	byNumber := b.receipts[pickupID(2)].Number
	b.receipts[pickupID(2)] = sluss.Receipt{Registry: sluss.Trackdechets, ID: byNumber, Status: "taken"}
	if _, calls := send(b.submission(sluss.ReportGathering)); calls != 2 {
		t.Errorf("the gathering takes %d calls", calls)
	}
	for _, note := range []sluss.ReportKind{sluss.ReportEmission, sluss.ReportTakeOver} {
		if receipt, calls := send(b.part(note, 2)); calls != 2 || receipt.Number != byNumber {
			t.Errorf("%s: %d calls, %+v", note, calls, receipt)
		}
	}
}

func TestFaultsOfAPart(t *testing.T) {
	_, b := round(t)
	b.declaration.Pickups[1].Producer.ID, b.declaration.Pickups[1].Packagings = "1", nil
	found, err := check.Step(b.part(sluss.ReportPickup, 2).Content, today, true)
	if got := fields(found); err != nil || !slices.Equal(got, []string{"pickups.1.packagings", "pickups.1.producer.id"}) {
		t.Errorf("faults in %q, %v", got, err)
	}
}
