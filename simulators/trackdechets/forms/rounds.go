package forms

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"sluss/simulators/trackdechets/companies"
	"sluss/simulators/trackdechets/kinds"
	"sluss/simulators/trackdechets/records"
	"sluss/simulators/trackdechets/refusal"
	"sluss/simulators/trackdechets/tree"
)

// roundDays is how long after its first pickup a collection round takes new items, in calendar days of Paris.
const roundDays = 5

// collector is the company for which a user may make an item of a round on which it does not stand: whoever goes round
// makes the items, and owns them until they are on the round.
func collector(user *companies.User, f *Document) string {
	if !kinds.IsItem(f) {
		return ""
	}
	mine := user.Mine(slices.Sorted(maps.Keys(user.Roles)), companies.MayManage)
	f.Owners = append(f.Owners, mine...)
	if len(mine) == 0 {
		return ""
	}
	return mine[len(mine)-1]
}

// gather puts items on a collection round (annexe 1): they are sealed, and take the round's waste and parties over.
func (d *Service) gather(f *Document, sent []any) ([]*Document, error) {
	if f.Status == kinds.Sent && d.roundIsOver(f) {
		return nil, refusal.BadInput(fmt.Sprintf("Impossible d'ajouter un bordereau d'annexe 1 plus de %d jours après la première collecte", roundDays))
	}
	var parts []fraction
	var items []*Document
	for _, entry := range sent {
		grouped, _ := entry.(map[string]any)
		item, err := d.Document(kinds.BSDD, tree.Text(grouped, "form.id"))
		if err != nil {
			return nil, err
		}
		member := d.roundOf(item)
		switch {
		case !kinds.IsItem(item):
			return nil, refusal.BadInput(fmt.Sprintf("Le bordereau %s n'est pas un bordereau d'annexe 1", item.ReadableID))
		case member != nil && member.ID != f.ID:
			return nil, refusal.BadInput(fmt.Sprintf("Le bordereau %s est déjà rattaché à une autre tournée", item.ReadableID))
		}
		tonnes, _ := item.Number("wasteDetails.quantity")
		parts = append(parts, fraction{item.ID, tonnes})
		if member == nil {
			d.join(item, f)
			if err := kinds.BSDD.Refuse(kinds.BSDD.Check(d.Facts(), item, "SEALING", nil).Whole(), false); err != nil {
				return nil, err
			}
			items = append(items, item)
		}
	}
	setFractions(f, parts)
	return items, nil
}

// join seals an item as part of a round.
func (d *Service) join(item, round *Document) {
	item.Status = kinds.Sealed
	kinds.BSDD.Sign(item, "markAsSealed")
	if kinds.EmitterCannotSign(item) {
		item.Status = kinds.SignedByProducer
		kinds.BSDD.Sign(item, "signEmissionForm")
	}
	waste := item.Object("wasteDetails")
	if waste == nil {
		waste = map[string]any{}
		item.Data["wasteDetails"] = waste
	}
	for key, value := range round.Object("wasteDetails") {
		if key != "quantity" && key != "quantityType" && key != "packagingInfos" {
			waste[key] = tree.Clone(value)
		}
	}
	item.Data["recipient"] = tree.Clone(round.Data["recipient"])
	if carriers := round.Objects("transporters"); len(carriers) > 0 {
		carrier := tree.Clone(carriers[0])
		carrier["id"] = records.NewID()
		delete(carrier, "takenOverAt")
		delete(carrier, "takenOverBy")
		item.Data["transporters"] = []any{carrier}
	}
	if eco := round.Data["ecoOrganisme"]; eco != nil && item.Data["ecoOrganisme"] == nil {
		item.Data["ecoOrganisme"] = tree.Clone(eco)
	}
	emitter := d.Companies[item.Company("emitter.company")]
	treats := emitter.Has("WASTEPROCESSOR", "COLLECTOR")
	item.Data["skipsEmission"] = emitter.SkipsItemSignature || (item.Text("ecoOrganisme.siret") != "" && !treats)
}

// roundOf is the collection round that an item is on.
func (d *Service) roundOf(item *Document) *Document {
	for id := range d.groups[item.ID] {
		if round, standing := d.Look(id); standing && kinds.IsRound(round) {
			return round
		}
	}
	return nil
}

// items are copies of the forms on a round.
func (d *Service) items(round *Document) []*Document {
	var items []*Document
	for _, part := range fractions(round) {
		if item, ok := d.Find(kinds.BSDD.Name, part.id); ok {
			items = append(items, item)
		}
	}
	return items
}

// roundIsOver: five calendar days after the first pickup no item is added.
func (d *Service) roundIsOver(round *Document) bool {
	first, ok := tree.ParseTime(round.Text("takenOverAt"), d.zone)
	if !ok {
		return false
	}
	for _, entry := range round.Log { // the registry's clock counts, not the date that the transporter wrote
		if entry.Status == kinds.Sent {
			first = entry.At
			break
		}
	}
	year, month, day := first.In(d.zone).Date()
	return !d.Now().Before(time.Date(year, month, day+roundDays+1, 0, 0, 0, 0, d.zone))
}

// pickUp brings a round along when one of its items was taken over: the first moves it to SENT, each adds its waste.
func (d *Service) pickUp(item *Document) []*Document {
	found := d.roundOf(item)
	if found == nil {
		return nil
	}
	round := found.Clone()
	if round.Status == kinds.Sealed {
		round.Status = kinds.Sent
		kinds.BSDD.Sign(round, "signTransportForm")
		for _, key := range []string{"takenOverAt", "takenOverBy", "sentAt", "sentBy", "signedByTransporter", "currentTransporterSiret"} {
			round.Data[key] = tree.Clone(item.Data[key])
		}
		if carriers, signed := round.Objects("transporters"), item.Objects("transporters"); len(carriers) > 0 && len(signed) > 0 {
			for _, key := range []string{"takenOverAt", "takenOverBy", "mode", "numberPlate"} {
				carriers[0][key] = signed[0][key]
			}
		}
	}
	var tonnes float64
	var packagings []any
	parts := fractions(round)
	for i, part := range parts {
		member, known := d.Look(part.id)
		if part.id == item.ID {
			member, known = item, true
		}
		if !known {
			continue
		}
		parts[i].tonnes, _ = member.Number("wasteDetails.quantity")
		if member.Status == kinds.Sent {
			tonnes += parts[i].tonnes
			packagings = addPackagings(packagings, member.Objects("wasteDetails.packagingInfos"))
		}
	}
	setFractions(round, parts)
	tree.Put(round.Data, "wasteDetails.quantity", gram(tonnes))
	tree.Put(round.Data, "wasteDetails.quantityType", "ESTIMATED")
	tree.Put(round.Data, "wasteDetails.packagingInfos", packagings)
	return []*Document{round}
}

// addPackagings sums packagings by kind.
func addPackagings(sum []any, more []map[string]any) []any {
	for _, packaging := range more {
		i := slices.IndexFunc(sum, func(entry any) bool {
			known, _ := entry.(map[string]any)
			return known["type"] == packaging["type"] && tree.Same(known["other"], packaging["other"]) && tree.Same(known["volume"], packaging["volume"])
		})
		if i < 0 {
			sum = append(sum, tree.Clone(packaging))
			continue
		}
		known, _ := sum[i].(map[string]any)
		have, _ := tree.Number(known, "quantity")
		add, _ := tree.Number(packaging, "quantity")
		known["quantity"] = have + add
	}
	return sum
}

// followAct brings along what an act on a form leads to: an item that was taken over its round, and a round its items.
func (d *Service) followAct(act string, f *Document) []*Document {
	switch {
	case act == "signTransportForm" && kinds.IsItem(f):
		return d.pickUp(f)
	case act == "markAsReceived" || act == "markAsAccepted":
		return d.follow(f, kinds.ReceptionKeys)
	case act == "markAsProcessed":
		return d.follow(f, kinds.TreatmentKeys)
	}
	return nil
}

// follow brings the items of a round to where it has come: those never taken over are deleted at reception.
func (d *Service) follow(round *Document, keys []string) []*Document {
	if !kinds.IsRound(round) {
		return nil
	}
	items := d.items(round)
	for _, item := range items {
		if item.Status == kinds.Draft || item.Status == kinds.Sealed || item.Status == kinds.SignedByProducer {
			item.Deleted = true
			continue
		}
		item.Status, item.Signed = round.Status, slices.Clone(round.Signed)
		for _, key := range keys {
			if round.Data[key] != nil {
				item.Data[key] = tree.Clone(round.Data[key])
			}
		}
		if tonnes, ok := item.Number("wasteDetails.quantity"); ok && round.Data["quantityReceived"] != nil && round.Status == kinds.Accepted {
			item.Data["quantityReceived"], item.Data["quantityRefused"] = tonnes, 0.0
		}
	}
	return items
}

// leave brings along what a deleted form leads to: a round its items, and an item leaves its round.
func (d *Service) leave(f *Document) []*Document {
	if kinds.IsRound(f) {
		items := d.items(f)
		for _, item := range items {
			item.Deleted = true
		}
		return items
	}
	found := d.roundOf(f)
	if !kinds.IsItem(f) || found == nil {
		return nil
	}
	round := found.Clone()
	setFractions(round, slices.DeleteFunc(fractions(round), func(part fraction) bool { return part.id == f.ID }))
	return []*Document{round}
}
