package workflows_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"sluss"
	"sluss/workflows"
)

// others change the batch's document at Trackdéchets.
func (p *plant) others(at time.Duration, status string) {
	p.after(at, func() {
		p.env.SignalWorkflow(workflows.DocumentChangedSignal.Name, sluss.Document{
			Registry: sluss.Trackdechets, ID: "id-of-fr.creation", Number: "BSD-1", Status: status, UpdatedAt: p.start.Add(at),
		})
	})
}

// there is what Trackdéchets shows of what others have done, by note.
func (p *plant) there(done map[sluss.ReportKind]sluss.Outcome) {
	p.registry.find = func(_ int, s sluss.Submission) (sluss.Outcome, error) {
		o, is := done[s.Content.Obligation.Report]
		if !is {
			return sluss.Outcome{}, sluss.ErrAbsent
		}
		if o.Kind == sluss.Accepted {
			o.Receipt = &sluss.Receipt{Registry: sluss.Trackdechets, ID: "id-of-fr.creation", At: p.start.Add(30 * 24 * hour)}
		}
		return o, nil
	}
}

func (p *plant) sentNotes() (notes []sluss.ReportKind) {
	for _, s := range p.registry.sent {
		if s.Content.Obligation.Report != sluss.ReportPreflight {
			notes = append(notes, s.Content.Obligation.Report)
		}
	}
	return notes
}

func (p *plant) restOfTheWay() {
	p.report(10*hour, sluss.Event{Kind: sluss.PickedUp, Leg: 1})
	p.report(12*hour, sluss.Event{Kind: sluss.Received, Mass: p.batch.Waste.Mass})
	p.sign(13*hour, "fr.arrival", sluss.Receiver)
	p.report(14*hour, sluss.Event{Kind: sluss.WasteAccepted})
	p.sign(15*hour, "fr.acceptance", sluss.Receiver)
	p.report(30*hour, sluss.Event{Kind: sluss.Treated})
	p.sign(31*hour, "fr.processing", sluss.Receiver)
}

// TestWhatOthersHaveSignedIsNotWaitedFor: the emitter and the transporter signed on
// the platform; the batch goes on without asking them to.
func TestWhatOthersHaveSignedIsNotWaitedFor(t *testing.T) {
	p := newPlant(t, "fr-solvents")
	p.there(map[sluss.ReportKind]sluss.Outcome{sluss.ReportEmission: {Kind: sluss.Accepted}, sluss.ReportTakeOver: {Kind: sluss.Accepted}})
	p.registry.submit = map[sluss.ReportKind]func(int, sluss.Submission) (sluss.Outcome, error){sluss.ReportArrival: func(_ int, s sluss.Submission) (sluss.Outcome, error) {
		o := accepted(s)
		o.Receipt.ID, o.Receipt.At = "id-of-fr.creation", p.start.Add(13*hour)
		return o, nil
	}}
	p.others(2*hour, "SENT")
	p.restOfTheWay()
	result := p.run()
	if want := []sluss.ReportKind{sluss.ReportCreation, sluss.ReportSealing, sluss.ReportArrival, sluss.ReportAcceptance, sluss.ReportProcessing}; !slices.Equal(p.sentNotes(), want) {
		t.Errorf("sent %q, want %q", p.sentNotes(), want)
	}
	// The emission when told, the take-over and the arrival when they began: the
	// arrival is ours, and there is nothing to ask after it.
	if p.registry.asked != 3 {
		t.Errorf("asked %d times, want 3", p.registry.asked)
	}
	for _, f := range result.Filings {
		if f.Stage != sluss.StageAccepted || f.Receipt == nil {
			t.Errorf("%s is %s", f.Obligation.ID, f.Stage)
		}
	}
}

// TestChangesOfOneDocumentHideNoneOfAnother: a round has several documents, and the
// last change of one may be older than that of another. Our own act on one does not
// make the other up to date.
func TestChangesOfOneDocumentHideNoneOfAnother(t *testing.T) {
	p := newPlant(t, "fr-solvents")
	done := map[sluss.ReportKind]sluss.Outcome{}
	p.there(done)
	p.after(hour, func() {
		p.env.SignalWorkflow(workflows.DocumentChangedSignal.Name, sluss.Document{
			Registry: sluss.Trackdechets, ID: "id-of-a-part", Number: "BSD-2", Status: "SENT", UpdatedAt: p.start.Add(hour),
		})
	})
	p.after(2*hour, func() {
		p.registry.Lock()
		defer p.registry.Unlock()
		done[sluss.ReportEmission], done[sluss.ReportTakeOver] = sluss.Outcome{Kind: sluss.Accepted}, sluss.Outcome{Kind: sluss.Accepted}
		p.env.SignalWorkflow(workflows.DocumentChangedSignal.Name, sluss.Document{
			Registry: sluss.Trackdechets, ID: "id-of-fr.creation", Number: "BSD-1", Status: "SENT", UpdatedAt: p.start.Add(hour / 2),
		})
	})
	p.restOfTheWay()
	p.run()
	if notes := p.sentNotes(); slices.Contains(notes, sluss.ReportEmission) || slices.Contains(notes, sluss.ReportTakeOver) {
		t.Errorf("sent %q, though others had", notes)
	}
}

// TestChangesThatDoNotConcernUsAreNoSignature: the filing is where it was, in
// the ledger too.
func TestChangesThatDoNotConcernUsAreNoSignature(t *testing.T) {
	for name, wait := range map[string]func(sluss.Intent) *sluss.QueuePlace{
		"asked at once": nil,
		"asked late, after the signature": func(i sluss.Intent) *sluss.QueuePlace {
			if i.Purpose != sluss.ToAsk {
				return nil
			}
			return &sluss.QueuePlace{In: 20 * hour, At: i.Due.Add(20 * hour), Ahead: 3}
		},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPlant(t, "fr-solvents")
			p.ledger.wait = wait
			p.there(nil)
			p.others(hour, "SEALED")
			p.others(hour/2, "DRAFT")
			p.sign(2*hour, "fr.emission#1", sluss.Producer)
			p.sign(3*hour, "fr.take-over#1", sluss.Transporter)
			p.restOfTheWay()
			if result := p.run(); result.How != "treated" {
				t.Errorf("ended %s", result.How)
			}
			if wait != nil {
				return
			}
			var stages []string
			for _, line := range p.ledger.stages {
				if stage, of := strings.CutPrefix(line, "fr.emission#1: "); of {
					stages = append(stages, stage)
				}
			}
			if p.registry.asked == 0 || stages[0] != string(sluss.StageSignature) || stages[1] != string(sluss.StageSignature) {
				t.Errorf("asked %d times, stages %q", p.registry.asked, stages)
			}
		})
	}
}

// TestARefusalAtTrackdechetsReachesTheOfficer, who decides, unless others correct it.
func TestARefusalAtTrackdechetsReachesTheOfficer(t *testing.T) {
	p := newPlant(t, "fr-solvents")
	done := map[sluss.ReportKind]sluss.Outcome{sluss.ReportEmission: {Kind: sluss.Rejected, Reasons: []sluss.Reason{{Code: "CANCELED", Message: "was cancelled"}}}}
	p.there(done)
	p.others(hour, "CANCELED")
	look := func(at time.Duration, want sluss.FilingStage) {
		p.after(at, func() {
			value, err := p.env.QueryWorkflowByID(p.filing("fr.emission#1").Workflow(), workflows.FilingQuery.Name, p.filing("fr.emission#1"))
			var state workflows.FilingState
			if err == nil {
				err = value.Get(&state)
			}
			if err != nil || state.Stage != want || want == sluss.StageRejected && (state.Waiting != sluss.Officer || len(state.Reasons) != 1) {
				t.Errorf("at %s: %+v, %v", at, state, err)
			}
		})
	}
	look(hour+time.Minute, sluss.StageRejected)
	p.others(2*hour, "CANCELED")
	look(2*hour+time.Minute, sluss.StageRejected)
	p.after(2*hour+2*time.Minute, func() { done[sluss.ReportEmission] = sluss.Outcome{Kind: sluss.Accepted} })
	p.others(3*hour, "SIGNED_BY_PRODUCER")
	p.sign(4*hour, "fr.take-over#1", sluss.Transporter)
	p.restOfTheWay()
	p.run()
	if notes := p.sentNotes(); slices.Contains(notes, sluss.ReportEmission) || p.registry.asked < 3 {
		t.Errorf("sent %q, asked %d times", notes, p.registry.asked)
	}
	if !slices.Contains(p.ledger.stages, fmt.Sprintf("fr.emission#1: %s", sluss.StageRejected)) {
		t.Errorf("recorded %q", p.ledger.stages)
	}
}
