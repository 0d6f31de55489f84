package engine

import (
	"errors"

	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/interceptor"
	"go.temporal.io/sdk/workflow"

	"sluss"
	"sluss/config"
	"sluss/workflows"
)

// unreadable has filings hear of signatures that cannot be read, so that they are
// recorded: in clear where payloads are encrypted, forged, or no signature at all.
// Temporal's library drops signals that cannot be read, and only logs it.
type unreadable struct {
	interceptor.WorkerInterceptorBase
	data converter.DataConverter
}

// InterceptWorkflow implements interceptor.WorkerInterceptor.
func (u *unreadable) InterceptWorkflow(_ workflow.Context, next interceptor.WorkflowInboundInterceptor) interceptor.WorkflowInboundInterceptor {
	s := &signals{data: u.data}
	s.Next = next
	return s
}

type signals struct {
	interceptor.WorkflowInboundInterceptorBase
	data converter.DataConverter
}

// HandleSignal passes a signature that cannot be read on as the reason why. One
// whose key is missing here waits, like everything else, until it is there.
func (s *signals) HandleSignal(ctx workflow.Context, in *interceptor.HandleSignalInput) error {
	if in.SignalName != workflows.SignSignal.Name {
		return s.Next.HandleSignal(ctx, in)
	}
	var signature sluss.Signature
	err := s.data.FromPayloads(in.Arg, &signature)
	if missing := (config.MissingKeyError{}); err == nil || errors.As(err, &missing) {
		return s.Next.HandleSignal(ctx, in)
	}
	why, err := s.data.ToPayloads(err.Error())
	if err != nil {
		return err
	}
	return s.Next.HandleSignal(ctx, &interceptor.HandleSignalInput{SignalName: workflows.UnreadableSignal.Name, Arg: why})
}
