package engine

import (
	"errors"
	"fmt"
	"log/slog"
	"reflect"

	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/interceptor"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"sluss"
	"sluss/config"
	"sluss/workflows"
)

// sealed is an interceptor for messages to workflows that cannot be decrypted or have
// no payload. If payloads are encrypted, anybody can still send a message without a
// payload, which would be read as a message with empty fields. Activities may return
// nothing, so the data converter cannot refuse this.
type sealed struct {
	interceptor.WorkerInterceptorBase
	data      converter.DataConverter
	encrypted bool
	log       *slog.Logger
}

func newSealed(c config.Temporal, log *slog.Logger) (*sealed, error) {
	data, err := c.DataConverter()
	if err != nil {
		return nil, err
	}
	ids, err := c.KeyIDs()
	return &sealed{data: data, encrypted: len(ids) > 0, log: log}, err
}

// InterceptWorkflow implements interceptor.WorkerInterceptor.
func (s *sealed) InterceptWorkflow(_ workflow.Context, next interceptor.WorkflowInboundInterceptor) interceptor.WorkflowInboundInterceptor {
	i := &sealedWorkflow{sealed: s}
	i.Next = next
	return i
}

type sealedWorkflow struct {
	interceptor.WorkflowInboundInterceptorBase
	*sealed
}

// errNothing refuses a message that has no content.
var errNothing = fmt.Errorf("nothing was sent: %w", config.ErrPlain)

// says tells whether arguments may come from a process that has the key.
func (s *sealed) says(args []any) bool {
	if !s.encrypted || len(args) == 0 {
		return true
	}
	for _, arg := range args {
		if v := reflect.ValueOf(arg); v.IsValid() && !v.IsZero() {
			return true
		}
	}
	return false
}

// ExecuteWorkflow ends a workflow that was started without input.
func (s *sealedWorkflow) ExecuteWorkflow(ctx workflow.Context, in *interceptor.ExecuteWorkflowInput) (any, error) {
	if !s.says(in.Args) {
		return nil, temporal.NewNonRetryableApplicationError(errNothing.Error(), workflows.Refused, nil)
	}
	return s.Next.ExecuteWorkflow(ctx, in)
}

// ValidateUpdate refuses an update without content.
func (s *sealedWorkflow) ValidateUpdate(ctx workflow.Context, in *interceptor.UpdateInput) error {
	if !s.says(in.Args) {
		return temporal.NewNonRetryableApplicationError(errNothing.Error(), workflows.Refused, nil)
	}
	return s.Next.ValidateUpdate(ctx, in)
}

// HandleSignal drops signals without content, and passes a signature that cannot
// be read on as the reason why, so that it is recorded. Other signals that cannot
// be read, Temporal's library drops and logs. One whose key is missing here waits,
// like everything else, until it is there.
func (s *sealedWorkflow) HandleSignal(ctx workflow.Context, in *interceptor.HandleSignalInput) error {
	var unread error
	switch {
	case s.encrypted && len(in.Arg.GetPayloads()) == 0:
		unread = errNothing
	case in.SignalName == workflows.SignSignal.Name:
		unread = s.data.FromPayloads(in.Arg, new(workflows.Addressed[sluss.Signature]))
	}
	if missing := (config.MissingKeyError{}); unread == nil || errors.As(unread, &missing) {
		return s.Next.HandleSignal(ctx, in)
	}
	if in.SignalName != workflows.SignSignal.Name {
		s.log.Warn("a signal is dropped", "workflow", workflow.GetInfo(ctx).WorkflowExecution.ID, "signal", in.SignalName, "why", unread)
		return nil
	}
	var on struct {
		Filing sluss.FilingID `json:"filing"`
	}
	_ = s.data.FromPayloads(in.Arg, &on) // perhaps that much can be read
	why, err := s.data.ToPayloads(workflows.Addressed[string]{Filing: on.Filing, Message: unread.Error()})
	if err != nil {
		return err
	}
	return s.Next.HandleSignal(ctx, &interceptor.HandleSignalInput{SignalName: workflows.UnreadableSignal.Name, Arg: why})
}
