// Package filing takes the steps of a BSDD at Trackdéchets, and asks what became of
// them.
package filing

import (
	"context"
	"fmt"
	"strings"
	"time"

	"sluss"
	"sluss/registries/trackdechets/bsdd"
	"sluss/registries/trackdechets/calls"
	"sluss/registries/trackdechets/check"
	"sluss/registries/trackdechets/companies"
	"sluss/registries/trackdechets/wire"
)

// Filer takes the steps.
type Filer struct {
	Calls     *calls.Client
	Sandbox   bool // numbers of test companies are no fault
	Unchecked bool // sends also what the registry is sure to refuse; for tests
}

// Calls is how many calls of the rate limit one submission takes: of a preflight those
// of companies.PreflightCalls; else one, and one more for each BSDD whose receipt a
// person gave as its number, which is looked up first. Where several transporters carry
// the waste, there is one more for each of them whenever the whole BSDD is written, which
// is until it is signed.
func Calls(content sluss.Content) (int, error) {
	d, err := bsdd.New(sluss.Submission{Content: content})
	if content.Obligation.Report == sluss.ReportPreflight {
		if err != nil {
			return 0, err
		}
		return companies.PreflightCalls(d), nil
	}
	n := 1
	if err != nil {
		return n, nil //nolint:nilerr // Submit says so
	}
	count := func(id string) {
		if calls.IsNumber(id) {
			n++
		}
	}
	if d.WritesAll() {
		if d.Several() {
			n += len(d.Legs())
		}
		for i := range d.Predecessors() {
			r, _ := d.Grouped(i)
			count(r.ID)
		}
	}
	if content.Obligation.Report == sluss.ReportGathering {
		for _, id := range d.Parts() {
			count(id)
		}
	}
	if !d.Begins() {
		count(d.Receipt().ID)
	}
	return n, nil
}

// Submit takes one step. What the registry is sure to refuse of a creation or a sealing
// is Rejected without a call, with all reasons at once. Whatever happens after the first
// byte may have left is an Outcome; the errors are sluss.ErrNotSent and
// sluss.ErrOperator, and mean that nothing was taken.
func (f Filer) Submit(ctx context.Context, s sluss.Submission) (sluss.Outcome, sluss.Exchange, error) {
	d, step, company, err := f.prepare(s)
	if err != nil {
		return sluss.Outcome{}, calls.NotMade(step.name), err
	}
	if d.Obligation.Report == sluss.ReportPreflight {
		return companies.Directory{Calls: f.Calls}.Preflight(ctx, company, d)
	}
	refused, err := f.refused(s.Content, time.Now())
	if refused = append(refused, d.Obstacles()...); err != nil || len(refused) > 0 {
		return sluss.Outcome{Kind: sluss.Rejected, Reasons: refused}, calls.NotMade(step.name), err
	}
	made := f.Calls.Session(company, step.name)
	return step.outcome(&d, made, take(ctx, &d, made, 0))
}

// refused are all reasons for which the registry is sure to refuse a creation or a
// sealing: of a creation also those of the sealing that follows, so that a person
// corrects once, and before there is a draft.
func (f Filer) refused(content sluss.Content, on time.Time) ([]sluss.Reason, error) {
	note := content.Obligation.Report
	if f.Unchecked || note != sluss.ReportCreation && note != sluss.ReportSealing {
		return nil, nil
	}
	content.Obligation.Report = sluss.ReportSealing
	return check.Step(content, on, f.Sandbox)
}

// outcome is what became of the step's call.
func (s step) outcome(d *bsdd.Document, made *calls.Session, form wire.Form) (sluss.Outcome, sluss.Exchange, error) {
	o, exchange, err := made.Outcome(d.Places(), func() (sluss.Outcome, error) {
		if at, known := bsdd.Rank(form.Status); form.ID == "" || !known || at < s.rank {
			return calls.Unknown("Trackdéchets answered without a BSDD that shows this step")
		}
		return made.AcceptedForm(form)
	})
	o.Reasons = d.Locate(o.Reasons)
	return o, exchange, err
}

// prepare finds what a submission asks for, and in whose name.
func (f Filer) prepare(s sluss.Submission) (bsdd.Document, step, string, error) {
	asked, known := steps[s.Content.Obligation.Report]
	if !known {
		return bsdd.Document{}, asked, "", fmt.Errorf("%w: Trackdéchets has no step for the note %q", sluss.ErrOperator, s.Content.Obligation.Report)
	}
	d, err := bsdd.New(s)
	if err != nil {
		return d, asked, "", err
	}
	if !d.Begins() && d.Receipt().ID == "" {
		return d, asked, "", fmt.Errorf("%w: the content does not name its BSDD: the receipt of %s is missing", sluss.ErrOperator, bsdd.CreationID)
	}
	if d.Onward() {
		asked = asked.onward()
	}
	may := actors(d)
	company := f.Calls.WithToken(may...)
	if company == "" {
		err = calls.NoToken(strings.Join(may, " or "))
	}
	return d, asked, company, err
}

// actors are whose step it is. Only a draft, and its sealing, may be another's on the
// document where we hold no token of the emitter.
func actors(d bsdd.Document) (numbers []string) {
	recipient, _ := d.Recipient()
	of := func(parties ...sluss.Party) []string {
		for _, p := range parties {
			numbers = append(numbers, bsdd.Number(p))
		}
		return numbers
	}
	switch d.Obligation.Report { //nolint:exhaustive // prepare let only steps of the BSDD through
	case sluss.ReportPickup, sluss.ReportGathering:
		return of(d.Declaration.Producer, d.Carrier())
	case sluss.ReportPreflight, sluss.ReportCreation, sluss.ReportSealing:
		return of(d.Emitter(), recipient, d.Carrier())
	case sluss.ReportStoring, sluss.ReportStoringVerdict, sluss.ReportResealing:
		return of(recipient)
	case sluss.ReportEmission:
		if d.Onward() {
			return of(recipient)
		}
		return of(d.Emitter())
	case sluss.ReportTakeOver:
		return of(d.Carrier())
	}
	return of(d.Declaration.Receiver)
}
