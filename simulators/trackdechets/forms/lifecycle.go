package forms

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"sluss/simulators/trackdechets/companies"
	"sluss/simulators/trackdechets/graphql"
	"sluss/simulators/trackdechets/kinds"
	"sluss/simulators/trackdechets/records"
	"sluss/simulators/trackdechets/refusal"
	"sluss/simulators/trackdechets/tree"
)

// lifeCyclePage is how many entries formsLifeCycle answers at once.
const lifeCyclePage = 50

// lifeCycle lists what happened to a company's forms, newest first.
func (d *Service) lifeCycle(c *graphql.Call) (any, error) {
	company, err := listedCompany(c)
	if err != nil {
		return nil, err
	}
	before, after, err := d.period(c)
	if err != nil {
		return nil, err
	}
	var nodes []graphql.Node
	for _, f := range d.Newest(kinds.BSDD.Name) {
		if id := c.Text("formId"); (id != "" && f.ID != id) || !slices.Contains(kinds.BSDD.Contributors(f), company) {
			continue
		}
		for i, entry := range slices.Backward(f.Log) {
			if (before.IsZero() || entry.At.Before(before)) && (after.IsZero() || entry.At.After(after)) {
				id := companies.DerivedID(fmt.Sprint(f.ID, i))
				nodes = append(nodes, graphql.Node{Cursor: id, Value: entryWire(id, f, entry)})
			}
		}
	}
	slices.SortStableFunc(nodes, func(one, other graphql.Node) int { return strings.Compare(loggedAt(other), loggedAt(one)) })
	args := map[string]any{"cursorAfter": c.Args["cursorAfter"], "cursorBefore": c.Args["cursorBefore"]}
	if args["cursorBefore"] != nil {
		args["last"] = float64(lifeCyclePage)
	}
	from, to, err := graphql.Cut(args, nodes, "cursorAfter", "cursorBefore", lifeCyclePage, lifeCyclePage)
	if err != nil {
		return nil, err
	}
	answer := map[string]any{
		"hasNextPage": to < len(nodes), "hasPreviousPage": from > 0, "startCursor": nil, "endCursor": nil, "count": float64(len(nodes)),
	}
	logs := []any{}
	for _, n := range nodes[from:to] {
		logs = append(logs, n.Value)
	}
	if to > from {
		answer["startCursor"], answer["endCursor"] = nodes[from].Cursor, nodes[to-1].Cursor
	}
	answer["statusLogs"] = logs
	return answer, nil
}

func loggedAt(n graphql.Node) string {
	entry, _ := n.Value.(map[string]any)
	return tree.Text(entry, "loggedAt")
}

func (d *Service) period(c *graphql.Call) (before, after time.Time, err error) {
	for name, limit := range map[string]*time.Time{"loggedBefore": &before, "loggedAfter": &after} {
		written := c.Text(name)
		if written == "" {
			continue
		}
		t, ok := tree.ParseTime(written, d.zone)
		if !ok {
			return before, after, refusal.Internal() // as the real service does
		}
		*limit = t
	}
	return before, after, nil
}

// entryWire is one entry of a form's life as StatusLog of the schema.
func entryWire(id string, f *Document, entry records.Entry) map[string]any {
	updated := tree.Clone(entry.Updated)
	if entry.Name == "createForm" || entry.Name == "duplicateForm" || updated == nil {
		updated = map[string]any{}
	}
	return map[string]any{
		"id": id, "status": string(entry.Status), "loggedAt": tree.FormatTime(entry.At), "updatedFields": updated,
		"form": map[string]any{"id": f.ID, "readableId": f.ReadableID},
		"user": map[string]any{"id": companies.DerivedID(entry.User), "email": entry.User},
	}
}
