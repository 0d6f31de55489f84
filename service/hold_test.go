package service_test

import (
	"errors"
	"testing"
	"time"

	"sluss"
	"sluss/service"
)

func TestTheSameHoldIsMadeOnce(t *testing.T) {
	sv, h, filing := openHall(t)
	hold := sluss.Hold{Until: time.Now().Add(time.Hour), Reason: "entering it", By: sluss.Person{Name: officer}}
	for range 2 {
		if _, err := sv.Hold(t.Context(), filing, hold); err != nil {
			t.Fatal(err)
		}
	}
	if len(h.done) != 1 {
		t.Errorf("on its way, it was made %d times", len(h.done))
	}
	// Recorded and released, the same words are another act.
	for i, mark := range []sluss.Mark{sluss.MarkHeld, sluss.MarkReleased} {
		must(t, h.ledger.RecordStage(t.Context(), sluss.StageRecord{Filing: filing, Number: i + 1, Stage: sluss.StageSignature, Waiting: sluss.Officer, Until: hold.Until, Detail: "x", Mark: mark, At: time.Now()}))
	}
	if _, err := sv.Hold(t.Context(), filing, hold); err != nil || len(h.done) != 2 {
		t.Errorf("held again: %v, %d", err, len(h.done))
	}
	release := sluss.Release{By: sluss.Person{Name: officer}}
	if _, err := sv.Release(t.Context(), filing, release); err != nil || len(h.done) != 3 {
		t.Errorf("released: %v, %d", err, len(h.done))
	}
	if _, err := sv.Hold(t.Context(), "filing/default/NONE/se.transport#1", hold); !errors.Is(err, service.ErrNoSuch) {
		t.Errorf("%v", err)
	}
	must(t, h.ledger.RecordDecision(t.Context(), sluss.DecisionRecord{Filing: filing, Number: 1, Decision: sluss.Decision{Kind: sluss.DecidedWithdrawn, Reason: "x", By: sluss.Person{Name: officer}, At: time.Now()}}))
	if _, err := sv.Hold(t.Context(), filing, hold); !errors.Is(err, service.ErrRefused) {
		t.Errorf("what has ended is held: %v", err)
	}
}
