package obligations

import (
	"maps"
	"slices"
	"strings"

	"sluss"
)

// A BSDD that its emitter has signed is changed by a revision, which its other
// parties must approve; as a whole it is cancelled, and deleted before that.

// revisable tells whether a revision can change the value at a path of a BSDD, and
// which event must have happened first; empty: none. The mass that left can be
// revised only on a producer's part of a round.
func revisable(c sluss.Content, path string) (event sluss.EventID, known bool) {
	switch path {
	case "waste.code", "waste.name", "waste.pop", "treatment.acceptance":
		return "", true
	case "treatment.operation":
		if storedAfter(c.Declaration) > 0 {
			return "", true // the one that is planned at the final destination
		}
		return sluss.EventID(sluss.Treated), true
	case "treatment.mode", "treatment.description", "events.treated.operation":
		return sluss.EventID(sluss.Treated), true
	}
	if strings.HasPrefix(path, "events.") && strings.Contains(path, ".confirmed.") { // ours alone
		return "", true
	}
	if strings.HasPrefix(path, "waste.packagings.") {
		return "", len(c.Declaration.Pickups) == 0
	}
	if n := c.Obligation.Pickup; n > 0 && (path == at("pickups", n-1, "mass") || strings.HasPrefix(path, at("pickups", n-1, "packagings")+".")) {
		return "", true
	}
	leg := storedAfter(c.Declaration)
	if leg > 0 && path == at("legs", leg-1, "storage.acceptance") {
		return "", true
	}
	for _, place := range slices.Compact([]int{0, leg}) { // the receiver's, and the storer's
		received, taken := sluss.NewEventID(sluss.Received, place), sluss.NewEventID(sluss.WasteAccepted, place)
		switch path {
		case "events." + string(received) + ".mass":
			return received, true
		case "events." + string(taken) + ".refused_mass":
			return taken, true
		}
	}
	return "", frenchTrader(c.Declaration, path)
}

// Created is the id of the obligation that creates a BSDD, and by which it is annulled.
const Created sluss.ObligationID = creation

// ToldOfEvents are those of the values of events, by path, that the step of a BSDD has told
// and a revision can change.
func ToldOfEvents(step sluss.Content, set map[string]string) map[string]string {
	told := map[string]string{}
	_, leg, _ := step.Obligation.Event.Split()
	verdict := step.Obligation.Report == sluss.ReportAcceptance || step.Obligation.Report == sluss.ReportStoringVerdict
	for path, value := range set {
		of := func(id sluss.EventID) bool { return strings.HasPrefix(path, "events."+string(id)+".") }
		tells := step.Obligation.Report == sluss.ReportPaper || step.Obligation.Report == sluss.ReportProcessing && of(step.Obligation.Event) ||
			verdict && (of(step.Obligation.Event) || of(sluss.NewEventID(sluss.Received, leg)))
		if _, known := revisable(step, path); known && tells {
			told[path] = value
		}
	}
	return told
}

// storedAfter is the leg at whose end the waste of a BSDD is stored, counted from
// 1; 0 if it goes straight to the receiver.
func storedAfter(d sluss.Declaration) int {
	for _, l := range newBatch(d).underBSDD() {
		if l.Storage != nil {
			return l.Number
		}
	}
	return 0
}

const revisableFields = "waste.code, waste.name, waste.pop, waste.packagings, treatment.acceptance, legs.N.storage.acceptance, a French trader or broker (deals.N.trader); once they are reported, the masses received and refused (events.received.mass, events.accepted.refused_mass), and the treatment's operation, mode and description"

// unrevisable says why a revision cannot change a field, and what to do instead.
func unrevisable(path string) (problem, remedy string) {
	instead := "revise only " + revisableFields
	first, rest, _ := strings.Cut(path, ".")
	switch {
	case first == "legs" && strings.Contains(rest, ".transporter"), first == "legs" && strings.Contains(rest, ".vehicles"), first == "legs" && strings.HasSuffix(rest, ".mode"):
		return "a transporter's part is sealed by its own signature: no revision changes it", "annul the BSDD before the waste arrives, and declare the batch anew; else it stays as it was signed"
	case first == "producer", first == "receiver", first == "legs":
		return "no revision changes the companies or places on a BSDD", "annul the BSDD before the waste arrives, and declare the batch anew"
	case first == "deals":
		return "no revision changes more of a deal than its French trader or broker", instead
	case first == "events":
		return "no revision changes when or by whom a step was signed, nor the words of a refusal", instead
	case path == "waste.mass":
		return "no revision changes the mass that left", "leave it: what the receiver weighs counts, and is revised as events.received.mass; of a producer's part of a round, amend its own step, such as fr.emission#1, by pickups.0.mass"
	case path == "waste.un", path == "waste.consistence", path == "waste.estimated":
		return "is sealed with the emitter's signature: no revision changes it", "annul the BSDD before the waste arrives, and declare the batch anew"
	}
	return "is nothing that a revision of a BSDD changes", instead
}

// revise is Amend for a step of a BSDD: the content asks the other parties for a
// revision, or, for the step that created it, annuls the BSDD. The error is Faults,
// all at once. For a sealed field it says what to do instead.
func revise(filed sluss.Content, n int, a sluss.Amendment) (sluss.Content, error) {
	var f faults
	f.requester(a)
	switch {
	case a.Annul != "" && a.Annul != sluss.NotCarried:
		f.add("annul", "a BSDD is annulled because the waste does not go that way; give the reason in words", "say "+string(sluss.NotCarried)+", or nothing")
	case a.Annul != "" && filed.Obligation.Report != sluss.ReportCreation:
		f.add("annul", "a BSDD is annulled as a whole", "annul "+creation)
	case a.Annul == "" && a.Change().Empty():
		f.add("set", "the revision changes nothing", "give at least one path=value")
	}
	for _, path := range slices.Sorted(slices.Values(append(slices.Collect(maps.Keys(a.Add)), a.Remove...))) {
		problem, remedy := unrevisable(path)
		f.add(path, problem, remedy)
	}
	amended := filed
	if a.Annul == "" {
		possible := map[string]string{}
		for path, value := range a.Set {
			event, known := revisable(filed, path)
			if _, happened := filed.Happened(event); event != "" && !happened {
				f.add(path, "that is not reported before "+string(event), "amend the step that reported it, or correct the batch while it is open")
				continue
			}
			if !known {
				problem, remedy := unrevisable(path)
				f.add(path, problem, remedy)
				continue
			}
			possible[path] = value
		}
		var err error
		amended, err = filed.Corrected(possible)
		amended.Declaration = Plain(amended.Declaration)
		f.fold("", err)
		if filed.Obligation.Pickup > 0 { // the round weighs what its parts do
			amended.Declaration.Waste.Mass = 0
			for _, p := range amended.Declaration.Pickups {
				amended.Declaration.Waste.Mass += p.Mass
			}
		}
		if err == nil && len(possible) > 0 {
			if unchanged(filed, amended) {
				f.add("set", "the BSDD says that already", "give a value that differs from what was signed")
			}
			f.broken(filed, amended)
		}
	}
	slices.SortStableFunc(f, func(a, b sluss.Fault) int { return strings.Compare(a.Field, b.Field) })
	amended.Amends = &a
	amended.Obligation = amendment(filed.Obligation, n, a)
	return amended, sluss.Faults(f).Err()
}

// frenchTrader tells whether a path is of a trader or broker that a BSDD names.
func frenchTrader(d sluss.Declaration, path string) bool {
	for i, deal := range d.Deals {
		if deal.Trader.Country == "FR" && strings.HasPrefix(path, at("deals", i, "trader")+".") {
			return true
		}
	}
	return false
}

// requester checks who asks for an amendment, and why.
func (f *faults) requester(a sluss.Amendment) {
	if a.Annul != "" && !a.Change().Empty() {
		f.add("set", "what is annulled is not corrected too", "annul it, or correct it")
	}
	if a.Double {
		f.add("receipt", "a BSDD cannot be annulled as a double", "leave the receipt out")
	}
	if blank(a.Reason) {
		f.add("reason", "the reason is missing", "say it: the other parties read it")
	}
	if blank(a.By.Name) {
		f.add("by.name", "the person who asks for it is missing", "give the name of the person who asks")
	}
}
