// Package sluss is the vocabulary of the product as Go types: batch, route,
// party, event, obligation, filing, outcome, receipt, clearance, signature,
// correction. It imports only the standard library, and every other package
// imports it.
package sluss

import "time"

// Declaration is what is planned for a batch, as the plant's own system sends it:
// one quantity of one waste code, and its route from producer to treatment.
// Tenant and reference together identify the batch and never change.
type Declaration struct {
	Tenant    string `json:"tenant,omitempty"` // empty means DefaultTenant
	Reference string `json:"reference"`        // the plant's own; see ValidReference
	// At is when the waste was produced, or set aside as one batch, with zone. Left out:
	// it is not known.
	At time.Time `json:"at,omitzero"`
	// NotedAt is when the operator wrote that down, with zone. Left out: when it reaches us.
	NotedAt time.Time `json:"noted_at,omitzero"`
	// Predecessor is the reference of the batch that this one continues.
	Predecessor string    `json:"predecessor,omitempty"`
	Waste       Waste     `json:"waste"`
	Producer    Party     `json:"producer"` // who first produced it; if there is an origin, a name without number
	Legs        []Leg     `json:"legs"`
	Receiver    Party     `json:"receiver"`
	Treatment   Treatment `json:"treatment"` // of a collector: the operation that it stores or regroups for
	// Approval is the role that must approve every report before it is sent. Empty:
	// reports that need no signature by law are sent without approval.
	Approval Role `json:"approval,omitempty"`
	// Origin is set if no company with a number produced the waste.
	Origin Origin `json:"origin,omitempty"`
	// Predecessors are the batches that went into this one, if Predecessor is not
	// enough: if there are several, or if one is another company's.
	Predecessors []Predecessor `json:"predecessors,omitempty"`
	// Deals are those of dealers and brokers that never held the waste.
	Deals []Deal `json:"deals,omitempty"`
	// Pickups are the producers on a collection round (France, annexe 1), in the
	// order of the route. Producer is then the company that collects, and Waste is
	// all that it collects.
	Pickups []Pickup `json:"pickups,omitempty"`
	// Paper: the BSDD is signed on paper, which goes with the waste (France). It is
	// reported to the registry as a whole once the waste is treated.
	Paper bool `json:"paper,omitempty"`
	// Intermediaries are companies in France that may read the BSDD but do not hold
	// the waste. One may be the éco-organisme that answers for the producers.
	Intermediaries []Party `json:"intermediaries,omitempty"`
	// Confirmed are the values that are so although they are not plausible.
	Confirmed []Confirmation `json:"confirmed,omitempty"`
	// Duties say of single duties whether we report them, whatever companies and
	// mandates say.
	Duties []Duty `json:"duties,omitempty"`
}

// Confirmation is a person's word that a value is so although it is not plausible.
type Confirmation struct {
	Field  string `json:"field"`  // path of the value, as the fault names it, such as waste.mass
	Reason string `json:"reason"` // how the person knows
}

// Origin says who had the waste before it was collected, if no company did.
type Origin string

// The origins of waste that no company with a number of its own country produced.
// Empty: the producer is such a company.
const (
	Household     Origin = "household" // of the households of one municipality; in France of one private individual
	UnknownOrigin Origin = "unknown"
	// ForeignShip is a ship from which a French party takes waste. Producer.ID is
	// then the number of the ship: OMI and seven digits.
	ForeignShip Origin = "foreign-ship"
)

// Pickup is what a collection round takes over from one producer.
type Pickup struct {
	Producer   Party       `json:"producer"`
	Mass       Mass        `json:"mass"` // kg
	Packagings []Packaging `json:"packagings"`
}

// Deal is a sale, purchase or mediation of the batch.
type Deal struct {
	Trader Party     `json:"trader"` // its role is dealer or broker
	From   Party     `json:"from"`   // who sold it, or for whom it was sold
	To     Party     `json:"to"`     // who bought it, or took it over
	At     time.Time `json:"at"`     // when the deal was made, with zone
}

// Waste is what the batch consists of.
type Waste struct {
	Code        string      `json:"code"` // European list of waste: six digits, a star if hazardous: "130205*"
	Name        string      `json:"name"`
	Mass        Mass        `json:"mass"` // kg
	Estimated   bool        `json:"estimated,omitempty"`
	Consistence Consistence `json:"consistence,omitempty"`
	Packagings  []Packaging `json:"packagings,omitempty"`
	UN          string      `json:"un,omitempty"`  // ADR entry as on the transport document; empty: not subject to ADR
	POP         bool        `json:"pop,omitempty"` // holds persistent organic pollutants
}

// Consistence is the physical form of the waste.
type Consistence string

// The consistences that the registries distinguish.
const (
	Solid   Consistence = "solid"
	Liquid  Consistence = "liquid"
	Gaseous Consistence = "gaseous"
	Doughy  Consistence = "doughy"
)

// Packaging is a number of containers of one kind.
type Packaging struct {
	Kind  PackagingKind `json:"kind"`
	Count int           `json:"count"`
	Other string        `json:"other,omitempty"` // what it is, if Kind is other
}

// PackagingKind is a kind of container.
type PackagingKind string

// The kinds of containers that the registries distinguish.
const (
	Drum           PackagingKind = "drum"
	IBC            PackagingKind = "ibc"
	Tank           PackagingKind = "tank"
	Skip           PackagingKind = "skip"
	OtherPackaging PackagingKind = "other"
)

// Leg is one transporter's part of the route. The first leg starts where the
// waste was produced; the last one ends at the place of treatment.
type Leg struct {
	Transporter Party     `json:"transporter"`
	Mode        Mode      `json:"mode"`
	Departure   time.Time `json:"departure"` // as planned, with zone
	From        Place     `json:"from"`
	To          Place     `json:"to"`
	Vehicles    []Vehicle `json:"vehicles,omitempty"`
	// Consignor is the party that hands the waste over at From, if that is neither
	// the producer (first leg) nor the transporter of the leg before. On the first
	// leg it may have a role: the collector or treater that sends on what it had
	// received in another batch.
	Consignor *Party `json:"consignor,omitempty"`
	// Municipal: a municipality carries the waste, or somebody on its behalf.
	Municipal bool `json:"municipal,omitempty"`
	// Storage is set if the leg ends, within France, at a company that stores the
	// waste for a time and then seals the BSDD anew (entreposage provisoire). That
	// company is the Consignor of the next leg.
	Storage *Storage `json:"storage,omitempty"`
}

// Storage is what a company that stores waste on its way has agreed to.
type Storage struct {
	Acceptance string `json:"acceptance"` // number of its acceptance certificate (CAP)
	Operation  string `json:"operation"`  // without space, such as "R13" or "D15"
}

// Mode is a mode of transport.
type Mode string

// The modes of transport that the registries distinguish.
const (
	Road           Mode = "road"
	Rail           Mode = "rail"
	Sea            Mode = "sea"
	Air            Mode = "air"
	InlandWaterway Mode = "inland-waterway"
	Pipeline       Mode = "pipeline"
)

// Vehicle is known by its plate or its chassis number. Both are personal data:
// never in logs, ids or search attributes.
type Vehicle struct {
	Country string      `json:"country"` // of registration, ISO 3166-1 alpha-2
	Plate   string      `json:"plate,omitempty"`
	VIN     string      `json:"vin,omitempty"` // chassis number, if the plate is not known
	Kind    VehicleKind `json:"kind"`
}

// VehicleKind distinguishes what pulls from what is pulled.
type VehicleKind string

// The kinds of vehicles of a combination.
const (
	Lorry   VehicleKind = "lorry"
	Trailer VehicleKind = "trailer"
)

// Treatment is what the receiver plans to do with the waste.
type Treatment struct {
	Operation   string `json:"operation"`             // annex I or II of directive 2008/98/EC without space: "R9", "D10"
	Mode        string `json:"mode,omitempty"`        // France: recycling, reuse, energy-recovery, elimination, other
	Acceptance  string `json:"acceptance,omitempty"`  // number of the receiver's acceptance certificate (France: CAP)
	Description string `json:"description,omitempty"` // of the treatment, in the receiver's words
	// Next is where waste that is only grouped or stored is to go (France: after
	// R12, R13, D9, D13 to D15).
	Next *NextDestination `json:"next,omitempty"`
	// NoTraceability: after the treatment nobody can tell any more whose waste it
	// was (France, rupture de traçabilité).
	NoTraceability bool `json:"no_traceability,omitempty"`
}

// NextDestination is where waste that was grouped or stored is to go.
type NextDestination struct {
	Company   Party  `json:"company"`   // may be left out with NoTraceability
	Operation string `json:"operation"` // planned there, without space
	// Notification is the number of the shipment's notification, if dangerous waste
	// leaves the country.
	Notification string `json:"notification,omitempty"`
}

// Predecessor is a batch of which this one holds all or a part.
type Predecessor struct {
	Reference string `json:"reference,omitempty"` // in the same tenant; empty for another company's batch
	Mass      Mass   `json:"mass"`                // kg that came from it
	// Receipt is the registry's id of the last report on it. The company that handed
	// it over must tell it: the registry does not.
	Receipt string `json:"receipt,omitempty"`
}

// Returned tells whether the batch goes back to its producer: its receiver is the producer
// and has that role. It ends there once it is accepted; nobody collects or treats it.
func (d Declaration) Returned() bool { return d.Receiver.Role == Producer }

// Precursor is the predecessor that reports name. A registry accepts one, so of
// several it is the largest by mass, the first of equals. Zero if there is none.
func (d Declaration) Precursor() Predecessor {
	largest := Predecessor{Reference: d.Predecessor}
	for i, p := range d.Predecessors {
		if i == 0 || p.Mass > largest.Mass {
			largest = p
		}
	}
	return largest
}
