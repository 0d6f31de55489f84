package sluss

import (
	"strings"
	"testing"
)

func TestIDsAreReadAsTheyAreWritten(t *testing.T) {
	batch := NewBatchID("", "VO-1")
	if tenant, reference, err := batch.Split(); err != nil || batch != "batch/default/VO-1" || tenant != DefaultTenant || reference != "VO-1" || NewBatchID(tenant, reference) != batch {
		t.Errorf("%s: %s, %s, %v", batch, tenant, reference, err)
	}
	if read, err := ParseBatchID(string(batch)); err != nil || read != batch || batch.Name() != "default/VO-1" {
		t.Errorf("%s: %s, %s, %v", batch, read, batch.Name(), err)
	}
	first := NewObligationID("se.transport", 2)
	for id, text := range map[ObligationID]string{
		"se.removal": "se.removal", first: "se.transport#2", NewResultID("se.treatment", Quarter{2026, 4}): "se.treatment#2026-Q4",
		first.Amendment(1): "se.transport#2.amend1", first.Again(13): "se.transport#2.again13",
	} {
		if read, err := ParseObligationID(text); err != nil || read != id {
			t.Errorf("%s: %s, %v", text, read, err)
		}
		filing := batch.Filing(id)
		if of, owed, err := filing.Split(); err != nil || filing != "filing/default/VO-1/"+FilingID(text) || of != batch || owed != id || of.Filing(owed) != filing {
			t.Errorf("%s: %s, %s, %v", filing, of, owed, err)
		}
		if read, err := ParseFilingID(string(filing)); err != nil || read != filing || filing.Name() != "default/VO-1/"+text {
			t.Errorf("%s: %s, %s, %v", filing, read, filing.Name(), err)
		}
	}
	for id, want := range map[ObligationID]int{first: 1, first.Again(2): 2, first.Again(13): 13} {
		if of, n := id.SplitAgain(); of != first || n != want {
			t.Errorf("%s: %s, %d", id, of, n)
		}
	}
	for id, want := range map[ObligationID]int{first: 0, first.Amendment(1): 1, first.Amendment(13): 13} {
		if of, n := id.SplitAmendment(); of != first || n != want {
			t.Errorf("%s: %s, %d", id, of, n)
		}
	}
	for obligation, alone := range map[ObligationID]bool{"se.removal": false, first: false, first.Again(2): false, first.Amendment(1): true, NewResultID("se.treatment", Quarter{2026, 4}): true} {
		filing, want := batch.Filing(obligation), string(batch)
		if alone {
			want = string(filing)
		}
		if got := filing.Workflow(); got != want {
			t.Errorf("%s runs in %s, want %s", filing, got, want)
		}
	}
	if sync := FilingID(SyncID("trackdechets", "00000000283499")); sync.Workflow() != string(sync) {
		t.Errorf("%s runs in %s", sync, sync.Workflow())
	}
	for text, e := range map[EventID]Event{"received": {Kind: Received}, "received#1": {Kind: Received, Leg: 1}, "handedOver#2": {Kind: HandedOver, Leg: 2}} {
		if kind, leg, err := text.Split(); err != nil || kind != e.Kind || leg != e.Leg || e.ID() != text {
			t.Errorf("%s: %s, %d, %v", text, kind, leg, err)
		}
	}
}

func TestIDsSayWhatIsWrongWithThem(t *testing.T) {
	parse := map[string]func(text string) error{
		"batch":      func(text string) error { _, err := ParseBatchID(text); return err },
		"filing":     func(text string) error { _, err := ParseFilingID(text); return err },
		"obligation": func(text string) error { _, err := ParseObligationID(text); return err },
		"event":      func(text string) error { _, _, err := EventID(text).Split(); return err },
	}
	for _, test := range []struct{ kind, id, want string }{
		{"batch", "filing/default/VO-1/x", "write batch/TENANT/REFERENCE"},
		{"batch", "batch/VO-1", "write batch/TENANT/REFERENCE"},
		{"batch", "batch/a b/VO-1", `"a b" is not a valid tenant`},
		{"batch", "batch/default/VO/1", `"VO/1" is not a valid reference`},
		{"filing", "batch/default/VO-1", "write filing/TENANT/REFERENCE/OBLIGATION"},
		{"filing", "filing/default/VO-1/", "write filing/TENANT/REFERENCE/OBLIGATION"},
		{"filing", "filing/default/-/se.removal", `"-" is not a valid reference`},
		{"obligation", "se.transport#0", "such as se.transport#1"},
		{"obligation", "removal", "such as se.transport#1"},
		{"event", "handedOver#two", `"two" is not the number of a leg`},
		{"event", "received#0", `"0" is not the number of a leg`},
	} {
		if err := parse[test.kind](test.id); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v, want %q", test.id, err, test.want)
		}
	}
}
