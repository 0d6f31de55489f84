package sim

import (
	"maps"
	"slices"
	"strings"
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
	Company string         `json:"company"` // SIRET (or VAT number) acted for
	Status  Status         `json:"status"`  // after the mutation
	Input   map[string]any `json:"input,omitempty"`
}

func (f *Form) clone() *Form {
	copied := *f
	copied.Owners = slices.Clone(f.Owners)
	copied.Data, _ = clone(f.Data).(map[string]any)
	copied.Log = make([]Entry, len(f.Log))
	for i, entry := range f.Log {
		entry.Input, _ = clone(entry.Input).(map[string]any)
		copied.Log[i] = entry
	}
	return &copied
}

func clone(value any) any {
	switch value := value.(type) {
	case map[string]any:
		copied := maps.Clone(value)
		for key, inner := range copied {
			copied[key] = clone(inner)
		}
		return copied
	case []any:
		copied := slices.Clone(value)
		for i, inner := range copied {
			copied[i] = clone(inner)
		}
		return copied
	default:
		return value
	}
}

// at follows a dotted path through nested maps; nil where it ends early.
func at(data map[string]any, path string) any {
	var value any = data
	for key := range strings.SplitSeq(path, ".") {
		object, ok := value.(map[string]any)
		if !ok {
			return nil
		}
		value = object[key]
	}
	return value
}

func text(data map[string]any, path string) string {
	value, _ := at(data, path).(string)
	return value
}

func number(data map[string]any, path string) (float64, bool) {
	value, ok := at(data, path).(float64)
	return value, ok
}

func truth(data map[string]any, path string) bool {
	value, _ := at(data, path).(bool)
	return value
}

func list(data map[string]any, path string) []any {
	value, _ := at(data, path).([]any)
	return value
}

func object(data map[string]any, path string) map[string]any {
	value, _ := at(data, path).(map[string]any)
	return value
}

// merge lays an input over a document: objects field by field, everything else whole.
func merge(into, input map[string]any) {
	for key, value := range input {
		inner, isObject := value.(map[string]any)
		if !isObject {
			into[key] = clone(value)
			continue
		}
		target, ok := into[key].(map[string]any)
		if !ok {
			target = map[string]any{}
			into[key] = target
		}
		merge(target, inner)
	}
}

// transporters are the form's transporters in order of signature.
func (f *Form) transporters() []map[string]any {
	var found []map[string]any
	for _, entry := range list(f.Data, "transporters") {
		if transporter, ok := entry.(map[string]any); ok {
			found = append(found, transporter)
		}
	}
	return found
}

// nextTransporter is the first that has not signed; nil when all have.
func (f *Form) nextTransporter() map[string]any {
	for _, transporter := range f.transporters() {
		if text(transporter, "takenOverAt") == "" {
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
