package ledger

import (
	"context"
	"fmt"

	"sluss"
)

// Tie is between two batches, of which one went into the other.
type Tie struct {
	Batch     string `json:"batch,omitempty"`     // the other one; empty where it is another company's
	Reference string `json:"reference,omitempty"` // its reference
	// Mass is how much of the one went into the other; nil where it is not said,
	// and all of it did.
	Mass    *sluss.Mass `json:"mass,omitempty"`
	Receipt string      `json:"receipt,omitempty"` // of the last note on it, where another company told
}

// Chain is what a batch came from, and what it went into.
type Chain struct {
	Predecessors []Tie `json:"predecessors,omitempty"`
	Successors   []Tie `json:"successors,omitempty"`
}

const (
	predecessors = `
select case when predecessor <> '' then 'batch/' || tenant || '/' || predecessor else '' end as batch, predecessor as reference, mass::text, receipt
from chain where batch = $1`

	// Who names it is looked for by index, also among declarations that were
	// corrected since.
	successors = `
with this as (select tenant, reference from batches where id = $1),
named as (select jsonb_build_array(jsonb_build_object('reference', reference)) as list, tenant, reference from this),
candidates as (
    select b.id from batches b join named n on b.tenant = n.tenant and b.predecessor = n.reference and b.predecessor <> ''
    union select b.id from batches b join named n on b.tenant = n.tenant and b.declaration->'predecessors' @> n.list
    union select k.batch from corrections k join named n on k.declaration->'predecessors' @> n.list
    union select k.batch from corrections k join named n on k.declaration->>'predecessor' = n.reference and k.declaration->>'predecessor' <> ''
)
select c.batch, c.reference, c.mass::text, c.receipt
from candidates d join chain c on c.batch = d.id join this t on t.tenant = c.tenant and t.reference = c.predecessor
order by c.batch`
)

// Chain is what a batch came from, and what it went into, as those stand
// corrected.
func (l *Ledger) Chain(ctx context.Context, batch string) (Chain, error) {
	var chain Chain
	for query, list := range map[string]*[]Tie{predecessors: &chain.Predecessors, successors: &chain.Successors} {
		var rows []struct {
			Batch, Reference, Receipt string
			Mass                      *string
		}
		if err := l.db.SelectContext(ctx, &rows, query, batch); err != nil {
			return Chain{}, fmt.Errorf("read the chain of %s: %w", batch, err)
		}
		for _, r := range rows {
			tie := Tie{Batch: r.Batch, Reference: r.Reference, Receipt: r.Receipt}
			if r.Mass != nil {
				mass, err := sluss.ParseKilograms(*r.Mass)
				if err != nil {
					return Chain{}, fmt.Errorf("read the chain of %s: %w", batch, err)
				}
				tie.Mass = &mass
			}
			*list = append(*list, tie)
		}
	}
	return chain, nil
}
