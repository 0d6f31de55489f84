package service

import (
	"context"
	"fmt"
	"slices"

	"sluss"
	"sluss/ledger"
	"sluss/obligations"
)

// drawn is a predecessor that a declaration names: at which path, and how much it draws.
type drawn struct {
	field, mass string // paths
	reference   string
	draws       sluss.Mass
}

// predecessors are those of our own that a declaration names.
func predecessors(d sluss.Declaration) (list []drawn) {
	if d.Predecessor != "" && len(d.Predecessors) == 0 {
		return []drawn{{"predecessor", "waste.mass", d.Predecessor, d.Waste.Mass}}
	}
	for i, p := range d.Predecessors {
		if path := fmt.Sprintf("predecessors.%d", i); p.Reference != "" {
			list = append(list, drawn{path + ".reference", path + ".mass", p.Reference, p.Mass})
		}
	}
	return list
}

// chained compares a declaration with its predecessors in the ledger. Doubts are what
// leaves them that did not come, unless it is confirmed; warnings prevent nothing.
func (sv *Service) chained(ctx context.Context, d sluss.Declaration, confirmed ...sluss.Confirmation) (doubts, warnings sluss.Faults, err error) {
	named := predecessors(d)
	references := make([]string, len(named))
	for i, p := range named {
		references[i] = p.reference
	}
	known, err := sv.Ledger.DrawnFrom(ctx, d.ID(), references)
	if err != nil {
		return nil, nil, err
	}
	confirmed = append(confirmed, d.Confirmed...)
	for _, p := range named {
		i := slices.IndexFunc(known, func(k ledger.Drawn) bool { return k.Reference == p.reference })
		switch k := known[max(i, 0)]; {
		case !k.Known:
			warnings = append(warnings, unknownPredecessor(p.field, p.reference))
			continue
		case p.draws+k.Others <= k.Came, slices.ContainsFunc(confirmed, func(c sluss.Confirmation) bool { return c.Field == p.mass }):
		default:
			doubts = append(doubts, overdrawn(p, k))
		}
		if k := known[i]; k.Code != d.Waste.Code {
			warnings = append(warnings, sluss.Fault{
				Field: p.field, Problem: fmt.Sprintf("%s is of %s, and this batch of %s", p.reference, k.Code, d.Waste.Code),
				Remedy: "correct the code or the reference, unless sorting or treatment explains it",
			})
		}
	}
	return doubts, warnings, nil
}

func unknownPredecessor(field, reference string) sluss.Fault {
	return sluss.Fault{
		Field: field, Problem: "no batch " + reference + " is declared, so reports cannot name what it was reported as",
		Remedy: "correct the reference, or declare that batch; of another company's batch give the receipt",
	}
}

func overdrawn(p drawn, k ledger.Drawn) sluss.Fault {
	came := "were planned"
	if k.Received {
		came = "were received"
	}
	problem := fmt.Sprintf("%s would come from %s, of which %s %s", p.draws, p.reference, k.Came, came)
	if k.Others > 0 {
		problem += fmt.Sprintf(" and %s are in other batches", k.Others)
	}
	return sluss.Fault{Field: p.mass, Problem: problem, Remedy: obligations.Confirmable(p.mass, "correct the mass or the reference, or one of the other batches")}
}

// checkArrival holds what is received if more leaves its predecessors than came, as it is
// known by now.
func (sv *Service) checkArrival(ctx context.Context, d sluss.Declaration, e sluss.Event) (sluss.Faults, error) {
	if e.Kind != sluss.Received {
		return nil, nil
	}
	doubts, _, err := sv.chained(ctx, d, e.Confirmed...)
	return doubts, err
}

// unknownPredecessors adds to an inbox the open batches whose predecessors nobody
// declared.
func (sv *Service) unknownPredecessors(ctx context.Context, tenant string, list []Filing) ([]Filing, error) {
	unknown, err := sv.Ledger.UnknownPredecessors(ctx, tenant)
	if err != nil {
		return nil, err
	}
	for _, u := range unknown {
		id := u.Batch.Filing(u.Obligation.ID)
		i := slices.IndexFunc(list, func(f Filing) bool { return f.Batch == u.Batch })
		if i < 0 {
			filing, known, err := sv.Ledger.Filing(ctx, id)
			if err != nil {
				return nil, err
			}
			if !known { // it waits for others
				filing = ledger.Filing{
					ID: id, Batch: u.Batch, Registry: u.Obligation.Registry, Obligation: u.Obligation, Stage: sluss.StageSending, Since: u.At, OpenedAt: u.At, Due: u.Obligation.Due,
				}
				filing.Tenant, filing.Reference, _ = u.Batch.Split() // it is recorded so
			}
			list, i = append(list, Seen(filing)), len(list)
		}
		list[i].Warnings = append(list[i].Warnings, unknownPredecessor("predecessors", u.Predecessor))
	}
	return list, nil
}
