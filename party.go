package sluss

// Role is what a party does on a batch, or in what capacity a person acts.
type Role string

// The roles of parties, and the officer, who approves on behalf of a party. A
// receiver treats what it receives, unless the declaration says that it is a
// collector. A treater sends on what it has treated.
const (
	Producer    Role = "producer"
	Transporter Role = "transporter"
	Collector   Role = "collector"
	Dealer      Role = "dealer"
	Broker      Role = "broker"
	Receiver    Role = "receiver"
	Treater     Role = "treater"
	Officer     Role = "officer"
	// EcoOrganisme answers for the waste of its producers (France). It signs nothing.
	EcoOrganisme Role = "eco-organisme"
)

// Party is a company or person with a role on the batch.
type Party struct {
	// ID is the party's number in its own country: ten digits in Sweden
	// (organisationsnummer), a SIRET of fourteen digits in France, nine digits in
	// Norway; elsewhere a VAT number with its country prefix. Hyphens and blanks
	// are removed when it is declared.
	ID      string  `json:"id"`
	Country string  `json:"country"` // ISO 3166-1 alpha-2
	Name    string  `json:"name"`
	Address string  `json:"address,omitempty"` // on one line, with postcode and town
	VAT     string  `json:"vat,omitempty"`     // VAT number with country prefix, for reports abroad
	Contact Contact `json:"contact"`
	// Role is set if the place in the declaration leaves the role open: collector of
	// a receiver, or producer if waste goes back to it, collector or treater of a
	// consignor, dealer or broker of a trader.
	Role Role `json:"role,omitempty"`
}

// Contact is the person whom a registry may ask. Personal data: never in logs,
// ids or search attributes.
type Contact struct {
	Name  string `json:"name"`
	Phone string `json:"phone"`
	Email string `json:"email"`
}

// Place is where waste is handed over, in one of the ways that registries accept:
// address with municipality, coordinates or establishment number; of a place
// abroad the country alone.
type Place struct {
	Country       string    `json:"country"` // ISO 3166-1 alpha-2
	Address       string    `json:"address,omitempty"`
	Postcode      string    `json:"postcode,omitempty"`
	City          string    `json:"city,omitempty"`
	Municipality  string    `json:"municipality,omitempty"`  // Sweden: four digits of Statistics Sweden
	Establishment string    `json:"establishment,omitempty"` // Sweden: CFAR number, eight digits
	Position      *Position `json:"position,omitempty"`
	Site          Site      `json:"site,omitempty"` // Sweden: of waste from households
}

// Site is a kind of place where households hand over waste, in the words of
// Swedish law (Avfallsförordningen, ch. 6 §§ 22-24).
type Site string

// The kinds of sites. All but Property belong to a municipality, or are run on its
// behalf.
const (
	RecyclingCentre Site = "recycling-centre" // permanent and manned (återvinningscentral)
	Unmanned        Site = "unmanned"
	Mobile          Site = "mobile"   // and manned
	Property        Site = "property" // where the waste was produced
)

// Position is a point in SWEREF 99 TM, whole metres.
type Position struct {
	Northing    int64  `json:"northing"`
	Easting     int64  `json:"easting"`
	Description string `json:"description,omitempty"`
}
