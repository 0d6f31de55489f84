package obligations

import (
	"testing"

	"sluss"
)

// Every number that a declaration can hold, with every place for it, is brought
// into plain form; the declaration that it came from stays as it was.
func TestPlainBringsEveryNumberIntoItsForm(t *testing.T) {
	written := sluss.Party{ID: "556000-0167", Country: "SE", VAT: "SE 556000-0167 01"}
	plain := sluss.Party{ID: "5560000167", Country: "SE", VAT: "SE556000016701"}
	all := func(p sluss.Party, cfar string) sluss.Declaration {
		consignor := p
		return sluss.Declaration{
			Producer: p, Receiver: p, Intermediaries: []sluss.Party{p}, Pickups: []sluss.Pickup{{Producer: p}},
			Legs:  []sluss.Leg{{Transporter: p, Consignor: &consignor, From: sluss.Place{Establishment: cfar}, To: sluss.Place{Establishment: cfar}}},
			Deals: []sluss.Deal{{Trader: p, From: p, To: p}}, Treatment: sluss.Treatment{Next: &sluss.NextDestination{Company: p}},
		}
	}
	from := all(written, "1234 5678")
	before := from.Hash()
	if got, want := Plain(from), all(plain, "12345678"); got.Hash() != want.Hash() {
		t.Errorf("%+v, want %+v", got, want)
	}
	if from.Hash() != before {
		t.Error("it reached back into the declaration")
	}
	ship := sluss.Declaration{Origin: sluss.ForeignShip, Producer: sluss.Party{ID: "IMO 9074729", Country: "PA"}}
	if got := Plain(ship).Producer.ID; got != "OMI9074729" {
		t.Errorf("ship %s", got)
	}
	corrected, _, err := Corrected(all(plain, ""), nil, sluss.Correction{Set: map[string]string{"receiver.id": "16556006-9618", "producer.id": "no number"}})
	if err != nil || corrected.Receiver.ID != "5560069618" || corrected.Producer.ID != "no number" {
		t.Errorf("corrected to %s and %s, %v", corrected.Receiver.ID, corrected.Producer.ID, err)
	}
}
