package trackdechets

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"sluss"
	sim "sluss/simulators/trackdechets"
)

// TestPreflightIsOneCall: Submit of a preflight looks all companies up together,
// says what blocks, and writes nothing.
func TestPreflightIsOneCall(t *testing.T) {
	r := newRegister(t, sim.Options{})
	must(t, r.AddCompany(sim.Company{
		Siret: "00000000000026", Name: "Late", Address: "1 rue", Types: []string{"TRANSPORTER"},
		Receipt: sim.Receipt{Number: "R", Department: "07", ValidityLimit: at("2026-11-01T00:00:00Z")},
	}))
	for name, test := range map[string]struct {
		set    map[string]string
		want   []string // fields of the reasons
		detail string
	}{
		"all well":                     {detail: "3 companies"},
		"a receipt that runs out":      {set: map[string]string{"legs.0.transporter.id": "00000000000026"}, detail: "runs out on 2026-11-01"},
		"two that may not":             {set: map[string]string{"legs.0.transporter.id": outsiderID, "receiver.id": transporterID}, want: []string{"legs.0.transporter.id", "receiver.id"}},
		"nobody knows the receiver":    {set: map[string]string{"receiver.id": "73282932000074"}, want: []string{"receiver.id"}},
		"nor the producer, which may:": {set: map[string]string{"producer.id": "73282932000074"}, detail: "producer.id: the register's directory does not know"},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBatch(t, "fr-solvents.json")
			for path, value := range test.set {
				must(t, b.declaration.Set(path, value))
			}
			s := b.submission(sluss.NotePreflight)
			before := r.Counters().Requests
			told, exchange, err := r.client.Submit(t.Context(), s)
			must(t, err)
			calls, err := r.client.Calls(t.Context(), s.Content)
			if made := r.Counters().Requests - before; err != nil || made != calls || calls != 1 {
				t.Errorf("%d calls, announced %d, %v", made, calls, err)
			}
			if exchange.Status != 200 || exchange.Request == "" || exchange.Response == "" || len(r.booked()) != 0 {
				t.Errorf("recorded %+v", exchange)
			}
			if got := fields(told.Reasons); !slices.Equal(got, test.want) || (told.Kind == sluss.Rejected) != (len(test.want) > 0) {
				t.Errorf("%s in %q, want %q", told.Kind, got, test.want)
			}
			if !strings.Contains(told.Detail, test.detail) || told.Kind == sluss.Accepted && told.Receipt.ID == "" {
				t.Errorf("%+v", told)
			}
			for _, reason := range told.Reasons {
				if reason.Code == "" || reason.Message == "" || reason.Remedy == "" {
					t.Errorf("%+v", reason)
				}
			}
		})
	}
	if _, _, err := r.client.Find(t.Context(), newBatch(t, "fr-solvents.json").submission(sluss.NotePreflight)); !errors.Is(err, sluss.ErrAbsent) {
		t.Errorf("find: %v", err)
	}
	must(t, r.Fault(sim.Fault{Kind: sim.FaultQuota}))
	told, _, err := r.client.Submit(t.Context(), newBatch(t, "fr-solvents.json").submission(sluss.NotePreflight))
	if err != nil || told.Kind != sluss.Deferred || !told.Throttled {
		t.Errorf("throttled: %+v, %v", told, err)
	}
}

// TestMoreThanFiveCompaniesAreTwoCalls holds the limit of what one request takes.
func TestMoreThanFiveCompaniesAreTwoCalls(t *testing.T) {
	r := newRegister(t, sim.Options{})
	var all []Participant
	for _, id := range []string{producerID, transporterID, receiverID, platformID, outsiderID, "73282932000074"} {
		all = append(all, Participant{Company: sluss.Party{ID: id, Country: "FR"}, Path: "x", Part: PartEmitter})
	}
	before := r.Counters().Requests
	found, err := r.client.Preflight(t.Context(), producerID, all)
	must(t, err)
	if made := r.Counters().Requests - before; made != 2 || PreflightCalls(all) != 2 || len(found) != 1 || found[0].Code != NotRegistered {
		t.Errorf("%d calls, announced %d, found %+v", made, PreflightCalls(all), found)
	}
}
