package service

import (
	"context"
	"fmt"
	"slices"
	"time"

	"sluss"
	"sluss/ledger"
	"sluss/obligations"
	"sluss/workflows"
)

// Theirs is an obligation that the party itself discharges, with the receipt that is known.
type Theirs = ledger.Theirs

// TheirState is the state of an obligation that the party itself discharges.
type TheirState = workflows.TheirState

// Companies are our companies, in the order in which they were entered; without those that
// have ended, unless all are asked for. No tenant: of all tenants.
func (sv *Service) Companies(ctx context.Context, tenant string, all bool) ([]sluss.Company, error) {
	list, err := sv.Ledger.Companies(ctx, tenant)
	return slices.DeleteFunc(list, func(c sluss.Company) bool { return !all && c.Ended != nil }), err
}

// Mandates are those that others gave us, as Companies are listed.
func (sv *Service) Mandates(ctx context.Context, tenant string, all bool) ([]sluss.Mandate, error) {
	list, err := sv.Ledger.Mandates(ctx, tenant)
	return slices.DeleteFunc(list, func(m sluss.Mandate) bool { return !all && m.Ended != nil }), err
}

// AddCompany enters one of our companies. The same once more changes nothing: fresh is
// false. The error is Faults if something is wrong with it.
func (sv *Service) AddCompany(ctx context.Context, c sluss.Company) (added sluss.Company, fresh bool, err error) {
	c = obligations.PlainCompany(c)
	if err := append(obligations.CheckCompany(c), entered(c.By)...).Err(); err != nil {
		return c, false, err
	}
	c.Entry = sluss.Entry{By: c.By}
	return sv.Ledger.AddCompany(ctx, c)
}

// AddMandate enters a mandate, as AddCompany does a company.
func (sv *Service) AddMandate(ctx context.Context, m sluss.Mandate) (added sluss.Mandate, fresh bool, err error) {
	m = obligations.PlainMandate(m)
	if err := append(obligations.CheckMandate(m), entered(m.By)...).Err(); err != nil {
		return m, false, err
	}
	m.Entry = sluss.Entry{By: m.By}
	return sv.Ledger.AddMandate(ctx, m)
}

// entered is the fault that nobody enters something.
func entered(by sluss.Person) sluss.Faults {
	if by.Name != "" {
		return nil
	}
	return sluss.Faults{{Field: "by.name", Problem: "it is not said who enters it", Remedy: "give the name of the person"}}
}

// EndCompany ends one of our companies: events from then on put no duties on us for it.
// Without a time it ends now. The same once more changes nothing.
func (sv *Service) EndCompany(ctx context.Context, tenant, country, id string, end sluss.Ending) (sluss.Company, error) {
	plain := obligations.PlainCompany(sluss.Company{Tenant: tenant, Country: country, ID: id})
	is := func(c sluss.Company) bool { return c.Country == plain.Country && c.ID == plain.ID }
	list := func() ([]sluss.Company, error) { return sv.Ledger.Companies(ctx, plain.Tenant) }
	return ended(list, is, func(c sluss.Company) sluss.Entry { return c.Entry }, fmt.Sprintf("company %s of %s", plain.ID, plain.Country), end, func(end sluss.Ending) (bool, error) {
		return sv.Ledger.EndCompany(ctx, plain.Tenant, plain.Country, plain.ID, end)
	})
}

// EndMandate ends a mandate, as EndCompany does a company.
func (sv *Service) EndMandate(ctx context.Context, tenant string, number int64, end sluss.Ending) (sluss.Mandate, error) {
	plain := obligations.PlainMandate(sluss.Mandate{Tenant: tenant})
	is := func(m sluss.Mandate) bool { return m.Number == number }
	list := func() ([]sluss.Mandate, error) { return sv.Ledger.Mandates(ctx, plain.Tenant) }
	return ended(list, is, func(m sluss.Mandate) sluss.Entry { return m.Entry }, fmt.Sprintf("mandate %d", number), end, func(end sluss.Ending) (bool, error) {
		return sv.Ledger.EndMandate(ctx, plain.Tenant, number, end)
	})
}

// ended ends an entry, and returns it as it is then.
func ended[T any](list func() ([]T, error), is func(T) bool, entry func(T) sluss.Entry, what string, end sluss.Ending, do func(sluss.Ending) (bool, error)) (T, error) {
	var none T
	given := end
	end.At = timed(end.At)
	if err := obligations.CheckEnding(end, time.Now()).Err(); err != nil {
		return none, err
	}
	done, err := do(end)
	if err != nil {
		return none, err
	}
	all, err := list()
	if err != nil {
		return none, err
	}
	for _, one := range slices.Backward(all) {
		before := entry(one).Ended
		if is(one) && before != nil && (done || before.Reason == given.Reason && before.By == given.By && (given.At.IsZero() || given.At.Equal(before.At))) {
			return one, nil
		}
	}
	return none, fmt.Errorf("%w %s that holds: `starter company list --all` and `starter mandate list --all` show what there is", ErrNoSuch, what)
}

// Told is the receipt of an obligation of theirs, as a person was told it.
type Told struct {
	Receipt string       `json:"receipt"`          // the registry's id; of a document it may be its number
	Reason  string       `json:"reason,omitempty"` // required if it replaces another
	By      sluss.Person `json:"by"`
	At      time.Time    `json:"at,omitzero"` // zero: now
}

// TellReceipt records the receipt of an obligation of theirs. Reports that are not filed yet
// name it. The error is Faults, or wraps ErrRefused if the batch refuses it.
func (sv *Service) TellReceipt(ctx context.Context, filing sluss.FilingID, told Told) (TheirState, error) {
	batch, obligation, err := filing.Split()
	if err != nil {
		return TheirState{}, fmt.Errorf("%w obligation: %w", ErrNoSuch, err)
	}
	receipt := sluss.TheirReceipt{Obligation: obligation, Receipt: sluss.Receipt{ID: told.Receipt}, Reason: told.Reason, By: told.By, At: told.At}
	known, err := sv.Ledger.Batch(ctx, batch)
	switch {
	case err != nil:
		return TheirState{}, err
	case !known.Declared:
		return TheirState{}, noSuchBatch(batch)
	case known.Closed != "":
		return sv.tellClosed(ctx, known, receipt)
	}
	return update(ctx, sv, string(batch), workflows.ReceiptUpdate, receipt)
}

// tellClosed records the receipt of a batch whose workflow has ended: another batch may
// continue it, and name the receipt.
func (sv *Service) tellClosed(ctx context.Context, known ledger.Batch, t sluss.TheirReceipt) (TheirState, error) {
	theirs, err := sv.Ledger.Theirs(ctx, known.Declaration)
	if err != nil {
		return TheirState{}, err
	}
	var state TheirState
	number := 1
	for _, o := range theirs {
		if o.Obligation.ID == t.Obligation {
			state.Obligation, number = o.Obligation, o.Number+1
			if o.Receipt != nil {
				state.Receipt = &o.Receipt.Receipt
			}
		}
	}
	t.At = timed(t.At)
	if faults := append(obligations.CheckTheirReceipt(state.Obligation, state.Receipt, t), sluss.CheckActTime("at", t.At, known.DeclaredAt, time.Now())...); len(faults) > 0 {
		return TheirState{}, faults
	}
	t.Receipt.Registry, t.Receipt.Status, t.Receipt.At = state.Obligation.Registry, "told", t.At
	state.Receipt = &t.Receipt
	return state, sv.Ledger.RecordTheirReceipt(ctx, sluss.TheirReceiptRecord{Batch: known.ID, Number: number, TheirReceipt: t})
}

// unlessTheirs is the error that there is no filing, or a Refusal if that is because the
// obligation is theirs.
func (sv *Service) unlessTheirs(ctx context.Context, filing sluss.FilingID, missing error) error {
	batch, obligation, err := filing.Split()
	if err != nil {
		return missing
	}
	known, err := sv.Ledger.Batch(ctx, batch)
	if err != nil || !known.Declared {
		return missing
	}
	theirs, err := sv.Ledger.Theirs(ctx, known.Declaration)
	if err != nil || !slices.ContainsFunc(theirs, func(t Theirs) bool { return t.Obligation.ID == obligation }) {
		return missing
	}
	return &Refusal{Why: fmt.Sprintf("%s is theirs, and nothing waits for a signature here: if the party signs on our device, make it ours first (`starter duty %s %s ours --reason REASON --by NAME`)", obligation, batch.Name(), obligation)}
}

// Assignment is a person's word about whose one duty of a batch is.
type Assignment struct {
	Whose  sluss.Whose  `json:"whose"`
	Reason string       `json:"reason"`
	By     sluss.Person `json:"by"`
	At     time.Time    `json:"at,omitzero"` // zero: now
}

// Assign makes a duty of an open batch ours or theirs, whatever companies and mandates say,
// by a correction of the batch. The error is that of Correct.
func (sv *Service) Assign(ctx context.Context, filing sluss.FilingID, a Assignment) (Corrected, error) {
	batch, obligation, err := filing.Split()
	if err != nil {
		return Corrected{}, fmt.Errorf("%w obligation: %w", ErrNoSuch, err)
	}
	known, err := sv.Ledger.Batch(ctx, batch)
	switch {
	case err != nil:
		return Corrected{}, err
	case !known.Declared:
		return Corrected{}, noSuchBatch(batch)
	}
	duties := known.Declaration.Duties
	i := slices.IndexFunc(duties, func(d sluss.Duty) bool { return d.Obligation == obligation })
	if i < 0 {
		i = len(duties)
	}
	path := fmt.Sprintf("duties.%d.", i)
	return sv.Correct(ctx, batch, sluss.Correction{
		Set:    map[string]string{path + "obligation": string(obligation), path + "whose": string(a.Whose), path + "reason": a.Reason},
		Reason: a.Reason, By: a.By, At: a.At,
	})
}

// unrepresented is the fault that a batch concerns nobody whom we report for.
func (sv *Service) unrepresented(ctx context.Context, d sluss.Declaration, at time.Time) (sluss.Represented, sluss.Faults, error) {
	represented, err := sv.Ledger.Represented(ctx, d.Tenant)
	return represented, obligations.Unrepresented(d, represented, at), err
}

// oursOf are the contents that we would file.
func oursOf(planned []sluss.Content, r sluss.Represented) []sluss.Content {
	return slices.DeleteFunc(planned, func(c sluss.Content) bool {
		e, _ := c.Happened(c.Obligation.Event)
		return r.Whose(c.Declaration, c.Obligation, e.Known()).Theirs
	})
}
