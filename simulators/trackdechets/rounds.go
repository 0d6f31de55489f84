package trackdechets

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// roundDays is how long after its first pickup a collection round takes new items, in calendar days of Paris.
const roundDays = 5

// roundCodes are the wastes of which a collection round may be made: whole sub-chapters, and single codes.
var roundCodes = struct{ chapters, codes []string }{
	chapters: []string{"13 02", "13 05", "16 02", "16 07", "20 01"},
	codes:    []string{"13 01 10*", "13 01 11*", "13 01 12*", "13 01 13*", "15 01 10*", "15 02 02*", "16 06 01*", "19 08 10*"},
}

func suitsRound(code string) bool {
	return slices.Contains(roundCodes.codes, code) ||
		slices.ContainsFunc(roundCodes.chapters, func(chapter string) bool { return strings.HasPrefix(code, chapter+" ") })
}

// gather puts items on a collection round (annexe 1): they are sealed, and take the round's waste and parties over.
func (b *Backend) gather(f *Form, sent []any) ([]*Form, error) {
	if f.Status == Sent && b.roundIsOver(f) {
		return nil, badInput(fmt.Sprintf("Impossible d'ajouter un bordereau d'annexe 1 plus de %d jours après la première collecte", roundDays))
	}
	var parts []fraction
	var items []*Form
	for _, entry := range sent {
		grouped, _ := entry.(map[string]any)
		found, err := b.books.find(text(grouped, "form.id"), "")
		if err != nil {
			return nil, err
		}
		item := found.clone()
		member := b.roundOf(item)
		switch {
		case !item.isItem():
			return nil, badInput(fmt.Sprintf("Le bordereau %s n'est pas un bordereau d'annexe 1", item.ReadableID))
		case member != nil && member.ID != f.ID:
			return nil, badInput(fmt.Sprintf("Le bordereau %s est déjà rattaché à une autre tournée", item.ReadableID))
		}
		tonnes, _ := number(item.Data, "wasteDetails.quantity")
		parts = append(parts, fraction{item.ID, tonnes})
		if member == nil {
			b.join(item, f)
			if err := invalid(b.complaints(item, asSealed)); err != nil {
				return nil, err
			}
			items = append(items, item)
		}
	}
	f.setFractions(parts)
	return items, nil
}

// join seals an item as part of a round.
func (b *Backend) join(item, round *Form) {
	item.Status = Sealed
	if emitterCannotSign(item) {
		item.Status = SignedByProducer
	}
	waste := object(item.Data, "wasteDetails")
	if waste == nil {
		waste = map[string]any{}
		item.Data["wasteDetails"] = waste
	}
	for key, value := range object(round.Data, "wasteDetails") {
		if key != "quantity" && key != "quantityType" && key != "packagingInfos" {
			waste[key] = clone(value)
		}
	}
	item.Data["recipient"] = clone(round.Data["recipient"])
	if carriers := round.transporters(); len(carriers) > 0 {
		carrier, _ := clone(carriers[0]).(map[string]any)
		carrier["id"] = newID()
		delete(carrier, "takenOverAt")
		delete(carrier, "takenOverBy")
		item.Data["transporters"] = []any{carrier}
	}
	if eco := round.Data["ecoOrganisme"]; eco != nil && item.Data["ecoOrganisme"] == nil {
		item.Data["ecoOrganisme"] = clone(eco)
	}
	emitter := b.companies[companyID(item.Data, "emitter.company")]
	treats := slices.Contains(emitter.Types, "WASTEPROCESSOR") || slices.Contains(emitter.Types, "COLLECTOR")
	item.Data["skipsEmission"] = emitter.SkipsItemSignature || (text(item.Data, "ecoOrganisme.siret") != "" && !treats)
}

// roundOf is the collection round that an item is on.
func (b *Backend) roundOf(item *Form) *Form {
	for id := range b.books.groups[item.ID] {
		if round := b.books.forms[id]; !round.Deleted && round.isRound() {
			return round
		}
	}
	return nil
}

// items are copies of the forms on a round.
func (b *Backend) items(round *Form) []*Form {
	var items []*Form
	for _, part := range round.fractions() {
		if item, ok := b.books.forms[part.id]; ok && !item.Deleted {
			items = append(items, item.clone())
		}
	}
	return items
}

// roundIsOver: five calendar days after the first pickup no item is added.
func (b *Backend) roundIsOver(round *Form) bool {
	first, ok := parseTime(text(round.Data, "takenOverAt"), b.paris)
	if !ok {
		return false
	}
	for _, entry := range round.Log { // the register's clock counts, not the date that the transporter wrote
		if entry.Status == Sent {
			first = entry.At
			break
		}
	}
	y, m, d := first.In(b.paris).Date()
	return !b.now().Before(time.Date(y, m, d+roundDays+1, 0, 0, 0, 0, b.paris))
}

// pickUp brings a round along when one of its items was taken over: the first moves it to SENT, each adds its waste.
func (b *Backend) pickUp(item *Form) []*Form {
	found := b.roundOf(item)
	if found == nil {
		return nil
	}
	round := found.clone()
	if round.Status == Sealed {
		round.Status = Sent
		for _, key := range []string{"takenOverAt", "takenOverBy", "sentAt", "sentBy", "signedByTransporter", "currentTransporterSiret"} {
			round.Data[key] = clone(item.Data[key])
		}
		if carriers, signed := round.transporters(), item.transporters(); len(carriers) > 0 && len(signed) > 0 {
			for _, key := range []string{"takenOverAt", "takenOverBy", "mode", "numberPlate"} {
				carriers[0][key] = signed[0][key]
			}
		}
	}
	var tonnes float64
	var packagings []any
	parts := round.fractions()
	for i, part := range parts {
		member := b.books.forms[part.id]
		if part.id == item.ID {
			member = item
		}
		parts[i].tonnes, _ = number(member.Data, "wasteDetails.quantity")
		if member.Status == Sent {
			tonnes += parts[i].tonnes
			packagings = addPackagings(packagings, objects(member.Data, "wasteDetails.packagingInfos"))
		}
	}
	round.setFractions(parts)
	put(round.Data, "wasteDetails.quantity", gram(tonnes))
	put(round.Data, "wasteDetails.quantityType", "ESTIMATED")
	put(round.Data, "wasteDetails.packagingInfos", packagings)
	return []*Form{round}
}

// addPackagings sums packagings by kind.
func addPackagings(sum []any, more []map[string]any) []any {
	for _, packaging := range more {
		i := slices.IndexFunc(sum, func(entry any) bool {
			known, _ := entry.(map[string]any)
			return known["type"] == packaging["type"] && same(known["other"], packaging["other"]) && same(known["volume"], packaging["volume"])
		})
		if i < 0 {
			sum = append(sum, clone(packaging))
			continue
		}
		known, _ := sum[i].(map[string]any)
		have, _ := number(known, "quantity")
		add, _ := number(packaging, "quantity")
		known["quantity"] = have + add
	}
	return sum
}

// follow brings the items of a round to where it has come: those never taken over are deleted at reception.
func (b *Backend) follow(round *Form, keys ...string) []*Form {
	if !round.isRound() {
		return nil
	}
	items := b.items(round)
	for _, item := range items {
		if item.Status == Draft || item.Status == Sealed || item.Status == SignedByProducer {
			item.Deleted = true
			continue
		}
		item.Status = round.Status
		for _, key := range keys {
			if round.Data[key] != nil {
				item.Data[key] = clone(round.Data[key])
			}
		}
		if tonnes, ok := number(item.Data, "wasteDetails.quantity"); ok && at(round.Data, "quantityReceived") != nil && round.Status == Accepted {
			item.Data["quantityReceived"], item.Data["quantityRefused"] = tonnes, 0.0
		}
	}
	return items
}

// leave takes an item off its round.
func (b *Backend) leave(item *Form) []*Form {
	found := b.roundOf(item)
	if found == nil {
		return nil
	}
	round := found.clone()
	round.setFractions(slices.DeleteFunc(round.fractions(), func(part fraction) bool { return part.id == item.ID }))
	return []*Form{round}
}
