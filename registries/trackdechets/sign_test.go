package trackdechets

import (
	"strings"
	"sync"
	"testing"
	"time"

	"sluss"
	sim "sluss/simulators/trackdechets"
)

// A code signs for another company. It is in nothing that is kept, and however
// its call ends, it goes out once.
func TestSigningByCode(t *testing.T) {
	r, ctx := newRegister(t, sim.Options{}), t.Context()
	o, e, err := r.client.CreateBSDD(ctx, producerID, draft(t, "CODE"))
	id := r.takes("DRAFT", o, e, err).ID
	o, e, err = r.client.SealBSDD(ctx, producerID, id)
	r.takes("SEALED", o, e, err)
	byCode := emitted
	byCode.Code = 9876
	for try := range 3 {
		o, e, err := r.client.SignEmission(ctx, transporterID, id, byCode)
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
	byCode.Code = 1234
	must(t, r.Fault(sim.Fault{Kind: sim.FaultClosed, Operation: "signEmissionForm", AfterEffect: true}))
	o, _, err = r.client.SignEmission(ctx, receiverID, id, byCode) // another user: the lock is the transporter's
	if err != nil || o.Kind != sluss.Unknown {
		t.Errorf("%+v, %v", o, err)
	}
	if b, _, err := r.client.BSDD(ctx, producerID, id); err != nil || b.Status != "SIGNED_BY_PRODUCER" {
		t.Errorf("%+v, %v", b, err)
	}
	taken := carried
	taken.Code = 1234
	o, e, err = r.client.SignTransport(ctx, producerID, id, taken)
	r.takes("SENT", o, e, err)
	if n := r.Counters().Operations["signEmissionForm"]; n != 4 {
		t.Errorf("%d calls", n)
	}
}

// Of several who sign at once, one wins; the others cannot tell, read, and find
// it signed.
func TestSignaturesAtOnce(t *testing.T) {
	r, ctx := newRegister(t, sim.Options{}), t.Context()
	b := newBatch(t, "fr-solvents.json")
	for _, note := range []sluss.Note{sluss.NoteCreation, sluss.NoteSealing, sluss.NoteEmission} {
		r.file(b, note)
	}
	must(t, r.Fault(sim.Fault{Kind: sim.FaultSlow, Operation: "signTransportForm", Delay: sim.Duration(300 * time.Millisecond)}))
	var wait sync.WaitGroup
	outcomes := make([]sluss.Outcome, 4)
	for n := range outcomes {
		wait.Go(func() {
			var err error
			if outcomes[n], _, err = r.client.Submit(ctx, b.submission(sluss.NoteTakeOver)); err != nil {
				t.Error(err)
			}
		})
	}
	wait.Wait()
	kinds := map[sluss.OutcomeKind]int{}
	for _, o := range outcomes {
		kinds[o.Kind]++
		if o.Kind == sluss.Unknown {
			if found, _, err := r.client.Find(ctx, b.submission(sluss.NoteTakeOver)); err != nil || found.Kind != sluss.Accepted {
				t.Errorf("read again: %+v, %v", found, err)
			}
		}
	}
	if kinds[sluss.Accepted] != 1 || kinds[sluss.Unknown] != 3 || r.Counters().Effects["signTransportForm"] != 1 {
		t.Errorf("%v, %d effects", kinds, r.Counters().Effects["signTransportForm"])
	}
}
