package main

import (
	"slices"
	"testing"

	"sluss"
	trackdechets "sluss/simulators/trackdechets"
)

// testFrance runs the variants of a BSDD that no sample batch has, all at once, as
// the demo runs the samples.
func testFrance(t *testing.T, h *Installation) {
	t.Helper()
	var batches []sluss.Declaration
	want := map[string]trackdechets.Status{}
	add := func(reference, sample string, status trackdechets.Status, change func(*sluss.Declaration)) {
		d := example(t, sample, reference)
		change(&d)
		batches, want[string(d.ID())] = append(batches, d), status
	}
	partner := func(d *sluss.Declaration, id, name string, role sluss.Role) sluss.Party {
		p := d.Producer
		p.ID, p.Name, p.Role = id, name, role
		return p
	}
	add("FR-DEALS", "fr-solvents", trackdechets.Processed, func(d *sluss.Declaration) {
		for _, trader := range []sluss.Party{partner(d, "00000000283457", "Négoce du Rhône SARL", sluss.Dealer), partner(d, "00000000283499", "Courtage Lyonnais SARL", sluss.Broker)} {
			d.Deals = append(d.Deals, sluss.Deal{Trader: trader, From: d.Producer, To: d.Receiver, At: d.Legs[0].Departure})
		}
		d.Intermediaries = []sluss.Party{partner(d, "00000000283416", "Plateforme du Havre SAS", ""), partner(d, "00000000283473", "Éco-solvants SAS", sluss.EcoOrganisme)}
	})
	add("FR-FOREIGN", "fr-solvents", trackdechets.Processed, func(d *sluss.Declaration) {
		transporter := &d.Legs[0].Transporter
		transporter.ID, transporter.Country, transporter.Name = "DE136695976", "DE", "Spedition Rhein GmbH"
	})
	add("FR-PRIVATE", "fr-solvents", trackdechets.Processed, func(d *sluss.Declaration) {
		d.Origin, d.Producer = sluss.Household, sluss.Party{Country: "FR", Name: "Mme Durand", Address: "4 rue Haute, 69001 Lyon"}
	})
	add("FR-SHIP", "fr-solvents", trackdechets.Processed, func(d *sluss.Declaration) {
		d.Origin, d.Producer.ID, d.Producer.Country, d.Producer.Name = sluss.ForeignShip, "OMI9074729", "PA", "MV Pacific Star"
	})
	add("FR-UNTRACED", "fr-regrouping-first", trackdechets.NoTraceability, func(d *sluss.Declaration) { d.Treatment.NoTraceability = true })
	for _, d := range batches {
		if d.Legs[0].Transporter.Country == "DE" {
			h.represent(t, d.Tenant, d.Legs[0].Transporter)
		}
		h.declare(t, d)
	}
	must(t, h.play(t.Context(), batches))

	forms := h.Simulators.France.Forms()
	for id, status := range want {
		i := slices.IndexFunc(forms, func(f trackdechets.Form) bool { return f.CustomID == id })
		if i < 0 || forms[i].Status != status {
			t.Errorf("%s: want it to end %s; %+v", id, status, forms[max(i, 0)])
		}
	}
}
