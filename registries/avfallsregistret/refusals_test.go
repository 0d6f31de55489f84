package avfallsregistret_test

import (
	"slices"
	"testing"

	"sluss"
	"sluss/registries/avfallsregistret"
	sim "sluss/simulators/avfallsregistret"
)

// TestWhatIsSureToBeRefusedIsNotSent: the reasons are those that the registry would
// give, but nothing is sent to it. What it might accept is sent.
func TestWhatIsSureToBeRefusedIsNotSent(t *testing.T) {
	for name, c := range map[string]struct {
		set  map[string]string
		note func(sluss.Declaration) sluss.Submission
		want []string // codes and fields; none: the registry is asked
	}{
		"good":       {nil, removal, nil},
		"two faults": {map[string]string{"producer.id": "55", "waste.mass": "0"}, removal, []string{"1022 producer.id", "1121 waste.mass"}},
		"with one that is not sure": {
			map[string]string{"producer.contact.email": "anna", "waste.mass": "0"}, removal, []string{"4024 producer.contact.email", "1121 waste.mass"},
		},
		"only one that is not sure":   {map[string]string{"producer.contact.email": "anna"}, removal, nil},
		"a code not in the list":      {map[string]string{"waste.code": "999999*"}, removal, nil},
		"a municipality not in lists": {map[string]string{"legs.0.to.municipality": "9999"}, removal, nil},
		"an establishment not known":  {map[string]string{"legs.0.from.establishment": "99999999"}, removal, nil},
	} {
		t.Run(name, func(t *testing.T) {
			d := open(t, sim.Options{UnknownEstablishments: []string{"99999999"}}, func(o *avfallsregistret.Options) { o.Uncheckable = false })
			batch := example(t, "se-two-transporters")
			for path, value := range c.set {
				if err := batch.Set(path, value); err != nil {
					t.Fatal(err)
				}
			}
			s := c.note(batch)
			calls, err := d.Calls(t.Context(), s.Content)
			if err != nil {
				t.Fatal(err)
			}
			o, exchange, err := d.Submit(t.Context(), s)
			if err != nil {
				t.Fatal(err)
			}
			asked := exchange.Status != 0
			if asked != (len(c.want) == 0) || asked != (calls == 1) {
				t.Errorf("asked: %v (%d calls); %+v", asked, calls, o)
			}
			if got := told(t, o.Reasons); len(c.want) > 0 && (!slices.Equal(got, c.want) || o.Kind != sluss.Rejected) {
				t.Errorf("%s for %q, want %q", o.Kind, got, c.want)
			}
			if n := len(d.Notes()); n > 1 || n == 1 && o.Kind != sluss.Accepted {
				t.Errorf("%d notes in the records after %+v", n, o)
			}
		})
	}
}
