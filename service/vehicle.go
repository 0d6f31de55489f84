package service

import (
	"cmp"
	"context"
	"time"

	"github.com/google/uuid"

	"sluss"
	"sluss/activities"
	"sluss/registries/trackdechets/documents"
)

// VehicleQuestion is what a person wants to know of Norwegian vehicles.
type VehicleQuestion struct {
	Vehicles []sluss.Vehicle `json:"vehicles"` // one combination; of an EndOfLife, any
	Load     sluss.Mass      `json:"load,omitempty"`
	Tank     bool            `json:"tank,omitempty"`   // dangerous goods in a tank
	UN       string          `json:"un,omitempty"`     // their ADR entry, if known
	Day      time.Time       `json:"day"`              // of the transport
	Tenant   string          `json:"tenant,omitempty"` // whose policy decides; empty means DefaultTenant
	// EndOfLife: the vehicles are to be scrapped and carry nothing. The answer's
	// facts count, and its verdict is refused only where there are none.
	EndOfLife bool `json:"end_of_life,omitempty"`
	// BSVHU: of an EndOfLife, propose the content of a French BSVHU too.
	BSVHU bool `json:"bsvhu,omitempty"`
	// Depolluted: of a BSVHU, fluids and batteries have been taken out.
	Depolluted bool `json:"depolluted,omitempty"`
}

// VehicleAnswer is what the vehicle registry has of them.
type VehicleAnswer struct {
	Outcome sluss.Outcome  `json:"outcome"`
	BSVHU   *BSVHUProposal `json:"bsvhu,omitempty"`
}

// Content is the question in the words of a filing's content.
func (q VehicleQuestion) Content() sluss.Content {
	declaration := sluss.Declaration{
		Tenant: q.Tenant, Reference: "vehicle", Waste: sluss.Waste{Mass: q.Load},
		Legs: []sluss.Leg{{Mode: sluss.Road, Departure: q.Day, Vehicles: q.Vehicles}},
	}
	if q.Tank {
		declaration.Waste.UN = cmp.Or(q.UN, "UN")
		declaration.Waste.Packagings = []sluss.Packaging{{Kind: sluss.Tank, Count: 1}}
	}
	duty := sluss.Obligation{ID: "no.clearance#1", Registry: sluss.Autosys, Report: sluss.ReportClearance, Leg: 1}
	if q.EndOfLife {
		duty.ID, duty.Rule.ID = sluss.RuleEndOfLife+"#1", sluss.RuleEndOfLife
	}
	return sluss.Content{Declaration: declaration, Obligation: duty}
}

// Vehicle asks the vehicle registry whether these vehicles, as one
// combination, may carry the load on that day, or what it has of them. Each that
// was not asked for today takes from the registry's quota. It needs a running
// worker.
func (sv *Service) Vehicle(ctx context.Context, q VehicleQuestion) (VehicleAnswer, error) {
	name := uuid.NewString()
	in := activities.SubmitInput{
		Submission: sluss.Submission{Filing: sluss.TaskID(sluss.Autosys, sluss.TaskVehicles, name), Content: q.Content()}, Number: 1, Urgent: true,
	}
	result, err := run[activities.SubmitResult](ctx, sv, sluss.Autosys, sluss.TaskVehicles, name, in)
	if err != nil {
		return VehicleAnswer{}, err
	}
	answer := VehicleAnswer{Outcome: result.Outcome}
	if c := result.Outcome.Clearance; c != nil && q.BSVHU {
		p := documents.ProposeBSVHU(documents.Wrecks{Vehicles: q.Vehicles, Facts: c.Vehicles, Depolluted: q.Depolluted})
		answer.BSVHU = &p
	}
	return answer, nil
}
