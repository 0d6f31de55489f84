package trackdechets

import (
	"slices"
	"time"
)

// Form is one BSDD in the register's own books.
type Form struct {
	ID         string    `json:"id"`         // opaque; what mutations take
	ReadableID string    `json:"readableId"` // BSD-YYYYMMDD-XXXXXXXXX
	CustomID   string    `json:"customId"`   // the caller's own reference; not unique
	Status     Status    `json:"status"`
	CreatedAt  time.Time `json:"createdAt"`
	UpdatedAt  time.Time `json:"updatedAt"`
	Deleted    bool      `json:"deleted"`
	// Owners are the companies of the form's author on it; a draft is visible to them only.
	Owners []string `json:"owners"`
	// Data is everything else, in the words of the schema; quantities in tonnes, date-times as the wire writes them.
	Data map[string]any `json:"data"`
	// Log is every mutation that took effect, oldest first.
	Log []Entry `json:"log"`
}

// Entry is one mutation that took effect.
type Entry struct {
	Name    string         `json:"name"`    // the mutation, e.g. "markAsSealed"
	At      time.Time      `json:"at"`      // by the register's clock
	User    string         `json:"user"`    // e-mail address
	Company string         `json:"company"` // SIRET (or VAT number) acted for; empty when the register acted by itself
	Status  Status         `json:"status"`  // after the mutation
	Input   map[string]any `json:"input,omitempty"`
	// Updated is what the mutation changed in the data, with the new values.
	Updated map[string]any `json:"updated,omitempty"`
}

func (f *Form) clone() *Form {
	copied := *f
	copied.Owners = slices.Clone(f.Owners)
	copied.Data, _ = clone(f.Data).(map[string]any)
	copied.Log = make([]Entry, len(f.Log))
	for i, entry := range f.Log {
		entry.Input, _ = clone(entry.Input).(map[string]any)
		entry.Updated, _ = clone(entry.Updated).(map[string]any)
		copied.Log[i] = entry
	}
	return &copied
}

// transporters are the form's transporters in order of signature.
func (f *Form) transporters() []map[string]any {
	return objects(f.Data, "transporters")
}

// nextTransporter is the first that has not signed and may; nil when there is none.
func (f *Form) nextTransporter() map[string]any {
	for _, transporter := range f.transporters() {
		if ready, said := transporter["readyToTakeOver"].(bool); text(transporter, "takenOverAt") == "" && (ready || !said) {
			return transporter
		}
	}
	return nil
}

func companyID(data map[string]any, path string) string {
	company := object(data, path)
	for _, key := range []string{"siret", "vatNumber", "omiNumber", "extraEuropeanId"} {
		if id := text(company, key); id != "" {
			return id
		}
	}
	return ""
}

// parties are the companies on the form by role, as FormRole of the schema.
func (f *Form) parties() map[string][]string {
	parties := map[string][]string{}
	add := func(role, id string) {
		if id != "" {
			parties[role] = append(parties[role], id)
		}
	}
	add("EMITTER", companyID(f.Data, "emitter.company"))
	add("RECIPIENT", companyID(f.Data, "recipient.company"))
	add("TRADER", companyID(f.Data, "trader.company"))
	add("BROKER", companyID(f.Data, "broker.company"))
	add("ECO_ORGANISME", text(f.Data, "ecoOrganisme.siret"))
	for _, transporter := range f.transporters() {
		add("TRANSPORTER", companyID(transporter, "company"))
	}
	add("RECIPIENT", companyID(f.Data, "temporaryStorageDetail.destination.company"))
	add("TRANSPORTER", companyID(f.Data, "temporaryStorageDetail.transporter.company"))
	for _, intermediary := range list(f.Data, "intermediaries") {
		company, _ := intermediary.(map[string]any)
		add("INTERMEDIARY", text(company, "siret"))
	}
	return parties
}

// contributors are all companies on the form; of a draft, its owners only.
func (f *Form) contributors() []string {
	if f.Status == Draft {
		return f.Owners
	}
	return f.everyone()
}

func (f *Form) everyone() []string {
	var everyone []string
	parties := f.parties()
	for _, role := range []string{"EMITTER", "ECO_ORGANISME", "RECIPIENT", "TRANSPORTER", "TRADER", "BROKER", "INTERMEDIARY"} {
		everyone = append(everyone, parties[role]...)
	}
	return everyone
}

// storer is the company that stores for a time: the recipient of a form with a suite.
func (f *Form) storer() []string { return []string{companyID(f.Data, "recipient.company")} }

// suite is the second leg of a form with temporary storage; nil without.
func (f *Form) suite() map[string]any { return object(f.Data, "temporaryStorageDetail") }

// destination is the company that receives at last, and treats.
func (f *Form) destination() []string {
	if f.suite() != nil && f.Status != TempStorerAccepted {
		return []string{companyID(f.Data, "temporaryStorageDetail.destination.company")}
	}
	return f.storer()
}

// kind is the emitter's type, as EmitterType of the schema.
func (f *Form) kind() string { return text(f.Data, "emitter.type") }

// isRound and isItem tell a collection round of annexe 1 and one of its items.
func (f *Form) isRound() bool { return f.kind() == "APPENDIX1" }
func (f *Form) isItem() bool  { return f.kind() == "APPENDIX1_PRODUCER" }

// awaited are the companies whose act comes next.
func (f *Form) awaited() []string {
	switch f.Status {
	case Draft:
		return f.Owners
	case Sealed:
		return []string{f.signer()}
	case SignedByProducer:
		return f.firstCarrier()
	case Sent:
		next := companyID(f.nextTransporter(), "company")
		return append(f.storer(), next)
	case SignedByTempStorer:
		return []string{companyID(f.suite(), "transporter.company")}
	case TempStored, TempStorerAccepted, Resealed:
		return f.storer()
	case Received, Accepted, Resent:
		return f.destination()
	case Refused, Processed, NoTraceability, AwaitingGroup, Grouped, FollowedWithPNTTD, Canceled:
	}
	return nil
}
