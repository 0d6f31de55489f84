package main

import (
	"strings"
	"testing"
	"time"

	"sluss"
	"sluss/activities"
	"sluss/ledger"
	"sluss/obligations"
	"sluss/service"
)

// treated is a ledger with two batches of waste oil and one of lead batteries
// that were treated in the last quarter of 2025.
func treated(t *testing.T) *ledger.Ledger {
	t.Helper()
	l := opened(t)
	at := time.Date(2025, 12, 1, 12, 0, 0, 0, winter)
	for reference, code := range map[string]string{"VO-1": "130205*", "VO-2": "130205*", "PB-1": "160601*"} {
		d := example(t, "se-waste-oil.json", sluss.DefaultTenant, reference)
		d.Waste.Code = code
		for i, e := range []sluss.Event{
			{Kind: sluss.Produced}, {Kind: sluss.PickedUp, Leg: 1}, {Kind: sluss.Received, Mass: d.Waste.Mass}, {Kind: sluss.WasteAccepted}, {Kind: sluss.Treated},
		} {
			e.At, e.By = at.Add(time.Duration(i)*time.Hour), sluss.Person{Name: "Anna Ek"}
			record := sluss.EventRecord{Batch: d.ID(), Event: e, At: e.At}
			if i == 0 {
				record.Declaration = &d
			}
			must(t, l.RecordEvent(t.Context(), record))
		}
	}
	return l
}

func TestResultsForPeople(t *testing.T) {
	l := treated(t)
	code, out, _ := try(t, "results", "--quarter", "2025q4")
	for _, want := range []string{
		"2025-Q4  VO-1/se.treatment#2025-Q4  not compiled yet", "130205*, 2500 kg from 2 batches", "VO-1, VO-2", "methods   R9",
		"Mälarens Oljeraffinaderi AB, Hamngatan 9, 72130 Västerås", "starter results --quarter 2025-Q4 --compile",
		"lacks     non_hazardous: what came of the waste is missing", "hint      for waste oil", "ch. 6 § 5 p. 2",
	} {
		if code != exitOK || !strings.Contains(out, want) {
			t.Errorf("exit %d, want %q in\n%s", code, want, out)
		}
	}
	if code, out, _ = try(t, "results", "--quarter", "2026Q1"); code != exitOK || out != "There is no treatment to report.\n" {
		t.Errorf("exit %d: %s", code, out)
	}

	a := &activities.Results{Ledger: l, Compile: obligations.Compiled}
	list := decoded[[]service.QuarterResult](t, "results", "--quarter", "2025Q4", "--tenant", "default")
	if len(list) != 2 || !list[0].CompiledAt.IsZero() || len(list[0].Lacks) != 1 {
		t.Fatalf("%+v", list)
	}
	compiled, err := a.CompileResults(t.Context(), list[0].Site)
	must(t, err)
	var waiting sluss.Content
	for _, c := range compiled {
		if c.Content.Result.Code == "130205*" {
			waiting = c.Content
		}
	}
	product := 2_400 * sluss.Kilogram
	waiting.Result.Product = &product
	must(t, l.OpenFiling(t.Context(), sluss.FilingRecord{
		Filing: sluss.NewBatchID("", "VO-1").Filing("se.treatment#2025-Q4"), Batch: sluss.NewBatchID("", "VO-1"), Content: waiting, Hash: waiting.Hash(),
		Stage: sluss.StageSignature, Waiting: sluss.Officer, At: noon,
	}))
	code, out, _ = try(t, "results")
	for _, want := range []string{
		"VO-1/se.treatment#2025-Q4  waiting for signature and waits for the officer", "became    2400 kg of products, no longer waste",
		"starter results VO-1/se.treatment#2025-Q4 PATH=VALUE", "starter sign VO-1 --role officer --filing se.treatment#2025-Q4 --hash " + waiting.Hash(),
		"PB-1/se.treatment#2025-Q4  compiled", ", late by ",
	} {
		if code != exitOK || !strings.Contains(out, want) {
			t.Errorf("exit %d, want %q in\n%s", code, want, out)
		}
	}
	if strings.Count(out, "lacks") != 1 { // of the batteries
		t.Errorf("what was told is lacking:\n%s", out)
	}
	code, out, _ = try(t, "sign", "VO-1", "--role", "officer", "--filing", "se.treatment#2025-Q4", "--name", "A", "--dry-run")
	if code != exitOK || !strings.Contains(out, "130205*, 2500 kg from 2 batches") || !strings.Contains(out, "2400 kg of products") || strings.Contains(out, "event") {
		t.Errorf("exit %d: what is signed is shown as\n%s", code, out)
	}
}

func TestResultsSayWhatIsWrongWithTheArguments(t *testing.T) {
	treated(t)
	for _, test := range []struct {
		args []string
		code int
		want string
	}{
		{[]string{"--quarter", "2025"}, exitUsage, `--quarter: "2025" is not a quarter`},
		{[]string{"--compile"}, exitUsage, "which quarter?"},
		{[]string{"VO-1/se.treatment#2025-Q4"}, exitUsage, "nothing to set"},
		{[]string{"VO-1", "product=1"}, exitUsage, "names no filing"},
		{[]string{"VO-1/se.treatment#2025-Q4", "product"}, exitUsage, "is not path=value"},
		{[]string{"VO-1/se.treatment#2025-Q4", "product=1", "--reason", "x"}, exitUsage, "who does this?"},
		{[]string{"VO-1/se.treatment#2025-Q4", "product=1", "--by", "A"}, exitUsage, "why?"},
	} {
		if code, _, errs := try(t, append([]string{"results"}, test.args...)...); code != test.code || !strings.Contains(errs, test.want) {
			t.Errorf("%v: exit %d, %s; want %d, %q", test.args, code, errs, test.code, test.want)
		}
	}
}
