package check

import (
	"fmt"
	"slices"
	"strings"

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
	i.about(reasons.FinalReceiver, i.Dangerous() && blank(t.Acceptance), "champ cap")
	i.within("treatment.acceptance", 250, t.Acceptance)
	i.about(reasons.FinalReceiver, t.Operation == "", "opération de traitement")
	i.planned(t.Operation)
	i.written(reasons.Transporter, i.Carrier())
	i.plates()
	i.packagings("waste.packagings", i.Declaration.Waste.Packagings)
	mass, _ := i.Mass()
	i.sayAsRegistry(mass == 0, "déchet : le poids")
	i.mass(mass, i.FrenchLeg().Mode == sluss.Road)
}

// carried is what a transporter's signature needs.
func (i *inspection) carried() {
	leg := i.FrenchLeg()
	i.sayAsRegistry(leg.Mode == "", "mode de transport")
	if leg.Mode == sluss.Road {
		i.say(len(leg.Vehicles) == 0, i.places.Leg+".vehicles", "the plates of the vehicles are missing", "give the lorry, and the trailer if there is one")
		for n, v := range leg.Vehicles {
			i.say(blank(v.Plate), fmt.Sprintf("%s.vehicles.%d.plate", i.places.Leg, n), "the plate is missing", "give it")
		}
	}
	i.plates()
	i.named(reasons.Transporter, i.Carrier())
	mass, _ := i.Mass()
	i.sayAsRegistry(leg.Mode == sluss.Road && mass > mostByRoad, "déchet : le poids")
}

// verdict is what a verdict must say, as that document tells it.
func (i *inspection) verdict(d bsdd.Document) {
	v := d.Acceptance()
	i.weighed(sluss.Mass(v.QuantityReceived), v.WasteAcceptationStatus == wire.Accepted)
	i.sayAsRegistry(v.WasteAcceptationStatus != wire.Accepted && v.WasteRefusalReason == "", "motif de refus")
	i.sayAsRegistry(v.WasteAcceptationStatus == wire.PartiallyRefused && v.QuantityRefused >= v.QuantityReceived, "quantité refusée")
}

// weighed is what may have arrived, over all legs of this part.
func (i *inspection) weighed(received sluss.Mass, some bool) {
	byRoad := slices.ContainsFunc(append(i.Legs(), i.Leg), func(n int) bool { return i.At(n).FrenchLeg().Mode == sluss.Road })
	i.sayAsRegistry(received < 0 || received > most || received > mostByRoad && byRoad || received == 0 && some, "réception : le poids")
}

// treatment is what a treatment must say, or the plan of one.
func (i *inspection) treatment() {
	code, untraced := i.Done()
	t, e := i.Declaration.Treatment, i.Trigger()
	done, known := operationOf(code, i.on)
	goesOn, plan := bsdd.Groups(code), e.Kind == ""
	if plan && code == "R0" {
		return // which planned tells
	}
	i.within("treatment.description", 250, t.Description)
	i.sayAsRegistry(!known, "d'élimination / valorisation")
	if i.on.Before(modesRemapped) || !known {
		done.modes = []string{t.Mode} // any
	}
	switch {
	case goesOn && known:
		i.say(t.Mode != "" && !i.on.Before(modesRemapped), "treatment.mode", code+" only groups or stores, so it has no mode", "leave it out")
		i.next(code, t.Next, untraced)
	case t.Mode == "" && i.on.Before(modesWanted):
	default:
		i.say(!slices.Contains(done.modes, t.Mode), "treatment.mode", fmt.Sprintf("%q is not a mode of %s", t.Mode, code), "use "+strings.Join(done.modes, " or "))
	}
	if known && !goesOn {
		const remedy = "leave next and no_traceability out, or use an operation that groups or stores"
		i.say(e.NoTraceability, reasons.Untraced, code+" is final, so traceability does not end", remedy)
		i.say(plan && (t.Next != nil || t.NoTraceability), reasons.Next, code+" is final: there is no next destination, and traceability does not end", remedy)
	}
}

// longestNotification is how many characters the number of a notification has at most.
const longestNotification = 15

// next is where waste goes on that was only grouped or stored. Where the trace ends,
// the company may be left out, and of a plan all of it.
func (i *inspection) next(code string, n *sluss.NextDestination, untraced bool) {
	say := func(broken bool, field, problem, remedy string) { i.say(broken, reasons.Next+field, problem, remedy) }
	if n == nil {
		say(true, "", code+" only groups or stores: the BSDD needs the next destination", "give its company and the operation planned there, or use the final operation")
		return
	}
	_, known := operationOf(n.Operation, i.on)
	say(n.Operation == "", ".operation", "the operation planned there is missing", "give the operation, such as R1")
	say(n.Operation != "" && !known, ".operation", "is not an operation that a BSDD takes", reasons.Operations)
	company := n.Company
	if company == (sluss.Party{}) {
		say(!untraced, ".company", "the company at the next destination is missing", "name the company")
		return
	}
	path := reasons.Next + ".company"
	i.texts(path, company)
	i.lacking(path, company)
	number, french := bsdd.Number(company), company.Country == "FR"
	say(number == "", ".company.id", "the number is missing", "give the SIRET, abroad the VAT number")
	say(french && number != "" && !numbers.IsSIRET(number, true), ".company.id", "is not a SIRET", reasons.FourteenDigits)
	say(!french && numbers.IsFrenchVAT(number), ".company.vat", "names a French company", "name it by its SIRET")
	say(company.Country == "SE" && company.VAT == "", ".company.vat",
		"Trackdéchets knows companies of the European Union by their VAT number", "give it with its country prefix, such as SE556000016701")
	say(!french && i.Dangerous() && n.Notification == "", ".notification", "dangerous waste goes abroad by a notification", "give the number of the notification")
	say(french && n.Notification != "", ".notification", "waste that stays in France needs no notification", "leave it out")
	i.within(reasons.Next+".notification", longestNotification, n.Notification)
}
