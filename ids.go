package sluss

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// All ids of batches, filings, obligations and events, and those of the
// workflows beside them, are written and read here. An id is a plain string in
// JSON, SQL and Temporal.

// DefaultTenant is the tenant of declarations that name none.
const DefaultTenant = "default"

// ValidReference matches references and tenants: they become part of workflow
// ids, URLs and the registries' own reference fields.
var ValidReference = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$`)

// What ids begin with, by what they are of.
const (
	batchPrefix  = "batch/"
	filingPrefix = "filing/"
)

// BatchID names a batch for ever: "batch/TENANT/REFERENCE". It is also the id
// of its workflow. An empty tenant is DefaultTenant.
func BatchID(tenant, reference string) string {
	if tenant == "" {
		tenant = DefaultTenant
	}
	return batchPrefix + tenant + "/" + reference
}

// ID is the batch's id.
func (d Declaration) ID() string { return BatchID(d.Tenant, d.Reference) }

// ParseBatchID is the inverse of BatchID.
func ParseBatchID(id string) (tenant, reference string, err error) {
	name, ok := strings.CutPrefix(id, batchPrefix)
	tenant, reference, both := strings.Cut(name, "/")
	if !ok || !both {
		return "", "", fmt.Errorf("%q is not the id of a batch: write batch/TENANT/REFERENCE", id)
	}
	if err := checkNames(id, tenant, reference); err != nil {
		return "", "", err
	}
	return tenant, reference, nil
}

func checkNames(id, tenant, reference string) error {
	for _, part := range []struct{ name, value string }{{"tenant", tenant}, {"reference", reference}} {
		if !ValidReference.MatchString(part.value) {
			return fmt.Errorf("id %q: %q is not a valid %s: it has 1 to 40 letters A to Z, digits, points, hyphens and underscores, a letter or digit first", id, part.value, part.name)
		}
	}
	return nil
}

// FilingID names a filing for ever: "filing/TENANT/REFERENCE/OBLIGATION". It is
// also the id of its workflow. An empty tenant is DefaultTenant.
func FilingID(tenant, reference, obligation string) string {
	return FilingOf(BatchID(tenant, reference), obligation)
}

// FilingOf is the FilingID of an obligation of the batch with an id.
func FilingOf(batch, obligation string) string {
	return filingPrefix + strings.TrimPrefix(batch, batchPrefix) + "/" + obligation
}

// SplitFilingID is the inverse of FilingID: the id of the batch, and that of the
// obligation.
func SplitFilingID(id string) (batch, obligation string, err error) {
	parts := strings.SplitN(id, "/", 4)
	if len(parts) != 4 || parts[0]+"/" != filingPrefix || parts[3] == "" {
		return "", "", fmt.Errorf("%q is not the id of a filing: write filing/TENANT/REFERENCE/OBLIGATION", id)
	}
	if err := checkNames(id, parts[1], parts[2]); err != nil {
		return "", "", err
	}
	return BatchID(parts[1], parts[2]), parts[3], nil
}

// ObligationID is the id of an obligation of which a batch may have several: the
// id of its rule, and the number, counted from 1, of the leg, deal or pickup
// that it concerns: "se.transport#2".
func ObligationID(rule string, number int) string { return fmt.Sprintf("%s#%d", rule, number) }

const amendmentMark = ".amend"

// AmendmentID is the obligation id under which a report is amended for the nth
// time, counted from 1: "se.transport#1.amend1".
func AmendmentID(obligation string, n int) string {
	return obligation + amendmentMark + strconv.Itoa(n)
}

// SplitAmendmentID is the inverse of AmendmentID; n is 0 if the id is not that
// of an amendment.
func SplitAmendmentID(id string) (obligation string, n int) {
	return splitNumber(id, amendmentMark, AmendmentID)
}

const againMark = ".again"

// AgainID is the obligation id under which vehicles or companies are looked up
// for the nth time, counted from 2: "no.clearance#1.again2". The first look-up has
// the id of the obligation itself.
func AgainID(obligation string, n int) string { return obligation + againMark + strconv.Itoa(n) }

// SplitAgainID is the inverse of AgainID; n is 1 for the first look-up.
func SplitAgainID(id string) (obligation string, n int) {
	obligation, n = splitNumber(id, againMark, AgainID)
	return obligation, max(n, 1)
}

func splitNumber(id, mark string, join func(string, int) string) (obligation string, n int) {
	before, number, _ := strings.Cut(id, mark)
	n, err := strconv.Atoi(number)
	if err != nil || n < 1 || id != join(before, n) {
		return id, 0
	}
	return before, n
}

// EventID names an event within its batch: "received", "handedOver#2". A leg of 0
// is none.
func EventID(kind EventKind, leg int) string {
	if leg == 0 {
		return string(kind)
	}
	return fmt.Sprintf("%s#%d", kind, leg)
}

// ID names the event within its batch.
func (e Event) ID() string { return EventID(e.Kind, e.Leg) }

// ParseEventID is the inverse of EventID.
func ParseEventID(id string) (kind EventKind, leg int, err error) {
	name, number, numbered := strings.Cut(id, "#")
	if numbered {
		leg, err = strconv.Atoi(number)
	}
	if err != nil || numbered && leg < 1 {
		return "", 0, fmt.Errorf("event %q: %q is not the number of a leg: write the kind, or the kind and the leg, such as handedOver#2", id, number)
	}
	return EventKind(name), leg, nil
}

// Departure is the id of the event with which leg number leg (counted from 1)
// starts.
func Departure(leg int) string {
	if leg == 1 {
		return EventID(PickedUp, 1)
	}
	return EventID(HandedOver, leg)
}

// ID is the id of the workflow that compiles the results of a site.
func (s ResultSite) ID() string { return fmt.Sprintf("results/%s/%s/%s", s.Tenant, s.Quarter, s.Site) }

// SyncID is the id of the workflow that follows the documents of a company of
// ours at a registry.
func SyncID(registry, company string) string { return "sync/" + registry + "/" + company }

// ReferenceDataID is the id of the schedule that looks at a registry's reference
// data, and of the calls that this takes.
func ReferenceDataID(registry string) string { return "reference-data/" + registry }

// TaskKind is what a task asks of a registry.
type TaskKind string

// The kinds of tasks.
const (
	TaskRevisions      TaskKind = "revisions"       // list the revisions that wait for a company's answer
	TaskRevisionAnswer TaskKind = "revision-answer" // accept, refuse or withdraw a revision
	TaskEcoOrganismes  TaskKind = "eco-organismes"  // list those that may be on a BSDD
	TaskRegister       TaskKind = "register"        // export a company's register of waste
	TaskPrint          TaskKind = "print"           // print a document
	TaskVehicles       TaskKind = "vehicles"        // look up vehicles
)

// TaskID is the id of a task's workflow and of its calls: the registry, the kind, and
// what tells it from others of the kind: "task/trackdechets/register/7".
func TaskID(registry string, kind TaskKind, names ...string) string {
	return strings.Join(append([]string{"task", registry, string(kind)}, names...), "/")
}
