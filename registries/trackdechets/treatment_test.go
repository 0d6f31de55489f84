package trackdechets

import (
	"slices"
	"strings"
	"testing"

	"sluss"
	sim "sluss/simulators/trackdechets"
)

// What is found in a treatment before it is sent is what the register refuses.
func TestFaultsOfATreatment(t *testing.T) {
	r, ctx := newRegister(t, sim.Options{}), t.Context()
	id := r.sent(draft(t, "TREATED"))
	o, e, err := r.client.Receive(ctx, receiverID, id, Arrival{By: "Rita", At: signedAt})
	r.takes("RECEIVED", o, e, err)
	o, e, err = r.client.Judge(ctx, receiverID, id, judged)
	r.takes("ACCEPTED", o, e, err)
	abroad := party("DE136695976")
	abroad.Country = "DE"
	grouped := func(change func(*Processing)) Processing {
		p := Processing{Operation: "R13", By: "Tom", At: signedAt, Next: &sluss.NextDestination{Company: party(platformID), Operation: "R1"}}
		change(&p)
		return p
	}
	for name, test := range map[string]struct {
		processing Processing
		want       []string
	}{
		"unknown operation":         {Processing{Operation: "D11", By: "Tom", At: signedAt}, []string{"operation"}},
		"no mode":                   {Processing{Operation: "R1", By: "Tom", At: signedAt}, []string{"mode"}},
		"another mode":              {Processing{Operation: "R1", Mode: "recycling", By: "Tom", At: signedAt}, []string{"mode"}},
		"final, but goes on":        {grouped(func(p *Processing) { p.Operation, p.Mode = "R1", "energy-recovery" }), []string{"next"}},
		"final, but untraced":       {Processing{Operation: "R1", Mode: "energy-recovery", Untraced: true, By: "Tom", At: signedAt}, []string{"untraced"}},
		"grouped, and goes nowhere": {grouped(func(p *Processing) { p.Next = nil }), []string{"next"}},
		"grouped with a mode":       {grouped(func(p *Processing) { p.Mode = "recycling" }), []string{"mode"}},
		"goes on to be nothing":     {grouped(func(p *Processing) { p.Next.Operation = "" }), []string{"next.operation"}},
		"goes on to be unknown":     {grouped(func(p *Processing) { p.Next.Operation = "D7" }), []string{"next.operation"}},
		"goes on to nobody":         {grouped(func(p *Processing) { p.Next.Company = sluss.Party{Country: "FR"} }), []string{"next.company.name", "next.company.address", "next.company.contact.name", "next.company.contact.phone", "next.company.contact.email", "next.company.id"}},
		"goes on to no SIRET":       {grouped(func(p *Processing) { p.Next.Company.ID = "1" }), []string{"next.company.id"}},
		"abroad, not notified":      {grouped(func(p *Processing) { p.Next.Company = abroad }), []string{"next.notification"}},
		"a French VAT number": {grouped(func(p *Processing) {
			p.Next.Company, p.Next.Company.ID, p.Next.Notification = abroad, "FR40303265045", "FR 1"
		}), []string{"next.company.vat"}},
		"a notification that is long": {grouped(func(p *Processing) { p.Next.Company, p.Next.Notification = abroad, strings.Repeat("1", 16) }), []string{"next.notification"}},
	} {
		var fields []string
		for _, f := range test.processing.Faults(true, today) {
			fields = append(fields, f.Field)
			if f.Problem == "" || f.Remedy == "" {
				t.Errorf("%s: %+v", name, f)
			}
		}
		if !slices.Equal(fields, test.want) {
			t.Errorf("%s: %q, want %q", name, fields, test.want)
		}
		if o, e, err := r.client.Process(ctx, receiverID, id, test.processing); err != nil || o.Kind != sluss.Rejected {
			t.Errorf("%s: %+v, %v\n%s", name, o, err, e.Request)
		}
	}
	for name, p := range map[string]Processing{
		"final": burnt, "grouped": grouped(func(*Processing) {}),
		"abroad, notified": grouped(func(p *Processing) { p.Next.Company, p.Next.Notification = abroad, "FR 1" }),
		"untraced":         grouped(func(p *Processing) { p.Untraced, p.Next.Company = true, sluss.Party{} }),
	} {
		if faults := p.Faults(true, today); len(faults) > 0 {
			t.Errorf("%s: %v", name, faults)
		}
	}
	o, e, err = r.client.Process(ctx, receiverID, id, grouped(func(p *Processing) { p.Untraced, p.Next.Company = true, sluss.Party{} }))
	r.takes("NO_TRACEABILITY", o, e, err)
}
