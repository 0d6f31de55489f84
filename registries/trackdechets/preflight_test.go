package trackdechets

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"sluss"
	sim "sluss/simulators/trackdechets"
)

func TestPreflight(t *testing.T) {
	r := newRegister(t, sim.Options{})
	transport := at("2026-11-23T09:00:00+01:00")
	for _, c := range []sim.Company{
		{Siret: "00000000000018", Types: []string{"TRANSPORTER"}},
		{Siret: "00000000000026", Types: []string{"TRANSPORTER"}, Receipt: sim.Receipt{Number: "R", Department: "07", ValidityLimit: transport.AddDate(0, 0, -1)}},
		{Siret: "00000000000034", Types: []string{"COLLECTOR"}, CollectorTypes: []string{"NON_DANGEROUS_WASTES"}},
		{Siret: "00000000000042", Types: []string{"ECO_ORGANISME"}},
		{Siret: "00000000000059", Types: []string{"PRODUCER", "BROKER"}, Dormant: true},
	} {
		c.Name, c.Address = "Company "+c.Siret, "1 rue de Paris"
		must(t, r.AddCompany(c))
	}
	const unknown = "73282932000074"
	for name, test := range map[string]struct {
		part   Part
		number string
		change func(*Participant)
		want   []FindingCode
		blocks bool
	}{
		"producer":                          {part: PartEmitter, number: producerID},
		"producer that is not known":        {part: PartEmitter, number: unknown, want: []FindingCode{NotRegistered}},
		"producer without number":           {part: PartEmitter, want: []FindingCode{BadNumber}, blocks: true},
		"producer that sleeps":              {part: PartEmitter, number: "00000000000059", want: []FindingCode{Dormant}, blocks: true},
		"producer that is an organisme":     {part: PartEmitter, number: "00000000000042", want: []FindingCode{WrongProfile}, blocks: true},
		"transporter":                       {part: PartTransporter, number: transporterID},
		"transporter that is not one":       {part: PartTransporter, number: producerID, want: []FindingCode{WrongProfile, NoReceipt}, blocks: true},
		"transporter that is exempt":        {part: PartTransporter, number: producerID, change: func(p *Participant) { p.Exempt = true }},
		"transporter without receipt":       {part: PartTransporter, number: "00000000000018", want: []FindingCode{NoReceipt}, blocks: true},
		"transporter by rail":               {part: PartTransporter, number: "00000000000018", change: func(p *Participant) { p.Mode = sluss.Rail }},
		"receipt that runs out":             {part: PartTransporter, number: "00000000000026", want: []FindingCode{ReceiptExpires}},
		"receipt that lasts long enough":    {part: PartTransporter, number: "00000000000026", change: func(p *Participant) { p.On = transport.AddDate(0, 0, -2) }},
		"transporter that is not known":     {part: PartTransporter, number: unknown, want: []FindingCode{NotRegistered}, blocks: true},
		"destination":                       {part: PartDestination, number: receiverID},
		"destination that is not one":       {part: PartDestination, number: transporterID, want: []FindingCode{WrongProfile}, blocks: true},
		"destination of what is harmless":   {part: PartDestination, number: "00000000000034", change: func(p *Participant) { p.Dangerous = false }},
		"destination of harmless, and this": {part: PartDestination, number: "00000000000034", want: []FindingCode{WrongProfile}, blocks: true},
		"destination that is not known":     {part: PartDestination, number: unknown, want: []FindingCode{NotRegistered}, blocks: true},
		"broker that sleeps":                {part: PartBroker, number: "00000000000059", want: []FindingCode{Dormant}, blocks: true},
		"trader that is none":               {part: PartTrader, number: producerID, want: []FindingCode{WrongProfile}, blocks: true},
		"organisme":                         {part: PartOrganisme, number: "00000000000042"},
		"organisme that is none":            {part: PartOrganisme, number: producerID, want: []FindingCode{WrongProfile, NotListed}, blocks: true},
	} {
		t.Run(name, func(t *testing.T) {
			p := Participant{Company: sluss.Party{ID: test.number, Country: "FR"}, Path: "here", Part: test.part, Dangerous: true, Mode: sluss.Road, On: transport}
			if test.change != nil {
				test.change(&p)
			}
			before := r.Counters().Requests
			found, err := r.client.Preflight(t.Context(), producerID, []Participant{p})
			must(t, err)
			if calls := r.Counters().Requests - before; calls != PreflightCalls([]Participant{p}) {
				t.Errorf("%d calls, %d announced", calls, PreflightCalls([]Participant{p}))
			}
			var codes []FindingCode
			for _, f := range found {
				codes = append(codes, f.Code)
				if f.Blocks != test.blocks || f.Field != "here.id" || f.Problem == "" || f.Remedy == "" {
					t.Errorf("%+v", f)
				}
			}
			if !slices.Equal(codes, test.want) {
				t.Errorf("%q, want %q", codes, test.want)
			}
		})
	}
}

// What a preflight finds is what the register then refuses.
func TestPreflightForetellsTheAnswer(t *testing.T) {
	r := newRegister(t, sim.Options{})
	for name, change := range map[string]func(*sluss.Declaration){
		"all well":              func(*sluss.Declaration) {},
		"receiver not known":    func(d *sluss.Declaration) { d.Receiver.ID = "73282932000074" },
		"receiver is a carrier": func(d *sluss.Declaration) { d.Receiver.ID = transporterID },
		"carrier is a producer": func(d *sluss.Declaration) { d.Legs[0].Transporter.ID = outsiderID },
	} {
		t.Run(name, func(t *testing.T) {
			b := newBatch(t, "fr-solvents.json")
			change(&b.declaration)
			participants, err := Participants(b.declaration, 0)
			must(t, err)
			found, err := r.client.Preflight(t.Context(), producerID, participants)
			must(t, err)
			told, _, err := r.client.Submit(t.Context(), b.submission(sluss.NoteCreation))
			must(t, err)
			blocked := slices.IndexFunc(found, func(f Finding) bool { return f.Blocks })
			if (blocked >= 0) != (told.Kind == sluss.Rejected) || blocked >= 0 && found[blocked].Field != told.Reasons[0].Field {
				t.Errorf("found %+v; the register answers %+v", found, told)
			}
		})
	}
}

func TestPreflightOfTheClosedAndTheUnasked(t *testing.T) {
	p := Participant{Company: sluss.Party{ID: receiverID, Country: "FR"}, Path: "receiver", Part: PartDestination}
	closed := &entry{OrgId: receiverID, EtatAdministratif: "F", IsRegistered: true, CompanyTypes: []string{"COLLECTOR"}}
	if found := examine([]Participant{p}, map[string]*entry{receiverID: closed}, nil); len(found) != 1 || found[0].Code != Closed || !found[0].Blocks {
		t.Errorf("%+v", found)
	}
	if found := examine([]Participant{p}, nil, nil); found != nil {
		t.Errorf("judged without asking: %+v", found)
	}
	r := newRegister(t, sim.Options{})
	must(t, r.Fault(sim.Fault{Kind: sim.FaultQuota, Operation: "companyInfos"}))
	_, err := r.client.Preflight(t.Context(), producerID, []Participant{p})
	var later *NotNowError
	if !errors.As(err, &later) || !errors.Is(err, sluss.ErrUnavailable) || !later.Throttled || !later.Until.After(time.Now()) || !strings.Contains(err.Error(), "ask again") {
		t.Errorf("%v", err)
	}
	if _, err := r.client.Preflight(t.Context(), "1", []Participant{p}); !errors.Is(err, sluss.ErrOperator) {
		t.Errorf("no token: %v", err)
	}
}
