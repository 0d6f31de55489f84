package sluss

import (
	"strings"
	"testing"
)

func TestRouteTellsWhoHandsOverAndWhoTakesOver(t *testing.T) {
	party := func(name string) Party { return Party{Name: name} }
	leg := func(transporter string) Leg { return Leg{Transporter: party(transporter)} }
	yard := party("Yard")
	from := leg("T2") // hands over as a consignor of its own, from where T1 brought the waste
	from.Consignor = &yard
	stored := leg("T1")
	stored.Storage = &Storage{}
	collected := leg("T1")
	collected.Consignor = &yard
	for name, test := range map[string]struct {
		legs []Leg
		want []string // of each leg: hands over > carries > takes over, after which event, starting with which
	}{
		"no leg":       {nil, nil},
		"straight":     {[]Leg{leg("T1")}, []string{"P producer > T1 legs.0.transporter > R receiver, produced pickedUp#1 last"}},
		"in turns":     {[]Leg{leg("T1"), leg("T2")}, []string{"P producer > T1 legs.0.transporter > T2 legs.1.transporter, produced pickedUp#1", "T1 legs.0.transporter > T2 legs.1.transporter > R receiver, pickedUp#1 handedOver#2 last"}},
		"by a yard":    {[]Leg{leg("T1"), from}, []string{"P producer > T1 legs.0.transporter > Yard legs.1.consignor, produced pickedUp#1", "Yard legs.1.consignor > T2 legs.1.transporter > R receiver, pickedUp#1 handedOver#2 last"}},
		"by a storage": {[]Leg{stored, from}, []string{"P producer > T1 legs.0.transporter > Yard legs.1.consignor, produced pickedUp#1", "Yard legs.1.consignor > T2 legs.1.transporter > R receiver, accepted#1 handedOver#2 last"}},
		"sent on":      {[]Leg{collected}, []string{"Yard legs.0.consignor > T1 legs.0.transporter > R receiver, produced pickedUp#1 last"}},
	} {
		t.Run(name, func(t *testing.T) {
			d := Declaration{Producer: party("P"), Legs: test.legs, Receiver: party("R")}
			var told []string
			for i, l := range d.Route() {
				if l.Number != i+1 || d.Consignor(l.Number) != l.HandsOver.Party || d.Consignee(l.Number) != l.TakesOver.Party {
					t.Errorf("leg %d: %+v", i+1, l)
				}
				line := l.HandsOver.Name + " " + l.HandsOver.Path + " > " + l.Carrier.Name + " " + l.Carrier.Path + " > " + l.TakesOver.Name + " " + l.TakesOver.Path + ", " + string(l.Follows) + " " + string(l.Departs)
				if l.Last {
					line += " last"
				}
				told = append(told, line)
			}
			if got, want := strings.Join(told, "\n"), strings.Join(test.want, "\n"); got != want {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
		})
	}
}
