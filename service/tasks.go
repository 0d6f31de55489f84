package service

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"

	"sluss"
	"sluss/activities"
	"sluss/workflows"
)

// taskSlack is how long after Temporal has ended a task its end may take to arrive.
const taskSlack = 5 * time.Second

// run starts the workflow of one task, and waits for it. It needs a running worker.
// The name distinguishes the task from others of its kind.
func run[Out any](ctx context.Context, sv *Service, registry string, kind sluss.TaskKind, name string, in any) (Out, error) {
	var out Out
	payload, err := json.Marshal(in)
	if err != nil {
		return out, err
	}
	patience := workflows.TaskPatience(kind)
	ctx, cancel := context.WithTimeout(ctx, patience+taskSlack)
	defer cancel()
	id := sluss.TaskID(registry, kind, name)
	started, err := sv.Temporal.ExecuteWorkflow(ctx, client.StartWorkflowOptions{
		ID: id, TaskQueue: workflows.Queue, WorkflowExecutionTimeout: patience,
		StaticSummary:         workflows.TaskSummary(registry, kind),
		TypedSearchAttributes: temporal.NewSearchAttributes(workflows.Registry.ValueSet([]string{registry})),
	}, workflows.Task, workflows.TaskInput{Registry: registry, Kind: kind, Payload: payload})
	if err != nil {
		return out, explained(err, id)
	}
	return out, taskError(started.Get(ctx, &out), registry)
}

// taskError translates the error of an activity into an error of the service.
func taskError(err error, registry string) error {
	application := (*temporal.ApplicationError)(nil)
	timeout := (*temporal.TimeoutError)(nil)
	switch {
	case err == nil:
		return nil
	case errors.As(err, &application) && application.Type() == activities.ErrorOperator:
		return &Refusal{Why: application.Message()}
	case errors.As(err, &application):
		return fmt.Errorf("%w from %s: %s", ErrNoAnswer, registry, application.Message())
	case errors.As(err, &timeout), errors.Is(err, context.DeadlineExceeded):
		return fmt.Errorf("%w from %s: is a worker running?", ErrNoAnswer, registry)
	}
	return err
}

// Revisions are the revisions of our companies' BSDDs that wait for an answer, ours or
// another party's. It takes one call of the quota for every fifty revisions of each
// company, at least one for each, and needs a running worker.
func (sv *Service) Revisions(ctx context.Context) ([]sluss.Revision, error) {
	return sv.revisions(ctx, "")
}

// revisions returns the revisions of one of our companies; of all, if company is empty.
func (sv *Service) revisions(ctx context.Context, company string) ([]sluss.Revision, error) {
	in := activities.RevisionsInput{Registry: sluss.Trackdechets, Company: company}
	return run[[]sluss.Revision](ctx, sv, in.Registry, sluss.TaskRevisions, uuid.NewString(), in)
}

// EcoOrganismes are those that may be on a BSDD and whose name or SIRET contains the
// text, ignoring case and accents; all of them if the text is empty. It takes one
// call of the quota and needs a running worker.
func (sv *Service) EcoOrganismes(ctx context.Context, text string) ([]sluss.Party, error) {
	all, err := run[[]sluss.Party](ctx, sv, sluss.Trackdechets, sluss.TaskEcoOrganismes, uuid.NewString(), sluss.Trackdechets)
	want := withoutAccents(text)
	return slices.DeleteFunc(all, func(p sluss.Party) bool {
		return !strings.Contains(withoutAccents(p.Name), want) && !strings.Contains(p.ID, strings.ReplaceAll(want, " ", ""))
	}), err
}

var accents = strings.NewReplacer("à", "a", "â", "a", "ä", "a", "ç", "c", "é", "e", "è", "e", "ê", "e", "ë", "e", "î", "i", "ï", "i", "ô", "o", "ö", "o", "œ", "oe", "ù", "u", "û", "u", "ü", "u")

func withoutAccents(text string) string {
	return accents.Replace(strings.ToLower(strings.TrimSpace(text)))
}

// RevisionReply is a person's answer to a revision.
type RevisionReply string

// A revision of another party is accepted or refused, one of ours is withdrawn.
const (
	Accept   RevisionReply = "accept"
	Refuse   RevisionReply = "refuse"
	Withdraw RevisionReply = "withdraw"
)

// Answering is a person's answer to a revision. Company may be left out if only one
// of our companies can answer.
type Answering struct {
	Reply   RevisionReply `json:"reply"`
	Company string        `json:"company,omitempty"`
	Comment string        `json:"comment,omitempty"`
	By      sluss.Person  `json:"by"`
}

// Answered is the result of an answer.
type Answered struct {
	sluss.Revision
	Reply   RevisionReply `json:"reply"`
	Outcome sluss.Outcome `json:"outcome"`
}

// AnswerRevision answers a revision at once. It takes the calls of Revisions (of the
// company only, if it is given) and one more. The error is Faults if the answer has
// faults, and a Refusal if the registry refuses it.
func (sv *Service) AnswerRevision(ctx context.Context, id string, a Answering) (Answered, error) {
	var f sluss.Faults
	if a.Reply != Accept && a.Reply != Refuse && a.Reply != Withdraw {
		f = append(f, sluss.Fault{Field: "reply", Problem: fmt.Sprintf("%q is no answer to a revision", a.Reply), Remedy: "give accept, refuse or withdraw"})
	}
	if a.Reply == Refuse && strings.TrimSpace(a.Comment) == "" {
		f = append(f, sluss.Fault{Field: "comment", Problem: "the refusal has no reason", Remedy: "give the reason: the other party reads it"})
	}
	if strings.TrimSpace(a.By.Name) == "" {
		f = append(f, sluss.Fault{Field: "by.name", Problem: "the name of the person is missing", Remedy: "give the name of the person who answers"})
	}
	if len(f) > 0 {
		return Answered{}, f
	}
	all, err := sv.revisions(ctx, a.Company)
	if err != nil {
		return Answered{}, err
	}
	var may []sluss.Revision
	known := false
	for _, r := range all {
		known = known || r.ID == id
		if r.ID == id && r.Ours == (a.Reply == Withdraw) && (a.Company == "" || r.Company == a.Company) {
			may = append(may, r)
		}
	}
	switch {
	case !known:
		return Answered{}, fmt.Errorf("%w pending revision as %s: `starter revisions` lists them", ErrNoSuch, id)
	case len(may) == 0:
		return Answered{}, &Refusal{Why: id + ": this company cannot " + string(a.Reply) + " it: the company that asked can withdraw, the others can accept or refuse"}
	case len(may) > 1:
		return Answered{}, sluss.Faults{{Field: "company", Problem: "several of our companies can answer", Remedy: "give one of " + may[0].Company + ", " + may[1].Company}}
	}
	in := activities.AnswerInput{
		RevisionAnswer: sluss.RevisionAnswer{
			Registry: sluss.Trackdechets, Revision: id, Company: may[0].Company, Approve: a.Reply == Accept, Withdraw: a.Reply == Withdraw, Comment: a.Comment, By: a.By, At: time.Now().Truncate(time.Second),
		},
		Task: uuid.NewString(),
	}
	outcome, err := run[sluss.Outcome](ctx, sv, sluss.Trackdechets, sluss.TaskRevisionAnswer, in.Task, in)
	if err != nil {
		return Answered{}, err
	}
	return Answered{Revision: may[0], Reply: a.Reply, Outcome: outcome}, refusedBy(outcome)
}

// refusedBy is the refusal of an outcome that is not accepted.
func refusedBy(o sluss.Outcome) error {
	switch o.Kind {
	case sluss.Accepted:
		return nil
	case sluss.Rejected:
		var faults sluss.Faults
		for _, r := range o.Reasons {
			faults = append(faults, sluss.Fault{Field: r.Field, Problem: r.Message, Remedy: r.Remedy})
		}
		return &Refusal{Why: faults.Error(), Faults: faults}
	case sluss.Deferred, sluss.Unknown:
	}
	return fmt.Errorf("%w: %s", ErrNoAnswer, o.Detail)
}

// Export orders a company's register of waste, waits until it is ready, stores it in
// the ledger and returns it. It takes one call for the order, and one every five
// seconds while it waits. The error is Faults if the order has faults.
func (sv *Service) Export(ctx context.Context, o sluss.RegisterOrder) (sluss.RegisterFile, error) {
	if faults := checkOrder(o); len(faults) > 0 {
		return sluss.RegisterFile{}, faults
	}
	in := activities.OrderInput{RegisterOrder: o, Task: uuid.NewString()}
	got, err := run[workflows.Exported](ctx, sv, o.Registry, sluss.TaskRegister, in.Task, in)
	if err == nil {
		err = refusedBy(got.Ordered)
	}
	if err != nil {
		return sluss.RegisterFile{}, err
	}
	if !got.Done {
		return sluss.RegisterFile{}, &Refusal{Why: o.Registry + " could not make the export (" + got.Status + "): order it again in five minutes, or for a shorter period"}
	}
	file, known, err := sv.Ledger.Register(ctx, got.Ordered.Receipt.ID)
	if err == nil && !known {
		err = fmt.Errorf("%w register as %s", ErrNoSuch, got.Ordered.Receipt.ID)
	}
	return file, err
}

func checkOrder(o sluss.RegisterOrder) (f sluss.Faults) {
	add := func(field, problem, remedy string) {
		f = append(f, sluss.Fault{Field: field, Problem: problem, Remedy: remedy})
	}
	if o.Registry != sluss.Trackdechets {
		add("registry", fmt.Sprintf("%q has no register of waste that can be fetched", o.Registry), "use "+sluss.Trackdechets)
	}
	kinds := sluss.RegisterKinds()
	texts := make([]string, len(kinds))
	known := false
	for i, k := range kinds {
		texts[i], known = string(k), known || k == o.Kind
	}
	if !known {
		add("kind", fmt.Sprintf("%q is no kind of waste register", o.Kind), "use "+strings.Join(texts, ", "))
	}
	if o.Format != "csv" && o.Format != "xlsx" {
		add("format", fmt.Sprintf("there is no format %q", o.Format), "use csv or xlsx")
	}
	if o.Company == "" {
		add("company", "the company is missing", "give the SIRET of one of our companies")
	}
	switch {
	case o.From.IsZero():
		add("from", "the period has no beginning", "give a date, such as 2026-01-01")
	case !o.Until.IsZero() && !o.From.Before(o.Until):
		add("until", "the period ends before it begins", "give a later date")
	}
	return f
}
