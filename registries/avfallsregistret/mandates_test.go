package avfallsregistret_test

import (
	"encoding/json"
	"strings"
	"testing"

	"sluss"
	"sluss/registries/avfallsregistret"
	sim "sluss/simulators/avfallsregistret"
)

// TestTheAgentIsNamedOnlyForOthers: of our own report nothing of an agent goes out; for a
// mandate as agent all of it does; for a mandate with the party's own certificate, which we
// do not have, nothing is sent.
func TestTheAgentIsNamedOnlyForOthers(t *testing.T) {
	batch := example(t, "se-waste-oil")
	for name, c := range map[string]struct {
		s     sluss.Submission
		own   bool
		agent bool
		sent  bool
	}{
		"our own":                 {s: reception(batch, nil), sent: true},
		"our own, by its mandate": {s: reception(batch, nil), own: true, sent: true},
		"as agent":                {s: removal(batch), agent: true, sent: true},
		"not as agent":            {s: removal(batch), own: true},
	} {
		t.Run(name, func(t *testing.T) {
			d := open(t, sim.Options{}, func(o *avfallsregistret.Options) { o.Uncheckable = false })
			c.s.Content.Obligation.Own = c.own
			o, exchange, err := d.Submit(t.Context(), c.s)
			if err != nil || (o.Kind == sluss.Accepted) != c.sent || (exchange.Status != 0) != c.sent || (len(d.Notes()) == 1) != c.sent {
				t.Fatalf("%+v, %v", o, err)
			}
			if !c.sent {
				if len(o.Reasons) != 1 || o.Reasons[0].Field != "producer.id" || !strings.Contains(o.Reasons[0].Message, "its own certificate") || o.Reasons[0].Remedy == "" {
					t.Errorf("%+v", o)
				}
				return
			}
			var body map[string]any
			if err := json.Unmarshal([]byte(exchange.Request), &body); err != nil {
				t.Fatal(err)
			}
			for _, field := range []string{"ombud", "ombudetsNamn", "ombudetsKontaktpersonNamn", "ombudetsKontaktpersonEpost", "ombudetsKontaktpersonTelefonnummer"} {
				if _, named := body[field]; named != c.agent {
					t.Errorf("%s is there: %v", field, named)
				}
			}
			if c.agent && body["ombud"] != refinery.ID {
				t.Errorf("the agent is %v", body["ombud"])
			}
		})
	}
}
