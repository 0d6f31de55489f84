package trackdechets

import (
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"sluss"
	"sluss/registries/trackdechets/filing"
	sim "sluss/simulators/trackdechets"
)

// A code signs for another company. It is in nothing that is kept, and however its call
// ends, it goes out once.
func TestSigningByCode(t *testing.T) {
	r, ctx := newRegistry(t, sim.Options{}), t.Context()
	b := newBatch(t, "fr-solvents.json")
	r.bring(b, sluss.ReportSealing)
	s := b.submission(sluss.ReportEmission)
	lorry := r.of(transporterID) // which has no token of the producer
	for try := range 3 {
		o, e, err := lorry.SignByCode(ctx, s, 9876)
		if err != nil || o.Kind != sluss.Rejected || o.Reasons[0].Remedy == "" || !contains(o.Reasons[0].Message, []string{"code", "code", "locked"}[try]) {
			t.Errorf("try %d: %+v, %v", try, o, err)
		}
		if strings.Contains(e.Request+e.Response, "9876") || !strings.Contains(e.Request, `"securityCode":"***"`) {
			t.Errorf("the code is kept: %s %s", e.Request, e.Response)
		}
	}
	if n := r.Counters().Operations["signEmissionForm"]; n != 3 {
		t.Errorf("%d calls", n)
	}
	must(t, r.Fault(sim.Fault{Kind: sim.FaultClosed, Operation: "signEmissionForm", AfterEffect: true}))
	plant := r.of(receiverID) // another user: the lock is the transporter's
	if o, _, err := plant.SignByCode(ctx, s, 1234); err != nil || o.Kind != sluss.Unknown {
		t.Errorf("%+v, %v", o, err)
	}
	if found, _, err := plant.Find(ctx, s); err != nil || found.Kind != sluss.Accepted || found.Receipt.Status != "SIGNED_BY_PRODUCER" {
		t.Errorf("%+v, %v", found, err)
	}
	taken := b.submission(sluss.ReportTakeOver)
	taken.Content.Receipts = map[string]sluss.Receipt{"fr.creation": {ID: b.receipts["fr.creation"].Number}}
	if n := filing.CodeCalls(taken); n != 2 {
		t.Errorf("%d calls by its number", n)
	}
	o, e, err := r.of(producerID).SignByCode(ctx, taken, 1234)
	r.takes("SENT", o, e, err)
	if n := r.Counters().Operations["signEmissionForm"]; n != 4 {
		t.Errorf("%d calls", n)
	}
	if _, _, err := r.client.SignByCode(ctx, b.submission(sluss.ReportSealing), 1234); !errors.Is(err, sluss.ErrOperator) {
		t.Errorf("a sealing: %v", err)
	}
	if _, _, err := r.of().SignByCode(ctx, taken, 1234); !errors.Is(err, sluss.ErrOperator) {
		t.Errorf("without any token: %v", err)
	}
}

// Of several who sign at once, one wins; the others cannot tell, read, and find
// it signed.
func TestSignaturesAtOnce(t *testing.T) {
	r, ctx := newRegistry(t, sim.Options{}), t.Context()
	b := newBatch(t, "fr-solvents.json")
	for _, note := range []sluss.ReportKind{sluss.ReportCreation, sluss.ReportSealing, sluss.ReportEmission} {
		r.file(b, note)
	}
	must(t, r.Fault(sim.Fault{Kind: sim.FaultSlow, Operation: "signTransportForm", Delay: sim.Duration(300 * time.Millisecond)}))
	var wait sync.WaitGroup
	outcomes := make([]sluss.Outcome, 4)
	for n := range outcomes {
		wait.Go(func() {
			var err error
			if outcomes[n], _, err = r.client.Submit(ctx, b.submission(sluss.ReportTakeOver)); err != nil {
				t.Error(err)
			}
		})
	}
	wait.Wait()
	kinds := map[sluss.OutcomeKind]int{}
	for _, o := range outcomes {
		kinds[o.Kind]++
		if o.Kind == sluss.Unknown {
			if found, _, err := r.client.Find(ctx, b.submission(sluss.ReportTakeOver)); err != nil || found.Kind != sluss.Accepted {
				t.Errorf("read again: %+v, %v", found, err)
			}
		}
	}
	if kinds[sluss.Accepted] != 1 || kinds[sluss.Unknown] != 3 || r.Counters().Effects["signTransportForm"] != 1 {
		t.Errorf("%v, %d effects", kinds, r.Counters().Effects["signTransportForm"])
	}
}
