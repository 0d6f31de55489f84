package main

import (
	"strings"
	"testing"

	"sluss"
	"sluss/service"
)

// TestPredecessorThatNobodyDeclared: show and inbox name it, and what is confirmed is
// shown with its reason.
func TestPredecessorThatNobodyDeclared(t *testing.T) {
	l, _ := story(t)
	known, err := l.Batch(t.Context(), "batch/default/VO-1")
	must(t, err)
	d := known.Declaration
	d.Reference, d.Predecessor, d.Predecessors = "VO-LOST", "", []sluss.Predecessor{{Reference: "NIRVANA-1", Mass: d.Waste.Mass}}
	d.Confirmed = []sluss.Confirmation{{Field: "waste.mass", Reason: "two lorries"}}
	o := sluss.Obligation{ID: "se.transport#1", Registry: sluss.Avfallsregistret, Report: sluss.ReportTransport, Role: sluss.Transporter, Leg: 1, Event: "produced"}
	must(t, l.RecordEvent(t.Context(), sluss.EventRecord{
		Batch: d.ID(), Declaration: &d, Event: sluss.Event{Kind: sluss.Produced, At: noon, By: sluss.Person{Name: "Anna Ek"}}, Obligations: []sluss.Obligation{o}, At: noon,
	}))
	for _, verb := range [][]string{{"show", "VO-LOST"}, {"inbox", "--role", "officer"}} {
		if code, out, errs := try(t, verb...); code != exitOK || !strings.Contains(out, "no batch NIRVANA-1 is declared") {
			t.Errorf("%s: exit %d, %s\n%s", verb, code, errs, out)
		}
	}
	if _, out, _ := try(t, "show", "VO-LOST"); !strings.Contains(out, "confirmed waste.mass: two lorries") {
		t.Errorf("%s", out)
	}
	if _, out, _ := try(t, "inbox", "--role", "receiver"); strings.Contains(out, "NIRVANA-1") {
		t.Errorf("for the receiver:\n%s", out)
	}
	for _, item := range decoded[[]service.Filing](t, "inbox") {
		if item.ID == "" || item.Batch == "" || item.Reference == "" {
			t.Errorf("%+v", item)
		}
	}
}
