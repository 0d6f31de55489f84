package trackdechets

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
)

// An amendment of what a BSDD says: before anybody has signed it can only be
// deleted; afterwards it takes a revision, which counts once the other parties
// have approved.

// amend asks for what a content amends: two calls, since only the BSDD itself
// tells which way is open. A revision that others must approve is Unknown and
// Pending: Find tells what becomes of it.
func (c *Client) amend(ctx context.Context, s sluss.Submission) (sluss.Outcome, sluss.Exchange, error) {
	d, who, err := c.prepareAmendment(s)
	if err != nil {
		return sluss.Outcome{}, notMade(revisionCall), err
	}
	annuls := s.Content.Amends.Annul != ""
	asked := c.as(who, "form")
	f := lookUp(ctx, asked, s.Content.Amends.Receipt)
	found, err := outcome(asked.reply, d.places(), func() (sluss.Outcome, error) {
		if f.Id == "" {
			return unknown("Trackdéchets gave no document")
		}
		return f.accepted(f.UpdatedAt, asked.reply.Ended), nil
	})
	switch {
	case annuls && readAnswer(asked.reply.Body).says("n'existe pas"):
		return deleted(s.Content.Amends.Receipt, asked.reply.Ended), asked.reply.exchange(), nil
	case err != nil || found.Kind == sluss.Rejected || found.Kind == sluss.Deferred:
		return found, asked.reply.exchange(), err
	case found.Kind == sluss.Unknown:
		return sluss.Outcome{}, asked.reply.exchange(), fmt.Errorf("%w: the BSDD could not be looked up: %s", sluss.ErrNotSent, found.Detail)
	case annuls && f.Status == canceled:
		return found, asked.reply.exchange(), nil
	}
	if at, known := rank(f.Status); annuls && known && at < signedRank {
		return c.make(ctx, who.id, "deleteForm", d.places(), func(ctx context.Context, s *session) func() (sluss.Outcome, error) {
			told, _ := deleteForm(ctx, s, f.Id)
			return func() (sluss.Outcome, error) {
				if told.DeleteForm.Id == "" {
					return unknown("Trackdéchets did not say that the BSDD is deleted")
				}
				return deleted(f.Id, s.reply.Ended), nil
			}
		})
	}
	input := revisionInput{FormID: f.Id, AuthoringCompanySiret: who.id, Content: d.revised(), Comment: d.comment(s.Filing)}
	return c.make(ctx, who.id, revisionCall, d.places(), func(ctx context.Context, s *session) func() (sluss.Outcome, error) {
		told, _ := createFormRevisionRequest(ctx, s, input)
		return func() (sluss.Outcome, error) {
			made := told.CreateFormRevisionRequest
			if made.Id == "" {
				return unknown("Trackdéchets answered without what it took")
			}
			o := made.outcome(d.Declaration, s.reply.Ended)
			if o.Pending {
				o.Kind = sluss.Unknown
			}
			return o, nil
		}
	})
}

const (
	revisionCall = "createFormRevisionRequest"
	signedRank   = 2 // of a BSDD that its emitter has signed; see rank
)

// amendedCalls is how many calls an amendment takes.
const amendedCalls = 2

// findAmendment asks what became of an amendment, by the reference in its
// comment: Deferred and Pending while others are to approve, Rejected where one
// of them has refused.
func (c *Client) findAmendment(ctx context.Context, s sluss.Submission) (sluss.Outcome, sluss.Exchange, error) {
	d, who, err := c.prepareAmendment(s)
	if err != nil {
		return sluss.Outcome{}, notMade("formRevisionRequests"), err
	}
	annuls, id, number := s.Content.Amends.Annul != "", s.Content.Amends.Receipt, ""
	if readable(id) {
		id, number = "", id
	}
	asked := c.as(who, "formRevisionRequests")
	told, _ := revisionsOf(ctx, asked, who.id, id, id, number)
	found, err := outcome(asked.reply, d.places(), func() (sluss.Outcome, error) {
		f := told.Form
		if f.Id == "" {
			return unknown("Trackdéchets gave no document")
		}
		if annuls && f.Status == canceled {
			return f.accepted(f.UpdatedAt, asked.reply.Ended), nil
		}
		mark := markOf(s.Filing, d.Content)
		for _, edge := range told.FormRevisionRequests.Edges { // the newest first
			if r := edge.Node; r.Form.Id == f.Id && strings.Contains(html.UnescapeString(r.Comment), mark) {
				return r.outcome(d.Declaration, asked.reply.Ended), nil
			}
		}
		return sluss.Outcome{}, sluss.ErrAbsent
	})
	found, err = readOnly(found, err, asked.reply, who)
	if annuls && errors.Is(err, sluss.ErrAbsent) && readAnswer(asked.reply.Body).says("n'existe pas") {
		return deleted(s.Content.Amends.Receipt, asked.reply.Ended), asked.reply.exchange(), nil
	}
	return found, asked.reply.exchange(), err
}

// deleted is what the register says of a BSDD that is no more.
func deleted(id string, at time.Time) sluss.Outcome {
	return sluss.Outcome{Kind: sluss.Accepted, Receipt: &sluss.Receipt{Registry: sluss.Trackdechets, ID: id, Status: "DELETED", At: at}}
}

// prepareAmendment finds whose token asks for it: the emitter's or a
// destination's, first that of whose duty the amended step was. No other party
// may revise a BSDD.
func (c *Client) prepareAmendment(s sluss.Submission) (document, actor, error) {
	d, err := newDocument(s)
	if err != nil {
		return d, actor{}, err
	}
	recipient, _ := d.recipient()
	may := []string{organisation(d.emitter()), organisation(recipient), organisation(d.Declaration.Receiver)}
	if s.Content.Obligation.Role == sluss.Receiver {
		slices.Reverse(may)
	}
	if d.pickup() != nil {
		may = append(may, organisation(d.carrier())) // once it has taken the part over
	}
	may = slices.Compact(may)
	for _, id := range may {
		if token := c.tokens[id]; token != "" {
			return d, actor{id, token}, nil
		}
	}
	return d, actor{}, fmt.Errorf("%w: only the emitter and the destination may revise a BSDD, and there is no token of %s: configure it in tokens or tokens_dir, or set %s<SIRET>",
		sluss.ErrOperator, strings.Join(may, " or "), tokenVariable)
}

// revised is what an amendment asks the other parties to change. Each path goes to
// the field of the same party: after a temporary storage, the recipient of the BSDD
// is the storer, and the receiver is the destination of the second part.
func (d document) revised() revisionContent {
	if d.Amends.Annul != "" {
		return revisionContent{IsCanceled: true}
	}
	r := revisionContent{}
	for path := range d.Amends.Set {
		d.revise(&r, path)
	}
	return r
}

// revise puts what the content says at a path into a revision.
func (d document) revise(r *revisionContent, path string) {
	w, t, stored := d.Declaration.Waste, d.Declaration.Treatment, d.storedAfter()
	waste := func() *revisionWaste {
		if r.WasteDetails == nil {
			r.WasteDetails = &revisionWaste{}
		}
		return r.WasteDetails
	}
	storage := func() *revisionStorage {
		if r.TemporaryStorageDetail == nil {
			r.TemporaryStorageDetail = &revisionStorage{}
		}
		return r.TemporaryStorageDetail
	}
	final := func() *revisionFinal {
		if storage().Destination == nil {
			storage().Destination = &revisionFinal{}
		}
		return storage().Destination
	}
	storer := func() *revisionStorer {
		if storage().TemporaryStorer == nil {
			storage().TemporaryStorer = &revisionStorer{}
		}
		return storage().TemporaryStorer
	}
	event := func(kind sluss.EventKind, leg int) sluss.Event {
		e, _ := d.Happened(sluss.EventID(kind, leg))
		return e
	}
	switch {
	case path == "waste.code":
		waste().Code = spacedCode(w.Code)
	case path == "waste.name":
		waste().Name = w.Name
	case path == "waste.pop":
		waste().POP = new(w.POP)
	case strings.HasPrefix(path, "waste.packagings."):
		waste().PackagingInfos = packagingsOf(w.Packagings)
	case d.pickup() != nil && strings.HasPrefix(path, "pickups."):
		if strings.HasSuffix(path, ".mass") {
			waste().Quantity = new(tonnes(d.pickup().Mass))
		} else {
			waste().PackagingInfos = packagingsOf(d.pickup().Packagings)
		}
	case path == "treatment.acceptance" && stored > 0:
		final().CAP = t.Acceptance
	case path == "treatment.acceptance":
		r.Recipient = &revisionRecipient{CAP: t.Acceptance}
	case stored > 0 && path == fmt.Sprintf("legs.%d.storage.acceptance", stored-1):
		_, agreed := d.recipient()
		r.Recipient = &revisionRecipient{CAP: agreed.Acceptance}
	case path == "treatment.operation", path == "treatment.mode", path == "events.treated.operation":
		if path == "treatment.operation" && stored > 0 {
			final().ProcessingOperation = spaced(t.Operation)
		}
		if done, treated := d.Happened(string(sluss.Treated)); treated {
			r.ProcessingOperationDone, r.DestinationOperationMode = spaced(cmp.Or(done.Operation, t.Operation)), string(operationMode(t.Mode))
		}
	case path == "treatment.description":
		r.ProcessingOperationDescription = t.Description
	case path == "events.received.mass":
		r.QuantityReceived = new(tonnes(event(sluss.Received, 0).Mass))
	case path == "events.accepted.refused_mass":
		r.QuantityRefused = new(tonnes(event(sluss.Taken, 0).RefusedMass))
	case stored > 0 && path == "events."+sluss.EventID(sluss.Received, stored)+".mass":
		storer().QuantityReceived = new(tonnes(event(sluss.Received, stored).Mass))
	case stored > 0 && path == "events."+sluss.EventID(sluss.Taken, stored)+".refused_mass":
		storer().QuantityRefused = new(tonnes(event(sluss.Taken, stored).RefusedMass))
	}
	for _, a := range d.associates() {
		if !strings.HasPrefix(path, a.path+".") {
			continue
		}
		switch a.part { //nolint:exhaustive // no revision changes the others
		case PartTrader:
			r.Trader = &dealer{companyOf(a.party)}
		case PartBroker:
			r.Broker = &dealer{companyOf(a.party)}
		}
	}
}

// comment tells the other parties why, and us which of our filings it is.
func (d document) comment(filing string) string {
	return d.Amends.Reason + " (" + markOf(filing, d.Content) + ")"
}

// markOf marks a revision as that of a filing and its content.
func markOf(filing string, c sluss.Content) string {
	hash := strings.TrimPrefix(c.Hash(), "sha256:")
	return fmt.Sprintf("ref. %s %s", strings.TrimPrefix(filing, "filing/"), hash[:min(len(hash), 10)])
}

// Pauses between two looks at a revision that others are to approve: a fifth of
// how long they have had it, so that it is seen soon and costs little.
const (
	soonestLook = 20 * time.Second
	latestLook  = 6 * time.Hour
)

// outcome is what a revision's state means, by the words of its batch.
func (r revision) outcome(d sluss.Declaration, now time.Time) sluss.Outcome {
	switch r.Status {
	case "ACCEPTED":
		o := r.Form.accepted(r.Form.UpdatedAt, now)
		o.Detail = "the revision " + r.Id + " is approved by all"
		return o
	case "REFUSED":
		var reasons []sluss.Reason
		for _, a := range r.Approvals {
			if a.Status == "REFUSED" {
				comment := html.UnescapeString(a.Comment)
				reasons = append(reasons, sluss.Reason{
					Code: "REVISION_REFUSED", Message: nameOf(d, a.ApproverSiret) + " refuses the revision: " + cmp.Or(comment, "without a comment"), Original: comment,
					Remedy: "agree with them, then change what is asked for, or withdraw it",
				})
			}
		}
		if len(reasons) == 0 {
			reasons = []sluss.Reason{{Code: "REVISION_REFUSED", Message: "another party refuses the revision", Remedy: "agree with them, then change what is asked for, or withdraw it"}}
		}
		return sluss.Outcome{Kind: sluss.Rejected, Reasons: reasons}
	}
	var waits []string
	for _, a := range r.Approvals {
		if a.Status == pendingApproval {
			waits = append(waits, nameOf(d, a.ApproverSiret))
		}
	}
	pause := min(max(now.Sub(time.Time(r.CreatedAt))/5, soonestLook), latestLook)
	return sluss.Outcome{
		Kind: sluss.Deferred, Pending: true, NotBefore: now.Add(pause),
		Detail: "the revision " + r.Id + " waits for the approval of " + cmp.Or(strings.Join(waits, " and "), "the other parties"),
	}
}

const pendingApproval = "PENDING"

// nameOf is a company of the batch by its number, which is told where it is none.
func nameOf(d sluss.Declaration, number string) string {
	parties := append([]sluss.Party{d.Producer, d.Receiver}, d.Intermediaries...)
	for _, p := range d.Pickups {
		parties = append(parties, p.Producer)
	}
	for _, l := range d.Legs {
		parties = append(parties, l.Transporter)
		if l.Consignor != nil {
			parties = append(parties, *l.Consignor)
		}
	}
	for _, p := range parties {
		if organisation(p) == number && p.Name != "" {
			return p.Name
		}
	}
	return number
}
