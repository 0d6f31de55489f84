package trackdechets

import (
	"context"
	"fmt"
	"time"

	"sluss"
)

// Several transporters in turns: each is made by itself, before the call that
// puts them on the BSDD. So creation, sealing and emission begin with a call for
// each. A transporter that stands on no BSDD does no harm, so what happens before
// the last call leaves nothing to find out.

// whole is the BSDD as declared, with its transporters and what it groups. Where
// one of several transporters could not be made, the session tells why, and the
// document is about its leg.
func (d *document) whole(ctx context.Context, s *session, id string) (input formInput, made bool) {
	input = d.form(id)
	for i, l := range d.inTurns() {
		one := s.client.as(s.call.actor, "createFormTransporter")
		told, _ := createFormTransporter(ctx, one, transporterOf(l))
		if told.CreateFormTransporter.Id == "" {
			d.leg = d.first + i
			*s = *one
			s.harmless()
			return formInput{}, false
		}
		input.Transporter = nil
		input.Transporters = append(input.Transporters, told.CreateFormTransporter.Id)
	}
	input.Grouping, made = d.grouping(ctx, s)
	return input, made
}

// reader is whose token asks how far a document has come. A transporter after
// the first loses its sight of it if the arrival is signed before its turn, and
// one after a storage has none where nothing goes on; the emitter and the receiver
// always have.
func (c *Client) reader(d document, own actor) actor {
	if d.turn() == 0 && (!d.onward() || d.Obligation.Note != sluss.NoteTakeOver) {
		return own
	}
	for _, p := range []sluss.Party{d.emitter(), d.Declaration.Receiver} {
		if who, err := c.of(organisation(p)); err == nil {
			return who
		}
	}
	return own
}

// harmless makes a lost answer one of nothing sent: the call did nothing to any
// BSDD, whatever became of it.
func (s *session) harmless() {
	if s.reply.Status == 0 {
		s.reply.Sent = false
		if s.reply.Err == nil {
			s.reply.Err = fmt.Errorf("%s: the answer was lost", s.call.name)
		}
	}
}

// carried tells whether the transporter of that turn, counted from 0, has signed.
func (f form) carried(turn int) bool {
	return turn < len(f.Transporters) && !time.Time(f.Transporters[turn].TakenOverAt).IsZero()
}

// inTurn is what a document on its way, or at its end, says about the signature
// of a transporter after the first.
func inTurn(f form, d document, arrived bool, now time.Time) (sluss.Outcome, error) {
	never := func(message, remedy string) (sluss.Outcome, error) {
		return sluss.Outcome{Kind: sluss.Rejected, Reasons: []sluss.Reason{{
			Code: f.Status, Field: d.places().leg + ".transporter.id", Message: message, Remedy: remedy,
		}}}, nil
	}
	switch turn := d.turn(); {
	case f.carried(turn):
		return f.accepted(f.UpdatedAt, now), nil
	case arrived:
		return never(fmt.Sprintf("the arrival of %s was signed before this transporter signed, so it cannot any more", f.ReadableId),
			"withdraw this report; ask for a revision in Trackdéchets if the way must show there")
	case turn >= len(f.Transporters):
		return never(fmt.Sprintf("%s has no transporter %d", f.ReadableId, turn+1),
			"add the transporter to the BSDD in Trackdéchets, then have this sent again")
	}
	return sluss.Outcome{}, sluss.ErrAbsent
}
