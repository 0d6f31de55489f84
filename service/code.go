package service

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"regexp"
	"strconv"
	"time"

	"sluss"
	"sluss/activities"
	"sluss/registries/trackdechets/filing"
	"sluss/workflows"
)

// CodeSigner is the part of the Trackdéchets client that signs by a company's code.
type CodeSigner interface {
	SignByCode(ctx context.Context, s sluss.Submission, code SecurityCode) (sluss.Outcome, sluss.Exchange, error)
	Find(ctx context.Context, s sluss.Submission) (sluss.Outcome, sluss.Exchange, error)
}

// CodeSignature is a signature by a company's security code, on another's device.
type CodeSignature struct {
	Filing sluss.FilingID
	Role   sluss.Role // in which it is signed; empty: the role that must sign
	Hash   string     // of the content that was read; empty: the current content
	By     sluss.Person
	At     time.Time
	Code   SecurityCode
}

var fourDigits = regexp.MustCompile(`^[0-9]{4}$`)

// ReadCode reads a security code. Errors never contain what was read.
func ReadCode(text string) (SecurityCode, error) {
	code, err := strconv.Atoi(text)
	if !fourDigits.MatchString(text) || err != nil || code == 0 {
		return 0, sluss.Faults{{Field: "code", Problem: "it is not four digits", Remedy: "give the company's security code; nothing was sent"}}
	}
	return SecurityCode(code), nil
}

// SignByCode signs for a company at Trackdéchets by its code. Then the filing asks
// Trackdéchets whether it is signed, and is settled. The call is made here, once,
// and is repeated only if a person enters the code again. If the last answer was lost,
// the registry is first asked whether it is signed. The code is stored in no workflow
// and not in the ledger. A wrong code is a Refusal that says what can be done.
func (sv *Service) SignByCode(ctx context.Context, c CodeSignature) (sluss.Outcome, error) {
	none := sluss.Outcome{}
	f, err := sv.filing(ctx, c.Filing)
	if errors.Is(err, ErrNoSuch) {
		err = sv.unlessTheirs(ctx, c.Filing, err)
	}
	if err != nil {
		return none, err
	}
	content, hash, _, err := sv.Ledger.Content(ctx, c.Filing)
	if err != nil {
		return none, err
	}
	s := sluss.Submission{Filing: c.Filing, Content: content, Signature: &sluss.Signature{Role: f.Obligation.Signer, Person: c.By, At: c.At, ContentHash: hash}}
	switch {
	case sv.Signer == nil:
		return none, &Refusal{Why: "the service has no token of Trackdéchets: configure registries.trackdechets where it runs"}
	case f.Obligation.Registry != sluss.Trackdechets || !filing.ByCode(s):
		return none, &Refusal{Why: "only the emission and the take-over of a BSDD are signed by a security code, and not at a storage or in a round"}
	case f.Stage != sluss.StageSignature:
		return none, &Refusal{Why: fmt.Sprintf("%s waits for no signature: it is %s", f.Obligation.ID, f.Stage)}
	case c.Role != "" && c.Role != f.Obligation.Signer:
		return none, &Refusal{Why: fmt.Sprintf("%s must be signed by the %s", f.Obligation.ID, f.Obligation.Signer)}
	case c.Hash != "" && c.Hash != hash:
		return none, &Refusal{Why: "it now has the content " + hash + ": read it again, then sign that"}
	}
	if faults := sluss.CheckActTime("at", c.At, content.Began(), time.Now()); len(faults) > 0 {
		return none, faults
	}
	intent := sluss.Intent{Filing: "code/" + string(c.Filing), Purpose: sluss.ToSubmit, Registry: sluss.Trackdechets, Calls: filing.CodeCalls(s)}
	before, err := sv.Ledger.Attempts(ctx, intent.Filing)
	if err != nil {
		return none, err
	}
	office := &activities.Tasks{Ledger: sv.Ledger, Actor: sv.Actor, Log: slog.New(slog.DiscardHandler)}
	lost := false
	for _, a := range before {
		if a.Purpose == sluss.ToSubmit {
			intent.Number = max(intent.Number, a.Number)
			lost = !a.Answered || a.Outcome != nil && a.Outcome.Kind == sluss.Unknown
		}
	}
	intent.Number++
	if lost {
		ask := intent
		ask.Purpose, ask.Calls = sluss.ToAsk, 1
		found, err := activities.CallOnce(ctx, office, ask, func(ctx context.Context) (sluss.Outcome, sluss.Exchange, error) {
			o, x, err := sv.Signer.Find(ctx, s)
			if errors.Is(err, sluss.ErrAbsent) {
				return sluss.Outcome{Kind: sluss.Deferred, Detail: notSigned}, x, nil
			}
			return o, x, err
		})
		switch {
		case err != nil:
			return none, taskError(err, sluss.Trackdechets)
		case found.Kind == sluss.Accepted:
			return found, sv.askFilingToCheck(ctx, c.Filing)
		case found.Detail != notSigned:
			return found, refusedBy(found)
		}
	}
	signed, err := activities.CallOnce(ctx, office, intent, func(ctx context.Context) (sluss.Outcome, sluss.Exchange, error) {
		return sv.Signer.SignByCode(ctx, s, c.Code)
	})
	if err != nil {
		return none, taskError(err, sluss.Trackdechets)
	}
	if signed.Kind == sluss.Accepted || signed.Kind == sluss.Unknown {
		if err := sv.askFilingToCheck(ctx, c.Filing); err != nil {
			return signed, fmt.Errorf("the code was sent (%s), but the filing could not be notified: %w", signed.Kind, err)
		}
	}
	if signed.Kind == sluss.Unknown {
		return signed, fmt.Errorf("%w from Trackdéchets: it may be signed, and the code is not sent again; the filing asks by itself: see `starter show` (%s)", ErrNoAnswer, signed.Detail)
	}
	return signed, refusedBy(signed)
}

const notSigned = "it is not signed there"

// askFilingToCheck lets a filing ask whether its step is done at the registry.
func (sv *Service) askFilingToCheck(ctx context.Context, filing sluss.FilingID) error {
	return explained(sv.Temporal.SignalWorkflow(context.WithoutCancel(ctx), filing.Workflow(), "", workflows.CheckSignal.Name, filing), filing.Workflow())
}
