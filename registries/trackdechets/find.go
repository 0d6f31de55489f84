package trackdechets

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"sluss"
)

// Find asks what Trackdéchets has of an earlier submission: for the creation,
// the documents with the batch's customId; for every other step, how far the
// document has come. It changes nothing. Beside Accepted and Deferred it gives
// Rejected where the document shows that this step can never be taken: it was
// cancelled, or holds another verdict than the one to report. The errors are
// sluss.ErrAbsent, ErrNotSent and ErrOperator.
func (c *Client) Find(ctx context.Context, s sluss.Submission) (sluss.Outcome, sluss.Exchange, error) {
	d, step, who, err := c.prepare(s)
	if err != nil {
		return sluss.Outcome{}, notMade("form"), err
	}
	var r reply
	var found sluss.Outcome
	if d.Obligation.Note == sluss.NoteCreation {
		r = c.send(ctx, call{"forms", findForms, map[string]any{"siret": who.id, "customId": d.customID()}, who})
		found, err = outcome(r, d, func(a answer) (sluss.Outcome, error) { return created(a, d, r.Ended) })
	} else {
		r = c.send(ctx, lookUp(d.receipt().ID, who))
		found, err = outcome(r, d, func(a answer) (sluss.Outcome, error) { return reached(a, d, step, r.Ended) })
	}
	found, err = readOnly(found, err, r, who)
	return found, r.exchange(), err
}

// lookUp reads one BSDD by either of its ids.
func lookUp(id string, who actor) call {
	key := "id"
	if readable(id) {
		key = "readableId"
	}
	return call{"form", findForm, map[string]any{key: id}, who}
}

// readable tells a number as people read it, which mutations do not take, from
// an opaque id.
func readable(id string) bool { return strings.HasPrefix(id, "BSD-") || strings.HasPrefix(id, "TD-") }

// created is what a list of documents says about a creation.
func created(a answer, d document, now time.Time) (sluss.Outcome, error) {
	all, ok := a.forms("forms")
	if !ok {
		return unknown("Trackdéchets gave no list of documents")
	}
	all = slices.DeleteFunc(all, func(f form) bool { return f.CustomID != d.customID() || f.ID == "" })
	if len(all) == 0 {
		return sluss.Outcome{}, sluss.ErrAbsent
	}
	slices.Reverse(all) // the newest come first
	slices.SortStableFunc(all, func(a, b form) int { return cmp.Compare(a.CreatedAt, b.CreatedAt) })
	taken := all[0].accepted(all[0].CreatedAt, now)
	if len(all) > 1 {
		var younger []string
		for _, f := range all[1:] {
			younger = append(younger, f.ReadableID)
		}
		taken.Detail = fmt.Sprintf("there are %d BSDDs of this batch; we go on with %s, the oldest: a person must delete %s in Trackdéchets",
			len(all), all[0].ReadableID, strings.Join(younger, ", "))
	}
	return taken, nil
}

// reached is what one document says about a step on it.
func reached(a answer, d document, s step, now time.Time) (sluss.Outcome, error) {
	f, ok := a.form("form")
	if !ok {
		return unknown("Trackdéchets gave no document")
	}
	at, known := rank(f.Status)
	switch {
	case f.Status == canceled:
		return sluss.Outcome{Kind: sluss.Rejected, Reasons: []sluss.Reason{canceledReason()}}, nil
	case !known:
		return unknown("the BSDD has the status %s, which we do not know", f.Status)
	case at < s.rank && f.Status != "REFUSED":
		return sluss.Outcome{}, sluss.ErrAbsent
	}
	taken := f.accepted(f.UpdatedAt, now)
	contradicts := d.Obligation.Note == sluss.NoteAcceptance && f.WasteAcceptationStatus != "" && f.WasteAcceptationStatus != d.acceptance().WasteAcceptationStatus
	if contradicts || d.Obligation.Note == sluss.NoteProcessing && f.Status == "REFUSED" {
		return sluss.Outcome{Kind: sluss.Rejected, Reasons: []sluss.Reason{{
			Code: f.Status, Message: fmt.Sprintf("the BSDD %s holds another verdict (%s) than this batch", f.ReadableID, cmp.Or(f.WasteAcceptationStatus, f.Status)),
			Remedy: "ask for a revision in Trackdéchets if that one is wrong, then withdraw this report",
		}}}, nil
	}
	return taken, nil
}

// readOnly says what a failed question means: nothing was at stake, so it may
// be asked again.
func readOnly(o sluss.Outcome, err error, r reply, who actor) (sluss.Outcome, error) {
	switch {
	case err != nil || o.Kind == sluss.Accepted || o.Kind == sluss.Deferred:
		return o, err
	case o.Kind == sluss.Unknown:
		return sluss.Outcome{Kind: sluss.Deferred, NotBefore: r.Ended.Add(shortPause), Detail: "Trackdéchets cannot say now: " + o.Detail}, nil
	}
	a := readAnswer(r.Body)
	switch {
	case len(a.Errors) == 0:
		return o, nil
	case a.says("n'existe pas"):
		return sluss.Outcome{}, sluss.ErrAbsent
	default:
		return operator("Trackdéchets does not let the token of %s read this (%s): check its rights", who.id, a.code())
	}
}

// accepted is the receipt of a document.
func (f form) accepted(since string, now time.Time) sluss.Outcome {
	at := moment(since)
	if at.IsZero() {
		at = now
	}
	return sluss.Outcome{Kind: sluss.Accepted, Receipt: &sluss.Receipt{
		Registry: sluss.Trackdechets, ID: f.ID, Number: f.ReadableID, Status: f.Status, At: at,
	}}
}
