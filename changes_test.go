package sluss

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// What changes one declaration into another is told for any two, and applied gives the
// other one.
func TestChangesMakeOneDeclarationAnother(t *testing.T) {
	draw := func(t *rapid.T, label string) Declaration {
		d := Declaration{Reference: "A"}
		for i := range rapid.IntRange(0, 4).Draw(t, label+" legs") {
			name := fmt.Sprint(rapid.IntRange(0, 3).Draw(t, label))
			l := Leg{Transporter: Party{Name: name}, Mode: Road, Departure: time.Unix(int64(i), 0).UTC()}
			for range rapid.IntRange(0, 2).Draw(t, label+" vehicles") {
				l.Vehicles = append(l.Vehicles, Vehicle{Country: "SE", Plate: fmt.Sprint(rapid.IntRange(0, 2).Draw(t, label+" plate")), Kind: Lorry})
			}
			d.Legs = append(d.Legs, l)
		}
		for range rapid.IntRange(0, 2).Draw(t, label+" packagings") {
			d.Waste.Packagings = append(d.Waste.Packagings, Packaging{Kind: Drum, Count: rapid.IntRange(1, 3).Draw(t, label+" count")})
		}
		return d
	}
	rapid.Check(t, func(t *rapid.T) {
		a, b := draw(t, "before"), draw(t, "after")
		c := a.Changes(b)
		if c.Empty() {
			if a.Hash() != b.Hash() {
				t.Fatalf("nothing changes %+v into %+v", a, b)
			}
			return
		}
		if got, err := a.Corrected(c); err != nil || len(got.Differences(b)) > 0 || len(b.Differences(got)) > 0 || lists(got) != lists(b) {
			t.Fatalf("%+v makes %+v of\n%+v, want\n%+v (%v)", c, got, a, b, err)
		}
	})
}

// lists are the lengths of a declaration's lists.
func lists(d Declaration) string {
	text := fmt.Sprint(len(d.Legs), len(d.Waste.Packagings))
	for _, l := range d.Legs {
		text += fmt.Sprint(" ", len(l.Vehicles))
	}
	return text
}

// A leg that is dropped or put in is told as that, and the legs after it stay.
func TestChangesTellTheItemThatIsGoneOrNew(t *testing.T) {
	leg := func(name string) Leg { return Leg{Transporter: Party{Name: name}, Mode: Road} }
	three := Declaration{Legs: []Leg{leg("A"), leg("B"), leg("C")}}
	two := Declaration{Legs: []Leg{leg("A"), leg("C")}}
	if c := three.Changes(two); !slices.Equal(c.Remove, []string{"legs.1"}) || len(c.Set)+len(c.Add) > 0 {
		t.Errorf("dropped: %+v", c)
	}
	if c := two.Changes(three); len(c.Add) != 1 || c.Add["legs.1"] == nil || len(c.Set)+len(c.Remove) > 0 {
		t.Errorf("put in: %+v", c)
	}
}
