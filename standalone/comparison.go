package main

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"sluss"
	"sluss/ledger"
)

type ledgerReceipt = ledger.FiledReceipt

// comparison is the registries' own records compared with the ledger, filing by filing.
type comparison struct {
	lines     []string
	differ    []string
	overQuota int
	compared  int
}

func (c *comparison) agree() bool { return len(c.differ) == 0 && c.overQuota == 0 }

func (c *comparison) String() string {
	var b strings.Builder
	b.WriteString("\nThe registries' own records compared with the ledger:\n")
	for _, line := range c.lines {
		b.WriteString("  " + line + "\n")
	}
	for _, line := range c.differ {
		b.WriteString("  DIFFERS: " + line + "\n")
	}
	verdict := "they agree, filing by filing"
	if !c.agree() {
		verdict = "they do NOT agree"
	}
	fmt.Fprintf(&b, "  %d filings compared; calls refused for quota: %d; %s", c.compared, c.overQuota, verdict)
	return b.String()
}

// tally counts what the ledger and the registry have under each name.
type tally map[string]struct{ ledger, registry int }

func (t tally) add(name string, inLedger, inRegistry int) {
	n := t[name]
	n.ledger, n.registry = n.ledger+inLedger, n.registry+inRegistry
	t[name] = n
}

func (c *comparison) compare(registry, unit string, t tally) {
	inLedger, inRegistry := 0, 0
	for _, name := range slices.Sorted(maps.Keys(t)) {
		n := t[name]
		inLedger, inRegistry = inLedger+n.ledger, inRegistry+n.registry
		if n.ledger != n.registry {
			c.differ = append(c.differ, fmt.Sprintf("%s: %s is %d times in the ledger, %d times in the registry", registry, name, n.ledger, n.registry))
		}
	}
	c.compared += inLedger
	c.lines = append(c.lines, fmt.Sprintf("%-17s %3d %s in the ledger, %3d in the registry", registry, inLedger, unit, inRegistry))
}

// compareRecords compares what the registries accepted by the ledger with what the
// simulators have recorded. Anything doubled, lost or invented is a difference.
func (h *Installation) compareRecords(ctx context.Context) (*comparison, error) {
	receipts, err := h.Service.Ledger.Receipts(ctx)
	if err != nil {
		return nil, err
	}
	compare := map[string]func(context.Context, *comparison, []ledgerReceipt) error{
		sluss.Avfallsregistret: h.compareSweden, sluss.Trackdechets: h.compareFrance, sluss.Autosys: h.compareNorway,
	}
	c := &comparison{}
	for _, name := range sluss.Registries() {
		if compare[name] == nil {
			return nil, fmt.Errorf("the records of %s cannot be compared", name)
		}
		at := slices.DeleteFunc(slices.Clone(receipts), func(r ledgerReceipt) bool { return r.Registry != name })
		if err := compare[name](ctx, c, at); err != nil {
			return nil, err
		}
	}
	return c, nil
}

func (h *Installation) compareSweden(ctx context.Context, c *comparison, receipts []ledgerReceipt) error {
	sweden := tally{}
	for _, r := range receipts {
		name, err := h.swedish(ctx, r)
		if err != nil {
			return err
		}
		sweden.add(name, 1, 0)
	}
	for _, note := range h.Simulators.Sweden.Notes() {
		sweden.add(swedishNote(note.AvfallID, note.Replaces), 0, 1)
		if note.Annulled != nil {
			sweden.add(annulmentOf(note.AvfallID), 0, 1)
		}
	}
	c.compare(sluss.Avfallsregistret, "notes", sweden)
	return nil
}

func (h *Installation) compareFrance(_ context.Context, c *comparison, receipts []ledgerReceipt) error {
	france := tally{}
	for _, r := range receipts {
		_, obligation, err := sluss.FilingID(r.Filing).Split()
		if err != nil {
			continue // a person's task, such as the answer to a revision
		}
		if step := mutationOf(obligation); step != "" {
			france.add(r.ID+" "+step, 1, 0)
		}
	}
	for _, form := range h.Simulators.France.Forms() {
		if form.Deleted {
			continue
		}
		for i, entry := range form.Log {
			again := i > 0 && entry.Name == "markAsResealed" && entry.Status == form.Log[i-1].Status
			if entry.Name == "updateForm" || again {
				continue // is part of sealing and of the signatures at departure, in the same call
			}
			if entry.User == "" || entry.Name == "submitFormRevisionRequestApproval" {
				continue // the registry's own act on the batches in a group; another party's answer
			}
			france.add(form.ID+" "+entry.Name, 0, 1)
		}
	}
	c.compare(sluss.Trackdechets, "steps", france)
	c.overQuota = h.Simulators.France.Counters().OverQuota
	return nil
}

func (h *Installation) compareNorway(ctx context.Context, c *comparison, receipts []ledgerReceipt) error {
	allowed := 0
	for _, r := range receipts {
		attempts, err := h.Service.Ledger.Attempts(ctx, r.Filing)
		if err != nil {
			return err
		}
		c.compared++
		for _, a := range attempts {
			allowed += a.Calls
		}
	}
	lookups := len(h.Simulators.Norway.Lookups())
	c.lines = append(c.lines, fmt.Sprintf("%-17s %3d calls allowed by the ledger, %3d in the registry", sluss.Autosys, allowed, lookups))
	if lookups > allowed {
		c.differ = append(c.differ, fmt.Sprintf("%s: called %d times, but the ledger allowed %d", sluss.Autosys, lookups, allowed))
	}
	return nil
}

// swedish is what a Swedish receipt is of: a note, one in the place of another, or
// the annulment of one.
func (h *Installation) swedish(ctx context.Context, r ledgerReceipt) (string, error) {
	content, _, _, err := h.Service.Ledger.Content(ctx, sluss.FilingID(r.Filing))
	switch a := content.Amends; {
	case err != nil || a == nil:
		return swedishNote(r.ID, ""), err
	case a.Annul != "":
		return annulmentOf(r.ID), nil
	default:
		return swedishNote(r.ID, a.Receipt), nil
	}
}

func swedishNote(id, replaces string) string {
	if replaces == "" {
		return "note " + id
	}
	return "note " + id + " in the place of " + replaces
}

func annulmentOf(id string) string { return "annulment of " + id }

// mutationOf is the mutation of Trackdéchets that discharges an obligation; empty if
// that is a query.
func mutationOf(obligation sluss.ObligationID) string {
	if _, amendment := obligation.SplitAmendment(); amendment > 0 {
		return "createFormRevisionRequest"
	}
	rule, _, _ := strings.Cut(string(obligation), "#")
	return map[string]string{
		"fr.creation": "createForm", "fr.sealing": "markAsSealed", "fr.emission": "signEmissionForm", "fr.take-over": "signTransportForm",
		"fr.storing": "markAsTempStored", "fr.storing-verdict": "markAsTempStorerAccepted", "fr.resealing": "markAsResealed",
		"fr.arrival": "markAsReceived", "fr.acceptance": "markAsAccepted", "fr.processing": "markAsProcessed",
	}[rule]
}
