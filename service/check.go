package service

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"sluss"
	"sluss/obligations"
	"sluss/registries/avfallsregistret"
	"sluss/registries/trackdechets/check"
)

// wrong returns all faults of a declaration: by law, and by the rules of the
// registries that its reports would go to, as far as these are known.
func wrong(d sluss.Declaration) sluss.Faults {
	return mergeFaults(mergeFaults(obligations.Validate(d), refusable(d)), obligations.Doubt(d, time.Now()))
}

// refusable returns the faults for which registries would refuse the reports of a
// declaration.
func refusable(d sluss.Declaration) sluss.Faults {
	return slices.Concat(avfallsregistret.Check(obligations.Planned(d)...), check.Declaration(d, time.Now()))
}

// checkEvent tells whether a registry would refuse the report that an event brings, or
// the chain of the batch speaks against it. The error is Faults, with those by law beside.
func (sv *Service) checkEvent(ctx context.Context, batch sluss.BatchID, e sluss.Event) error {
	known, err := sv.Ledger.Batch(ctx, batch)
	if err != nil || !known.Declared {
		return err // the workflow tells that there is no such batch
	}
	refused, err := sv.checkArrival(ctx, known.Declaration, e)
	if err != nil {
		return err
	}
	if refused = append(refused, check.Event(known.Declaration, e, time.Now())...); len(refused) == 0 {
		return nil
	}
	recorded, err := sv.recorded(ctx, batch)
	if err != nil {
		return err
	}
	law, _ := errors.AsType[sluss.Faults](obligations.Check(known.Declaration, recorded.events(), e))
	return mergeFaults(law, refused).Err()
}

// refusableContent returns the faults for which its registry would refuse a content.
func refusableContent(c sluss.Content) sluss.Faults {
	if c.Obligation.Registry == sluss.Trackdechets {
		return check.Content(c, time.Now())
	}
	return avfallsregistret.Check(c)
}

// mergeFaults adds to the faults by law those by a registry's rules that are about other
// fields. A registry's fault is left out if its field, or the country of its party or
// place, is already wrong by law; a plate has the same rules in every country.
func mergeFaults(law, registry sluss.Faults) sluss.Faults {
	all := slices.Clone(law)
	for _, fault := range registry {
		parent := fault.Field[:max(0, strings.LastIndex(fault.Field, "."))]
		if !slices.ContainsFunc(law, func(l sluss.Fault) bool {
			return l.Field == fault.Field || l.Field == parent || l.Field == parent+".country" && !strings.HasSuffix(fault.Field, ".plate") || strings.HasPrefix(l.Field, fault.Field+".")
		}) {
			all = append(all, fault)
		}
	}
	return all
}

// without returns the faults that are not among those before.
func without(faults, before sluss.Faults) sluss.Faults {
	return slices.DeleteFunc(faults, func(f sluss.Fault) bool { return slices.Contains(before, f) })
}
