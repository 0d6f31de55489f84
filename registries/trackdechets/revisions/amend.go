// Package revisions changes what a BSDD says once it is sealed: one party asks, and it
// counts when the others have approved.
package revisions

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"html"
	"slices"
	"strings"
	"time"

	"sluss"
	"sluss/registries/trackdechets/bsdd"
	"sluss/registries/trackdechets/calls"
	"sluss/registries/trackdechets/reasons"
	"sluss/registries/trackdechets/wire"
)

// Calls is how many calls of the rate limit Submit takes: only the BSDD itself tells
// which way is open.
const Calls = 2

// Reviser asks for revisions, and answers those of others.
type Reviser struct{ Calls *calls.Client }

const revisionCall = "createFormRevisionRequest"

// Submit asks for what a content amends. Before anybody has signed the BSDD, it can only
// be deleted; afterwards it takes a revision. A revision that others must approve is
// Unknown and Pending: Find tells what becomes of it.
func (r Reviser) Submit(ctx context.Context, s sluss.Submission) (sluss.Outcome, sluss.Exchange, error) {
	d, company, err := r.prepare(s)
	if err != nil {
		return sluss.Outcome{}, calls.NotMade(revisionCall), err
	}
	annuls, places := d.Amends.Annul != "", d.Places()
	made := r.Calls.Session(company, revisionCall)
	asked := made.Another("form")
	f, unread := asked.Form(ctx, d.Amends.Receipt)
	at, known := bsdd.Rank(f.Status)
	switch {
	case annuls && asked.Missing():
		return deleted(asked, d.Amends.Receipt)
	case unread != nil:
		made.WithoutEffect(asked)
		return made.Outcome(places, func() (sluss.Outcome, error) { return calls.Unknown("the BSDD could not be looked up") })
	case annuls && f.Status == reasons.StatusCanceled:
		return asked.Outcome(places, func() (sluss.Outcome, error) { return asked.AcceptedForm(f) })
	case annuls && known && at < bsdd.Emitted:
		made = made.Another("deleteForm")
		var gone wire.Form
		_ = made.Ask(ctx, map[string]any{"id": f.ID}, &gone)
		return made.Outcome(places, func() (sluss.Outcome, error) {
			return made.Accepted(sluss.Receipt{ID: gone.ID, Status: statusDeleted})
		})
	}
	var told wire.Revision
	_ = made.Ask(ctx, map[string]any{"input": wire.RevisionInput{
		FormID: f.ID, AuthoringCompanySiret: company, Content: d.Revision(), Comment: d.Amends.Reason + " (" + reference(s) + ")",
	}}, &told)
	return made.Outcome(places, func() (sluss.Outcome, error) {
		if told.ID == "" {
			return calls.Unknown("Trackdéchets answered without what it took")
		}
		o, err := state(made, told, d)
		if o.Pending {
			o.Kind = sluss.Unknown
		}
		return o, err
	})
}

// Find asks what became of an amendment, by the reference in its comment: Deferred and
// Pending while others are to approve, Rejected where one of them has refused.
func (r Reviser) Find(ctx context.Context, s sluss.Submission) (sluss.Outcome, sluss.Exchange, error) {
	d, company, err := r.prepare(s)
	if err != nil {
		return sluss.Outcome{}, calls.NotMade("formRevisionRequests"), err
	}
	annuls := d.Amends.Annul != ""
	id, number := calls.IDs(d.Amends.Receipt)
	asked := r.Calls.Session(company, "formRevisionRequests")
	variables := map[string]any{"siret": company, "first": pageSize, "id": id, "readableId": number}
	if id != "" {
		variables["where"] = map[string]any{"bsddId": map[string]any{"_eq": id}}
	}
	var f wire.Form
	var told wire.Connection[wire.Revision]
	_ = asked.Ask(ctx, variables, &told, wire.Root{Field: "form", Into: &f})
	found, err := asked.Found(d.Places(), func() (sluss.Outcome, error) {
		switch {
		case f.ID == "":
			return calls.Unknown("Trackdéchets gave no document")
		case annuls && f.Status == reasons.StatusCanceled:
			return asked.AcceptedForm(f)
		}
		for _, edge := range told.Edges { // the newest first
			if one := edge.Node; one.Form.ID == f.ID && strings.Contains(html.UnescapeString(one.Comment), reference(s)) {
				return state(asked, one, d)
			}
		}
		return sluss.Outcome{}, sluss.ErrAbsent
	})
	if annuls && errors.Is(err, sluss.ErrAbsent) && asked.Missing() {
		return deleted(asked, d.Amends.Receipt)
	}
	return found, asked.Exchange(), err
}

// prepare finds in whose name it is asked: the emitter's or a destination's, first that
// of whose duty the amended step was; of a producer's part also its transporter's, once
// it has taken the part over. No other party may revise a BSDD.
func (r Reviser) prepare(s sluss.Submission) (bsdd.Document, string, error) {
	d, err := bsdd.New(s)
	if err != nil {
		return d, "", err
	}
	recipient, _ := d.Recipient()
	may := []string{bsdd.Number(d.Emitter()), bsdd.Number(recipient), bsdd.Number(d.Declaration.Receiver)}
	if d.Obligation.Role == sluss.Receiver {
		slices.Reverse(may)
	}
	if d.Pickup() != nil {
		may = append(may, bsdd.Number(d.Carrier()))
	}
	company := r.Calls.WithToken(may...)
	if company == "" {
		return d, "", fmt.Errorf("only the emitter and the destination may revise a BSDD: %w", calls.NoToken(strings.Join(slices.Compact(may), " or ")))
	}
	return d, company, nil
}

// reference marks a revision as that of a filing and its content.
func reference(s sluss.Submission) string {
	hash := strings.TrimPrefix(s.Content.Hash(), "sha256:")
	return fmt.Sprintf("ref. %s %s", s.Filing.Name(), hash[:min(len(hash), 10)])
}

const statusDeleted = "DELETED"

// deleted is what is recorded of a BSDD that is no more.
func deleted(s *calls.Session, id string) (sluss.Outcome, sluss.Exchange, error) {
	o, err := s.Accepted(sluss.Receipt{ID: id, Status: statusDeleted})
	return o, s.Exchange(), err
}

// Pauses between two looks at a revision that others are to approve: a fifth of how long
// they have had it, so that it is seen soon and costs little.
const (
	shortestPause = 20 * time.Second
	longestPause  = 6 * time.Hour
)

const pending = "PENDING"

// state is what a revision's state means, by the words of its batch.
func state(s *calls.Session, r wire.Revision, d bsdd.Document) (sluss.Outcome, error) {
	by := func(status string, tell func(company, comment string)) {
		for _, a := range r.Approvals {
			if a.Status == status {
				tell(d.NameOf(a.ApproverSiret), html.UnescapeString(a.Comment))
			}
		}
	}
	switch r.Status {
	case "ACCEPTED":
		o, err := s.AcceptedForm(r.Form)
		o.Detail = "the revision " + r.ID + " is approved by all"
		return o, err
	case bsdd.Refused:
		const remedy = "agree with them, then change what is asked for, or withdraw it"
		o := sluss.Outcome{Kind: sluss.Rejected}
		by(bsdd.Refused, func(company, comment string) {
			o.Reasons = append(o.Reasons, sluss.Reason{
				Code: "REVISION_REFUSED", Message: company + " refuses the revision: " + cmp.Or(comment, "without a comment"), Original: comment, Remedy: remedy,
			})
		})
		if len(o.Reasons) == 0 {
			o.Reasons = []sluss.Reason{{Code: "REVISION_REFUSED", Message: "another party refuses the revision", Remedy: remedy}}
		}
		return o, nil
	}
	var waits []string
	by(pending, func(company, _ string) { waits = append(waits, company) })
	pause := min(max(s.Ended.Sub(time.Time(r.CreatedAt))/5, shortestPause), longestPause)
	return sluss.Outcome{
		Kind: sluss.Deferred, Pending: true, NotBefore: s.Ended.Add(pause),
		Detail: "the revision " + r.ID + " waits for the approval of " + cmp.Or(strings.Join(waits, " and "), "the other parties"),
	}, nil
}
