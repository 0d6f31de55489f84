package documents

import (
	"cmp"
	"time"

	"sluss/registries/trackdechets/wire"
)

// Document is where a document stands: who has signed what. What it says is its parties'
// own, and only the registry has all of it.
type Document struct {
	Kind      Kind
	ID        string
	Reference string // of ours, where it was made by us
	Status    string // INITIAL, SENT, ..., in the registry's words
	Draft     bool   // open to those who made it, and not to be signed
	Emitter   string // SIRET
	Created   time.Time
	Updated   time.Time
	// Signed are the signatures, in the order of the stages; of several transporters,
	// packagings, one each.
	Signed []Signed
	// Packagings of a BSFF.
	Packagings []Packaging
	// worked: it has a work stage (BSDA).
	worked bool
}

// Signed is a signature on a document.
type Signed struct {
	Stage     Stage
	By        string // as the registry tells it, which escapes text
	At        time.Time
	Carrier   string // the id of its transporter, where there may be several
	Packaging string // the id of its packaging, on a BSFF
}

// Packaging is one container of a BSFF.
type Packaging struct {
	ID     string // as of UpdatePackaging
	Number string // as written on it
}

// reached is the place of the latest stage that was signed; -1: none.
func (d Document) reached() int {
	latest := -1
	for _, s := range d.Signed {
		latest = max(latest, kinds[d.Kind].place(s.Stage))
	}
	return latest
}

// count is how many signatures of a stage there are, of a packaging where one is named.
func (d Document) count(s Stage, packaging string) (n int) {
	for _, one := range d.Signed {
		if one.Stage == s && (packaging == "" || one.Packaging == packaging) {
			n++
		}
	}
	return n
}

// document is one on the wire, of whichever kind. What the schema's type of a kind does
// not have is not asked for; see operations.go.
type document struct {
	ID        string        `json:"id"`
	CustomID  string        `json:"customId"`
	Status    string        `json:"status"`
	IsDraft   bool          `json:"isDraft"`
	Type      string        `json:"type"`
	CreatedAt wire.DateTime `json:"createdAt"`
	UpdatedAt wire.DateTime `json:"updatedAt"`
	Emitter   struct {
		CustomInfo string  `json:"customInfo"`
		Company    company `json:"company"`
		Emission   signed  `json:"emission"`
	} `json:"emitter"`
	Worker struct {
		IsDisabled bool    `json:"isDisabled"`
		Company    company `json:"company"`
		Work       signed  `json:"work"`
	} `json:"worker"`
	Transporter  *carrier  `json:"transporter"` // where Transporters are not
	Transporters []carrier `json:"transporters"`
	Destination  struct {
		HandedOverToDestination signed `json:"handedOverToDestination"`
		Reception               signed `json:"reception"`
		Operation               signed `json:"operation"`
	} `json:"destination"`
	Packagings []struct {
		ID          string `json:"id"`
		Numero      string `json:"numero"`
		Acceptation signed `json:"acceptation"`
		Operation   signed `json:"operation"`
	} `json:"packagings"`
}

type carrier struct {
	ID         string `json:"id"`
	CustomInfo string `json:"customInfo"`
	Transport  signed `json:"transport"`
}

type company struct {
	SIRET     string `json:"siret"`
	VATNumber string `json:"vatNumber"`
}

func (c company) number() string { return cmp.Or(c.SIRET, c.VATNumber) }

type signed struct {
	Signature struct {
		Author string        `json:"author"`
		Date   wire.DateTime `json:"date"`
	} `json:"signature"`
}

func (r document) read() Document {
	d := Document{
		Kind: KindOf(r.ID), ID: r.ID, Reference: cmp.Or(r.CustomID, r.Emitter.CustomInfo), Status: r.Status, Draft: r.IsDraft,
		Emitter: r.Emitter.Company.number(), Created: time.Time(r.CreatedAt), Updated: time.Time(r.UpdatedAt),
		worked: r.Worker.Company.number() != "" && !r.Worker.IsDisabled && r.Type != "GATHERING" && r.Type != "RESHIPMENT",
	}
	sign := func(stage Stage, s signed, carrier, packaging string) {
		if at := time.Time(s.Signature.Date); !at.IsZero() {
			d.Signed = append(d.Signed, Signed{stage, s.Signature.Author, at, carrier, packaging})
		}
	}
	sign(Emission, r.Emitter.Emission, "", "")
	sign(Work, r.Worker.Work, "", "")
	if r.Transporter != nil {
		r.Transporters = []carrier{*r.Transporter}
		d.Reference = cmp.Or(d.Reference, r.Transporter.CustomInfo) // of a synthesis, which has no emitter
	}
	for _, t := range r.Transporters {
		sign(Transport, t.Transport, t.ID, "")
	}
	sign(Delivery, r.Destination.HandedOverToDestination, "", "")
	sign(Reception, r.Destination.Reception, "", "")
	for _, p := range r.Packagings {
		d.Packagings = append(d.Packagings, Packaging{p.ID, p.Numero})
		sign(Acceptation, p.Acceptation, "", p.ID)
	}
	for _, p := range r.Packagings {
		sign(Operation, p.Operation, "", p.ID)
	}
	sign(Operation, r.Destination.Operation, "", "")
	return d
}
