// Package sluss holds the words of the product as types: batch, party, event,
// obligation, filing, outcome, receipt, clearance, signature, correction. It
// imports only the standard library; every other package speaks in these words.
package sluss

import "time"

// Declaration is a batch as the plant's own system sends it: one quantity of
// one waste code and its planned way from producer to treatment. Tenant and
// reference together name the batch for ever.
type Declaration struct {
	Tenant    string `json:"tenant,omitempty"` // empty means DefaultTenant
	Reference string `json:"reference"`        // the plant's own; see ValidReference
	// Predecessor is the reference of the batch that this one continues.
	Predecessor string    `json:"predecessor,omitempty"`
	Waste       Waste     `json:"waste"`
	Producer    Party     `json:"producer"` // who first produced it; with an origin: a name for those people, without number
	Legs        []Leg     `json:"legs"`
	Receiver    Party     `json:"receiver"`
	Treatment   Treatment `json:"treatment"` // of a collector: what it stores or regroups for
	// Approval is the role that must approve every report before it is sent;
	// empty means that reports which no statute wants signed go by themselves.
	Approval Role `json:"approval,omitempty"`
	// Origin is set where no company known by number produced the waste.
	Origin Origin `json:"origin,omitempty"`
	// Predecessors are the batches that went into this one where Predecessor
	// does not say enough: several, or one of another company's.
	Predecessors []Predecessor `json:"predecessors,omitempty"`
	// Deals are those of dealers and brokers who never held the waste.
	Deals []Deal `json:"deals,omitempty"`
	// Pickups are the producers of a collection round (France, annexe 1), in the
	// order of the way. The producer is then who goes round, and the waste is all
	// that it collects.
	Pickups []Pickup `json:"pickups,omitempty"`
	// Paper tells that the BSDD goes with the waste on paper, and is signed there
	// (France): the register is told of all of it once the waste is treated.
	Paper bool `json:"paper,omitempty"`
	// Intermediaries are companies in France that may follow the BSDD without
	// holding the waste; one may be the éco-organisme that answers for the producers.
	Intermediaries []Party `json:"intermediaries,omitempty"`
}

// Origin says whose the waste was before anybody collected it.
type Origin string

// The origins of waste that no company known by its own country's number
// produced. Empty: the producer did.
const (
	Household     Origin = "household" // of the households of one municipality; in France of one private individual
	UnknownOrigin Origin = "unknown"
	// ForeignShip is a ship that a French party takes waste from. The producer's
	// number is then the ship's: OMI and seven digits.
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
	From   Party     `json:"from"`   // who sold it, or had it sold
	To     Party     `json:"to"`     // who bought it, or took it on
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

// The consistences that the registries tell apart.
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
	Other string        `json:"other,omitempty"` // what it is, where Kind is other
}

// PackagingKind is a kind of container.
type PackagingKind string

// The kinds of containers that the registries tell apart.
const (
	Drum           PackagingKind = "drum"
	IBC            PackagingKind = "ibc"
	Tank           PackagingKind = "tank"
	Skip           PackagingKind = "skip"
	OtherPackaging PackagingKind = "other"
)

// Leg is one transporter's part of the way. The first leg starts where the
// waste was produced, the last one ends at the place of treatment.
type Leg struct {
	Transporter Party     `json:"transporter"`
	Mode        Mode      `json:"mode"`
	Departure   time.Time `json:"departure"` // as planned, with zone
	From        Place     `json:"from"`
	To          Place     `json:"to"`
	Vehicles    []Vehicle `json:"vehicles,omitempty"`
	// Consignor is the party that hands the waste over at From where that is
	// neither the producer (first leg) nor the previous transporter. With a
	// role, on the first leg, it is the collector or the treater that sends on
	// what it had received in another batch.
	Consignor *Party `json:"consignor,omitempty"`
	// Municipal tells that a municipality carries the waste, or somebody for it.
	Municipal bool `json:"municipal,omitempty"`
	// Storage is set where the leg ends, within France, at a company that stores
	// the waste for a time and seals it anew (entreposage provisoire): the
	// Consignor of the leg after.
	Storage *Storage `json:"storage,omitempty"`
}

// Storage is what a company has agreed to that stores waste on its way.
type Storage struct {
	Acceptance string `json:"acceptance"` // number of its acceptance certificate (CAP)
	Operation  string `json:"operation"`  // without space, such as "R13" or "D15"
}

// Mode is a mode of transport.
type Mode string

// The modes of transport that the registries tell apart.
const (
	Road           Mode = "road"
	Rail           Mode = "rail"
	Sea            Mode = "sea"
	Air            Mode = "air"
	InlandWaterway Mode = "inland-waterway"
	Pipeline       Mode = "pipeline"
)

// Vehicle is named by its plate or its chassis number. Both are personal data:
// never in logs, ids or search attributes.
type Vehicle struct {
	Country string      `json:"country"` // of registration, ISO 3166-1 alpha-2
	Plate   string      `json:"plate,omitempty"`
	VIN     string      `json:"vin,omitempty"` // chassis number, where the plate is not known
	Kind    VehicleKind `json:"kind"`
}

// VehicleKind tells what pulls from what is pulled.
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
	// Next is where what was only grouped or stored is to go (France: after R12,
	// R13, D9, D13 to D15).
	Next *NextDestination `json:"next,omitempty"`
	// NoTraceability tells that by then it cannot be said any more whose waste it
	// was: the trace ends here (France, rupture de traçabilité).
	NoTraceability bool `json:"no_traceability,omitempty"`
}

// NextDestination is where grouped or stored waste is to go.
type NextDestination struct {
	Company   Party  `json:"company"`   // may be left out where the trace ends
	Operation string `json:"operation"` // planned there, without space
	// Notification is the number of the shipment's notification, where dangerous
	// waste leaves the country.
	Notification string `json:"notification,omitempty"`
}

// Predecessor is a batch of which this one holds all or a part.
type Predecessor struct {
	Reference string `json:"reference,omitempty"` // in the same tenant; empty for another company's batch
	Mass      Mass   `json:"mass"`                // kg that came from it
	// Receipt is the registry's id of the last note on it, as the company that
	// handed it over tells: the registry does not pass it on.
	Receipt string `json:"receipt,omitempty"`
}

// Precursor is the predecessor that reports name. A registry takes one, so of
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
