package sluss

import "time"

// Revision is what a party of a BSDD asks its other parties to change.
type Revision struct {
	ID       string     `json:"id"`
	Registry string     `json:"registry"`
	Document string     `json:"document"` // number, as people read it
	Batch    string     `json:"batch,omitempty"`
	Status   string     `json:"status"` // PENDING, ACCEPTED, REFUSED
	Author   string     `json:"author"` // number of the company that asks
	Name     string     `json:"name,omitempty"`
	Comment  string     `json:"comment"`
	Asks     []Change   `json:"asks"`
	Approval []Approval `json:"approval"`
	At       time.Time  `json:"at"`
	// Company is ours that is to answer it, or asked for it; see Ours.
	Company string `json:"company"`
	Ours    bool   `json:"ours"` // asked for by us: others are to answer
}

// Change is one value that is asked for, in the words of the declaration.
type Change struct {
	Field string `json:"field"`
	Value string `json:"value"`
}

// Approval is a party's word on a revision.
type Approval struct {
	Company string `json:"company"`
	Status  string `json:"status"` // PENDING, ACCEPTED, REFUSED
	Comment string `json:"comment,omitempty"`
}

// RevisionAnswer is a person's word on a revision: on one that others ask for, or
// that ours is withdrawn.
type RevisionAnswer struct {
	Registry string    `json:"registry"`
	Revision string    `json:"revision"`
	Company  string    `json:"company"` // ours, in whose name
	Approve  bool      `json:"approve"`
	Withdraw bool      `json:"withdraw,omitempty"` // ours, instead of an answer
	Comment  string    `json:"comment,omitempty"`  // the other parties read it
	By       Person    `json:"by"`
	At       time.Time `json:"at"`
}

// RegisterOrder asks for a company's register of waste, as its registry keeps it.
type RegisterOrder struct {
	Registry string       `json:"registry"`
	Company  string       `json:"company"` // ours
	Kind     RegisterKind `json:"kind"`
	Format   string       `json:"format"` // csv or xlsx
	From     time.Time    `json:"from"`
	Until    time.Time    `json:"until,omitzero"` // exclusive; zero: until now
}

// RegisterKind is one of the registries of waste that a company keeps.
type RegisterKind string

// The registries of waste.
const (
	IncomingWaste    RegisterKind = "incoming"
	OutgoingWaste    RegisterKind = "outgoing"
	TransportedWaste RegisterKind = "transported"
	ManagedWaste     RegisterKind = "managed" // of traders and brokers
	EndOfWasteStatus RegisterKind = "ssd"     // sortie du statut de déchet
)

// RegisterKinds are all of them.
func RegisterKinds() []RegisterKind {
	return []RegisterKind{IncomingWaste, OutgoingWaste, TransportedWaste, ManagedWaste, EndOfWasteStatus}
}

// RegisterFile is a register of waste as it was fetched.
type RegisterFile struct {
	RegisterOrder
	ID      string    `json:"id"` // the registry's own, of the order
	SHA256  string    `json:"sha256"`
	Size    int       `json:"size"`
	At      time.Time `json:"at"`
	Content []byte    `json:"-"`
}
