package service

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"sluss"
	"sluss/ledger"
	"sluss/obligations"
	"sluss/workflows"
)

// Filing is a filing as people see it.
type Filing struct {
	ledger.Filing
	Actions []Action `json:"actions,omitempty"` // what a person may do about it now
	// Outdated is set if the data that it reports were corrected since.
	Outdated *Outdated `json:"outdated,omitempty"`
	// Warnings are about its batch, in the inbox: a person should see to them.
	Warnings sluss.Faults `json:"warnings,omitempty"`
	Keep     *Keep        `json:"keep,omitempty"` // how long its receipt must be kept, if a rule says so
}

// Keep is how long a receipt must be kept.
type Keep struct {
	Until     time.Time `json:"until"`
	Paragraph string    `json:"paragraph"` // that says so
}

// FiledContent is a filing with its content. Signatures are on the hash of the content.
type FiledContent struct {
	Filing
	Content sluss.Content `json:"content"`
}

// Filing is one filing with its content.
func (sv *Service) Filing(ctx context.Context, id sluss.FilingID) (FiledContent, error) {
	f, err := sv.filing(ctx, id)
	if err != nil {
		return FiledContent{}, err
	}
	shown := FiledContent{Filing: Seen(f)}
	shown.Content, shown.Hash, _, err = sv.Ledger.Content(ctx, id)
	return shown, err
}

// Attempts are the calls made for a filing, in order.
func (sv *Service) Attempts(ctx context.Context, filing sluss.FilingID) ([]Attempt, error) {
	if _, err := sv.filing(ctx, filing); err != nil {
		return nil, err
	}
	return sv.Ledger.Attempts(ctx, string(filing))
}

func (sv *Service) filing(ctx context.Context, id sluss.FilingID) (ledger.Filing, error) {
	f, known, err := sv.Ledger.Filing(ctx, id)
	if err != nil || !known {
		return f, cmp.Or(err, fmt.Errorf("%w filing as %s: `starter show BATCH` lists them", ErrNoSuch, id))
	}
	return f, nil
}

// Seen is a filing of the ledger as people see it.
func Seen(f ledger.Filing) Filing {
	s := Filing{Filing: f, Actions: actions(f)}
	if f.Receipt != nil {
		if until, paragraph := obligations.Keep(f.Obligation.Rule.ID, f.Receipt.At); !until.IsZero() {
			s.Keep = &Keep{Until: until, Paragraph: paragraph}
		}
	}
	return s
}

// actions are what a person may do about a filing, as the ledger has it.
func actions(f ledger.Filing) []Action {
	if !f.Open || f.Waiting == "" {
		return nil
	}
	act := func(kind, what string) Action {
		return Action{Kind: kind, Target: string(f.ID), What: what, Role: f.Waiting}
	}
	var can []Action
	switch f.Stage {
	case sluss.StageSignature:
		a := act(ActSign, f.Obligation.Rule.Title)
		a.Hash = f.Hash
		can = append(can, a)
	case sluss.StageRejected:
		if a, possible := workflows.Correcting(f.ID, f.Batch, f.Obligation); possible {
			a.Role = f.Waiting
			can = append(can, a)
		}
	case sluss.StageUnknown:
		if workflows.Extractable(f.Obligation) {
			can = append(can, act(ActExtract, "the agency's file of our notes"))
		}
	case sluss.StageSending, sluss.StageDeferred, sluss.StageAccepted, sluss.StageWithdrawn:
	}
	for _, kind := range workflows.DecisionsOf(f.Stage, f.Waiting, f.Obligation) {
		can = append(can, act(ActDecide, string(kind)))
	}
	return can
}
