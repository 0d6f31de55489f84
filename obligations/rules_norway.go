package obligations

import (
	"time"

	"sluss"
)

const clearance = "no.clearance"

// norwegianRules hold one rule, which is ours and no law: the vehicles are looked
// up before a leg by road.
func norwegianRules() []rule {
	return []rule{{
		Rule: sluss.Rule{
			ID: clearance, Country: "NO",
			Statute:   "Policy of this product, no statute: vehicles are looked up in Autosys before a leg by road; cf. ADR 9.1 and the kjøretøyforskrift",
			Paragraph: "policy", Title: "The Norwegian vehicles of a leg by road are checked before it starts",
			From: time.Date(2019, time.February, 8, 0, 0, 0, 0, oslo), // from then on inspections fall due on dates, which the check compares
		},
		registry: sluss.Autosys, report: sluss.ReportClearance, role: sluss.Transporter, signer: nobody,
	}}
}
