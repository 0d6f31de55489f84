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

// VehicleQuestion is a person's question about Norwegian vehicles.
type VehicleQuestion struct {
	Vehicles []sluss.Vehicle `json:"vehicles"` // one combination; with EndOfLife, any vehicles
	Load     sluss.Mass      `json:"load,omitempty"`
	Tank     bool            `json:"tank,omitempty"`   // dangerous goods in a tank
	UN       string          `json:"un,omitempty"`     // their ADR entry, if known
	Day      time.Time       `json:"day"`              // of the transport
	Tenant   string          `json:"tenant,omitempty"` // whose policy decides; empty means DefaultTenant
	// EndOfLife: the vehicles are to be scrapped and carry nothing. The facts of the
	// answer count; its verdict is a refusal only if there are none.
	EndOfLife bool `json:"end_of_life,omitempty"`
	// BSVHU: with EndOfLife, propose the content of a French BSVHU too.
	BSVHU bool `json:"bsvhu,omitempty"`
	// Depolluted: with BSVHU, fluids and batteries have been removed.
	Depolluted bool `json:"depolluted,omitempty"`
}

// VehicleAnswer is the vehicle registry's answer.
type VehicleAnswer struct {
	Outcome sluss.Outcome  `json:"outcome"`
	BSVHU   *BSVHUProposal `json:"bsvhu,omitempty"`
}

// Content is the question as the content of a filing.
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

// Vehicle asks the vehicle registry whether these vehicles, as one combination, may
// carry the load on that day, or for their data. Each vehicle that nobody has asked for
// today takes one look-up of the registry's quota. It needs a running worker.
func (sv *Service) Vehicle(ctx context.Context, q VehicleQuestion) (VehicleAnswer, error) {
	name := uuid.NewString()
	in := activities.SubmitInput{
		Submission: sluss.Submission{Filing: sluss.FilingID(sluss.TaskID(sluss.Autosys, sluss.TaskVehicles, name)), Content: q.Content()}, Number: 1, Urgent: true,
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
