package trackdechets

import (
	"context"
	"fmt"
	"slices"

	"sluss"
)

// ByCode tells whether the register takes a security code for a step: for the
// emitter's and the transporters' signatures, but for that on what leaves a
// storage, and on the papers of a round.
func ByCode(s sluss.Submission) bool {
	d, err := newDocument(s)
	if err != nil || s.Content.Amends != nil || d.onward() || d.pickup() != nil {
		return false
	}
	return d.Obligation.Note == sluss.NoteEmission || d.Obligation.Note == sluss.NoteTakeOver
}

// CodeCalls is how many calls of the quota SignByCode takes.
func CodeCalls(s sluss.Submission) int {
	if d, err := newDocument(s); err == nil && readable(d.receipt().ID) {
		return 2
	}
	return 1
}

// SignByCode takes a step that ByCode allows in the name of the company that owes
// it, with the token of another company on the BSDD. It signs what the BSDD
// holds. Everything is as of Submit; the code goes out once at most, and is in
// nothing that comes back.
func (c *Client) SignByCode(ctx context.Context, s sluss.Submission, code SecurityCode) (sluss.Outcome, sluss.Exchange, error) {
	asked, known := stepOf(s.Content.Obligation.Note)
	if !known || !ByCode(s) {
		return sluss.Outcome{}, notMade(asked.name), fmt.Errorf("%w: Trackdéchets takes no security code for %s", sluss.ErrOperator, s.Content.Obligation.ID)
	}
	d, err := newDocument(s)
	if err == nil && d.receipt().ID == "" {
		err = fmt.Errorf("%w: the content does not name its BSDD: the receipt of %s is missing", sluss.ErrOperator, creationID)
	}
	if err != nil {
		return sluss.Outcome{}, notMade(asked.name), err
	}
	who, err := c.beside(d)
	if err != nil {
		return sluss.Outcome{}, notMade(asked.name), err
	}
	if reasons := slices.Concat(d.lacking(), d.dropped()); len(reasons) > 0 {
		return sluss.Outcome{Kind: sluss.Rejected, Reasons: reasons}, notMade(asked.name), nil
	}
	made := c.as(who, asked.name)
	var f form
	if id, known := made.opaque(ctx, d.receipt().ID); known {
		if d.Obligation.Note == sluss.NoteEmission {
			told, _ := signEmission(ctx, made, id, d.emission(), codeOnWire(code))
			f = told.SignEmissionForm
		} else {
			told, _ := signTransport(ctx, made, id, d.takeOver(), codeOnWire(code))
			if f = told.SignTransportForm; d.turn() > 0 && !f.carried(d.turn()) {
				f = form{} // SENT since the first transporter signed: it proves nothing
			}
		}
	}
	told, err := outcome(made.reply, d.places(), func() (sluss.Outcome, error) {
		if at, known := rank(f.Status); f.Id == "" || !known || at < asked.rank {
			return unknown("Trackdéchets answered without a BSDD that shows this step")
		}
		return f.accepted(f.UpdatedAt, made.reply.Ended), nil
	})
	return told, made.reply.exchange(), err
}

// beside is a company on the BSDD whose token we have: that of who owes the step
// goes last.
func (c *Client) beside(d document) (actor, error) {
	recipient, _ := d.recipient()
	for _, p := range []sluss.Party{d.carrier(), d.Declaration.Receiver, recipient, d.emitter()} {
		if who, err := c.of(organisation(p)); err == nil {
			return who, nil
		}
	}
	return actor{}, fmt.Errorf("%w: there is no token of any company on this BSDD: configure one in tokens or tokens_dir", sluss.ErrOperator)
}
