package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"sluss"
	"sluss/ledger"
	"sluss/service"
	avfallsregistret "sluss/simulators/avfallsregistret"
)

// commandLine is the built program, with the configuration of the installation.
type commandLine struct{ program, config string }

// run runs a command line, checks its exit code, and returns its output.
func (c commandLine) run(t *testing.T, want int, args ...string) (out, errs string) {
	t.Helper()
	out, errs, code := c.try(t, args...)
	if code != want {
		t.Fatalf("starter %s: exit code %d, want %d\n%s%s", strings.Join(args, " "), code, want, out, errs)
	}
	return out, errs
}

// try runs a command line with any exit code.
func (c commandLine) try(t *testing.T, args ...string) (out, errs string, code int) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	command := exec.CommandContext(t.Context(), c.program, args...)
	command.Env = append(os.Environ(), "SLUSS_CONFIG="+c.config, "SLUSS_PERSON=Ingrid Falk")
	command.Stdout, command.Stderr = &stdout, &stderr
	err := command.Run()
	if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return stdout.String(), stderr.String(), command.ProcessState.ExitCode()
}

// said is the JSON output of a successful command line.
func said[T any](t *testing.T, c commandLine, args ...string) (value T) {
	t.Helper()
	out, _ := c.run(t, 0, append(args, "--json")...)
	if err := json.Unmarshal([]byte(out), &value); err != nil {
		t.Fatalf("starter %s: %v in %s", strings.Join(args, " "), err, out)
	}
	return value
}

// testCommandLine takes a batch through its life with command lines only: it is
// approved, rejected, corrected, approved again; an answer is lost, and the agency's
// extract settles it. Once it is closed, one note is corrected and one
// annulled.
func testCommandLine(t *testing.T, h *Installation) {
	t.Helper()
	c := commandLine{program(t, "starter"), h.ConfigFile}
	d := example(t, "se-corrected", "CLI-1")
	d.Approval = sluss.Officer
	file := filepath.Join(t.TempDir(), "batch.json")
	text, err := json.Marshal(d)
	must(t, err)
	must(t, os.WriteFile(file, text, 0o600))
	must(t, h.Simulators.Sweden.Fault(avfallsregistret.Fault{Kind: avfallsregistret.LostAnswer, Method: "POST", Path: "/behandlingsmottaganden", Referens: d.Reference}))

	type declared struct{ service.Declared }
	if got := said[[]declared](t, c, "declare", file, "--at", time.Now().Add(-time.Hour).Format(time.RFC3339)); len(got) != 1 || !got[0].Fresh {
		t.Errorf("declared %+v", got)
	}
	if got := said[[]declared](t, c, "declare", file); len(got) != 1 || got[0].Fresh || got[0].Batch != d.ID() {
		t.Errorf("declared again %+v", got)
	}
	c.run(t, 1, "event", "CLI-1", "handedOver", "--leg", "2")
	c.run(t, 0, "event", "CLI-1", "pickedUp")
	awaitInbox(t, c, d, sluss.StageSignature, "se.removal")
	if got := said[[]ledger.BatchRow](t, c, "list", "--waiting", "officer"); len(got) == 0 || got[0].Reference != d.Reference {
		t.Errorf("listed %+v", got)
	}
	out, _ := c.run(t, 0, "sign", "CLI-1", "--role", "officer")
	if strings.Count(out, "signed CLI-1/") != 1 {
		t.Errorf("signed: %s", out)
	}
	c.run(t, 1, "sign", "CLI-1", "--role", "producer")

	rejected := awaitInbox(t, c, d, sluss.StageRejected, "se.removal")
	if len(rejected) == 0 || len(rejected[0].Reasons) == 0 || !strings.Contains(rejected[0].Reasons[0].Field, "establishment") {
		t.Errorf("rejected %+v", rejected)
	}
	c.run(t, 1, "correct", "CLI-1", "legs.0.from.municipality=9999", "--reason", "wrong")
	c.run(t, 0, "correct", "CLI-1", "legs.0.from.establishment=", "--reason", "mistyped")
	awaitInbox(t, c, d, sluss.StageSignature, "se.removal") // what was corrected is signed anew
	c.run(t, 0, "sign", "CLI-1", "--role", "officer")
	awaitInbox(t, c, d, sluss.StageSignature, "se.transport#1") // which names the receipt of the removal
	c.run(t, 0, "sign", "CLI-1", "--role", "officer")

	c.run(t, 0, "event", "CLI-1", "received", "--mass", d.Waste.Mass.Kilograms()+"kg")
	c.run(t, 0, "event", "CLI-1", "accepted") // before that, nobody knows what is to be reported
	awaitInbox(t, c, d, sluss.StageSignature, "se.reception")
	c.run(t, 0, "sign", "CLI-1", "--role", "officer")
	awaitInbox(t, c, d, sluss.StageUnknown, "se.reception")
	c.run(t, 2, "decide", "CLI-1/se.reception", "taken", "--reason", "seen there") // under which id?
	found := c.settle(t, h, "filing/default/CLI-1/se.reception")
	c.run(t, 0, "event", "CLI-1", "treated")
	h.awaitClosed(t, d)
	h.onceEach(t, d)
	if shown := said[service.Shown](t, c, "show", "CLI-1"); shown.Closed != "treated" || shown.Corrections != 1 || len(shown.Filings) != 3 {
		t.Errorf("shown %+v", shown)
	}
	if out, _ := c.run(t, 0, "show", "CLI-1"); !strings.Contains(out, found) || !strings.Contains(out, "Ingrid Falk") {
		t.Errorf("shown for people:\n%s", out)
	}
	if attempts := said[[]ledger.Attempt](t, c, "attempts", "CLI-1/se.removal"); len(attempts) != 2 {
		t.Errorf("attempts %+v", attempts)
	}
	if out, _ := c.run(t, 0, "eco-organismes", "solvants"); !strings.Contains(out, "00000000283473") {
		t.Errorf("éco-organismes: %s", out)
	}
	t.Run("amend", func(t *testing.T) { testAmendments(t, h, c, d) })

	t.Run("import", func(t *testing.T) {
		csv := filepath.Join(t.TempDir(), "batches.csv")
		must(t, os.WriteFile(csv, []byte("reference,waste.mass\nCLI-2,heavy\n"), 0o600))
		out, _ := c.run(t, 1, "import", csv, "--json")
		var report service.Report
		if err := json.Unmarshal([]byte(out), &report); err != nil || report.Refused != 1 || len(report.Rows[0].Faults) == 0 {
			t.Errorf("report %s, %v", out, err)
		}
	})
	t.Run("vehicle", func(t *testing.T) {
		if out, _ := c.run(t, 0, "vehicle", "TS10003", "TS1004", "--load", "12t", "--adr", "tank"); !strings.HasPrefix(out, "clear") {
			t.Errorf("verdict: %s", out)
		}
		c.run(t, 3, "vehicle", "TS10003", "--load", "90t")
	})
	t.Run("wrong", func(t *testing.T) {
		for want, args := range map[int][][]string{
			1: {{"show", "NOWHERE"}, {"event", "NOWHERE", "pickedUp"}},
			2: {{"fly"}, {"show"}, {"event", "CLI-1", "flown"}, {"list", "--config", "nowhere.yaml"}, {"sign", "CLI-1"}},
		} {
			for _, line := range args {
				_, errs := c.run(t, want, line...)
				if !strings.HasPrefix(errs, "starter: ") {
					t.Errorf("starter %s says %q", strings.Join(line, " "), errs)
				}
			}
		}
		t.Setenv("SLUSS_API_URL", "http://127.0.0.1:1")
		c.run(t, 69, "event", "CLI-1", "pickedUp")
	})
}

// settle reads the agency's extract, as an officer does who has ordered it, and
// returns the id under which it has the filing. It may leave other filings open.
func (c commandLine) settle(t *testing.T, h *Installation, filing sluss.FilingID) (id string) {
	t.Helper()
	data, err := h.Simulators.Sweden.Extract(reporter)
	must(t, err)
	file := filepath.Join(t.TempDir(), "utdrag.csv")
	must(t, os.WriteFile(file, data, 0o600))
	out, errs, code := c.try(t, "extract", file, "--json")
	var told service.Extracted
	if err := json.Unmarshal([]byte(out), &told); err != nil || code > 1 {
		t.Fatalf("extract: %v, exit code %d\n%s%s", err, code, out, errs)
	}
	for _, f := range told.Filings {
		if f.Filing == filing && f.Result == service.ExtractTaken && len(f.Notes) == 1 {
			return f.Notes[0].AvfallsID
		}
	}
	t.Fatalf("the extract does not settle %s: %s", filing, out)
	return ""
}

// testAmendments corrects a note of a closed batch and annuls another, each once
// an officer has signed it. All records are compared when every test is over.
func testAmendments(t *testing.T, h *Installation, c commandLine, d sluss.Declaration) {
	t.Helper()
	mass := d.Waste.Mass - 10*sluss.Kilogram
	c.run(t, 1, "correct", "CLI-1", "waste.mass="+mass.Kilograms(), "--reason", "weighed again") // it is closed
	c.run(t, 2, "amend", "CLI-1/se.removal", "waste.mass="+mass.Kilograms())                     // why?
	asked := said[service.Amended](t, c, "amend", "CLI-1/se.removal", "waste.mass="+mass.Kilograms(), "--reason", "weighed again")
	awaitInbox(t, c, d, sluss.StageSignature, "se.removal.amend1")
	c.run(t, 0, "sign", "CLI-1", "--role", "officer", "--filing", "se.removal.amend1", "--hash", asked.Hash)
	said[service.Amended](t, c, "annul", "CLI-1/se.transport#1", "--because", string(sluss.SentTwice), "--reason", "the carrier reports for itself")
	awaitInbox(t, c, d, sluss.StageSignature, "se.transport#1.amend1")
	c.run(t, 0, "sign", "CLI-1", "--role", "officer", "--filing", "se.transport#1.amend1")

	eventually(t, 30*time.Second, func(context.Context) error {
		shown := said[service.Shown](t, c, "show", "CLI-1")
		counts := map[string]sluss.ObligationID{}
		for _, n := range shown.Reports {
			if n.Receipt != nil {
				counts[n.Receipt.ID] = n.Obligation
			}
		}
		annulled := 0
		for _, n := range h.notes(d) {
			switch {
			case n.Annulled != nil:
				annulled++
			case n.Path == "transportplaneringar" && n.Current() && (n.Kg != float64(mass)/float64(sluss.Kilogram) || n.Replaces != asked.Receipt):
				return fmt.Errorf("the registry has %+v", n)
			case n.Current() && counts[n.AvfallID] == "":
				return fmt.Errorf("the registry has %s, the ledger %v", n.AvfallID, counts)
			}
		}
		if len(shown.Reports) != 3 || len(counts) != 2 || annulled != 1 {
			return fmt.Errorf("%d notes of which %v count; %d are annulled", len(shown.Reports), counts, annulled)
		}
		return nil
	})
	if out, _ := c.run(t, 0, "show", "CLI-1"); !strings.Contains(out, "superseded") || !strings.Contains(out, "the carrier reports for itself") {
		t.Errorf("shown for people:\n%s", out)
	}
}

// awaitInbox waits until the inbox has the filings of a batch at the stage.
func awaitInbox(t *testing.T, c commandLine, d sluss.Declaration, stage sluss.FilingStage, obligations ...sluss.ObligationID) (waiting []service.Filing) {
	t.Helper()
	eventually(t, 30*time.Second, func(context.Context) error {
		waiting = nil
		for _, f := range said[[]service.Filing](t, c, "inbox", "--role", "officer") {
			for _, o := range obligations {
				if f.Batch == d.ID() && f.Obligation.ID == o && f.Stage == stage {
					waiting = append(waiting, f)
				}
			}
		}
		if len(waiting) < len(obligations) {
			out, _ := c.run(t, 0, "show", d.Reference)
			return fmt.Errorf("the inbox has %d of %v as %s\n%s", len(waiting), obligations, stage, out)
		}
		return nil
	})
	return waiting
}
