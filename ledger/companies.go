package ledger

import (
	"cmp"
	"context"
	"fmt"
	"reflect"
	"slices"
	"time"

	"github.com/lib/pq"

	"sluss"
)

// What is entered, with its ends. Number is the line of a mandate.
const (
	companiesOf = `
select c.company as entered, c.line as number, c.at, e.ending as ended from companies c left join endings e on e.of = c.line
where $1 = '' or c.tenant = $1 order by c.line`

	mandatesOf = `
select m.mandate as entered, m.line as number, m.at, e.ending as ended from mandates m left join endings e on e.of = m.line
where $1 = '' or m.tenant = $1 order by m.line`

	// One enters or ends at a time, so that nothing is entered twice.
	lockEntries = `lock table companies, mandates, endings in share row exclusive mode`

	addCompany = `insert into companies (tenant, country, id, company) values ($1, $2, $3, $4) returning line, at`
	addMandate = `insert into mandates (tenant, mandate) values ($1, $2) returning line, at`
	addEnding  = `insert into endings (of, ending) values ($1, $2)`
)

// entered is the line of what was entered, and when.
type entered struct {
	Line int64
	At   time.Time
}

type companyRow struct {
	Entered sluss.Company
	Number  int64
	entryRow
}

func (r companyRow) company() sluss.Company {
	r.into(&r.Entered.Entry)
	return r.Entered
}

type mandateRow struct {
	Entered sluss.Mandate
	Number  int64
	entryRow
}

func (r mandateRow) mandate() sluss.Mandate {
	r.into(&r.Entered.Entry)
	r.Entered.Number = r.Number
	return r.Entered
}

// Companies returns our companies in the order in which they were entered, also those
// that have ended; of all tenants if none is given.
func (l *Ledger) Companies(ctx context.Context, tenant string) ([]sluss.Company, error) {
	rows, err := many[companyRow](ctx, l, "read our companies", companiesOf, tenant)
	return each(rows, companyRow.company), err
}

// Mandates returns the mandates in the order in which they were entered, also those that
// have ended; of all tenants if none is given.
func (l *Ledger) Mandates(ctx context.Context, tenant string) ([]sluss.Mandate, error) {
	rows, err := many[mandateRow](ctx, l, "read the mandates", mandatesOf, tenant)
	return each(rows, mandateRow.mandate), err
}

// Represented returns whom a tenant reports for, and has reported for.
func (l *Ledger) Represented(ctx context.Context, tenant string) (r sluss.Represented, err error) {
	tenant = cmp.Or(tenant, sluss.DefaultTenant)
	if r.Companies, err = l.Companies(ctx, tenant); err == nil {
		r.Mandates, err = l.Mandates(ctx, tenant)
	}
	return r, err
}

const reportsForNobody = `
select not exists (select from companies where not exists (select from endings where of = companies.line))
    and not exists (select from mandates where not exists (select from endings where of = mandates.line)) as nobody`

// ReportsForNobody tells whether no company and no mandate holds, of any tenant: then
// every declaration is refused.
func (l *Ledger) ReportsForNobody(ctx context.Context) (bool, error) {
	row, _, err := one[struct{ Nobody bool }](ctx, l, "look whom we report for", reportsForNobody)
	return row.Nobody, err
}

// AddCompany enters one of our companies. If it is entered already, nothing changes, and
// fresh is false. If it is entered with other values, the error holds sluss.Faults.
func (l *Ledger) AddCompany(ctx context.Context, c sluss.Company) (added sluss.Company, fresh bool, err error) {
	err = l.entries(ctx, "enter a company", func(ctx context.Context, tx *work) error {
		added, fresh, err = enterCompany(ctx, tx, c)
		return err
	})
	return added, fresh, err
}

// AddMandate enters a mandate. If the same is entered already, nothing changes, and fresh
// is false.
func (l *Ledger) AddMandate(ctx context.Context, m sluss.Mandate) (added sluss.Mandate, fresh bool, err error) {
	err = l.entries(ctx, "enter a mandate", func(ctx context.Context, tx *work) error {
		added, fresh, err = enterMandate(ctx, tx, m)
		return err
	})
	return added, fresh, err
}

func (l *Ledger) entries(ctx context.Context, what string, do func(ctx context.Context, tx *work) error) error {
	err := l.db.transaction(ctx, nil, func(ctx context.Context, tx *work) error {
		if _, err := tx.ExecContext(ctx, lockEntries); err != nil {
			return err
		}
		return do(ctx, tx)
	})
	if err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	return nil
}

func enterCompany(ctx context.Context, tx *work, c sluss.Company) (sluss.Company, bool, error) {
	c.Tenant = cmp.Or(c.Tenant, sluss.DefaultTenant)
	before, err := openCompanies(ctx, tx, c.Tenant)
	if err != nil {
		return c, false, err
	}
	for _, r := range before {
		known := r.company()
		switch {
		case known.Country != c.Country || known.ID != c.ID:
		case sameCompany(known, c):
			return known, false, nil
		default:
			return c, false, sluss.Faults{{Field: "id", Problem: "the company is entered already, with another name, other sites or other roles", Remedy: "end that entry first, then add the company anew"}}
		}
	}
	var row entered
	if err := tx.GetContext(ctx, &row, addCompany, c.Tenant, c.Country, c.ID, jsonb(c)); err != nil {
		return c, false, err
	}
	c.At = row.At
	return c, true, nil
}

func enterMandate(ctx context.Context, tx *work, m sluss.Mandate) (sluss.Mandate, bool, error) {
	m.Tenant, m.Number = cmp.Or(m.Tenant, sluss.DefaultTenant), 0
	before, err := openMandates(ctx, tx, m.Tenant)
	if err != nil {
		return m, false, err
	}
	for _, r := range before {
		if known := r.mandate(); sameMandate(known, m) {
			return known, false, nil
		}
	}
	var row entered
	if err := tx.GetContext(ctx, &row, addMandate, m.Tenant, jsonb(m)); err != nil {
		return m, false, err
	}
	m.Number, m.At = row.Line, row.At
	return m, true, nil
}

func openCompanies(ctx context.Context, tx *work, tenant string) ([]companyRow, error) {
	var rows []companyRow
	err := tx.SelectContext(ctx, &rows, companiesOf, tenant)
	return slices.DeleteFunc(rows, func(r companyRow) bool { return r.Ended != nil }), err
}

func openMandates(ctx context.Context, tx *work, tenant string) ([]mandateRow, error) {
	var rows []mandateRow
	err := tx.SelectContext(ctx, &rows, mandatesOf, tenant)
	return slices.DeleteFunc(rows, func(r mandateRow) bool { return r.Ended != nil }), err
}

// sameCompany tells whether two entries say the same, whoever made them.
func sameCompany(a, b sluss.Company) bool {
	return a.Tenant == b.Tenant && a.Country == b.Country && a.ID == b.ID && a.Name == b.Name && slices.Equal(a.Sites, b.Sites) && slices.Equal(a.Roles, b.Roles)
}

func sameMandate(a, b sluss.Mandate) bool {
	a.Entry, b.Entry, a.Number, b.Number = sluss.Entry{}, sluss.Entry{}, 0, 0
	return reflect.DeepEqual(a, b)
}

// EndCompany ends one of our companies; false if it is not entered, or has ended.
func (l *Ledger) EndCompany(ctx context.Context, tenant, country, id string, end sluss.Ending) (ended bool, err error) {
	err = l.entries(ctx, "end a company", func(ctx context.Context, tx *work) error {
		rows, err := openCompanies(ctx, tx, cmp.Or(tenant, sluss.DefaultTenant))
		if err != nil {
			return err
		}
		for _, r := range rows {
			if c := r.Entered; c.Country == country && c.ID == id {
				ended = true
				_, err = tx.ExecContext(ctx, addEnding, r.Number, jsonb(end))
			}
		}
		return err
	})
	return ended, err
}

// EndMandate ends the mandate with that number; false if a tenant has no such mandate, or
// it has ended.
func (l *Ledger) EndMandate(ctx context.Context, tenant string, number int64, end sluss.Ending) (ended bool, err error) {
	err = l.entries(ctx, "end a mandate", func(ctx context.Context, tx *work) error {
		rows, err := openMandates(ctx, tx, cmp.Or(tenant, sluss.DefaultTenant))
		if err != nil {
			return err
		}
		for _, r := range rows {
			if r.Number == number {
				ended = true
				_, err = tx.ExecContext(ctx, addEnding, r.Number, jsonb(end))
			}
		}
		return err
	})
	return ended, err
}

const theirsRecorded = `select obligation from obligations where batch = $1 and id = any ($2)`

// Whose returns obligations of a batch with Theirs and Own set, by whom we report for at
// the times of the events that they follow from. What is recorded already stays so. If no
// declaration is given, it is the recorded one.
func (l *Ledger) Whose(ctx context.Context, batch sluss.BatchID, d *sluss.Declaration, events []sluss.Event, owed []sluss.Obligation) ([]sluss.Obligation, error) {
	if len(owed) == 0 {
		return owed, nil
	}
	if d == nil {
		recorded, err := l.Batch(ctx, batch)
		if err != nil {
			return nil, err
		}
		d = &recorded.Declaration
	}
	ids := each(owed, func(o sluss.Obligation) string { return string(o.ID) })
	recorded, err := many[struct{ Obligation sluss.Obligation }](ctx, l, "read the obligations", theirsRecorded, batch, pq.Array(ids))
	if err != nil {
		return nil, err
	}
	anew, err := l.WhoseAnew(ctx, *d, events, owed)
	for i := range anew {
		for _, r := range recorded {
			if r.Obligation.ID == anew[i].ID {
				anew[i].Theirs, anew[i].Own = r.Obligation.Theirs, r.Obligation.Own
			}
		}
	}
	return anew, err
}

// WhoseAnew is like Whose, also for what is recorded already: its party may have been
// corrected.
func (l *Ledger) WhoseAnew(ctx context.Context, d sluss.Declaration, events []sluss.Event, owed []sluss.Obligation) ([]sluss.Obligation, error) {
	represented, err := l.Represented(ctx, d.Tenant)
	if err != nil {
		return nil, err
	}
	return each(owed, func(o sluss.Obligation) sluss.Obligation {
		for _, e := range events {
			if e.ID() == o.Event {
				return represented.Whose(d, o, e.Known())
			}
		}
		o.Theirs = true // of an event that nobody knows there is no time at which it could be ours
		return o
	}), nil
}
