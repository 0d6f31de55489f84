package trackdechets

import (
	"fmt"
	"slices"
	"time"
)

// lifeCyclePage is how many entries formsLifeCycle answers at once.
const lifeCyclePage = 50

// step is one entry of a form's life.
type step struct {
	form  *Form
	entry Entry
	id    string
}

// formsLifeCycle lists what happened to a company's forms, newest first.
func (b *Backend) formsLifeCycle(c *call) (any, error) {
	company, err := c.listedCompany()
	if err != nil {
		return nil, err
	}
	before, after, err := b.period(c)
	if err != nil {
		return nil, err
	}
	var steps []step
	for _, f := range b.books.newestFirst() {
		if id := text(c.args, "formId"); (id != "" && f.ID != id) || !slices.Contains(f.contributors(), company) {
			continue
		}
		for i, entry := range slices.Backward(f.Log) {
			if (before.IsZero() || entry.At.Before(before)) && (after.IsZero() || entry.At.After(after)) {
				steps = append(steps, step{f, entry, derivedID(fmt.Sprint(f.ID, i))})
			}
		}
	}
	slices.SortStableFunc(steps, func(one, other step) int { return other.entry.At.Compare(one.entry.At) })
	position := func(cursor string) int {
		return slices.IndexFunc(steps, func(s step) bool { return s.id == cursor })
	}
	from, to := 0, len(steps)
	if cursor := text(c.args, "cursorAfter"); cursor != "" {
		from = position(cursor) + 1
	}
	if cursor := text(c.args, "cursorBefore"); cursor != "" {
		to = max(from, position(cursor))
		from = max(from, to-lifeCyclePage)
	}
	to = min(to, from+lifeCyclePage)
	answer := map[string]any{
		"hasNextPage": to < len(steps), "hasPreviousPage": from > 0, "startCursor": nil, "endCursor": nil, "count": float64(len(steps)),
	}
	logs := []any{}
	for _, s := range steps[from:to] {
		logs = append(logs, s.wire())
	}
	if to > from {
		answer["startCursor"], answer["endCursor"] = steps[from].id, steps[to-1].id
	}
	answer["statusLogs"] = logs
	return answer, nil
}

func (b *Backend) period(c *call) (before, after time.Time, err error) {
	for name, limit := range map[string]*time.Time{"loggedBefore": &before, "loggedAfter": &after} {
		written := text(c.args, name)
		if written == "" {
			continue
		}
		t, ok := parseTime(written, b.paris)
		if !ok {
			return before, after, badInput(fmt.Sprintf("%s : %q n'est pas une date au format ISO 8601", name, written))
		}
		*limit = t
	}
	return before, after, nil
}

func (s step) wire() map[string]any {
	updated, _ := clone(s.entry.Updated).(map[string]any)
	if s.entry.Name == "createForm" || s.entry.Name == "duplicateForm" || updated == nil {
		updated = map[string]any{}
	}
	return map[string]any{
		"id": s.id, "status": string(s.entry.Status), "loggedAt": formatTime(s.entry.At), "updatedFields": updated,
		"form": map[string]any{"id": s.form.ID, "readableId": s.form.ReadableID},
		"user": map[string]any{"id": derivedID(s.entry.User), "email": s.entry.User},
	}
}
