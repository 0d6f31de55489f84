package trackdechets

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"sluss"
)

// Find asks what Trackdéchets has of an earlier submission: for the creation,
// and what was signed on paper, the documents with the batch's customId; for every other step, how far the
// document has come. It changes nothing. Beside Accepted and Deferred it gives
// Rejected where the document shows that this step can never be taken: it was
// cancelled or deleted, or holds another verdict than the one to report. The errors are
// sluss.ErrAbsent, ErrNotSent and ErrOperator.
func (c *Client) Find(ctx context.Context, s sluss.Submission) (sluss.Outcome, sluss.Exchange, error) {
	if s.Content.Amends != nil {
		return c.findAmendment(ctx, s)
	}
	d, step, who, err := c.prepare(s)
	if err != nil && ByCode(s) && d.receipt().ID != "" { // who signs by a code has no token here
		if other, none := c.beside(d); none == nil {
			who, err = other, nil
		}
	}
	if err != nil {
		return sluss.Outcome{}, notMade("form"), err
	}
	if d.Obligation.Note == sluss.NotePreflight {
		return sluss.Outcome{}, notMade(step.name), fmt.Errorf("%w: a look into the directory leaves nothing there", sluss.ErrAbsent)
	}
	var asked *session
	var take func() (sluss.Outcome, error)
	switch {
	case d.Obligation.Note == sluss.NoteGathering:
		asked, take = c.gathered(ctx, d, who)
	case begins(d.Obligation.Note):
		asked = c.as(who, "forms")
		told, _ := findForms(ctx, asked, who.id, d.customID())
		take = func() (sluss.Outcome, error) { return created(told.Forms, d, asked.reply.Ended) }
	default:
		who = c.reader(d, who)
		asked = c.as(who, "form")
		f := lookUp(ctx, asked, d.receipt().ID)
		take = func() (sluss.Outcome, error) { return reached(f, d, step, asked.reply.Ended) }
	}
	found, err := outcome(asked.reply, d.places(), take)
	found, err = readOnly(found, err, asked.reply, who)
	if errors.Is(err, sluss.ErrAbsent) && !begins(d.Obligation.Note) && readAnswer(asked.reply.Body).says("n'existe pas") {
		return sluss.Outcome{Kind: sluss.Rejected, Reasons: []sluss.Reason{deletedReason()}}, asked.reply.exchange(), nil
	}
	return found, asked.reply.exchange(), err
}

// lookUp reads one BSDD by either of its ids.
func lookUp(ctx context.Context, s *session, id string) form {
	number := ""
	if readable(id) {
		id, number = "", id
	}
	told, _ := findForm(ctx, s, id, number)
	return told.Form
}

// readable tells a number as people read it, which mutations do not take, from
// an opaque id.
func readable(id string) bool { return strings.HasPrefix(id, "BSD-") || strings.HasPrefix(id, "TD-") }

// created is what a list of documents says about a creation.
func created(all []form, d document, now time.Time) (sluss.Outcome, error) {
	if all == nil {
		return unknown("Trackdéchets gave no list of documents")
	}
	all = slices.DeleteFunc(all, func(f form) bool { return f.CustomId != d.customID() || f.Id == "" })
	if len(all) == 0 {
		return sluss.Outcome{}, sluss.ErrAbsent
	}
	slices.Reverse(all) // the newest come first
	slices.SortStableFunc(all, func(a, b form) int { return time.Time(a.CreatedAt).Compare(time.Time(b.CreatedAt)) })
	taken := all[0].accepted(all[0].CreatedAt, now)
	if len(all) > 1 {
		var younger []string
		for _, f := range all[1:] {
			younger = append(younger, f.ReadableId)
		}
		taken.Detail = fmt.Sprintf("there are %d BSDDs of this batch; we go on with %s, the oldest: a person must delete %s in Trackdéchets",
			len(all), all[0].ReadableId, strings.Join(younger, ", "))
	}
	return taken, nil
}

// reached is what one document says about a step on it.
func reached(f form, d document, s step, now time.Time) (sluss.Outcome, error) {
	if f.Id == "" {
		return unknown("Trackdéchets gave no document")
	}
	at, known := rank(f.Status)
	switch {
	case f.Status == canceled:
		return sluss.Outcome{Kind: sluss.Rejected, Reasons: []sluss.Reason{canceledReason()}}, nil
	case !known:
		return unknown("the BSDD has the status %s, which we do not know", f.Status)
	case at < s.rank && f.Status != statusRefused:
		return sluss.Outcome{}, sluss.ErrAbsent
	case d.Obligation.Note == sluss.NoteTakeOver && d.turn() > 0:
		return inTurn(f, d, at > s.rank, now)
	}
	if reason, ended := endedAtStorage(f, d, s); ended {
		return sluss.Outcome{Kind: sluss.Rejected, Reasons: []sluss.Reason{reason}}, nil
	}
	if verdict := otherVerdict(f, d); verdict != "" {
		return sluss.Outcome{Kind: sluss.Rejected, Reasons: []sluss.Reason{{
			Code: f.Status, Message: fmt.Sprintf("the BSDD %s holds another verdict (%s) than this batch", f.ReadableId, verdict),
			Remedy: "ask for a revision in Trackdéchets if that one is wrong, then withdraw this report",
		}}}, nil
	}
	return f.accepted(f.UpdatedAt, now), nil
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
func (f form) accepted(since dateTime, now time.Time) sluss.Outcome {
	at := time.Time(since)
	if at.IsZero() {
		at = now
	}
	return sluss.Outcome{Kind: sluss.Accepted, Receipt: &sluss.Receipt{
		Registry: sluss.Trackdechets, ID: f.Id, Number: f.ReadableId, Status: f.Status, At: at,
	}}
}
