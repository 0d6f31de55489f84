package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"text/tabwriter"
	"time"

	"sluss"
	"sluss/examples"
	"sluss/service"
	sim "sluss/simulators/autosys"
	avfallsregistret "sluss/simulators/avfallsregistret"
	trackdechets "sluss/simulators/trackdechets"
	"sluss/workflows"
)

// demo declares the sample batches, plays the people, shows progress, and
// compares the registries' records with the ledger at the end.
func demo(ctx context.Context, h *Installation, f flags) error {
	batches, err := samples(f.Data)
	if err != nil {
		return err
	}
	if err := h.injectFaults(); err != nil {
		return err
	}
	say("the demo begins: %d batches; Trackdéchets here allows %d calls in %s", len(batches), demoCalls, demoWindow)
	h.printAddresses()
	by := sluss.Person{Name: "Plant system", Function: "import"}
	for _, d := range batches {
		at := time.Time{} // it is not known: the demo may begin anew
		if d.Reference == lastQuarter {
			at = d.Legs[0].Departure.Add(-2 * time.Hour)
			d.NotedAt = at
		}
		if _, err := h.Service.Declare(ctx, d, by, at); err != nil {
			return fmt.Errorf("declare %s: %w", d.Reference, err)
		}
	}
	began := time.Now()
	if err := h.play(ctx, batches); err != nil {
		return err
	}
	say("all %d batches are closed (%s)", len(batches), since(began))
	revision, err := h.askRevision(ctx, batches)
	if err != nil {
		return err
	}
	if err := h.fileResults(ctx, batches); err != nil {
		return err
	}
	if err := h.settleRevision(ctx, batches, revision); err != nil {
		return err
	}
	if err := h.summarize(ctx, batches); err != nil {
		return err
	}
	if f.record != "" {
		if err := h.record(ctx, batches, f.record); err != nil {
			return err
		}
	}
	report, err := h.compareRecords(ctx)
	if err != nil {
		return err
	}
	fmt.Println(report)
	h.printAddresses()
	if !report.agree() && f.exit {
		return errors.New("the registries' records do not agree with the ledger")
	}
	return nil
}

// samples are the example batches with their planned times moved from the day
// they were written for to now. The moment is stored in the data folder, so that a
// demo that is continued declares the same batches.
func samples(data string) ([]sluss.Declaration, error) {
	file := filepath.Join(data, "demo-began")
	text, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		text = []byte(time.Now().Truncate(time.Second).Format(time.RFC3339))
		err = writeFiles(data, map[string][]byte{"demo-began": text})
	}
	if err != nil {
		return nil, err
	}
	began, err := time.Parse(time.RFC3339, string(text))
	if err != nil {
		return nil, err
	}
	var batches []sluss.Declaration
	for name, content := range examples.All() {
		d, err := service.ReadDeclaration(content)
		if err != nil {
			return nil, fmt.Errorf("example %s: %w", name, err)
		}
		// The first lorry is to leave in two hours; the legs keep their distance.
		move := began.Add(2 * time.Hour).Sub(d.Legs[0].Departure)
		for i := range d.Legs {
			d.Legs[i].Departure = d.Legs[i].Departure.Add(move)
		}
		batches = append(batches, d)
		if d.Reference == "VO-2026-0101" {
			batches = append(batches, beforeThisQuarter(d, began))
		}
	}
	return batches, nil
}

// injectFaults makes the simulators fail: an answer of the Swedish registry is lost
// after it accepted a note, Trackdéchets fails after it has executed a call, and the
// Norwegian registry is down for a call.
func (h *Installation) injectFaults() error {
	lost := avfallsregistret.Fault{Kind: avfallsregistret.LostAnswer, Method: "POST", Path: "/transportplaneringar", Referens: "VO-2026-0104", Count: 1}
	if slices.ContainsFunc(h.Simulators.Sweden.Notes(), func(n avfallsregistret.Note) bool { return n.Referens == lost.Referens }) {
		return nil // the demo is continued: the faults have happened
	}
	return errors.Join(
		h.Simulators.Sweden.Fault(lost),
		h.Simulators.France.Fault(trackdechets.Fault{Kind: trackdechets.FaultInternal, Operation: "markAsAccepted", CustomID: string(sluss.NewBatchID("", "SOLV-2026-0008")), AfterEffect: true, Times: 1}),
		h.Simulators.Norway.Fault(sim.Fault{Kind: sim.FaultStatus, Status: 503, Times: 1}),
	)
}

// play lets each batch's people act until it is closed, and shows what happens.
func (h *Installation) play(ctx context.Context, batches []sluss.Declaration) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var playing sync.WaitGroup
	progress := newProgress(len(batches))
	for _, d := range batches {
		playing.Go(func() {
			if err := h.playBatch(ctx, d, progress); err != nil {
				cancel(fmt.Errorf("%s: %w", d.Reference, err))
			}
		})
	}
	failed := h.Failed()
	go func() {
		select {
		case err := <-failed:
			cancel(err)
		case <-ctx.Done():
		}
	}()
	playing.Wait()
	if err := context.Cause(ctx); err != nil && !errors.Is(err, context.Canceled) {
		return err
	}
	return ctx.Err()
}

// standstill is how long a played batch may stay as it is: longer than any wait
// for a quota, or for an activity of a worker that was killed.
const standstill = 3 * time.Minute

// playBatch looks at the batch as the people would, and does what can be done. A
// batch on which nothing happens any more is an error.
func (h *Installation) playBatch(ctx context.Context, d sluss.Declaration, p *progress) error {
	patience := time.Now()
	last, moved := 0, time.Now()
	for {
		shown, err := h.Service.Show(ctx, d.ID())
		switch {
		case err == nil:
			patience = time.Now()
		case errors.Is(err, service.ErrNoSuch), // the workflow has started, and will record it in a moment
			errors.Is(err, service.ErrNoAnswer) && time.Since(patience) < 2*time.Minute: // a busy machine
			shown, err = service.Shown{}, nil
		}
		if err != nil {
			return err
		}
		p.show(d.Reference, shown)
		if shown.Closed != "" {
			return nil
		}
		if len(shown.Timeline) != last {
			last, moved = len(shown.Timeline), time.Now()
		}
		if time.Since(moved) > standstill {
			return fmt.Errorf("nothing has happened for %s; it waits for: %s", standstill, waits(shown))
		}
		for _, action := range shown.Possible() {
			if len(action.Blocked) > 0 {
				continue
			}
			// Another may have acted in between: after a refusal, look again.
			if err := h.act(ctx, d, shown, action); err != nil && !errors.Is(err, service.ErrRefused) && !errors.Is(err, service.ErrNoSuch) && !errors.Is(err, service.ErrNoAnswer) {
				return err
			}
			break
		}
		select {
		case <-time.After(400 * time.Millisecond):
		case <-ctx.Done():
			return nil
		}
	}
}

// act does what the person whom the batch waits for would do.
func (h *Installation) act(ctx context.Context, d sluss.Declaration, shown service.Shown, action workflows.Action) error {
	switch action.Kind {
	case workflows.ActEvent:
		if alternatives := script[d.Reference]; action.What == string(sluss.WasteAccepted) && alternatives.refused != "" {
			action.What = string(sluss.WasteRefused)
		}
		event, err := eventOf(d, sluss.EventID(action.What))
		if err != nil {
			return err
		}
		_, err = h.Service.Event(ctx, sluss.BatchID(action.Target), event)
		return err
	case workflows.ActSign:
		_, err := h.Service.Sign(ctx, sluss.FilingID(action.Target), sluss.Signature{
			Role: action.Role, Person: personOf(d, action.Role, shown, sluss.FilingID(action.Target)), At: time.Now().Truncate(time.Second), ContentHash: action.Hash,
		})
		return err
	case workflows.ActCorrect:
		_, err := h.Service.Correct(ctx, sluss.BatchID(action.Target), sluss.Correction{
			Set: script[d.Reference].correction, Reason: "the establishment number was mistyped", By: officer, At: time.Now().Truncate(time.Second),
		})
		return err
	case service.ActExtract, workflows.ActDecide:
		if found, err := h.extract(ctx, sluss.FilingID(action.Target)); err != nil || found {
			return err
		}
		decision, err := h.lookIntoRegistry(ctx, d, sluss.FilingID(action.Target))
		if err != nil {
			return err
		}
		_, err = h.Service.Decide(ctx, sluss.FilingID(action.Target), decision)
		return err
	}
	return nil
}

// lookIntoRegistry is what the officer does if the extract is too old to show the
// note: look into the registry itself, which is possible only with a simulated one.
func (h *Installation) lookIntoRegistry(ctx context.Context, d sluss.Declaration, filing sluss.FilingID) (sluss.Decision, error) {
	decision := sluss.Decision{Kind: sluss.DecidedNotTaken, Reason: "the agency's extract has no such note", By: officer, At: time.Now().Truncate(time.Second)}
	receipts, err := h.Service.Ledger.Receipts(ctx)
	if err != nil {
		return decision, err
	}
	_, obligation, err := filing.Split()
	if err != nil {
		return decision, err
	}
	for _, note := range h.Simulators.Sweden.Notes() {
		known := slices.ContainsFunc(receipts, func(r ledgerReceipt) bool { return r.ID == note.AvfallID })
		if note.Referens == d.Reference && !known && note.Current() && isNoteOf(note, obligation, d) {
			decision.Kind, decision.Receipt, decision.Reason = sluss.DecidedTaken, note.AvfallID, "found in the agency's extract"
		}
	}
	return decision, nil
}

// isNoteOf whether a note in the registry's records is the one of an obligation.
func isNoteOf(note avfallsregistret.Note, obligation sluss.ObligationID, d sluss.Declaration) bool {
	rule, leg, _ := strings.Cut(string(obligation), "#")
	switch rule {
	case "se.removal":
		return note.Path == "transportplaneringar"
	case "se.reception":
		return note.Path == "behandlingsmottaganden"
	}
	for i, l := range d.Legs {
		if leg == fmt.Sprint(i+1) {
			return note.Path == "transporter" && note.Operator == l.Transporter.ID
		}
	}
	return false
}

func (h *Installation) summarize(ctx context.Context, batches []sluss.Declaration) error {
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "\nBATCH\tWASTE\tMASS\tENDED\tFILINGS\tCALLS\tTOOK\tRECEIPTS")
	for _, d := range batches {
		shown, err := h.Service.Show(ctx, d.ID())
		if err != nil {
			return err
		}
		calls := 0
		var receipts []string
		for _, f := range shown.Filings {
			calls += f.Attempts
			if f.Receipt != nil && !slices.Contains(receipts, shortReceipt(*f.Receipt)) {
				receipts = append(receipts, shortReceipt(*f.Receipt))
			}
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%d\t%d\t%s\t%s\n", d.Reference, d.Waste.Code, d.Waste.Mass, shown.Closed,
			len(shown.Filings), calls, shown.ClosedAt.Sub(shown.DeclaredAt).Round(100*time.Millisecond), strings.Join(receipts, " "))
	}
	return w.Flush()
}

func shortReceipt(r sluss.Receipt) string {
	if r.Number != "" {
		return r.Number
	}
	short, _, _ := strings.Cut(r.ID, "-") // of a GUID, and of a question's answer
	return short
}
