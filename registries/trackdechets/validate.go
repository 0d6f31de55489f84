package trackdechets

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"sluss"
	"sluss/registries/numbers"
)

// Faults are all reasons for which the register would refuse the step of the
// content's obligation on that day, found without asking it, in the words that
// its own answer would be given in. Where the register stops at its first fault
// (creation, and what sealing and emission lay over the document first), these
// are all. Who is registered as what is Preflight's to ask. What is not known
// of the register's rules passes. The error is sluss.ErrOperator, as of Submit.
func (c *Client) Faults(content sluss.Content, on time.Time) ([]sluss.Reason, error) {
	d, err := newDocument(sluss.Submission{Content: content})
	if err != nil {
		return nil, err
	}
	i := &inspection{document: d, paths: d.places(), on: on, sandbox: c.sandbox}
	switch content.Obligation.Note { //nolint:exhaustive // arrival tells nothing that could be wrong; the others are other registries'
	case sluss.NoteCreation:
		i.drafted()
	case sluss.NoteSealing:
		i.drafted()
		i.sealed()
	case sluss.NotePickup:
		i.collected()
	case sluss.NoteEmission:
		if i.pickup() != nil {
			i.collected()
			break
		}
		if i.onward() {
			i.resealed()
			break
		}
		i.drafted()
		i.sealed()
		i.when(len(d.Declaration.Waste.Packagings) == 0, "conditionnement")
	case sluss.NoteTakeOver:
		i.carried()
	case sluss.NoteStoring:
		i.weighed(i.event().Mass, false)
	case sluss.NoteStoringVerdict, sluss.NoteAcceptance:
		i.judged()
	case sluss.NoteResealing:
		i.resealed()
	case sluss.NoteProcessing:
		i.processed()
	case sluss.NotePaper:
		i.imported()
	}
	return d.ofPickup(i.found), nil
}

// inspection collects the faults of one step. Each is told by words of the
// register's own message, by which the catalogue knows it.
type inspection struct {
	document
	paths   places
	on      time.Time
	sandbox bool // the register takes the numbers of test companies
	found   []sluss.Reason
}

func (i *inspection) when(broken bool, words string) {
	if broken {
		i.add(i.paths.reason(badUserInput, words))
	}
}

// add leaves out what was said already: some faults break two rules.
func (i *inspection) add(r sluss.Reason) {
	if !slices.Contains(i.found, r) {
		i.found = append(i.found, r)
	}
}

// about is a fault of a party, by its label in the register's messages.
func (i *inspection) about(label string, broken bool, words string) {
	if !broken {
		return
	}
	if reason, known := i.paths.final(label, words); known {
		i.add(reason)
	} else if path := i.paths.path(label); path != "" {
		i.add(companyReason(path, words))
	}
}

// at is a fault that the register tells by the name of a field.
func (i *inspection) at(field string, longest int, value string) {
	if utf8.RuneCountInString(value) > longest {
		i.add(sluss.Reason{Field: i.paths.fill(field), Message: tooLong, Remedy: asCorrected})
	}
}

const (
	labelEmitter     = "émetteur"
	labelReceiver    = "destinataire"
	labelTransporter = "transporteur"
	labelFinal       = "destination finale" // after a storage
)

// Limits of the register: masses by what a BSDD and what a road takes.
const (
	mostByRoad = 40 * sluss.Tonne
	most       = 50_000 * sluss.Tonne
	mostPlates = 2
	mostBulk   = 2 // tanks, or skips
)

// drafted is what must be well formed, even if it is not complete.
func (i *inspection) drafted() {
	d, byRoad := i.Declaration, false
	i.written(labelEmitter, i.emitter())
	recipient, agreed := i.recipient()
	i.written(labelReceiver, recipient)
	if i.storedAfter() > 0 {
		i.written(labelFinal, d.Receiver)
	}
	for range max(1, len(i.inTurns())) {
		i.written(labelTransporter, i.carrier())
		i.plates()
		byRoad = byRoad || i.frenchLeg().Mode == sluss.Road
		i.goTo(i.leg + 1)
	}
	i.goTo(i.first)
	i.accompanied(false)
	if site := i.workSite(); site != nil {
		i.at("{leg}.from.address", 250, string(site.Address))
		i.at("{leg}.from.city", 100, string(site.City))
		i.at("{leg}.from.postcode", 20, string(site.PostalCode))
	}
	w := d.Waste
	i.when(w.Code != "" && !wasteCodes()[spacedCode(w.Code)], "code déchet")
	i.when(w.Mass < 0 || w.Mass > most || w.Mass > mostByRoad && byRoad, "déchet : le poids")
	i.packagings(w.Packagings)
	i.at("waste.name", 250, w.Name)
	i.at("waste.un", 750, w.UN)
	i.at("{agreed}.acceptance", 250, agreed.Acceptance)
	_, known := operationOf(agreed.Operation, i.on)
	i.when(agreed.Operation != "" && (!known || agreed.Operation == "R0"), "d'élimination / valorisation")
}

// goTo looks at that leg from now on.
func (i *inspection) goTo(leg int) {
	if i.leg = leg; leg <= len(i.Declaration.Legs) {
		i.paths = i.places()
	}
}

// written is how a party is written.
func (i *inspection) written(label string, p sluss.Party) {
	i.number(label, p)
	path := i.paths.path(label)
	i.at(path+".name", 250, p.Name)
	i.at(path+".address", 250, p.Address)
	i.at(path+".contact.name", 250, p.Contact.Name)
	i.at(path+".contact.email", 250, p.Contact.Email)
	i.at(path+".contact.phone", 20, p.Contact.Phone)
}

// number checks by what a party is named: a French one by its SIRET.
func (i *inspection) number(label string, p sluss.Party) {
	if label == labelEmitter && (i.person() || i.ship()) {
		return
	}
	siret, vat := string(companyOf(p).SIRET), string(companyOf(p).VATNumber)
	i.about(label, siret != "" && !numbers.IsSIRET(siret, i.sandbox), "n'est pas un siret")
	if label == labelTransporter {
		i.about(label, vat != "" && (numbers.IsFrenchVAT(vat) || !numbers.IsPlain(numbers.VAT, vat)), "numéro de tva")
	}
}

func (i *inspection) packagings(all []sluss.Packaging) {
	kinds := map[string]bool{}
	for _, p := range all {
		kind := packagingKind(p.Kind)
		bulk := p.Kind == sluss.Tank || p.Kind == sluss.Skip
		kinds[kind] = true
		i.when(p.Count < 1, "colis")
		i.when(bulk && p.Count > mostBulk, "benne ou de citerne")
		i.when(p.Kind != sluss.OtherPackaging && p.Other != "", "conditionnement")
	}
	i.when((kinds["BENNE"] || kinds["CITERNE"]) && len(kinds) > 1, "packaginginfos")
}

func (i *inspection) plates() {
	written := string(plates(i.frenchLeg().Vehicles))
	if written == "" || i.on.Before(platesShaped) {
		return
	}
	each := strings.Split(written, ",")
	malformed := slices.ContainsFunc(each, func(plate string) bool {
		n := len(strings.TrimSpace(plate))
		return n < 4 || n > 12
	})
	i.when(len(each) > mostPlates || malformed, "plaque")
}

// sealed is what must be there.
func (i *inspection) sealed() {
	w := i.Declaration.Waste
	recipient, agreed := i.recipient()
	i.when(w.Code == "", "code déchet")
	i.when(w.Mass == 0, "déchet : le poids")
	i.when(w.Name == "", "appellation du déchet")
	i.when(w.Consistence == "", "consistance")
	for _, p := range w.Packagings {
		i.when(packagingKind(p.Kind) == "AUTRE" && p.Other == "", "conditionnement")
	}
	i.when((strings.HasSuffix(w.Code, "*") || w.POP) && agreed.Acceptance == "", "champ cap")
	i.when(agreed.Operation == "", "d'élimination / valorisation")
	i.emitterComplete()
	i.accompanied(true)
	i.established(labelReceiver, recipient) // transporters may still change
}

// resealed is what must be there, and well formed, before waste goes on from a
// storage.
func (i *inspection) resealed() {
	w, t := i.Declaration.Waste, i.Declaration.Treatment
	i.written(labelFinal, i.Declaration.Receiver)
	i.established(labelFinal, i.Declaration.Receiver)
	i.about(labelFinal, (strings.HasSuffix(w.Code, "*") || w.POP) && t.Acceptance == "", "champ cap")
	i.at("treatment.acceptance", 250, t.Acceptance)
	_, known := operationOf(t.Operation, i.on)
	i.about(labelFinal, t.Operation == "", "opération de traitement")
	i.when(t.Operation != "" && (!known || t.Operation == "R0"), "d'élimination / valorisation")
	i.written(labelTransporter, i.carrier())
	i.plates()
	i.packagings(w.Packagings)
	mass, _ := i.mass()
	i.when(mass <= 0 || mass > most || mass > mostByRoad && i.frenchLeg().Mode == sluss.Road, "déchet : le poids")
}

func (i *inspection) established(label string, p sluss.Party) {
	i.about(label, companyOf(p).SIRET == "", "siret de l'entreprise est obligatoire")
	i.complete(label, p)
}

func (i *inspection) complete(label string, p sluss.Party) {
	i.about(label, p.Name == "", "nom de l'entreprise")
	i.about(label, p.Address == "", "adresse")
	i.about(label, p.Contact.Name == "", "contact")
	i.about(label, p.Contact.Phone == "", "téléphone")
	i.about(label, p.Contact.Email == "", "email")
}

// carried is what a transporter's signature needs.
func (i *inspection) carried() {
	leg := i.frenchLeg()
	i.when(leg.Mode == "", "mode de transport")
	i.when(leg.Mode == sluss.Road && plates(leg.Vehicles) == "", "plaque")
	i.plates()
	i.complete(labelTransporter, i.carrier())
	mass, _ := i.mass()
	i.when(leg.Mode == sluss.Road && mass > mostByRoad, "déchet : le poids")
}

// judged is what a verdict must say.
func (i *inspection) judged() {
	v := i.acceptance()
	received, refused := sluss.Mass(v.QuantityReceived), sluss.Mass(v.QuantityRefused)
	i.weighed(received, v.WasteAcceptationStatus == "ACCEPTED")
	switch v.WasteAcceptationStatus {
	case "ACCEPTED":
		i.when(v.WasteRefusalReason != "", "wasterefusalreason")
	case "REFUSED":
		i.when(v.WasteRefusalReason == "", "motif de refus")
	default:
		i.when(v.WasteRefusalReason == "", "motif de refus")
		i.when(refused >= received, "quantité refusée")
	}
}

// weighed is what may have come, on any of the ways of this part.
func (i *inspection) weighed(received sluss.Mass, some bool) {
	legs := slices.Concat(i.inTurns(), []sluss.Leg{i.frenchLeg()})
	byRoad := slices.ContainsFunc(legs, func(l sluss.Leg) bool { return l.Mode == sluss.Road })
	i.when(received < 0 || received > most || received > mostByRoad && byRoad || received == 0 && some, "réception : le poids")
}

// processed is what a treatment must say.
func (i *inspection) processed() {
	told, mode := i.processing(), i.Declaration.Treatment.Mode
	done, known := operationOf(strings.ReplaceAll(told.ProcessingOperationDone, " ", ""), i.on)
	if !known {
		i.when(true, "d'élimination / valorisation")
		return
	}
	if done.groups() {
		i.onwards(mode)
		return
	}
	i.when(!done.groups() && mode == "" && !i.on.Before(modesWanted), "mode de traitement")
	i.when(mode != "" && !slices.Contains(done.modes, mode) && !i.on.Before(modesRemapped), "mode de traitement")
}
