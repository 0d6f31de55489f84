package filing

import (
	"context"
	"fmt"

	"sluss"
	"sluss/registries/trackdechets/bsdd"
	"sluss/registries/trackdechets/calls"
	"sluss/registries/trackdechets/wire"
)

// ByCode tells whether the registry takes a security code for a step: for the emitter's
// and the transporters' signatures, but for that on what leaves a storage, and on the
// parts of a round.
func ByCode(s sluss.Submission) bool {
	d, err := bsdd.New(s)
	if err != nil || s.Content.Amends != nil || d.Onward() || d.Pickup() != nil {
		return false
	}
	return d.Obligation.Report == sluss.ReportEmission || d.Obligation.Report == sluss.ReportTakeOver
}

// CodeCalls is how many calls of the rate limit SignByCode takes.
func CodeCalls(s sluss.Submission) int {
	if d, err := bsdd.New(s); err == nil && calls.IsNumber(d.Receipt().ID) {
		return 2
	}
	return 1
}

// SignByCode takes a step that ByCode allows in the name of the company that owes it,
// with the token of another company on the BSDD. It signs what the BSDD holds.
// Everything is as of Submit; the code goes out once at most, and is in nothing that
// comes back.
func (f Filer) SignByCode(ctx context.Context, s sluss.Submission, code wire.SecurityCode) (sluss.Outcome, sluss.Exchange, error) {
	asked := steps[s.Content.Obligation.Report]
	if !ByCode(s) {
		return sluss.Outcome{}, calls.NotMade(asked.name), fmt.Errorf("%w: Trackdéchets takes no security code for %s", sluss.ErrOperator, s.Content.Obligation.ID)
	}
	d, err := bsdd.New(s)
	company := f.otherParty(d)
	switch {
	case err != nil:
	case d.Receipt().ID == "":
		err = fmt.Errorf("%w: the content does not name its BSDD: the receipt of %s is missing", sluss.ErrOperator, bsdd.CreationID)
	case company == "":
		err = fmt.Errorf("%w: there is no token of any company on this BSDD: configure one in tokens or tokens_dir", sluss.ErrOperator)
	}
	if refused := d.Obstacles(); err != nil || len(refused) > 0 {
		return sluss.Outcome{Kind: sluss.Rejected, Reasons: refused}, calls.NotMade(asked.name), err
	}
	made := f.Calls.Session(company, asked.name)
	return asked.outcome(&d, made, take(ctx, &d, made, wire.SentCode(code)))
}

// otherParty is a company on the BSDD whose token we have: that of who owes the step goes
// last.
func (f Filer) otherParty(d bsdd.Document) string {
	recipient, _ := d.Recipient()
	return f.Calls.WithToken(bsdd.Number(d.Carrier()), bsdd.Number(d.Declaration.Receiver), bsdd.Number(recipient), bsdd.Number(d.Emitter()))
}
