package trackdechets

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"sluss"
	sim "sluss/simulators/trackdechets"
)

type told = func() (sluss.Outcome, sluss.Exchange, error)

// takes wants a call to be accepted, in a status where one is named.
func (r *register) takes(status string, o sluss.Outcome, e sluss.Exchange, err error) sluss.Receipt {
	r.t.Helper()
	must(r.t, err)
	if o.Kind != sluss.Accepted || status != "" && o.Receipt.Status != status {
		r.t.Fatalf("%s: %+v, want %s\n%s\n%s", e.Operation, o, status, e.Request, e.Response)
	}
	return *o.Receipt
}

func party(siret string) sluss.Party {
	return sluss.Party{
		ID: siret, Country: "FR", Name: "Company " + siret, Address: "1 rue de Paris",
		Contact: sluss.Contact{Name: "Anna", Phone: "0102030405", Email: "anna@companies.example"},
	}
}

func draft(t *testing.T, reference string) Draft {
	t.Helper()
	d := example(t, "fr-solvents.json")
	d.Reference = reference
	return Draft{Declaration: d}
}

var (
	signedAt = at("2026-11-23T09:00:00+01:00")
	emitted  = Emission{Packagings: []sluss.Packaging{{Kind: sluss.Drum, Count: 2}}, Mass: 3 * sluss.Tonne, UN: "UN 1993", By: "Emil", At: signedAt}
	carried  = TakeOver{Mode: sluss.Road, Plates: []string{"AB-123-CD"}, By: "Carl", At: signedAt}
	judged   = Verdict{Received: 3 * sluss.Tonne, By: "Rita", At: signedAt}
	burnt    = Processing{Operation: "R1", Mode: "energy-recovery", By: "Tom", At: signedAt}
)

// sent makes a BSDD and brings it on its way.
func (r *register) sent(d Draft) string {
	r.t.Helper()
	ctx := r.t.Context()
	o, e, err := r.client.CreateBSDD(ctx, producerID, d)
	id := r.takes("DRAFT", o, e, err).ID
	o, e, err = r.client.SealBSDD(ctx, producerID, id)
	r.takes("SEALED", o, e, err)
	o, e, err = r.client.SignEmission(ctx, producerID, id, emitted)
	r.takes("SIGNED_BY_PRODUCER", o, e, err)
	o, e, err = r.client.SignTransport(ctx, transporterID, id, carried)
	r.takes("SENT", o, e, err)
	return id
}

func TestUpToFiveTransporters(t *testing.T) {
	r, ctx := newRegister(t, sim.Options{}), t.Context()
	d := draft(t, "FIVE")
	for range mostTransporters {
		o, e, err := r.client.AddTransporter(ctx, producerID, Transporter{Company: party(transporterID), Mode: sluss.Rail})
		d.Transporters = append(d.Transporters, r.takes("", o, e, err).ID)
	}
	o, e, err := r.client.ChangeTransporter(ctx, producerID, d.Transporters[4], Transporter{Company: party(transporterID), Mode: sluss.Sea})
	r.takes("", o, e, err)
	o, e, err = r.client.CreateBSDD(ctx, producerID, d)
	id := r.takes("DRAFT", o, e, err).ID
	o, e, err = r.client.RemoveTransporter(ctx, producerID, d.Transporters[3])
	r.takes("", o, e, err)
	d.Transporters = slices.Delete(d.Transporters, 3, 4)
	o, e, err = r.client.UpdateBSDD(ctx, producerID, id, d)
	r.takes("DRAFT", o, e, err)
	o, e, err = r.client.SealBSDD(ctx, producerID, id)
	r.takes("SEALED", o, e, err)
	o, e, err = r.client.SignEmission(ctx, producerID, id, emitted)
	r.takes("SIGNED_BY_PRODUCER", o, e, err)
	for n := range d.Transporters {
		must(t, r.Fault(sim.Fault{Kind: sim.FaultClosed, Operation: "signTransportForm", AfterEffect: true}))
		o, _, err = r.client.SignTransport(ctx, transporterID, id, TakeOver{By: "Carl", At: signedAt})
		if err != nil || o.Kind != sluss.Unknown {
			t.Fatalf("%+v, %v", o, err)
		}
		read, _, err := r.client.BSDD(ctx, producerID, id) // tells who has signed, where the status does not
		if err != nil || read.Status != "SENT" || len(read.Carriers) != len(d.Transporters) {
			t.Fatalf("%+v, %v", read, err)
		}
		for i, carrier := range read.Carriers {
			if carrier.ID != d.Transporters[i] || carrier.Company != transporterID || carrier.Since.IsZero() != (i > n) {
				t.Errorf("after signature %d: %+v", n+1, read.Carriers)
			}
		}
	}
	o, _, err = r.client.SignTransport(ctx, transporterID, id, TakeOver{By: "Carl", At: signedAt})
	if err != nil || o.Kind != sluss.Unknown {
		t.Errorf("one more: %+v, %v", o, err)
	}
	if got := dig(r.only().Data, "transporters", 3, "mode"); got != "SEA" {
		t.Errorf("the last goes by %v", got)
	}
	d.Transporters = make([]string, 6)
	if _, _, err := r.client.CreateBSDD(ctx, producerID, d); !errors.Is(err, sluss.ErrOperator) {
		t.Errorf("six: %v", err)
	}
}

func TestGroupingOfAnnex2(t *testing.T) {
	r, ctx := newRegister(t, sim.Options{GroupingDelay: -1}), t.Context()
	var parts []string
	for n := range 2 {
		d := draft(t, fmt.Sprintf("PART-%d", n))
		d.Declaration.Receiver, d.Declaration.Treatment.Operation, d.Declaration.Treatment.Mode = party(platformID), "R13", ""
		id := r.sent(d)
		o, e, err := r.client.Receive(ctx, platformID, id, Arrival{By: "Stig", At: signedAt})
		r.takes("RECEIVED", o, e, err)
		o, e, err = r.client.Judge(ctx, platformID, id, judged)
		r.takes("ACCEPTED", o, e, err)
		o, e, err = r.client.Process(ctx, platformID, id, Processing{
			Operation: "R13", By: "Stig", At: signedAt, Next: &sluss.NextDestination{Company: party(receiverID), Operation: "R1"},
		})
		r.takes("AWAITING_GROUP", o, e, err)
		parts = append(parts, id)
	}
	whole := draft(t, "WHOLE")
	whole.Declaration.Producer = party(platformID)
	whole.Declaration.Legs[0].Consignor = nil
	whole.Grouping = []Portion{{BSDD: parts[0]}, {BSDD: parts[1], Mass: sluss.Tonne}}
	o, e, err := r.client.CreateBSDD(ctx, platformID, whole)
	id := r.takes("DRAFT", o, e, err).ID
	o, e, err = r.client.SealBSDD(ctx, platformID, id)
	r.takes("SEALED", o, e, err)
	for _, f := range r.booked() {
		switch f.ID {
		case id:
			if f.Data["emitter"].(map[string]any)["type"] != "APPENDIX2" {
				t.Errorf("%v", f.Data["emitter"])
			}
		case parts[0]:
			if b, _, err := r.client.BSDD(ctx, platformID, f.ReadableID); err != nil || b.Status != "GROUPED" {
				t.Errorf("whole part: %+v, %v", b, err)
			}
		}
	}
}

// TestPendingRevisionsArePaged: fifty to a page, each once.
func TestPendingRevisionsArePaged(t *testing.T) {
	r, ctx := newRegister(t, sim.Options{}), t.Context()
	const count = 53
	for n := range count {
		id := r.sent(draft(t, fmt.Sprintf("MANY-%d", n)))
		o, e, err := r.client.AskRevision(ctx, producerID, id, Revision{Acceptance: "CAP-9", Comment: "typing error"})
		r.takes("PENDING", o, e, err)
	}
	first, next, _, err := r.client.PendingRevisions(ctx, receiverID, "")
	must(t, err)
	if len(first) != 50 || next == "" {
		t.Fatalf("%d on the first page, then %q", len(first), next)
	}
	rest, next, _, err := r.client.PendingRevisions(ctx, receiverID, next)
	must(t, err)
	all := map[string]bool{}
	for _, one := range slices.Concat(first, rest) {
		all[one.ID] = true
	}
	if len(all) != count || next != "" {
		t.Errorf("%d in all, then %q", len(all), next)
	}
}

func TestRevisions(t *testing.T) {
	r, ctx := newRegister(t, sim.Options{}), t.Context()
	id := r.sent(draft(t, "REVISED"))
	acceptance := Revision{Acceptance: "CAP-9", Mass: new(2 * sluss.Tonne), POP: new(true), Comment: "typing error"}
	for _, step := range []struct {
		revision Revision
		answer   func(string) (sluss.Outcome, sluss.Exchange, error)
		want     string
	}{
		{acceptance, func(id string) (sluss.Outcome, sluss.Exchange, error) {
			return r.client.WithdrawRevision(ctx, producerID, id)
		}, ""},
		{acceptance, func(id string) (sluss.Outcome, sluss.Exchange, error) {
			return r.client.AnswerRevision(ctx, receiverID, id, false, "no")
		}, "REFUSED"},
		{acceptance, func(id string) (sluss.Outcome, sluss.Exchange, error) {
			return r.client.AnswerRevision(ctx, receiverID, id, true, "")
		}, "ACCEPTED"},
	} {
		o, e, err := r.client.AskRevision(ctx, producerID, id, step.revision)
		asked := r.takes("PENDING", o, e, err)
		if o, _, err := r.client.AskRevision(ctx, producerID, id, step.revision); err != nil || o.Kind != sluss.Rejected {
			t.Errorf("a second at a time: %+v, %v", o, err)
		}
		o, e, err = step.answer(asked.ID)
		r.takes(step.want, o, e, err)
	}
	page, next, _, err := r.client.Revisions(ctx, receiverID, "")
	if err != nil || next != "" || len(page) != 2 || page[0].Status != "ACCEPTED" || page[0].BSDD.ID != id || page[0].Created.IsZero() {
		t.Errorf("%+v, %q, %v", page, next, err)
	}
	f := r.only()
	if dig(f.Data, "recipient", "cap") != "CAP-9" || dig(f.Data, "wasteDetails", "quantity") != 2.0 || dig(f.Data, "wasteDetails", "pop") != true {
		t.Errorf("%v", f.Data)
	}
	o, e, err := r.client.AskRevision(ctx, producerID, id, Revision{Cancel: true, Comment: "wrong load"})
	asked := r.takes("PENDING", o, e, err)
	for _, company := range []string{receiverID, transporterID} { // whoever must
		if o, e, err = r.client.AnswerRevision(ctx, company, asked.ID, true, ""); o.Kind == sluss.Accepted && o.Receipt.Status == "ACCEPTED" {
			break
		}
	}
	r.takes("ACCEPTED", o, e, err)
	if b, _, err := r.client.BSDD(ctx, producerID, id); err != nil || b.Status != canceled {
		t.Errorf("%+v, %v", b, err)
	}
}

func TestDuplicateAndDelete(t *testing.T) {
	r, ctx := newRegister(t, sim.Options{}), t.Context()
	id := r.sent(draft(t, "TWICE"))
	o, e, err := r.client.DuplicateBSDD(ctx, producerID, id)
	double := r.takes("DRAFT", o, e, err)
	if double.ID == id || double.Number == "" {
		t.Errorf("%+v", double)
	}
	if read, _, err := r.client.BSDD(ctx, producerID, double.ID); err != nil || read.DuplicateOf != r.booked()[0].ReadableID && read.DuplicateOf != r.booked()[1].ReadableID {
		t.Errorf("%+v, %v", read, err)
	}
	o, e, err = r.client.DeleteBSDD(ctx, producerID, double.ID)
	r.takes("", o, e, err)
	if _, _, err := r.client.BSDD(ctx, producerID, double.ID); !errors.Is(err, sluss.ErrAbsent) {
		t.Errorf("deleted: %v", err)
	}
	if o, _, err := r.client.DeleteBSDD(ctx, producerID, id); err != nil || o.Kind != sluss.Rejected {
		t.Errorf("signed: %+v, %v", o, err)
	}
}

// However a call ends, it was made once, and what is kept says how it ended.
func TestCallsUnderFaults(t *testing.T) {
	r, ctx := newRegister(t, sim.Options{}), t.Context()
	id := r.sent(draft(t, "FAULTS"))
	for name, call := range map[string]told{
		"duplicateForm": func() (sluss.Outcome, sluss.Exchange, error) { return r.client.DuplicateBSDD(ctx, producerID, id) },
		"createFormTransporter": func() (sluss.Outcome, sluss.Exchange, error) {
			return r.client.AddTransporter(ctx, producerID, Transporter{Company: party(transporterID)})
		},
		"createFormRevisionRequest": func() (sluss.Outcome, sluss.Exchange, error) {
			return r.client.AskRevision(ctx, producerID, id, Revision{Acceptance: "C", Comment: "c"})
		},
	} {
		for fault, want := range map[sim.FaultKind]sluss.OutcomeKind{
			sim.FaultQuota: sluss.Deferred, sim.FaultStatus: sluss.Unknown, sim.FaultHTML: sluss.Unknown, sim.FaultInternal: sluss.Unknown, sim.FaultClosed: sluss.Unknown,
		} {
			must(t, r.Fault(sim.Fault{Kind: fault, Operation: name}))
			before := r.Counters()
			o, e, err := call()
			after := r.Counters()
			if err != nil || o.Kind != want || o.Throttled != (fault == sim.FaultQuota) || e.Operation != name || e.Request == "" || after.Requests != before.Requests+1 {
				t.Errorf("%s, %s: %+v, %v; %d calls", name, fault, o, err, after.Requests-before.Requests)
			}
			if after.Effects[name] != before.Effects[name] {
				t.Errorf("%s, %s: it took effect", name, fault)
			}
		}
	}
	if _, e, err := r.client.DuplicateBSDD(ctx, "1", id); !errors.Is(err, sluss.ErrOperator) || e.Operation != "duplicateForm" {
		t.Errorf("no token: %+v, %v", e, err)
	}
	if _, e, err := r.client.BSDD(ctx, "1", id); !errors.Is(err, sluss.ErrOperator) || e.Operation != "form" || e.Started.IsZero() {
		t.Errorf("no token: %+v, %v", e, err)
	}
	nobody := New(Options{URL: "http://127.0.0.1:1", Tokens: r.client.tokens})
	if _, _, err := nobody.DuplicateBSDD(ctx, producerID, id); !errors.Is(err, sluss.ErrNotSent) {
		t.Errorf("nobody there: %v", err)
	}
	if _, _, err := nobody.BSDD(ctx, producerID, id); !errors.Is(err, sluss.ErrNotSent) {
		t.Errorf("nobody there: %v", err)
	}
}
