package declarations

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"sluss"
	"sluss/tables"
)

// eventRow is what a row of a table of events can give: the batch, the fields of an
// event, and what a weighbridge showed.
type eventRow struct {
	Tenant    string `json:"tenant"` // empty: sluss.DefaultTenant
	Reference string `json:"reference"`
	sluss.Event
	Gross  sluss.Mass `json:"gross"`
	Tare   sluss.Mass `json:"tare"`
	Weight sluss.Mass `json:"weight"` // of one of the two rows of a weighing: what the scale showed
	Ticket string     `json:"ticket"` // number of the weighing
	// Weighing is in or out where each of the two has a row of its own.
	Weighing direction `json:"weighing"`
}

// direction is the one in which a vehicle passes a weighbridge.
type direction string

const (
	weighedIn  direction = "in"
	weighedOut direction = "out"
)

// eventColumns is the header of an empty table of events, without those that the program
// does not know.
var eventColumns = []string{
	"reference", "kind", "leg", "at", "noted_at", "mass (kg)", "gross (kg)", "tare (kg)", "refused_mass (kg)", "reason", "operation", "by.name", "ticket", "weighing",
}

// ReadEvents reads a table of events, one in a row, or two rows that are one weighing, as
// Read does one of batches. The function tells in which country an event of a batch
// happens; empty if it is not known, and then times without zone are those of the
// locale. Every mass must say its unit. The error is Faults, about the file as a whole.
func ReadEvents(data []byte, o Options, country func(sluss.BatchID, sluss.EventID) string) (File, error) {
	table, h, form, err := o.open(events, data)
	if err != nil {
		return File{}, err
	}
	form.place = func(c cells) string {
		var e eventRow
		named := map[string]string{}
		for _, path := range []string{"tenant", "reference", "kind", "leg"} {
			named[path], _ = c.plain(path)
		}
		_ = fill(&e, named) // what is wrong with them is told of the row
		return country(e.batch(), e.withLeg().ID())
	}
	rows := make([]readRow, len(table.Rows))
	for i, r := range table.Rows {
		rows[i] = h.event(r, form)
	}
	joined(rows)
	file := File{Form: table.Form, Columns: table.Columns, Remarks: h.remarks, Rows: make([]Row, len(rows))}
	for i := range rows {
		rows[i].finish()
		file.Rows[i] = rows[i].Row
	}
	return file, nil
}

// readRow is a row of events with the values that its cells have by path.
type readRow struct {
	Row

	values map[string]string
	full   *readRow // the other row of its weighing, which it tells with its own; nil: it is alone
	wrong  sluss.Faults
}

// event reads the cells of a row.
func (h header) event(r tables.Row, form cells) readRow {
	row, values, unread := h.row(r, &form)
	read := readRow{Row: row, values: values}
	if len(r.Faults) > 0 {
		return read
	}
	read.Read = true
	final := maps.Clone(values)
	for path, value := range values {
		if mass, err := sluss.ParseMass(value); err == nil && h.of.isMass(path) {
			final[path] = mass.Kilograms()
		}
	}
	read.Readings = h.of.readings(final, form.given, values)
	read.wrong = unread
	return read
}

// finish makes the event of a row.
func (r *readRow) finish() {
	if !r.Read || r.Joined > 0 {
		r.Faults = append(r.Faults, r.Placed(r.wrong)...)
		return
	}
	values := r.values
	if r.full != nil {
		values = r.merged()
	}
	var e eventRow
	wrong := append(r.wrong, fill(&e, values)...)
	add := func(field, problem, remedy string) {
		if !slices.ContainsFunc(wrong, func(f sluss.Fault) bool { return f.Field == field }) {
			wrong = append(wrong, sluss.Fault{Field: field, Problem: problem, Remedy: remedy})
		}
	}
	e.Event = e.withLeg()
	if e.Reference == "" {
		add("reference", "is missing", "give the reference of the batch")
	} else if !sluss.ValidReference.MatchString(e.Reference) || e.Tenant != "" && !sluss.ValidReference.MatchString(e.Tenant) {
		add("reference", "names no batch", "use letters, digits, points, hyphens and underscores, at most 40 of them")
	}
	if e.Kind == "" {
		add("kind", "is missing", "use "+sluss.OneOf(reportable()))
	}
	if e.At.IsZero() {
		add("at", "the time is missing", "give the time when it happened")
	}
	r.weigh(&e, add)
	misplaced(e, add)
	if e.Kind != "" && e.Kind != sluss.Received && e.Mass != 0 {
		r.Notes = append(r.Notes, sluss.Fault{
			Field: "mass", Problem: fmt.Sprintf("%s tells no mass: %s is not told", e.Kind, e.Mass), Remedy: fmt.Sprintf("`starter correct %s waste.mass=%s` corrects what is declared", e.batch().Name(), e.Mass.Kilograms()),
		})
		e.Mass = 0
	}
	r.Reference, r.Event, r.Of = e.Reference, e.Event, e.batch()
	r.Faults = append(r.Faults, r.Placed(wrong)...)
}

func (e eventRow) batch() sluss.BatchID { return sluss.NewBatchID(e.Tenant, e.Reference) }

// withLeg is the event with its leg where only one is possible.
func (e eventRow) withLeg() sluss.Event {
	if e.Kind == sluss.PickedUp && e.Leg == 0 {
		e.Leg = 1
	}
	return e.Event
}

// misplaced tells of values that the event cannot have.
func misplaced(e eventRow, add func(field, problem, remedy string)) {
	for _, v := range []struct {
		field string
		given bool
		to    []sluss.EventKind
	}{
		{"refused_mass", e.RefusedMass != 0, []sluss.EventKind{sluss.WasteAccepted}},
		{"operation", e.Operation != "", []sluss.EventKind{sluss.Treated}},
		{"no_traceability", e.NoTraceability, []sluss.EventKind{sluss.Treated}},
	} {
		if v.given && e.Kind != "" && !slices.Contains(v.to, e.Kind) {
			add(v.field, fmt.Sprintf("does not belong to %s", e.Kind), "leave it out: it belongs to "+sluss.OneOf(v.to))
		}
	}
}

// reportable are the kinds of events that are reported: a batch is produced when it is
// declared.
func reportable() []sluss.EventKind {
	return slices.DeleteFunc(sluss.EventKinds(), func(kind sluss.EventKind) bool { return kind == sluss.Produced })
}

// eventKind reads the kind of an event, in any case and with hyphens or underscores.
func eventKind(text string) (string, *sluss.Fault) {
	plain := strings.NewReplacer("-", "", "_", "", " ", "").Replace(text)
	for _, kind := range reportable() {
		if strings.EqualFold(plain, string(kind)) {
			return string(kind), nil
		}
	}
	return "", &sluss.Fault{Problem: fmt.Sprintf("%q is not an event that is reported", text), Remedy: "use " + sluss.OneOf(reportable()) + ", or say in a profile which of them it stands for"}
}
