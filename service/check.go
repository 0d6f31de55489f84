package service

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"sluss"
	"sluss/declarations"
	"sluss/obligations"
	"sluss/registries/avfallsregistret"
	"sluss/registries/trackdechets/check"
)

// wrong returns all faults of a declaration: by law, and by the rules of the
// registries that its reports would go to, as far as these are known.
func wrong(d sluss.Declaration) sluss.Faults {
	return mergeFaults(mergeFaults(obligations.Validate(d), refusable(d, sluss.Represented{})), obligations.Doubt(d, time.Now()))
}

// checks are what a registry's client can tell without a call. A field is nil if the
// registry has nothing of the kind.
type checks struct {
	// The faults for which the registry would refuse the reports of a declaration, the
	// report that an event brings, or a content.
	declaration func(sluss.Declaration, sluss.Represented, time.Time) sluss.Faults
	event       func(sluss.Declaration, sluss.Event, time.Time) sluss.Faults
	content     func(sluss.Content, time.Time) sluss.Faults
	// What corrects a filed content so that it says what the same says with the declaration
	// and the events as they are now.
	differing func(filed, now sluss.Content) (sluss.Correction, error)
}

// checksOf are the checks by registry.
var checksOf = map[string]checks{
	sluss.Avfallsregistret: {
		declaration: func(d sluss.Declaration, r sluss.Represented, _ time.Time) sluss.Faults {
			planned := obligations.Planned(d)
			if !r.None() {
				planned = oursOf(planned, r)
			}
			return avfallsregistret.Check(planned...)
		},
		content:   func(c sluss.Content, _ time.Time) sluss.Faults { return avfallsregistret.Check(c) },
		differing: avfallsregistret.Differing,
	},
	sluss.Trackdechets: {
		declaration: func(d sluss.Declaration, _ sluss.Represented, now time.Time) sluss.Faults {
			return check.Declaration(d, now)
		},
		event: check.Event, content: check.Content,
		differing: func(filed, now sluss.Content) (sluss.Correction, error) {
			return sluss.Correction{Set: obligations.ToldOfEvents(filed, sluss.EventDifferences(filed.Events, now.Events))}, nil
		},
	},
	sluss.Autosys: {}, // its client checks when it is asked
}

// refusable returns the faults for which registries would refuse the reports of a
// declaration that are ours; all reports, if we report for nobody.
func refusable(d sluss.Declaration, r sluss.Represented) (faults sluss.Faults) {
	for _, registry := range sluss.Registries() {
		if check := checksOf[registry].declaration; check != nil {
			faults = append(faults, check(d, r, time.Now())...)
		}
	}
	return faults
}

// refusableEvent returns the faults for which registries would refuse the reports that
// an event brings.
func refusableEvent(d sluss.Declaration, e sluss.Event) (faults sluss.Faults) {
	for _, registry := range sluss.Registries() {
		if check := checksOf[registry].event; check != nil {
			faults = append(faults, check(d, e, time.Now())...)
		}
	}
	return faults
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
	if refused = append(refused, refusableEvent(known.Declaration, e)...); len(refused) == 0 {
		return nil
	}
	events, err := sv.Ledger.Events(ctx, batch)
	if err != nil {
		return err
	}
	law, _ := errors.AsType[sluss.Faults](obligations.Check(known.Declaration, events, e))
	return mergeFaults(law, refused).Err()
}

// refusableContent returns the faults for which its registry would refuse a content. The
// error is that there is no such registry.
func refusableContent(c sluss.Content) (sluss.Faults, error) {
	registry, known := checksOf[c.Obligation.Registry]
	switch {
	case !known:
		return nil, fmt.Errorf("%w registry as %q: nothing can be checked for it", ErrNoSuch, c.Obligation.Registry)
	case registry.content == nil:
		return nil, nil
	}
	return registry.content(c, time.Now()), nil
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

// mostChanged is how many bytes the paths and values of a correction may have.
const mostChanged = 128 << 10

// tooLarge tells whether the values of a correction, and what it adds and removes, are
// more than any declaration has.
func tooLarge(c sluss.Correction) sluss.Faults {
	values, size := len(c.Set)+len(c.Add)+len(c.Remove), 0
	for path, value := range c.Set {
		size += len(path) + len(value)
	}
	for path, item := range c.Add {
		size += len(path) + len(item)
	}
	for _, path := range c.Remove {
		size += len(path)
	}
	if values <= declarations.MostValues && size <= mostChanged {
		return nil
	}
	return sluss.Faults{{
		Field: "set", Problem: fmt.Sprintf("the correction has %d values of %d bytes, and %d values of %d bytes are the most", values, size, declarations.MostValues, mostChanged),
		Remedy: "correct less at once",
	}}
}
