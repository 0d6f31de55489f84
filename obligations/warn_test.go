package obligations

import (
	"slices"
	"strings"
	"testing"
	"time"

	"sluss"
)

func TestWarnings(t *testing.T) {
	batteries := func(code string, departure time.Time) sluss.Declaration {
		d := swedish()
		d.Waste.Code, d.Legs[0].Departure = code, departure
		return d
	}
	late := batteries("160604", time.Date(2026, 12, 8, 8, 0, 0, 0, stockholm))
	for _, test := range []struct {
		name   string
		d      sluss.Declaration
		events []sluss.Event
		want   string // beginning of the only warning; empty: none
	}{
		{"an ordinary batch", swedish(), life(1), ""},
		{"an ordinary batch across the change", batteries("130205*", change2026.Add(-time.Hour)), nil, ""},
		{"a code that becomes hazardous", late, nil, "waste.code: the list of waste changes on 2026-12-09, while the batch may be under way: until then 160604 is not hazardous, from then on 160604* is hazardous"},
		{"a code that goes", batteries("200133*", change2026.Add(-24*time.Hour)), nil, "waste.code: the list of waste changes on 2026-12-09, while the batch may be under way: until then 200133* is hazardous, from then on it has no 200133"},
		{"a code that comes", batteries("160607*", change2026.Add(-time.Second)), nil, "waste.code: the list of waste changes on 2026-12-09, while the batch may be under way: until then it has no 160607, from then on 160607* is hazardous"},
		{"well before the change", batteries("160604", time.Date(2026, 12, 1, 23, 59, 0, 0, stockholm)), nil, ""},
		{"a week before the change", batteries("160604", time.Date(2026, 12, 2, 0, 0, 0, 0, stockholm)), nil, "waste.code: the list"},
		{"after the change", batteries("160604*", change2026), nil, ""},
		{"planned before, and received long after", batteries("160604", time.Date(2026, 11, 2, 8, 0, 0, 0, stockholm)), []sluss.Event{
			{Kind: sluss.PickedUp, Leg: 1, At: time.Date(2026, 11, 2, 8, 0, 0, 0, stockholm)},
			{Kind: sluss.Received, At: time.Date(2026, 12, 20, 8, 0, 0, 0, stockholm)},
		}, "waste.code: the list"},
		{"merged", sentOn(sluss.Collector), nil, "predecessors: the registry accepts one predecessor: reports name VO-1, the largest by mass"},
		{"less came than there is", func() sluss.Declaration {
			d := sentOn(sluss.Collector)
			d.Predecessors = d.Predecessors[:1]
			return d
		}(), nil, "waste.mass: is 1250 kg, but 250 kg came from the predecessors"},
		{"a consignor in Sweden of whom nothing is said", func() sluss.Declaration {
			d := swedishTwoLegs()
			c := company("2021003898", "SE", "Lagret")
			d.Legs[1].Consignor = &c
			return d
		}(), nil, "legs.1.consignor.role: the role of Lagret is missing"},
		{"a platform in France", throughPlatform(), nil, ""},
		{"nothing at all", sluss.Declaration{}, nil, ""},
	} {
		warnings := Warn(test.d, test.events)
		switch {
		case test.want == "" && warnings != nil:
			t.Errorf("%s: %v", test.name, warnings)
		case test.want == "":
		case len(warnings) != 1 || !strings.HasPrefix(warnings[0].String(), test.want) || warnings[0].Remedy == "":
			t.Errorf("%s: got %v, want %q", test.name, warnings, test.want)
		default:
			if faults := Validate(test.d); faults != nil {
				t.Errorf("%s: a warning that stops: %v", test.name, faults)
			}
		}
	}
}

// While the list changes, both ways to write the code are taken, and what is
// hazardous on the day is what is reported.
func TestBatteriesThatBecomeHazardousOnTheWay(t *testing.T) {
	for _, code := range []string{"160604", "160604*"} {
		d := swedish()
		d.Waste.Code, d.Legs[0].Departure = code, change2026.Add(-time.Hour)
		if faults := Validate(d); faults != nil {
			t.Errorf("%s: %v", code, faults)
		}
		events := life(1)[:3]
		events[1].At, events[2].At = change2026.Add(-time.Second), change2026
		if owed := For(d, events[:2]); owed != nil {
			t.Errorf("%s before the change: %v", code, owed)
		}
		if owed := For(d, events); len(owed) != 1 || owed[0].ID != reception || owed[0].After != nil {
			t.Errorf("%s from the change on: %v", code, owed)
		}
		d.Legs[0].Departure = change2026
		d.Waste.Code = "160604*"
		if ids := planned(d); !slices.Contains(ids, reception) {
			t.Errorf("%s: planned %q", code, ids)
		}
	}
}
