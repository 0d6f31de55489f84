package trackdechets

import (
	"slices"
	"testing"

	"sluss"
	"sluss/registries/trackdechets/check"
	sim "sluss/simulators/trackdechets"
)

// brokered is a batch with a trader that is none and an intermediary.
func brokered(t *testing.T) *batch {
	t.Helper()
	b := newBatch(t, "fr-solvents.json")
	trader, other := b.declaration.Producer, b.declaration.Producer
	trader.ID, trader.Role, other.ID = platformID, sluss.Dealer, outsiderID
	b.declaration.Deals = []sluss.Deal{{Trader: trader}}
	b.declaration.Intermediaries = []sluss.Party{other}
	return b
}

func TestReasonsAboutWhoNeverHoldsTheWaste(t *testing.T) {
	r, b := newRegistry(t, sim.Options{}), brokered(t)
	told, _, err := r.client.Submit(t.Context(), b.submission(sluss.ReportCreation))
	if err != nil || told.Kind != sluss.Rejected || told.Reasons[0].Field != "deals.0.trader.id" {
		t.Errorf("%+v, %v", told, err)
	}
	b.declaration.Deals[0].Trader.ID, b.declaration.Intermediaries[0].ID = "1", "2"
	b.declaration.Intermediaries[0].Contact.Phone = ""
	found, err := check.Step(b.submission(sluss.ReportSealing).Content, today, true)
	if got := fields(found); err != nil || !slices.Equal(got, []string{"deals.0.trader.id", "intermediaries.0.contact.phone", "intermediaries.0.id"}) {
		t.Errorf("faults in %q, %v", got, err)
	}
}

// Who was declared by mistake is taken off before the BSDD is sealed.
func TestWhoNeverHeldTheWasteIsTakenOff(t *testing.T) {
	r, b := newRegistry(t, sim.Options{}), brokered(t)
	b.declaration.Deals = nil
	r.file(b, sluss.ReportCreation)
	if got := dig(r.only().Data, "intermediaries", 0, "siret"); got != outsiderID {
		t.Errorf("intermediary %v", got)
	}
	b.declaration.Intermediaries = nil
	r.file(b, sluss.ReportSealing)
	f := r.only()
	if others, _ := dig(f.Data, "intermediaries").([]any); len(others) != 0 || dig(f.Data, "trader", "company") != nil {
		t.Errorf("%v, %v", others, dig(f.Data, "trader"))
	}
}

// A private individual has neither number nor contact person, and does not sign.
func TestAPrivateIndividualNeedsNameAndAddress(t *testing.T) {
	r := newRegistry(t, sim.Options{})
	b := newBatch(t, "fr-solvents.json")
	b.declaration.Origin, b.declaration.Producer = sluss.Household, sluss.Party{Country: "FR"}
	found, err := check.Step(b.submission(sluss.ReportSealing).Content, today, true)
	if got := fields(found); err != nil || !slices.Equal(got, []string{"producer.address", "producer.name"}) {
		t.Errorf("faults in %q, %v", got, err)
	}
	b.declaration.Producer.Name, b.declaration.Producer.Address = "Mme Durand", "4 rue Haute, 69001 Lyon"
	r.file(b, sluss.ReportCreation)
	if f := r.only(); f.Log[0].Company != receiverID {
		t.Errorf("created by %s", f.Log[0].Company)
	}
	if receipt := r.file(b, sluss.ReportSealing); receipt.Status != "SIGNED_BY_PRODUCER" {
		t.Errorf("sealed: %s", receipt.Status)
	}
	if receipt := r.file(b, sluss.ReportTakeOver); receipt.Status != "SENT" {
		t.Errorf("taken over: %s", receipt.Status)
	}
}
