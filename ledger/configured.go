package ledger

import (
	"cmp"
	"context"
	"slices"
	"time"

	"sluss"
)

// entryRow is what the ledger adds to what was entered.
type entryRow struct {
	At    time.Time
	Ended *sluss.Ending
}

func (r entryRow) into(e *sluss.Entry) { e.At, e.Ended = r.At, r.Ended }

// Configure enters the companies and mandates of the configuration, and ends those of an
// earlier configuration that are not in it any more. What people entered stays.
func (l *Ledger) Configure(ctx context.Context, companies []sluss.Company, mandates []sluss.Mandate, now time.Time) error {
	configuration := sluss.Person{Name: "configuration"}
	entry := sluss.Entry{By: configuration, Configured: true}
	end := sluss.Ending{At: now, By: configuration, Reason: "it is not in the configuration any more"}
	return l.entries(ctx, "enter the companies and mandates of the configuration", func(ctx context.Context, tx *work) error {
		before, err := openCompanies(ctx, tx, "")
		if err != nil {
			return err
		}
		given, err := openMandates(ctx, tx, "")
		if err != nil {
			return err
		}
		for i := range companies {
			companies[i].Tenant = cmp.Or(companies[i].Tenant, sluss.DefaultTenant)
		}
		for i := range mandates {
			mandates[i].Tenant = cmp.Or(mandates[i].Tenant, sluss.DefaultTenant)
		}
		for _, r := range before {
			if r.Entered.Configured && !slices.ContainsFunc(companies, func(c sluss.Company) bool { return sameCompany(c, r.Entered) }) {
				if _, err := tx.ExecContext(ctx, addEnding, r.Number, jsonb(end)); err != nil {
					return err
				}
			}
		}
		for _, r := range given {
			if r.Entered.Configured && !slices.ContainsFunc(mandates, func(m sluss.Mandate) bool { return sameMandate(m, r.Entered) }) {
				if _, err := tx.ExecContext(ctx, addEnding, r.Number, jsonb(end)); err != nil {
					return err
				}
			}
		}
		for _, c := range companies {
			c.Entry = entry
			if _, _, err := enterCompany(ctx, tx, c); err != nil {
				return err
			}
		}
		for _, m := range mandates {
			m.Entry = entry
			if _, _, err := enterMandate(ctx, tx, m); err != nil {
				return err
			}
		}
		return nil
	})
}
