package trackdechets

import (
	"errors"
	"sync"
	"testing"
	"time"

	"sluss"
	sim "sluss/simulators/trackdechets"
)

// Every way in which a call can fail, before and after it took effect: what
// Submit says, what the records hold, and what Find says then.
func TestFaultsOfTheRegistry(t *testing.T) {
	tests := []struct {
		name      string
		fault     sim.Fault
		kind      sluss.OutcomeKind
		throttled bool
	}{
		{"429", sim.Fault{Kind: sim.FaultQuota}, sluss.Deferred, true},
		{"500", sim.Fault{Kind: sim.FaultStatus, Status: 500}, sluss.Unknown, false},
		{"500 after the effect", sim.Fault{Kind: sim.FaultStatus, Status: 500, AfterEffect: true}, sluss.Unknown, false},
		{"502", sim.Fault{Kind: sim.FaultStatus}, sluss.Unknown, false},
		{"503 without a time", sim.Fault{Kind: sim.FaultStatus, Status: 503, AfterEffect: true}, sluss.Unknown, false},
		{"408 after the effect", sim.Fault{Kind: sim.FaultStatus, Status: 408, AfterEffect: true}, sluss.Unknown, false},
		{"HTML in 200", sim.Fault{Kind: sim.FaultHTML}, sluss.Unknown, false},
		{"HTML in 200 after the effect", sim.Fault{Kind: sim.FaultHTML, AfterEffect: true}, sluss.Unknown, false},
		{"internal error", sim.Fault{Kind: sim.FaultInternal}, sluss.Unknown, false},
		{"internal error after the effect", sim.Fault{Kind: sim.FaultInternal, AfterEffect: true}, sluss.Unknown, false},
		{"closed", sim.Fault{Kind: sim.FaultClosed}, sluss.Unknown, false},
		{"answer lost", sim.Fault{Kind: sim.FaultClosed, AfterEffect: true}, sluss.Unknown, false},
		{"slow beyond the timeout, after the effect", sim.Fault{Kind: sim.FaultSlow, AfterEffect: true, Delay: sim.Duration(3 * time.Second)}, sluss.Unknown, false},
	}
	steps := []struct {
		note   sluss.ReportKind
		before sluss.ReportKind // filed until then
		act    string
	}{
		{sluss.ReportCreation, "", "createForm"},
		{sluss.ReportSealing, sluss.ReportCreation, "markAsSealed"},
		{sluss.ReportEmission, sluss.ReportSealing, "signEmissionForm"},
		{sluss.ReportTakeOver, sluss.ReportEmission, "signTransportForm"},
	}
	for _, test := range tests {
		for _, step := range steps {
			t.Run(test.name+" at "+step.act, func(t *testing.T) {
				t.Parallel()
				r := newRegistry(t, sim.Options{})
				b := newBatch(t, "fr-solvents.json")
				if step.before != "" {
					r.bring(b, step.before)
				}
				fault := test.fault
				fault.Operation, fault.CustomID = step.act, "batch/default/SOLV-2026-0007"
				must(t, r.Fault(fault))
				hasty := r.client
				if fault.Kind == sim.FaultSlow {
					hasty = r.as(func(o *Options) { o.Timeout = time.Second })
				}
				told, exchange, err := hasty.Submit(t.Context(), b.submission(step.note))
				if err != nil || told.Kind != test.kind || told.Throttled != test.throttled || told.Detail == "" {
					t.Fatalf("%+v, %v", told, err)
				}
				if test.throttled && (told.NotBefore.Before(exchange.Ended) || told.NotBefore.After(exchange.Ended.Add(62*time.Second))) {
					t.Errorf("not before %s, asked at %s", told.NotBefore, exchange.Ended)
				}
				if exchange.Operation != step.act || exchange.Request == "" || exchange.Started.IsZero() || exchange.Ended.Before(exchange.Started) {
					t.Errorf("%+v", exchange)
				}
				effects := r.Counters().Effects[step.act]
				if want := map[bool]int{true: 1}[fault.AfterEffect]; effects != want {
					t.Fatalf("%d effects, want %d", effects, want)
				}
				found, _, err := r.client.Find(t.Context(), b.submission(step.note))
				switch {
				case effects == 0 && !errors.Is(err, sluss.ErrAbsent):
					t.Errorf("found %+v, %v: want ErrAbsent", found, err)
				case effects == 1 && (err != nil || found.Kind != sluss.Accepted || found.Receipt.ID != r.only().ID):
					t.Errorf("found %+v, %v: want %s", found, err, r.only().ID)
				}
				if effects == 0 { // what it says may be sent again can be
					r.file(b, step.note)
				}
				if n := r.Counters().Effects[step.act]; n != 1 || len(r.recorded()) != 1 {
					t.Errorf("%d effects, %d documents", n, len(r.recorded()))
				}
			})
		}
	}
}

// A call that is still being worked on when we give up takes effect later: the
// question right after it may say absent, a later one does not.
func TestSlowWorkIsFoundLater(t *testing.T) {
	r := newRegistry(t, sim.Options{Quota: sim.Quota{Calls: -1}})
	b := newBatch(t, "fr-solvents.json")
	must(t, r.Fault(sim.Fault{Kind: sim.FaultSlow, Operation: "createForm", Delay: sim.Duration(500 * time.Millisecond)}))
	hasty := r.as(func(o *Options) { o.Timeout = 50 * time.Millisecond })
	told, _, err := hasty.Submit(t.Context(), b.submission(sluss.ReportCreation))
	if err != nil || told.Kind != sluss.Unknown {
		t.Fatalf("%+v, %v", told, err)
	}
	for deadline := time.Now().Add(10 * time.Second); ; {
		found, _, err := r.client.Find(t.Context(), b.submission(sluss.ReportCreation))
		if err == nil && found.Kind == sluss.Accepted {
			return
		}
		if !errors.Is(err, sluss.ErrAbsent) || time.Now().After(deadline) {
			t.Fatalf("%+v, %v", found, err)
		}
		<-time.After(20 * time.Millisecond)
	}
}

// A refusal stands although the registry could not make its PDF of it.
func TestErrorAfterARefusalIsFoundOut(t *testing.T) {
	r := newRegistry(t, sim.Options{PDFFails: true})
	b := newBatch(t, "fr-refused.json")
	r.bring(b, sluss.ReportArrival)
	b.happens(sluss.Event{Kind: sluss.WasteRefused, At: at("2026-11-23T16:00:00+01:00"), Reason: "halogenated"})
	told, _, err := r.client.Submit(t.Context(), b.submission(sluss.ReportAcceptance))
	if err != nil || told.Kind != sluss.Unknown {
		t.Fatalf("%+v, %v", told, err)
	}
	found, _, err := r.client.Find(t.Context(), b.submission(sluss.ReportAcceptance))
	if err != nil || found.Kind != sluss.Accepted || found.Receipt.Status != "REFUSED" {
		t.Errorf("%+v, %v", found, err)
	}
}

// The same step twice never takes effect twice: the second is Unknown, and the
// question settles it.
func TestAStepTwice(t *testing.T) {
	r := newRegistry(t, sim.Options{})
	b := newBatch(t, "fr-solvents.json")
	notes := append(beforeDeparture()[1:], sluss.ReportArrival, sluss.ReportAcceptance, sluss.ReportProcessing)
	r.bring(b, sluss.ReportProcessing)
	for i, note := range notes {
		again := b.submission(note)
		if i >= 3 {
			again.Content.Obligation.Event = []sluss.EventID{"received", "accepted", "treated"}[i-3]
		}
		told, _, err := r.client.Submit(t.Context(), again)
		if err != nil || told.Kind != sluss.Unknown {
			t.Errorf("%s again: %+v, %v", note, told, err)
		}
		found, _, err := r.client.Find(t.Context(), again)
		if err != nil || found.Kind != sluss.Accepted || found.Receipt.Status != "PROCESSED" {
			t.Errorf("%s asked: %+v, %v", note, found, err)
		}
	}
	for name, n := range r.Counters().Effects {
		if n != 1 && name != "updateForm" {
			t.Errorf("%s took effect %d times", name, n)
		}
	}
}

func TestConcurrentSignaturesTakeEffectOnce(t *testing.T) {
	r := newRegistry(t, sim.Options{})
	b := newBatch(t, "fr-solvents.json")
	r.bring(b, sluss.ReportSealing)
	must(t, r.Fault(sim.Fault{Kind: sim.FaultSlow, Operation: "signEmissionForm", Delay: sim.Duration(200 * time.Millisecond)}))
	kinds := make([]sluss.OutcomeKind, 4)
	var wait sync.WaitGroup
	for i := range kinds {
		wait.Go(func() {
			told, _, err := r.client.Submit(t.Context(), b.submission(sluss.ReportEmission))
			if err != nil {
				t.Error(err)
			}
			kinds[i] = told.Kind
		})
	}
	wait.Wait()
	accepted := 0
	for _, kind := range kinds {
		switch kind { //nolint:exhaustive // the default is the test
		case sluss.Accepted:
			accepted++
		case sluss.Unknown:
		default:
			t.Errorf("a concurrent signature is %s", kind)
		}
	}
	if n := r.Counters().Effects["signEmissionForm"]; n != 1 || accepted != 1 {
		t.Errorf("%d effects, %d accepted", n, accepted)
	}
}

func TestDoublesAreTold(t *testing.T) {
	r := newRegistry(t, sim.Options{})
	b := newBatch(t, "fr-solvents.json")
	first := r.file(b, sluss.ReportCreation)
	younger := r.file(b, sluss.ReportCreation)
	found, _, err := r.client.Find(t.Context(), b.submission(sluss.ReportCreation))
	if err != nil || found.Kind != sluss.Accepted || found.Receipt.ID != first.ID || !contains(found.Detail, younger.Number) {
		t.Errorf("%+v, %v", found, err)
	}
	other := newBatch(t, "fr-refused.json")
	if _, _, err := r.client.Find(t.Context(), other.submission(sluss.ReportCreation)); !errors.Is(err, sluss.ErrAbsent) {
		t.Errorf("another batch: %v", err)
	}
}

func TestWhatOthersDidToTheDocument(t *testing.T) {
	r := newRegistry(t, sim.Options{})
	b := newBatch(t, "fr-solvents.json")
	r.bring(b, sluss.ReportArrival)
	b.happens(sluss.Event{Kind: sluss.WasteRefused, At: at("2026-11-23T16:00:00+01:00"), Reason: "wet"})
	refusal := b.submission(sluss.ReportAcceptance)
	if _, _, err := r.client.Find(t.Context(), refusal); !errors.Is(err, sluss.ErrAbsent) {
		t.Errorf("before: %v", err)
	}
	b.events[len(b.events)-1] = sluss.Event{Kind: sluss.WasteAccepted, At: at("2026-11-23T16:00:00+01:00")}
	r.file(b, sluss.ReportAcceptance) // somebody accepts what this batch refuses
	found, _, err := r.client.Find(t.Context(), refusal)
	if err != nil || found.Kind != sluss.Rejected || !contains(found.Reasons[0].Message, "ACCEPTED") || found.Reasons[0].Remedy == "" {
		t.Errorf("another verdict: %+v, %v", found, err)
	}

	deleted := newBatch(t, "fr-partly-accepted.json")
	receipt := r.file(deleted, sluss.ReportCreation)
	r.accepts(deleted.amendment(sluss.ReportCreation, sluss.Amendment{Annul: sluss.NotCarried}))
	told, _, err := r.client.Submit(t.Context(), deleted.submission(sluss.ReportSealing))
	if err != nil || told.Kind != sluss.Rejected || !contains(told.Reasons[0].Message, "no such BSDD") {
		t.Errorf("deleted: %+v, %v", told, err)
	}
	if told, _, err := r.client.Find(t.Context(), deleted.submission(sluss.ReportSealing)); err != nil || told.Kind != sluss.Rejected || told.Reasons[0].Code != "DELETED" {
		t.Errorf("deleted: %+v, %v", told, err)
	}
	for id, want := range map[string]bool{receipt.ID: true, receipt.Number: true, r.file(newBatch(t, "fr-solvents.json"), sluss.ReportCreation).ID: false} {
		if gone, o, _, err := r.client.IsDeleted(t.Context(), producerID, id); err != nil || o.Kind != sluss.Accepted || gone != want {
			t.Errorf("%s: gone %v, %+v, %v", id, gone, o, err)
		}
	}
}

func TestFindUnderFaultsIsAskedAgain(t *testing.T) {
	r := newRegistry(t, sim.Options{})
	b := newBatch(t, "fr-solvents.json")
	for _, test := range []struct {
		fault     sim.Fault
		throttled bool
	}{
		{sim.Fault{Kind: sim.FaultQuota}, true},
		{sim.Fault{Kind: sim.FaultStatus}, false},
		{sim.Fault{Kind: sim.FaultHTML}, false},
		{sim.Fault{Kind: sim.FaultInternal}, false},
		{sim.Fault{Kind: sim.FaultClosed}, false},
	} {
		test.fault.Operation = "forms"
		must(t, r.Fault(test.fault))
		found, exchange, err := r.client.Find(t.Context(), b.submission(sluss.ReportCreation))
		if err != nil || found.Kind != sluss.Deferred || found.Throttled != test.throttled || !found.NotBefore.After(exchange.Ended) {
			t.Errorf("%s: %+v, %v", test.fault.Kind, found, err)
		}
	}
}

func TestQuotaOfTheRegistry(t *testing.T) {
	r := newRegistry(t, sim.Options{Quota: sim.Quota{Calls: 1, Per: 30 * time.Second}})
	b := newBatch(t, "fr-solvents.json")
	r.file(b, sluss.ReportCreation)
	told, exchange, err := r.client.Submit(t.Context(), b.submission(sluss.ReportSealing))
	if wait := told.NotBefore.Sub(exchange.Ended); err != nil || told.Kind != sluss.Deferred || !told.Throttled || wait < 25*time.Second || wait > 32*time.Second {
		t.Errorf("%+v, %v, wait %s", told, err, told.NotBefore.Sub(exchange.Ended))
	}
}
