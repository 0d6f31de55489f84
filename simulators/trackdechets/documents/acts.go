package documents

import (
	"errors"
	"slices"

	"sluss/simulators/trackdechets/companies"
	"sluss/simulators/trackdechets/graphql"
	"sluss/simulators/trackdechets/kinds"
	"sluss/simulators/trackdechets/refusal"
	"sluss/simulators/trackdechets/tree"
)

// Act does an act on the document of a call. The order of what is looked at is that of kinds.Act.
func (d *Service) Act(k *Kind, c *graphql.Call, name string) (any, error) {
	doc, err := d.Document(k, c.ID())
	if err != nil {
		return nil, err
	}
	act := k.Act(name, doc.Status)
	if act == nil {
		return nil, refusal.BadInput(kinds.WrongTransition)
	}
	input := c.Object(act.Argument)
	if act.Coded && doc.Status == kinds.CanceledStatus {
		return nil, refusal.Forbidden(kinds.Canceled)
	}
	check := k.Check(d.Facts(), doc, act.Step, input)
	if act.StatusFirst && !k.MayStart(doc, name) {
		return nil, refusal.BadInput(kinds.NotThisStage)
	}
	if act.Before != nil {
		if err := act.Before(check); err != nil {
			return nil, err
		}
	}
	company, err := d.actor(c, act, check)
	if err != nil {
		return nil, err
	}
	if err := d.Do(k, act, check); err != nil {
		return nil, err
	}
	var also []*Document
	if follow := d.links[k].Follow; follow != nil {
		also = follow(name, doc)
	}
	answer, err := d.Save(k, c, company, input, doc, also...)
	// A refusal stands even when its mail or PDF cannot be made, but the answer is an error.
	if said := tree.Text(input, "wasteAcceptationStatus"); err == nil && act.Tells && d.PDFFails && (said == "REFUSED" || said == "PARTIALLY_REFUSED") {
		return nil, refusal.Internal()
	}
	return answer, err
}

// Do writes an act on the document of its check, and moves it; whose act it is has been looked at.
func (d *Service) Do(k *Kind, act *kinds.Act, check *kinds.Check) error {
	if act.Refuse != nil {
		if err := act.Refuse(check); err != nil {
			return err
		}
	}
	if act.Write != nil {
		act.Write(check)
	}
	if act.Faults != nil {
		if err := k.Refuse(act.Faults(check), act.FirstFault); err != nil {
			refused := &refusal.Refusal{}
			if errors.As(err, &refused) && act.Intro != "" {
				return refusal.BadInput(act.Intro + refused.Message)
			}
			return err
		}
	}
	if act.Again == "" || act.Again != check.Status {
		if err := k.Move(check.Document, act.Name); err != nil {
			return err
		}
	}
	if act.After != nil {
		act.After(check)
	}
	return nil
}

// actor is the company that the user acts for: by role, or by the company's security code.
func (d *Service) actor(c *graphql.Call, act *kinds.Act, check *kinds.Check) (string, error) {
	may := slices.DeleteFunc(act.By(check), func(id string) bool { return id == "" })
	if company := c.User.ActsFor(may, act.Right); company != "" {
		return company, nil
	}
	code, _ := tree.Number(c.Args, "securityCode")
	if code == 0 {
		code, _ = tree.Number(c.Args, "input.securityCode")
	}
	if !act.Coded || code == 0 || len(may) == 0 {
		return "", refusal.Forbidden(act.Denied)
	}
	company := may[0]
	if c.Text("input.signatureAuthor") == "ECO_ORGANISME" {
		company = may[len(may)-1]
	}
	return company, d.CheckCode(c.User, company, int(code))
}

// CheckCode compares a company's security code with the one that a user has sent.
func (d *Service) CheckCode(user *companies.User, company string, code int) error {
	return d.codes.Check(d.Now(), user, d.Companies[company], code)
}
