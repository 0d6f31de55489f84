package obligations

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"sluss"
)

// amending is how a registry lets accepted reports be amended; a registry that is only
// asked has none.
var amending = map[string]func(filed sluss.Content, n int, a sluss.Amendment) (sluss.Content, error){
	sluss.Avfallsregistret: correct, sluss.Trackdechets: revise,
}

// Amend is the content that corrects or annuls an accepted report for the nth time,
// counted from 1. filed is what the registry has. The amendment is an obligation
// of its own, without due time, and is signed by the role that signed the report,
// else by the officer.
//
// A Swedish report is corrected or annulled by Avfallsförordningen, ch. 6 § 12. Of
// a step of a French BSDD the content asks the other parties for a revision, or
// annuls the BSDD (Code de l'environnement, art. R541-45).
//
// The error is Faults, all at once: what is wrong with the amendment or with the
// corrected content, and what a correction cannot change, so that the report must
// be annulled and another one filed; or that its registry amends no reports.
func Amend(filed sluss.Content, n int, a sluss.Amendment) (sluss.Content, error) {
	amend, known := amending[filed.Obligation.Registry]
	if !known {
		return filed, sluss.Faults{{Field: "filing", Problem: fmt.Sprintf("%q amends no reports", filed.Obligation.Registry), Remedy: "correct the batch"}}
	}
	return amend(filed, n, a)
}

// correct is Amend for a note in the Swedish registry.
func correct(filed sluss.Content, n int, a sluss.Amendment) (sluss.Content, error) {
	var f faults
	f.wanted(a)
	amended := filed
	if a.Annul == "" {
		var err error
		amended, err = filed.Changed(a.Change())
		amended.Declaration = Plain(amended.Declaration)
		f.fold("", err)
		if err == nil && !a.Change().Empty() {
			f.corrected(filed, amended)
		}
	}
	amended.Amends = &a
	amended.Obligation = amendment(filed.Obligation, n, a)
	return amended, sluss.Faults(f).Err()
}

// amendment is the duty to amend what was filed for another one, by its registry's rule
// of corrections or that of annulments.
func amendment(filed sluss.Obligation, n int, a sluss.Amendment) sluss.Obligation {
	registry := sluss.RegistryOf(filed.Registry)
	base, _ := filed.ID.SplitAmendment()
	o := filed // with its NoteBy: when the party made its note does not change
	o.ID = base.Amendment(n)
	o.Rule = latest(registry.Correction).Rule
	if a.Annul != "" {
		o.Rule = latest(registry.Annulment).Rule
	}
	o.Due, o.AfterUntil, o.Gates = time.Time{}, time.Time{}, ""
	o.Signer = cmp.Or(filed.Signer, sluss.Officer)
	return o
}

func (f *faults) wanted(a sluss.Amendment) {
	switch {
	case a.Annul != "" && !a.Change().Empty():
		f.add("set", "a report cannot be annulled and corrected at once", "annul it, or correct it")
	case a.Annul == "" && a.Change().Empty():
		f.add("set", "the correction changes nothing", "give at least one path=value")
	case a.Annul != "" && !slices.Contains(sluss.AnnulReasons(), a.Annul):
		f.add("annul", fmt.Sprintf("%q is not a reason for an annulment in the Swedish registry", a.Annul), "say "+sluss.OneOf(sluss.AnnulReasons()))
	}
	for _, path := range a.Remove {
		if strings.HasPrefix(path, "events.") {
			f.add(path, "a report of what did not happen is annulled, not corrected", "annul the report")
		}
	}
	if a.Double && a.Annul != sluss.SentTwice {
		f.add("receipt", "another report can be annulled only if it reports the same", "annul it as "+string(sluss.SentTwice)+", or leave the receipt out")
	}
	if a.Double {
		*f = append(*f, CheckReceipt(sluss.Avfallsregistret, a.Receipt)...)
	}
	if blank(a.Reason) {
		f.add("reason", "the reason is missing", "say how it is known that the report is wrong")
	}
	if blank(a.By.Name) {
		f.add("by.name", "the person who asks for it is missing", "give the name")
	}
}

// corrected checks a corrected content.
func (f *faults) corrected(filed, amended sluss.Content) {
	if unchanged(filed, amended) {
		f.add("set", "the report says that already", "give a value that differs from what was filed")
	}
	const anew = "annul the report (%s); if its batch is open and corrected, the right report is filed beside; else declare a new batch with the right data under another reference"
	before, path := filed.Declaration.Obliged(filed.Obligation)
	if after, _ := amended.Declaration.Obliged(amended.Obligation); after.ID != before.ID || after.Country != before.Country {
		f.add(path+".id", "a report cannot become another party's", fmt.Sprintf(anew, sluss.WrongOperator))
	}
	if amended.Declaration.Waste.Code != filed.Declaration.Waste.Code || amended.Result != nil && amended.Result.Code != filed.Result.Code {
		f.add("waste.code", "a report cannot change to another waste code", fmt.Sprintf(anew, sluss.WrongWaste))
	}
	f.broken(filed, amended)
	f.moved(filed.Events, amended.Events)
}

// broken adds the faults of the amended content that the filed one does not have:
// the registry accepted that one all the same, perhaps under older rules.
func (f *faults) broken(filed, amended sluss.Content) {
	known := wrong(filed)
	for _, fault := range wrong(amended) {
		if !slices.Contains(known, fault) {
			*f = append(*f, fault)
		}
	}
}

// wrong are the faults that the declaration and the events would have today.
func wrong(c sluss.Content) []sluss.Fault {
	return append(faults(Validate(c.Declaration)), wrongEvents(c.Declaration, c.Events)...)
}

func wrongEvents(d sluss.Declaration, events []sluss.Event) (f faults) {
	for i, e := range events {
		f.fold("events."+string(e.ID())+".", Check(d, events[:i], e))
	}
	return f
}

func unchanged(a, b sluss.Content) bool {
	a.Amends, b.Amends = nil, nil
	return a.Hash() == b.Hash()
}

// fold adds the faults of an error, their fields below a path.
func (f *faults) fold(below string, err error) {
	if err == nil {
		return
	}
	list, ok := err.(sluss.Faults) //nolint:errorlint // Corrected and Check return Faults as they are
	if !ok {
		list = sluss.Faults{{Problem: err.Error()}}
	}
	for _, fault := range list {
		fault.Field, fault.Remedy = below+fault.Field, strings.ReplaceAll(fault.Remedy, "confirmed.N.", below+"confirmed.N.")
		*f = append(*f, fault)
	}
}
