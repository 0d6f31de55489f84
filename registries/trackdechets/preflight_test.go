package trackdechets

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"sluss"
	"sluss/registries/trackdechets/bsdd"
	sim "sluss/simulators/trackdechets"
)

// TestPreflightIsOneCall: Submit of a preflight looks all companies up together,
// says what blocks, and writes nothing.
func TestPreflightIsOneCall(t *testing.T) {
	r := newRegistry(t, sim.Options{})
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
		"a receipt that runs out":      {set: map[string]string{"legs.0.transporter.id": "00000000000026"}, detail: "expires on 2026-11-01"},
		"two that may not":             {set: map[string]string{"legs.0.transporter.id": outsiderID, "receiver.id": transporterID}, want: []string{"legs.0.transporter.id", "receiver.id"}},
		"nobody knows the receiver":    {set: map[string]string{"receiver.id": "73282932000074"}, want: []string{"receiver.id"}},
		"nor the producer, which may:": {set: map[string]string{"producer.id": "73282932000074"}, detail: "producer.id: the registry's directory does not know"},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBatch(t, "fr-solvents.json")
			for path, value := range test.set {
				must(t, b.declaration.Set(path, value))
			}
			s := b.submission(sluss.ReportPreflight)
			before := r.Counters().Requests
			told, exchange, err := r.client.Submit(t.Context(), s)
			must(t, err)
			calls, err := r.client.Calls(t.Context(), s.Content)
			if made := r.Counters().Requests - before; err != nil || made != calls || calls != 1 {
				t.Errorf("%d calls, announced %d, %v", made, calls, err)
			}
			if exchange.Status != 200 || exchange.Request == "" || exchange.Response == "" || len(r.recorded()) != 0 {
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
	if _, _, err := r.client.Find(t.Context(), newBatch(t, "fr-solvents.json").submission(sluss.ReportPreflight)); !errors.Is(err, sluss.ErrAbsent) {
		t.Errorf("find: %v", err)
	}
	must(t, r.Fault(sim.Fault{Kind: sim.FaultQuota}))
	told, _, err := r.client.Submit(t.Context(), newBatch(t, "fr-solvents.json").submission(sluss.ReportPreflight))
	if err != nil || told.Kind != sluss.Deferred || !told.Throttled {
		t.Errorf("throttled: %+v, %v", told, err)
	}
}

// A sixth company is a second call, and an éco-organisme one more.
func TestMoreThanFiveCompaniesAreTwoCalls(t *testing.T) {
	r := newRegistry(t, sim.Options{})
	b := newBatch(t, "fr-solvents.json")
	for _, id := range []string{platformID, outsiderID, "73282932000074"} {
		b.declaration.Intermediaries = append(b.declaration.Intermediaries, party(id))
	}
	organisme := party("00000000000042")
	organisme.Role = sluss.EcoOrganisme
	for want := 2; want <= 3; want++ {
		s := b.submission(sluss.ReportPreflight)
		before := r.Counters().Requests
		told, _, err := r.client.Submit(t.Context(), s)
		must(t, err)
		calls, err := r.client.Calls(t.Context(), s.Content)
		if made := r.Counters().Requests - before; err != nil || made != want || calls != want {
			t.Errorf("%d calls, announced %d, want %d; %+v, %v", made, calls, want, told, err)
		}
		b.declaration.Intermediaries = append(b.declaration.Intermediaries, organisme)
	}
}

// What a preflight finds is what the registry then refuses.
func TestPreflightForetellsTheAnswer(t *testing.T) {
	r := newRegistry(t, sim.Options{})
	types := []string{"TRADER", "BROKER"}
	r.joins(sim.Company{Siret: "00000000000042", Types: types})
	r.joins(sim.Company{Siret: "00000000000059", Types: types, BrokerReceipt: sim.Receipt{Number: "B-1", Department: "75", ValidityLimit: at("2055-01-01T00:00:00Z")}})
	deals := func(role sluss.Role, id string) func(*sluss.Declaration) {
		return func(d *sluss.Declaration) {
			d.Deals = []sluss.Deal{{Trader: party(id)}}
			d.Deals[0].Trader.Role = role
		}
	}
	for name, change := range map[string]func(*sluss.Declaration){
		"all well":              func(*sluss.Declaration) {},
		"receiver not known":    func(d *sluss.Declaration) { d.Receiver.ID = "73282932000074" },
		"receiver is a carrier": func(d *sluss.Declaration) { d.Receiver.ID = transporterID },
		"carrier is a producer": func(d *sluss.Declaration) { d.Legs[0].Transporter.ID = outsiderID },
		"trader has no receipt": deals(sluss.Dealer, "00000000000042"),
		"broker has no receipt": deals(sluss.Broker, "00000000000042"),
		"broker has its own":    deals(sluss.Broker, "00000000000059"),
	} {
		t.Run(name, func(t *testing.T) {
			b := newBatch(t, "fr-solvents.json")
			change(&b.declaration)
			found, _, err := r.client.Submit(t.Context(), b.submission(sluss.ReportPreflight))
			must(t, err)
			told, _, err := r.client.Submit(t.Context(), b.submission(sluss.ReportCreation))
			must(t, err)
			if told.Kind == sluss.Accepted { // a draft may lack a receipt
				b.receipts[bsdd.CreationID] = *told.Receipt
				told, _, err = r.client.Submit(t.Context(), b.submission(sluss.ReportSealing))
				must(t, err)
			}
			if found.Kind != told.Kind || found.Kind == sluss.Rejected && found.Reasons[0].Field != told.Reasons[0].Field {
				t.Errorf("found %+v; the registry answers %+v", found, told)
			}
			for _, reason := range told.Reasons {
				if strings.Contains(reason.Message, "does not take this company") {
					t.Errorf("the reason is not understood: %+v", reason)
				}
			}
		})
	}
}
