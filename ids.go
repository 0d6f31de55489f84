package sluss

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// All ids of batches, filings, obligations and events, and of other workflows, are
// made and parsed here. An id is a plain string in JSON, SQL and Temporal. In Go each
// kind has a type of its own, so that one is not taken for another.

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

// BatchID identifies a batch: "batch/TENANT/REFERENCE". It is also the id
// of its workflow.
type BatchID string

// NewBatchID is the id of the batch with that reference. An empty tenant is
// DefaultTenant.
func NewBatchID(tenant, reference string) BatchID {
	if tenant == "" {
		tenant = DefaultTenant
	}
	return BatchID(batchPrefix + tenant + "/" + reference)
}

// ID is the batch's id.
func (d Declaration) ID() BatchID { return NewBatchID(d.Tenant, d.Reference) }

// ParseBatchID reads an id that comes from outside. Its error says how one is
// written.
func ParseBatchID(text string) (BatchID, error) {
	id := BatchID(text)
	_, _, err := id.Split()
	return id, err
}

// Name is the id as people write it in a command: "TENANT/REFERENCE".
func (id BatchID) Name() string { return strings.TrimPrefix(string(id), batchPrefix) }

// Split is the inverse of NewBatchID.
func (id BatchID) Split() (tenant, reference string, err error) {
	name, ok := strings.CutPrefix(string(id), batchPrefix)
	tenant, reference, both := strings.Cut(name, "/")
	if !ok || !both {
		return "", "", fmt.Errorf("%q is not the id of a batch: write batch/TENANT/REFERENCE", string(id))
	}
	if err := checkNames(string(id), tenant, reference); err != nil {
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

// FilingID identifies a filing: "filing/TENANT/REFERENCE/OBLIGATION".
type FilingID string

// Workflow is the id of the workflow that runs the filing: its batch's, or its own if
// it is an amendment or the result of a quarter. An id that is not that of a filing is
// returned as it is.
func (id FilingID) Workflow() string {
	batch, obligation, err := id.Split()
	if _, n := obligation.SplitAmendment(); err != nil || n > 0 || obligation.ofQuarter() {
		return string(id)
	}
	return string(batch)
}

// Filing is the id of the filing that discharges an obligation of the batch.
func (id BatchID) Filing(obligation ObligationID) FilingID {
	return FilingID(filingPrefix + id.Name() + "/" + string(obligation))
}

// ParseFilingID reads an id that comes from outside. Its error says how one is
// written.
func ParseFilingID(text string) (FilingID, error) {
	id := FilingID(text)
	_, _, err := id.Split()
	return id, err
}

// Name is the id as people write it in a command: "TENANT/REFERENCE/OBLIGATION".
func (id FilingID) Name() string { return strings.TrimPrefix(string(id), filingPrefix) }

// Split is the inverse of BatchID.Filing: the id of the batch, and that of the
// obligation.
func (id FilingID) Split() (batch BatchID, obligation ObligationID, err error) {
	parts := strings.SplitN(string(id), "/", 4)
	if len(parts) != 4 || parts[0]+"/" != filingPrefix || parts[3] == "" {
		return "", "", fmt.Errorf("%q is not the id of a filing: write filing/TENANT/REFERENCE/OBLIGATION", string(id))
	}
	if err := checkNames(string(id), parts[1], parts[2]); err != nil {
		return "", "", err
	}
	return NewBatchID(parts[1], parts[2]), ObligationID(parts[3]), nil
}

// ObligationID names an obligation within its batch: the id of its rule, and if a
// batch may have several of them, the number, counted from 1, of the leg, deal or
// pickup that it concerns: "se.removal", "se.transport#2". The result of a quarter
// has the quarter as its number: "se.treatment#2026-Q4".
type ObligationID string

var validObligation = regexp.MustCompile(`^[a-z]{2}\.[a-z-]+(#[1-9][0-9]*(-Q[1-4])?)?(\.(again|amend)[1-9][0-9]*)?$`)

// NewObligationID is the id of the obligation of a rule with that number.
func NewObligationID(rule string, number int) ObligationID {
	return ObligationID(fmt.Sprintf("%s#%d", rule, number))
}

// NewResultID is the id of the obligation of a rule to report the result of a
// quarter.
func NewResultID(rule string, q Quarter) ObligationID {
	return ObligationID(rule + "#" + q.String())
}

// ParseObligationID reads an id that comes from outside. Its error says how one is
// written.
func ParseObligationID(text string) (ObligationID, error) {
	if !validObligation.MatchString(text) {
		return "", fmt.Errorf("%q is not the id of an obligation: write the id of its rule, and the number if there is one, such as se.transport#1", text)
	}
	return ObligationID(text), nil
}

// ofQuarter tells whether the obligation is to report the result of a quarter.
func (id ObligationID) ofQuarter() bool {
	_, number, _ := strings.Cut(string(id), "#")
	_, err := ParseQuarter(number)
	return err == nil
}

const amendmentMark = ".amend"

// Amendment is the id under which a report is amended for the nth time, counted
// from 1: "se.transport#1.amend1".
func (id ObligationID) Amendment(n int) ObligationID { return id.numbered(amendmentMark, n) }

// SplitAmendment is the inverse of Amendment; n is 0 if the id is not that of an
// amendment.
func (id ObligationID) SplitAmendment() (of ObligationID, n int) { return id.split(amendmentMark) }

const againMark = ".again"

// Again is the id under which vehicles or companies are looked up for the nth time,
// counted from 2: "no.clearance#1.again2". The first look-up has the id of the
// obligation itself.
func (id ObligationID) Again(n int) ObligationID { return id.numbered(againMark, n) }

// SplitAgain is the inverse of Again; n is 1 for the first look-up.
func (id ObligationID) SplitAgain() (of ObligationID, n int) {
	of, n = id.split(againMark)
	return of, max(n, 1)
}

func (id ObligationID) numbered(mark string, n int) ObligationID {
	return ObligationID(string(id) + mark + strconv.Itoa(n))
}

func (id ObligationID) split(mark string) (of ObligationID, n int) {
	before, number, _ := strings.Cut(string(id), mark)
	of = ObligationID(before)
	n, err := strconv.Atoi(number)
	if err != nil || n < 1 || id != of.numbered(mark, n) {
		return id, 0
	}
	return of, n
}

// EventID names an event within its batch: "received", "handedOver#2". It is the kind
// alone if there is no leg.
type EventID string

// NewEventID is the id of the event of a kind at a leg; 0 is none.
func NewEventID(kind EventKind, leg int) EventID {
	if leg == 0 {
		return EventID(kind)
	}
	return EventID(fmt.Sprintf("%s#%d", kind, leg))
}

// ID names the event within its batch.
func (e Event) ID() EventID { return NewEventID(e.Kind, e.Leg) }

// Split is the inverse of NewEventID.
func (id EventID) Split() (kind EventKind, leg int, err error) {
	name, number, numbered := strings.Cut(string(id), "#")
	if numbered {
		leg, err = strconv.Atoi(number)
	}
	if err != nil || numbered && leg < 1 {
		return "", 0, fmt.Errorf("event %q: %q is not the number of a leg: write the kind, or the kind and the leg, such as handedOver#2", string(id), number)
	}
	return EventKind(name), leg, nil
}

// Departure is the id of the event with which leg number leg (counted from 1)
// starts.
func Departure(leg int) EventID {
	if leg == 1 {
		return NewEventID(PickedUp, 1)
	}
	return NewEventID(HandedOver, leg)
}

// ID is the id of the workflow that compiles the results of a site.
func (s ResultSite) ID() string { return fmt.Sprintf("results/%s/%s/%s", s.Tenant, s.Quarter, s.Site) }

// SyncID is the id of the workflow that follows the documents of a company of
// ours at a registry.
func SyncID(registry, company string) string { return "sync/" + registry + "/" + company }

// ReferenceDataID is the id of the schedule that checks a registry's reference data,
// and of the calls that this takes.
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
// what distinguishes it from others of the kind: "task/trackdechets/register/7".
func TaskID(registry string, kind TaskKind, names ...string) string {
	return strings.Join(append([]string{"task", registry, string(kind)}, names...), "/")
}
