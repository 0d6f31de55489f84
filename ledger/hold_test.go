package ledger_test

import (
	"testing"
	"time"

	"sluss"
)

func TestAHoldIsInTheStateOfItsFiling(t *testing.T) {
	l, _ := ready(t, filingID)
	held := func(number int, mark sluss.Mark, until time.Time) *sluss.Held {
		t.Helper()
		must(t, l.RecordStage(t.Context(), sluss.StageRecord{Filing: filingID, Number: number, Stage: sluss.StageSending, Until: until, Detail: "Karin Holm: entering it", Mark: mark, At: noon}))
		s, err := l.FilingSnapshot(t.Context(), filingID)
		must(t, err)
		return s.Held
	}
	if h := held(1, sluss.MarkReminder, time.Time{}); h != nil {
		t.Errorf("%+v", h)
	}
	if h := held(2, sluss.MarkHeld, noon.Add(time.Hour)); h == nil || !h.Until.Equal(noon.Add(time.Hour)) || h.Why != "Karin Holm: entering it" {
		t.Errorf("%+v", h)
	}
	if h := held(3, sluss.MarkHeld, noon.Add(2*time.Hour)); h == nil || !h.Until.Equal(noon.Add(2*time.Hour)) {
		t.Errorf("another: %+v", h)
	}
	if h := held(4, sluss.MarkReleased, time.Time{}); h != nil {
		t.Errorf("released: %+v", h)
	}
	if f := state(t, l); f.Stage != sluss.StageSending || !f.Until.IsZero() {
		t.Errorf("a mark changes the stage: %+v", f)
	}
}
