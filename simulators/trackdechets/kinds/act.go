package kinds

import (
	"slices"

	"sluss/simulators/trackdechets/companies"
	"sluss/simulators/trackdechets/records"
	"sluss/simulators/trackdechets/refusal"
	"sluss/simulators/trackdechets/tree"
)

// Act is what a company does to a document: it seals, signs, receives, treats. Its parts are looked at in this order:
// the cancelled document, Before, the status if it comes first, the company, Refuse, Write, Faults, the edge, After.
type Act struct {
	// Name is the kind of signature; of a BSDD it is the mutation.
	Name string
	// Step is the step that it reaches; empty if it reaches none.
	Step string
	// From are the statuses of this act where one name stands for several; none means all others.
	From []records.Status
	// Again is the status in which the act may be done again without moving the document.
	Again records.Status
	// Argument holds what is written; empty: nothing is.
	Argument string
	// By are the companies that may, by role with the right or, if Coded, by the company's security code.
	By    func(*Check) []string
	Right companies.Right
	Coded bool
	// Denied is the refusal of everybody else.
	Denied string
	// StatusFirst acts are refused for their status before anything else.
	StatusFirst bool
	// Before and Refuse say what keeps the act from being done, before and after the company is known.
	Before, Refuse func(*Check) error
	// Write lays the input over the document.
	Write func(*Check)
	// Faults are what is wrong then. FirstFault: only the first is told. Intro stands before them.
	Faults     func(*Check) []Fault
	FirstFault bool
	Intro      string
	// After writes what follows from the act, once the document has moved.
	After func(*Check)
	// Tells acts send a mail with a PDF when something is refused.
	Tells bool
}

// Act finds what an act of a name is at a status; nil if there is none.
func (k *Kind) Act(name string, status records.Status) *Act {
	var found *Act
	for i := range k.Acts {
		a := &k.Acts[i]
		if a.Name == name && (slices.Contains(a.From, status) || (len(a.From) == 0 && found == nil)) {
			found = a
		}
	}
	return found
}

// Check is the check of an act on a document.
func (k *Kind) Check(facts Facts, d *Document, step string, input map[string]any) *Check {
	c := &Check{Document: d, Facts: facts, Kind: k, Step: k.Place(step), Input: input}
	c.Carrier, c.Nth = k.NextTransporter(d)
	return c
}

// Found runs a rule and gives the faults that it finds.
func (c *Check) Found(rule func(*Check)) []Fault {
	c.faults = nil
	rule(c)
	return c.faults
}

// signature is an act of the kinds that are signed: what was written by updates before is sealed, and the signature is
// written into an object of the document.
func signature(name, object, company string) Act {
	return Act{
		Name: name, Step: name, Argument: "input", Right: companies.MayManage, Coded: true, Denied: NotYourSignature,
		By: func(c *Check) []string { return []string{c.Company(company)} },
		Refuse: func(c *Check) error {
			if slices.Contains(c.Signed, name) && !c.Kind.SignedOnce {
				return refusal.BadInput(AlreadySigned)
			}
			return nil
		},
		Faults: func(c *Check) []Fault { return c.Found(func(c *Check) { c.required(false) }) },
		After:  func(c *Check) { tree.Put(c.Data, object+".signature", c.Stamp()) },
	}
}

const (
	// NotYourSignature refuses who may not sign.
	NotYourSignature = "Vous ne pouvez pas signer ce bordereau"
	// AlreadySigned refuses a second signature.
	AlreadySigned = "Cette signature a déjà été apposée."
)

// Stamp is the signature that the check's input is.
func (c *Check) Stamp() map[string]any {
	date := tree.Text(c.Input, "date")
	if date == "" {
		date = tree.FormatTime(c.Now)
	}
	return map[string]any{"date": date, "author": c.Input["author"]}
}

// emission may be signed by the eco-organisme in place of the emitter.
func emission() Act {
	a := signature("EMISSION", "emitter.emission", "emitter.company")
	a.By = func(c *Check) []string { return []string{c.Company("emitter.company"), c.Text("ecoOrganisme.siret")} }
	return a
}

// transport is signed by the next transporter; when all have signed it is the last one's second attempt.
func transport() Act {
	a := signature("TRANSPORT", "transporter.transport", "transporter.company")
	a.Right = companies.MaySignTransport
	a.By = func(c *Check) []string {
		if c.Carrier != nil {
			return []string{companyOf(c.Carrier)}
		}
		var all []string
		for _, t := range c.Kind.Transporters(c.Document) {
			all = append(all, companyOf(t))
		}
		return all
	}
	once := a.Refuse
	a.Refuse = func(c *Check) error {
		if c.Carrier != nil {
			return nil
		}
		return once(c)
	}
	a.Write = func(c *Check) {
		if c.Carrier != nil {
			c.Receipt(c.Kind, c.Carrier)
		}
	}
	a.After = func(c *Check) { tree.Put(c.Carrier, "transport.signature", c.Stamp()) }
	return a
}

// reception and operation take transporters off that never signed.
func signedReception() Act { return dropping("RECEPTION", "destination.reception") }
func signedOperation() Act { return dropping("OPERATION", "destination.operation") }

func dropping(name, object string) Act {
	a := signature(name, object, "destination.company")
	stamp := a.After
	a.After = func(c *Check) {
		stamp(c)
		c.Kind.DropUnsigned(c.Document)
	}
	return a
}
