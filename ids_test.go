package sluss

import (
	"strings"
	"testing"
)

func TestIDsAreReadAsTheyAreWritten(t *testing.T) {
	filing := NewBatchID("", "VO-1").Filing("se.transport#2")
	batch, obligation, err := filing.Split()
	if err != nil || filing != "filing/default/VO-1/se.transport#2" || batch != "batch/default/VO-1" || obligation != NewObligationID("se.transport", 2) || batch.Filing(obligation) != filing {
		t.Errorf("%s: %s, %s, %v", filing, batch, obligation, err)
	}
	if tenant, reference, err := batch.Split(); err != nil || tenant != DefaultTenant || reference != "VO-1" {
		t.Errorf("%s: %s, %s, %v", batch, tenant, reference, err)
	}
	if first := ObligationID("no.clearance#1").Again(2); first != "no.clearance#1.again2" {
		t.Error(first)
	}
	for id, want := range map[ObligationID]int{"no.clearance#1": 1, "no.clearance#1.again2": 2, "no.clearance#1.again13": 13} {
		if base, n := id.SplitAgain(); base != "no.clearance#1" || n != want {
			t.Errorf("%s: %s, %d", id, base, n)
		}
	}
	for _, e := range []Event{{Kind: Received}, {Kind: Received, Leg: 1}, {Kind: HandedOver, Leg: 2}} {
		if kind, leg, err := e.ID().Split(); err != nil || kind != e.Kind || leg != e.Leg {
			t.Errorf("%s: %s, %d, %v", e.ID(), kind, leg, err)
		}
	}
}

func TestIDsSayWhatIsWrongWithThem(t *testing.T) {
	parse := map[string]func(id string) error{
		"batch":  func(id string) error { _, err := ParseBatchID(id); return err },
		"filing": func(id string) error { _, err := ParseFilingID(id); return err },
		"event":  func(id string) error { _, _, err := EventID(id).Split(); return err },
	}
	for _, test := range []struct{ kind, id, want string }{
		{"batch", "filing/default/VO-1/x", "write batch/TENANT/REFERENCE"},
		{"batch", "batch/VO-1", "write batch/TENANT/REFERENCE"},
		{"batch", "batch/a b/VO-1", `"a b" is not a valid tenant`},
		{"batch", "batch/default/VO/1", `"VO/1" is not a valid reference`},
		{"filing", "batch/default/VO-1", "write filing/TENANT/REFERENCE/OBLIGATION"},
		{"filing", "filing/default/VO-1/", "write filing/TENANT/REFERENCE/OBLIGATION"},
		{"filing", "filing/default/-/se.removal", `"-" is not a valid reference`},
		{"event", "handedOver#two", `"two" is not the number of a leg`},
		{"event", "received#0", `"0" is not the number of a leg`},
	} {
		if err := parse[test.kind](test.id); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v, want %q", test.id, err, test.want)
		}
	}
}
