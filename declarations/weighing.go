package declarations

import (
	"fmt"
	"maps"
	"slices"

	"sluss"
)

// joined finds the rows that are two of one weighing: one in and one out with the same
// number. The row out gets the other one; that only stands beside it.
func joined(rows []readRow) {
	byTicket := map[string][]int{}
	for i, r := range rows {
		if !r.Read || r.values["weighing"] == "" {
			continue
		}
		switch ticket, weighing := r.values["ticket"], direction(r.values["weighing"]); {
		case weighing != weighedIn && weighing != weighedOut:
			rows[i].wrong = append(rows[i].wrong, sluss.Fault{Field: "weighing", Problem: fmt.Sprintf("%q is neither in nor out", weighing), Remedy: "write in or out, or say in a profile which of them it stands for"})
		case ticket == "":
			rows[i].wrong = append(rows[i].wrong, sluss.Fault{Field: "ticket", Problem: "is missing", Remedy: "give the number that both rows of the weighing have"})
		default:
			byTicket[ticket] = append(byTicket[ticket], i)
		}
	}
	for _, ticket := range slices.Sorted(maps.Keys(byTicket)) {
		pair := byTicket[ticket]
		problem := ""
		switch {
		case len(pair) == 1:
			problem = fmt.Sprintf("weighing %s has only this row", ticket)
		case len(pair) > 2:
			problem = fmt.Sprintf("weighing %s has %d rows", ticket, len(pair))
		case rows[pair[0]].values["weighing"] == rows[pair[1]].values["weighing"]:
			problem = fmt.Sprintf("weighing %s has two rows %s", ticket, rows[pair[0]].values["weighing"])
		}
		if problem != "" {
			for _, i := range pair {
				rows[i].wrong = append(rows[i].wrong, sluss.Fault{Field: "ticket", Problem: problem, Remedy: "one row in and one row out are needed for the net mass"})
			}
			continue
		}
		in, out := &rows[pair[0]], &rows[pair[1]]
		if in.values["weighing"] == string(weighedOut) {
			in, out = out, in
		}
		out.full, in.Joined = in, out.Line
	}
}

// ownOfRow are the values in which both rows of a weighing may differ.
var ownOfRow = []string{"at", "noted_at", "gross", "tare", "weight", "weighing"}

// merged are the values of both rows of a weighing. The time is when the vehicle was
// weighed with the waste on it: in for what it brought, out for what it took.
func (r *readRow) merged() map[string]string {
	in, both := r.full, map[string]string{}
	add := func(f sluss.Fault) { r.wrong = append(r.wrong, f) }
	if len(in.Faults)+len(in.wrong) > 0 {
		add(sluss.Fault{Field: "ticket", Problem: fmt.Sprintf("line %d of the same weighing has faults", in.Line), Remedy: "correct that row"})
	}
	for path, value := range in.values {
		if !slices.Contains(ownOfRow, path) {
			both[path] = value
		}
	}
	for path, value := range r.values {
		if before := both[path]; before != "" && before != value {
			add(sluss.Fault{Field: path, Problem: fmt.Sprintf("is %q, and %q on line %d of the same weighing", value, before, in.Line), Remedy: "correct one of them"})
		}
		if !slices.Contains(ownOfRow, path) {
			both[path] = value
		}
	}
	came, left := in.scale(add), r.scale(add)
	if came == 0 || left == 0 {
		return both
	}
	loaded := in
	both["gross"], both["tare"] = fmt.Sprintf("%d g", came), fmt.Sprintf("%d g", left)
	if left > came {
		loaded = r
		both["gross"], both["tare"] = both["tare"], both["gross"]
	}
	kind := sluss.EventKind(both["kind"])
	switch {
	case loaded == r && kind == sluss.Received, loaded == in && (kind == sluss.PickedUp || kind == sluss.HandedOver), came == left:
		add(sluss.Fault{Field: "weight", Problem: fmt.Sprintf("the vehicle weighed %s in and %s out: that is not %s", came, left, kind), Remedy: "correct the masses, or what happened"})
	case !slices.Contains([]sluss.EventKind{sluss.Received, sluss.PickedUp, sluss.HandedOver, ""}, kind):
		add(sluss.Fault{Field: "kind", Problem: fmt.Sprintf("%s is not weighed", kind), Remedy: "use received, pickedUp or handedOver for a weighing"})
	}
	for _, path := range []string{"at", "noted_at"} {
		if value := loaded.values[path]; value != "" {
			both[path] = value
		}
	}
	r.Readings = append(r.Readings, Reading{Field: "at", Written: fmt.Sprintf("line %d", loaded.Line), Read: both["at"]})
	return both
}

// scale is what the weighbridge showed for a row of a weighing; a fault if the row gives
// it not at all, or twice.
func (r *readRow) scale(add func(sluss.Fault)) (shown sluss.Mass) {
	var given []string
	for _, path := range []string{"weight", "gross", "tare"} {
		if mass, err := sluss.ParseMass(r.values[path]); err == nil && mass > 0 {
			given, shown = append(given, path), mass
		}
	}
	if len(given) == 1 {
		return shown
	}
	add(sluss.Fault{Field: "weight", Problem: fmt.Sprintf("line %d of the weighing gives %d masses, and one is needed", r.Line, len(given)), Remedy: "give what the scale showed on that row"})
	return 0
}

// weigh makes the net mass of gross and tare.
func (r *readRow) weigh(e *eventRow, add func(field, problem, remedy string)) {
	switch {
	case r.full == nil && e.Weight != 0 && e.Weighing == "":
		add("weight", "it is not known whether the vehicle came or left", "give weighing and ticket, or gross and tare")
		return
	case e.Gross == 0 && e.Tare == 0, e.Weighing != "" && r.full == nil:
		return
	case e.Gross == 0 || e.Tare == 0:
		if e.Mass == 0 {
			add("mass", "only one of gross and tare is given", "give both, or the net mass")
		}
		return
	}
	net := e.Gross - e.Tare
	switch {
	case net <= 0:
		add("tare", fmt.Sprintf("%s is not less than the gross mass of %s", e.Tare, e.Gross), "correct one of them")
		return
	case e.Mass != 0 && e.Mass != net:
		add("mass", fmt.Sprintf("is %s, and gross less tare is %s", e.Mass, net), "correct one of them")
		return
	case e.Mass == 0:
		r.Readings = append(r.Readings, Reading{Field: "mass", Written: fmt.Sprintf("%s - %s", e.Gross, e.Tare), Read: net.String()})
	}
	e.Mass = net
}
