package trackdechets

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

const delegationRecord = "delegation" // of declarations to the waste registry

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

// AddDelegation makes a delegation or replaces the one of the same companies. It is durable with the books.
func (b *Backend) AddDelegation(d Delegation) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, siret := range []string{d.Delegator, d.Delegate} {
		if _, known := b.companies[siret]; !known {
			return fmt.Errorf("delegation: there is no company %q", siret)
		}
	}
	if !slices.Contains([]string{"", "CANCELLED", "REVOKED"}, d.Status) {
		return fmt.Errorf("delegation: the status %q is unknown: use CANCELLED or REVOKED, or none", d.Status)
	}
	data := map[string]any{"delegator": d.Delegator, "delegate": d.Delegate, "startDate": formatTime(d.Start), "comment": d.Comment}
	if d.End != nil {
		data["endDate"] = formatTime(*d.End)
	}
	r := b.record(delegationRecord, derivedID("delegation "+d.Delegator+" "+d.Delegate), data)
	r.Status = d.Status
	return b.books.commit(nil, []*Record{r})
}

// delegationStatus follows from the time that has passed, unless somebody has ended it.
func (b *Backend) delegationStatus(r *Record) string {
	now := formatTime(b.now())
	switch {
	case r.Status != "":
		return r.Status
	case text(r.Data, "startDate") > now:
		return "INCOMING"
	case text(r.Data, "endDate") != "" && text(r.Data, "endDate") <= now:
		return "EXPIRED"
	}
	return "ONGOING"
}

// mayReport: a member declares for the own company; for another only where that one has delegated it to the company that
// reports, of which the user is a member.
func (b *Backend) mayReport(c *call, reportFor, reportAs string) bool {
	if c.user.actsFor([]string{reportFor}, mayManage) != "" {
		return true
	}
	if c.user.actsFor([]string{reportAs}, mayManage) == "" {
		return false
	}
	return slices.ContainsFunc(b.books.newestRecords(delegationRecord), func(r *Record) bool {
		return text(r.Data, "delegator") == reportFor && text(r.Data, "delegate") == reportAs && b.delegationStatus(r) == "ONGOING"
	})
}

func (b *Backend) delegationWire(r *Record) map[string]any {
	data := r.wire()
	data["status"] = b.delegationStatus(r)
	for _, side := range []string{"delegator", "delegate"} {
		data[side] = b.companies[text(r.Data, side)].wire()
	}
	return data
}

func (b *Backend) delegation(c *call) (any, error) {
	id := text(c.args, "delegationId")
	r, ok := b.books.record(delegationRecord, id)
	if !ok {
		return nil, badInput(fmt.Sprintf("La demande de délégation %s n'existe pas.", id))
	}
	if c.user.actsFor([]string{text(r.Data, "delegator"), text(r.Data, "delegate")}, mayRead) == "" {
		return nil, forbidden("Vous ne faites pas partie de l'entreprise délégante ou délégataire d'une délégation.")
	}
	return b.delegationWire(r), nil
}

// delegations lists those that the user's companies have given or got; a filter names one of the two.
func (b *Backend) delegations(c *call) (any, error) {
	where := object(c.args, "where")
	var nodes []node
	for _, r := range b.books.newestRecords(delegationRecord) {
		delegator, delegate := text(r.Data, "delegator"), text(r.Data, "delegate")
		given, got := c.user.actsFor([]string{delegator}, mayRead) != "", c.user.actsFor([]string{delegate}, mayRead) != ""
		names := strings.ToLower(b.companies[delegator].Name + " " + delegator + " " + b.companies[delegate].Name + " " + delegate)
		active := slices.Contains([]string{"INCOMING", "ONGOING"}, b.delegationStatus(r))
		switch {
		case !given && !got, where["givenToMe"] == true && !got, where["givenToMe"] == false && !given, truth(where, "activeOnly") && !active:
		case text(where, "delegatorOrgId") != "" && text(where, "delegatorOrgId") != delegator:
		case text(where, "delegateOrgId") != "" && text(where, "delegateOrgId") != delegate:
		case !strings.Contains(names, strings.ToLower(text(where, "search"))):
		default:
			nodes = append(nodes, node{r.ID, b.delegationWire(r)})
		}
	}
	return paged(c, nodes)
}

// paged cuts the page asked for by skip and first out of a list.
func paged(c *call, nodes []node) (any, error) {
	skip, _ := number(c.args, "skip")
	left := nodes[min(len(nodes), max(0, int(skip))):]
	page, err := connection(map[string]any{"first": c.args["first"]}, left, 10, 100)
	if answer, ok := page.(map[string]any); ok {
		answer["totalCount"] = float64(len(nodes))
	}
	return page, err
}
