package activities

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"go.temporal.io/sdk/temporal"

	"sluss"
)

// TaskRegistry is a registry at which people have tasks besides filings. The errors are
// those of Registry.Find.
type TaskRegistry interface {
	// Companies are those of our companies that may act at the registry.
	Companies() []string
	// PendingRevisions returns a page of revisions that wait for an answer, in one call,
	// and where the next page begins: empty on the last. after is empty for the first.
	PendingRevisions(ctx context.Context, company, after string) (page []sluss.Revision, next string, made sluss.Exchange, err error)
	// EcoOrganismes are those that may answer for a producer's waste: one call.
	EcoOrganismes(ctx context.Context, company string) ([]sluss.Party, sluss.Exchange, error)
	// AnswerRevision and WithdrawRevision are one call each, made at most once.
	AnswerRevision(ctx context.Context, company, revision string, approve bool, comment string) (sluss.Outcome, sluss.Exchange, error)
	WithdrawRevision(ctx context.Context, company, revision string) (sluss.Outcome, sluss.Exchange, error)
	// OrderRegister begins a register of waste; the receipt holds its id.
	OrderRegister(ctx context.Context, o sluss.RegisterOrder) (sluss.Outcome, sluss.Exchange, error)
	// ExportStatus is the status of an export: SUCCESSFUL, FAILED, CANCELED, or
	// another one while it is under way.
	ExportStatus(ctx context.Context, company, id string) (string, sluss.Exchange, error)
	// Export asks for the address of the file and fetches it: two calls.
	Export(ctx context.Context, company, id string) ([]byte, sluss.Exchange, error)
}

// Tasks are what people ask of a registry besides filings, while they wait. Each call
// counts against the rate limits, and goes before calls that no person waits for.
type Tasks struct {
	Ledger interface {
		calls
		RecordRevisionAnswer(ctx context.Context, a sluss.RevisionAnswer, o sluss.Outcome) error
		KeepRegister(ctx context.Context, f sluss.RegisterFile) error
	}
	Registries map[string]TaskRegistry
	Actor      string
	Log        *slog.Logger
}

func (e *Tasks) taskRegistry(registry string) (TaskRegistry, error) {
	b, served := e.Registries[registry]
	if !served {
		return nil, operatorError(fmt.Sprintf("this worker serves no registry %q at which that can be done: configure it", registry))
	}
	return b, nil
}

// RevisionsInput asks for revisions. Company is one of ours; empty: all.
type RevisionsInput struct {
	Registry string `json:"registry"`
	Company  string `json:"company,omitempty"`
}

// Revisions returns all revisions of our companies that wait for an answer; each page
// takes a call. A revision that several of our companies must answer is returned once for
// each.
func (e *Tasks) Revisions(ctx context.Context, in RevisionsInput) ([]sluss.Revision, error) {
	b, err := e.taskRegistry(in.Registry)
	if err != nil {
		return nil, err
	}
	companies := b.Companies()
	if in.Company != "" {
		if !slices.Contains(companies, in.Company) {
			return nil, operatorError(fmt.Sprintf("there is no token of %s: configure it, or name a company of ours", in.Company))
		}
		companies = []string{in.Company}
	}
	all := []sluss.Revision{}
	seen := map[string]bool{}
	for _, company := range companies {
		found, err := e.pending(ctx, b, in.Registry, company)
		if err != nil {
			return nil, err
		}
		for _, r := range found {
			concerned := r.Ours || slices.ContainsFunc(r.Approval, func(a sluss.Approval) bool { return a.Company == company && a.Status == r.Status })
			if key := r.ID + " " + company; concerned && !seen[key] {
				seen[key] = true
				all = append(all, r)
			}
		}
	}
	slices.SortStableFunc(all, func(a, b sluss.Revision) int { return strings.Compare(a.ID, b.ID) })
	return all, nil
}

// pending reads all pages.
func (e *Tasks) pending(ctx context.Context, b TaskRegistry, registry, company string) (all []sluss.Revision, err error) {
	for after := ""; ; {
		var page []sluss.Revision
		var next string
		err := e.ask(ctx, registry, sluss.TaskID(registry, sluss.TaskRevisions, company), 1, func(ctx context.Context) (made sluss.Exchange, err error) {
			page, next, made, err = b.PendingRevisions(ctx, company, after)
			return made, err
		})
		if err != nil {
			return nil, err
		}
		all = append(all, page...)
		if next == "" {
			return all, nil
		}
		after = next
	}
}

// EcoOrganismes are those that may answer for a producer's waste, by name.
func (e *Tasks) EcoOrganismes(ctx context.Context, registry string) ([]sluss.Party, error) {
	b, err := e.taskRegistry(registry)
	if err != nil {
		return nil, err
	}
	ours := b.Companies()
	if len(ours) == 0 {
		return nil, operatorError("this worker has no company's token for " + registry + ": configure it")
	}
	var all []sluss.Party
	err = e.ask(ctx, registry, sluss.TaskID(registry, sluss.TaskEcoOrganismes), 1, func(ctx context.Context) (made sluss.Exchange, err error) {
		all, made, err = b.EcoOrganismes(ctx, ours[0])
		return made, err
	})
	return all, err
}

// AnswerInput is one answer to a revision. Task identifies it: it is given at most once.
type AnswerInput struct {
	sluss.RevisionAnswer
	Task string `json:"task"`
}

// AnswerRevision gives a person's answer to a revision, and records it.
func (e *Tasks) AnswerRevision(ctx context.Context, in AnswerInput) (sluss.Outcome, error) {
	b, err := e.taskRegistry(in.Registry)
	if err != nil {
		return sluss.Outcome{}, err
	}
	o, err := e.submit(ctx, in.Registry, sluss.TaskID(in.Registry, sluss.TaskRevisionAnswer, in.Task), func(ctx context.Context) (sluss.Outcome, sluss.Exchange, error) {
		if in.Withdraw {
			return b.WithdrawRevision(ctx, in.Company, in.Revision)
		}
		return b.AnswerRevision(ctx, in.Company, in.Revision, in.Approve, in.Comment)
	})
	if err != nil {
		return sluss.Outcome{}, err
	}
	return o, e.Ledger.RecordRevisionAnswer(ctx, in.RevisionAnswer, o)
}

// OrderInput is one order of a register of waste. Task identifies it.
type OrderInput struct {
	sluss.RegisterOrder
	Task string `json:"task"`
}

// OrderRegister begins a register of waste; the receipt holds its id.
func (e *Tasks) OrderRegister(ctx context.Context, in OrderInput) (sluss.Outcome, error) {
	b, err := e.taskRegistry(in.Registry)
	if err != nil {
		return sluss.Outcome{}, err
	}
	return e.submit(ctx, in.Registry, sluss.TaskID(in.Registry, sluss.TaskRegister, in.Task), func(ctx context.Context) (sluss.Outcome, sluss.Exchange, error) {
		return b.OrderRegister(ctx, in.RegisterOrder)
	})
}

// FetchInput is a registry that was ordered.
type FetchInput struct {
	sluss.RegisterOrder
	ID string `json:"id"`
}

// Fetched is the result of FetchRegister. If Done, the file is in the ledger.
type Fetched struct {
	Status string `json:"status"` // the registry's own
	Done   bool   `json:"done"`
}

// FetchRegister checks whether a register of waste is ready, and if so fetches it and
// stores it in the ledger.
func (e *Tasks) FetchRegister(ctx context.Context, in FetchInput) (Fetched, error) {
	b, err := e.taskRegistry(in.Registry)
	if err != nil {
		return Fetched{}, err
	}
	var status string
	task := sluss.TaskID(in.Registry, sluss.TaskRegister, in.ID)
	err = e.ask(ctx, in.Registry, task, 1, func(ctx context.Context) (made sluss.Exchange, err error) {
		status, made, err = b.ExportStatus(ctx, in.Company, in.ID)
		return made, err
	})
	if err != nil || status != "SUCCESSFUL" {
		return Fetched{Status: status}, err
	}
	var content []byte
	err = e.ask(ctx, in.Registry, task, exportCalls, func(ctx context.Context) (made sluss.Exchange, err error) {
		content, made, err = b.Export(ctx, in.Company, in.ID)
		return made, err
	})
	if err != nil {
		return Fetched{Status: status}, err
	}
	return Fetched{Status: status, Done: true}, e.Ledger.KeepRegister(ctx, sluss.RegisterFile{RegisterOrder: in.RegisterOrder, ID: in.ID, Content: content})
}

// exportCalls is how many calls Export takes.
const exportCalls = 2

// CallOnce makes one call within the rate limits in this process, and records it. What
// was submitted under the intent's number, or may have been, is not submitted again. It is
// not an activity: it is for data that a workflow's history must not hold.
func CallOnce(ctx context.Context, e *Tasks, i sluss.Intent, do func(ctx context.Context) (sluss.Outcome, sluss.Exchange, error)) (sluss.Outcome, error) {
	return e.call(ctx, i, do)
}

// call makes one call for a person who waits; it is never queued.
func (e *Tasks) call(ctx context.Context, i sluss.Intent, do func(ctx context.Context) (sluss.Outcome, sluss.Exchange, error)) (sluss.Outcome, error) {
	i.Calls, i.Urgent = max(1, i.Calls), true
	r, err := caller{e.Ledger, e.Actor, e.Log}.call(ctx, i, do)
	switch {
	case err != nil:
		return sluss.Outcome{}, err
	case r.Wait != nil:
		return sluss.Outcome{}, temporal.NewApplicationErrorWithOptions(r.Wait.String(), ErrorBusy, temporal.ApplicationErrorOptions{NextRetryDelay: max(r.Wait.In, time.Second)})
	case errors.Is(r.Err, sluss.ErrOperator) || errors.Is(r.Err, sluss.ErrAbsent):
		return sluss.Outcome{}, operatorError(r.Err.Error())
	case r.Err != nil:
		return sluss.Outcome{}, toTemporal(r.Err)
	}
	return r.Outcome, nil
}

// ask makes a call for a question; do stores the answer.
func (e *Tasks) ask(ctx context.Context, registry, task string, calls int, do func(ctx context.Context) (sluss.Exchange, error)) error {
	intent := sluss.Intent{Filing: task, Purpose: sluss.ToAsk, Registry: registry, Calls: calls}
	_, err := e.call(ctx, intent, func(ctx context.Context) (sluss.Outcome, sluss.Exchange, error) {
		made, err := do(ctx)
		return sluss.Outcome{Kind: sluss.Accepted, Detail: "it answered"}, made, err
	})
	return err
}

// submit makes a call that is made at most once.
func (e *Tasks) submit(ctx context.Context, registry, task string, do func(ctx context.Context) (sluss.Outcome, sluss.Exchange, error)) (sluss.Outcome, error) {
	return e.call(ctx, sluss.Intent{Filing: task, Purpose: sluss.ToSubmit, Registry: registry}, do)
}

// operatorError is an error for a person who waits, if only an operator can help.
func operatorError(text string) error {
	return temporal.NewNonRetryableApplicationError(text, ErrorOperator, nil)
}
