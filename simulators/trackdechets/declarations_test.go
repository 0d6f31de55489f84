package trackdechets

import (
	"encoding/json"
	"testing"
	"time"
)

const declareQuery = `mutation($l: [IncomingWasteLineInput!]!){addToIncomingWasteRegistry(lines:$l){
	stats{errors insertions edits cancellations skipped} errors{publicId issues{path message}} inserted{publicId} skipped{publicId}}}`

func declared(public string, more map[string]any) map[string]any {
	line := map[string]any{
		"publicId": public, "reportForCompanySiret": destination, "wasteDescription": "Boues", "wasteCode": "060502*", "wastePop": false,
		"receptionDate": "2026-01-10", "weightValue": 1.25, "weightIsEstimate": false, "emitterCompanyType": "ETABLISSEMENT_FR",
		"operationCode": "D10",
	}
	merge(line, more)
	return line
}

func TestDeclarations(t *testing.T) {
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	r := newRegister(t, Options{Now: func() time.Time { return now }})
	stats := func(lines ...any) string {
		t.Helper()
		a := r.ask("destination", declareQuery, map[string]any{"l": lines})
		if a.code != "" || a.status != 200 {
			t.Fatalf("%s %q", a.code, a.message)
		}
		answer := object(a.body, "data.addToIncomingWasteRegistry")
		raw, _ := json.Marshal(answer["stats"])
		return string(raw)
	}
	for i, test := range []struct {
		lines []any
		want  string
	}{
		{[]any{declared("A-1", nil), declared("A-2", map[string]any{"weightValue": -1})}, `{"cancellations":0,"edits":0,"errors":1,"insertions":1,"skipped":0}`},
		{[]any{declared("A-1", map[string]any{"weightValue": 9})}, `{"cancellations":0,"edits":0,"errors":0,"insertions":0,"skipped":1}`},
		{[]any{declared("A-1", map[string]any{"weightValue": 9, "reason": "EDIT"})}, `{"cancellations":0,"edits":1,"errors":0,"insertions":0,"skipped":0}`},
		{[]any{declared("A-9", map[string]any{"reason": "EDIT"})}, `{"cancellations":0,"edits":0,"errors":1,"insertions":0,"skipped":0}`},
		{[]any{declared("A-1", map[string]any{"reason": "CANCEL"})}, `{"cancellations":1,"edits":0,"errors":0,"insertions":0,"skipped":0}`},
		{[]any{declared("A-1", nil)}, `{"cancellations":0,"edits":0,"errors":0,"insertions":1,"skipped":0}`},
		{
			[]any{
				declared("no blanks", nil), declared("B-1", map[string]any{"weightValue": 1.2345}), declared("B-2", map[string]any{"weightValue": 10_001}),
				declared("B-3", map[string]any{"receptionDate": "2027-01-01"}), declared("B-4", map[string]any{"reportForCompanySiret": producer}),
				declared("B-5", map[string]any{"wasteCode": "99 99 99"}),
			}, `{"cancellations":0,"edits":0,"errors":6,"insertions":0,"skipped":0}`,
		},
	} {
		if got := stats(test.lines...); got != test.want {
			t.Errorf("call %d: %s, want %s", i, got, test.want)
		}
	}
	lines := make([]any, mostLines+1)
	for i := range lines {
		lines[i] = declared("C", nil)
	}
	if a := r.ask("destination", declareQuery, map[string]any{"l": lines}); a.code != codeBadUserInput {
		t.Errorf("too many lines: %s", a.code)
	}
}

// Every field that the schema offers is answered by something.
func TestEveryFieldIsAnswered(t *testing.T) {
	s, err := loadSchema()
	must(t, err)
	for _, field := range append(s.Query.Fields, s.Mutation.Fields...) {
		if _, ok := resolvers[field.Name]; !ok && field.Name[:2] != "__" {
			t.Errorf("nothing answers %s", field.Name)
		}
	}
}
