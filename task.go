package sluss

import "time"

// Revision is a change of a BSDD that one party asks the other parties to approve.
type Revision struct {
	ID       string     `json:"id"`
	Registry string     `json:"registry"`
	Document string     `json:"document"` // number, as people read it
	Batch    BatchID    `json:"batch,omitempty"`
	Status   string     `json:"status"` // PENDING, ACCEPTED, REFUSED
	Author   string     `json:"author"` // number of the company that asks for it
	Name     string     `json:"name,omitempty"`
	Comment  string     `json:"comment"`
	Asks     []Change   `json:"asks"`
	Approval []Approval `json:"approval"`
	At       time.Time  `json:"at"`
	// Company is the one of ours that must answer it, or that asked for it; see Ours.
	Company string `json:"company"`
	Ours    bool   `json:"ours"` // asked for by Company: others must answer
}

// Change is one requested value; Field is a path in the declaration.
type Change struct {
	Field string `json:"field"`
	Value string `json:"value"`
}

// Approval is one party's answer to a revision.
type Approval struct {
	Company string `json:"company"`
	Status  string `json:"status"` // PENDING, ACCEPTED, REFUSED
	Comment string `json:"comment,omitempty"`
}

// RevisionAnswer is a person's answer to a revision that others ask for, or the
// withdrawal of one that we asked for.
type RevisionAnswer struct {
	Registry string    `json:"registry"`
	Revision string    `json:"revision"`
	Company  string    `json:"company"` // one of ours, in whose name the answer is given
	Approve  bool      `json:"approve"`
	Withdraw bool      `json:"withdraw,omitempty"` // withdraw our own revision
	Comment  string    `json:"comment,omitempty"`  // the other parties read it
	By       Person    `json:"by"`
	At       time.Time `json:"at"`
}

// RegisterOrder asks a registry for a company's register of waste.
type RegisterOrder struct {
	Registry string       `json:"registry"`
	Company  string       `json:"company"` // ours
	Kind     RegisterKind `json:"kind"`
	Format   string       `json:"format"` // csv or xlsx
	From     time.Time    `json:"from"`
	Until    time.Time    `json:"until,omitzero"` // exclusive; zero: until now
}

// RegisterKind is one of the registers of waste that a company keeps.
type RegisterKind string

// The registers of waste.
const (
	IncomingWaste    RegisterKind = "incoming"
	OutgoingWaste    RegisterKind = "outgoing"
	TransportedWaste RegisterKind = "transported"
	ManagedWaste     RegisterKind = "managed" // of traders and brokers
	EndOfWasteStatus RegisterKind = "ssd"     // sortie du statut de déchet
)

// RegisterKinds are all kinds of registers of waste.
func RegisterKinds() []RegisterKind {
	return []RegisterKind{IncomingWaste, OutgoingWaste, TransportedWaste, ManagedWaste, EndOfWasteStatus}
}

// RegisterFile is a register of waste as it was fetched.
type RegisterFile struct {
	RegisterOrder
	ID      string    `json:"id"` // the registry's id of the export
	SHA256  string    `json:"sha256"`
	Size    int       `json:"size"`
	At      time.Time `json:"at"`
	Content []byte    `json:"-"`
}
