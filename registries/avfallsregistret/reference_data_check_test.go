package avfallsregistret_test

import (
	"encoding/json"
	"errors"
	"testing"
	"time"

	"sluss"
	"sluss/obligations"
	"sluss/registries/avfallsregistret"
	sim "sluss/simulators/avfallsregistret"
)

// The lists in Sluss equal those of the registry before and after the day on which
// the battery codes change. If one of them is behind, that is reported as drift.
func TestCheckLists(t *testing.T) {
	change := time.Date(2026, time.December, 9, 12, 0, 0, 0, time.UTC)
	for name, c := range map[string]struct {
		registry, carried time.Time
		drifts            bool
	}{
		"today":              {evening, evening, false},
		"after the change":   {change, change, false},
		"the registry first": {change, evening, true},
		"Sluss first":        {evening, change, true},
	} {
		t.Run(name, func(t *testing.T) {
			d := open(t, sim.Options{BatteryCodes: sim.BatteryCodesByDate, Now: func() time.Time { return c.registry }})
			data, drift, err := d.CheckReferenceData(t.Context(), obligations.WasteCodes(c.carried))
			if err != nil || (len(drift) > 0) != c.drifts {
				t.Errorf("%v, %v", drift, err)
			}
			var lists avfallsregistret.ReferenceData
			if err := json.Unmarshal(data, &lists); err != nil || len(lists.Codes()) < 800 || len(lists.Modes) != 6 {
				t.Errorf("%d codes, %v", len(lists.Codes()), err)
			}
			if n := d.ReferenceCalls(); n != 5 {
				t.Errorf("%d calls", n)
			}
		})
	}
	d := open(t, sim.Options{})
	d.fault(t, sim.Fault{Kind: sim.Down})
	if _, _, err := d.CheckReferenceData(t.Context(), nil); !errors.Is(err, sluss.ErrUnavailable) {
		t.Errorf("%v", err)
	}
}
