package registry

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"sluss/simulators/trackdechets/companies"
	"sluss/simulators/trackdechets/graphql"
	"sluss/simulators/trackdechets/records"
	"sluss/simulators/trackdechets/refusal"
	"sluss/simulators/trackdechets/tree"
)

// delegation is the kind, in the records, of a delegation of declarations.
const delegation = "delegation"

// Delegation lets one company declare to the waste registry for another. On the real service people make it in the web
// interface.
type Delegation struct {
	Delegator string     `json:"delegator"` // SIRET of the company that is reported for
	Delegate  string     `json:"delegate"`  // SIRET of the company that reports
	Start     time.Time  `json:"start"`
	End       *time.Time `json:"end,omitempty"` // nil: until it is revoked
	Comment   string     `json:"comment,omitempty"`
	// Status is CANCELLED or REVOKED; empty, it follows from the time.
	Status string `json:"status,omitempty"`
}

// AddDelegation makes a delegation or replaces the one of the same companies. It is durable with the records.
func (d *Service) AddDelegation(given Delegation) error {
	d.Lock()
	defer d.Unlock()
	for _, siret := range []string{given.Delegator, given.Delegate} {
		if _, known := d.Companies[siret]; !known {
			return fmt.Errorf("delegation: there is no company %q", siret)
		}
	}
	if !slices.Contains([]string{"", "CANCELLED", "REVOKED"}, given.Status) {
		return fmt.Errorf("delegation: the status %q is unknown: use CANCELLED or REVOKED, or none", given.Status)
	}
	data := map[string]any{"delegator": given.Delegator, "delegate": given.Delegate, "startDate": tree.FormatTime(given.Start), "comment": given.Comment}
	if given.End != nil {
		data["endDate"] = tree.FormatTime(*given.End)
	}
	r := d.New(delegation, companies.DerivedID("delegation "+given.Delegator+" "+given.Delegate), data)
	r.Status = records.Status(given.Status)
	return d.Commit(records.Job("delegation"), "", nil, r)
}

// delegationStatus follows from the time that has passed, unless somebody has ended it.
func (d *Service) delegationStatus(r *records.Document) string {
	now := tree.FormatTime(d.Now())
	switch {
	case r.Status != "":
		return string(r.Status)
	case r.Text("startDate") > now:
		return "INCOMING"
	case r.Text("endDate") != "" && r.Text("endDate") <= now:
		return "EXPIRED"
	}
	return "ONGOING"
}

// mayReport: a member declares for the own company; for another only where that one has delegated it to the company that
// reports, of which the user is a member.
func (d *Service) mayReport(c *graphql.Call, reportFor, reportAs string) bool {
	if c.User.ActsFor([]string{reportFor}, companies.MayManage) != "" {
		return true
	}
	if c.User.ActsFor([]string{reportAs}, companies.MayManage) == "" {
		return false
	}
	return slices.ContainsFunc(d.Newest(delegation), func(r *records.Document) bool {
		return r.Text("delegator") == reportFor && r.Text("delegate") == reportAs && d.delegationStatus(r) == "ONGOING"
	})
}

func (d *Service) delegationWire(r *records.Document) map[string]any {
	data := r.Wire()
	data["status"] = d.delegationStatus(r)
	for _, side := range []string{"delegator", "delegate"} {
		data[side] = d.Companies[r.Text(side)].Wire()
	}
	return data
}

func (d *Service) oneDelegation(c *graphql.Call) (any, error) {
	id := c.Text("delegationId")
	r, ok := d.Find(delegation, id)
	if !ok {
		return nil, refusal.BadInput(fmt.Sprintf("La demande de délégation %s n'existe pas.", id))
	}
	if c.User.ActsFor([]string{r.Text("delegator"), r.Text("delegate")}, companies.MayRead) == "" {
		return nil, refusal.Forbidden("Vous ne faites pas partie de l'entreprise délégante ou délégataire d'une délégation.")
	}
	return d.delegationWire(r), nil
}

// listDelegations lists those that the user's companies have given or got; a filter names one of the two.
func (d *Service) listDelegations(c *graphql.Call) (any, error) {
	where := c.Object("where")
	return d.list(c, delegation, func(r *records.Document) any { return d.delegationWire(r) }, func(r *records.Document) bool {
		delegator, delegate := r.Text("delegator"), r.Text("delegate")
		given, got := c.User.ActsFor([]string{delegator}, companies.MayRead) != "", c.User.ActsFor([]string{delegate}, companies.MayRead) != ""
		names := strings.ToLower(d.Companies[delegator].Name + " " + delegator + " " + d.Companies[delegate].Name + " " + delegate)
		active := slices.Contains([]string{"INCOMING", "ONGOING"}, d.delegationStatus(r))
		switch {
		case !given && !got, where["givenToMe"] == true && !got, where["givenToMe"] == false && !given, tree.Truth(where, "activeOnly") && !active:
			return false
		case cmp.Or(tree.Text(where, "delegatorOrgId"), delegator) != delegator, cmp.Or(tree.Text(where, "delegateOrgId"), delegate) != delegate:
			return false
		}
		return strings.Contains(names, strings.ToLower(tree.Text(where, "search")))
	})
}
