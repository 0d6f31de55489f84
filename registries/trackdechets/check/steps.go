package check

import (
	"slices"
	"strings"
	"unicode/utf8"

	"sluss"
	"sluss/registries/numbers"
	"sluss/registries/trackdechets/bsdd"
	"sluss/registries/trackdechets/reasons"
	"sluss/registries/trackdechets/wire"
)

// onward is what must be there, and well formed, before waste goes on from a storage.
func (i *inspection) onward() {
	t, receiver := i.Declaration.Treatment, i.Declaration.Receiver
	i.written(reasons.FinalReceiver, receiver)
	i.established(reasons.FinalReceiver, receiver)
	i.about(reasons.FinalReceiver, i.Dangerous() && t.Acceptance == "", "champ cap")
	i.within("treatment.acceptance", 250, t.Acceptance)
	i.about(reasons.FinalReceiver, t.Operation == "", "opération de traitement")
	i.planned(t.Operation)
	i.written(reasons.Transporter, i.Carrier())
	i.plates()
	i.packagings(i.Declaration.Waste.Packagings)
	mass, _ := i.Mass()
	i.when(mass == 0, "déchet : le poids")
	i.mass(mass, i.FrenchLeg().Mode == sluss.Road)
}

// carried is what a transporter's signature needs.
func (i *inspection) carried() {
	leg := i.FrenchLeg()
	i.when(leg.Mode == "", "mode de transport")
	i.when(leg.Mode == sluss.Road && bsdd.Plates(leg) == "", "plaque")
	i.plates()
	i.named(reasons.Transporter, i.Carrier())
	mass, _ := i.Mass()
	i.when(leg.Mode == sluss.Road && mass > mostByRoad, "déchet : le poids")
}

// verdict is what a verdict must say, as that document tells it.
func (i *inspection) verdict(d bsdd.Document) {
	v := d.Acceptance()
	i.weighed(sluss.Mass(v.QuantityReceived), v.WasteAcceptationStatus == wire.Accepted)
	i.when(v.WasteAcceptationStatus != wire.Accepted && v.WasteRefusalReason == "", "motif de refus")
	i.when(v.WasteAcceptationStatus == wire.PartiallyRefused && v.QuantityRefused >= v.QuantityReceived, "quantité refusée")
}

// weighed is what may have arrived, over all legs of this part.
func (i *inspection) weighed(received sluss.Mass, some bool) {
	byRoad := slices.ContainsFunc(append(i.Legs(), i.Leg), func(n int) bool { return i.At(n).FrenchLeg().Mode == sluss.Road })
	i.when(received < 0 || received > most || received > mostByRoad && byRoad || received == 0 && some, "réception : le poids")
}

// treatment is what a treatment must say.
func (i *inspection) treatment() {
	code, untraced := i.Done()
	t := i.Declaration.Treatment
	done, known := operationOf(code, i.on)
	switch {
	case !known:
		i.when(true, "d'élimination / valorisation")
	case !bsdd.Groups(code):
		i.when(t.Mode == "" && !i.on.Before(modesWanted), "mode de traitement")
		i.when(t.Mode != "" && !slices.Contains(done.modes, t.Mode) && !i.on.Before(modesRemapped), "mode de traitement")
	default:
		i.when(t.Mode != "" && !i.on.Before(modesRemapped), "mode de traitement")
		i.next(t.Next, untraced)
	}
}

// longestNotification is how many characters the number of a notification has at most.
const longestNotification = 15

// next is where waste goes on that was only grouped or stored. Where the trace ends,
// the company may be left out.
func (i *inspection) next(n *sluss.NextDestination, untraced bool) {
	add := func(broken bool, field, problem, remedy string) {
		if broken {
			i.add(sluss.Reason{Field: strings.TrimSuffix(reasons.Next+"."+field, "."), Message: problem, Remedy: remedy})
		}
	}
	if n == nil {
		add(true, "", "waste that was only grouped or stored goes on somewhere", "give the next destination")
		return
	}
	_, known := operationOf(n.Operation, i.on)
	add(!known, "operation", "is missing, or not an operation that a BSDD takes", "give the operation planned there")
	company := n.Company
	if untraced && company == (sluss.Party{}) {
		return
	}
	lacking(company, func(broken bool, words string) {
		if broken {
			i.add(reasons.Company(reasons.Next+".company", words))
		}
	})
	number, french := bsdd.Number(company), company.Country == "FR"
	add(number == "", "company.id", "the number is missing", "give the SIRET, abroad the VAT number")
	add(french && number != "" && !numbers.IsSIRET(number, true), "company.id", "is not a SIRET", "give the fourteen digits")
	add(!french && numbers.IsFrenchVAT(number), "company.vat", "names a French company", "name it by its SIRET")
	add(!french && i.Dangerous() && n.Notification == "", "notification", "dangerous waste goes abroad by a notification", "give the number of the notification")
	add(utf8.RuneCountInString(n.Notification) > longestNotification, "notification", reasons.TooLong, "give at most 15 characters")
}
