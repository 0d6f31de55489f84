package engine

import (
	"context"
	"errors"

	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"

	"sluss"
	"sluss/workflows"
)

// messenger sends to workflows what activities have found out.
type messenger struct{ client.Client }

// WakeDispatcher starts a registry's dispatcher, or wakes it.
func (m messenger) WakeDispatcher(ctx context.Context, registry string) error {
	_, err := m.SignalWithStartWorkflow(ctx, workflows.DispatcherID(registry), workflows.WakeSignal.Name, "somebody waits", client.StartWorkflowOptions{
		TaskQueue: workflows.DispatcherQueue, StaticSummary: "Gives out the reservations at " + registry,
		TypedSearchAttributes: temporal.NewSearchAttributes(workflows.Registry.ValueSet(registry)),
	}, workflows.Dispatcher, workflows.DispatcherInput{Registry: registry})
	return err
}

// Reserved tells a filing its reservation; false if the filing does not run any more.
func (m messenger) Reserved(ctx context.Context, p sluss.Reservation) (bool, error) {
	return m.signal(ctx, p.Filing, workflows.ReservedSignal.Name, p)
}

// DocumentChanged tells a batch that others have changed its document; false if the
// batch does not run any more.
func (m messenger) DocumentChanged(ctx context.Context, batch sluss.BatchID, d sluss.Document) (bool, error) {
	return m.signal(ctx, string(batch), workflows.DocumentChangedSignal.Name, d)
}

// Forecast tells a filing whether it will miss its due time. A filing that does not run
// any more needs no forecast.
func (m messenger) Forecast(ctx context.Context, f sluss.Forecast) error {
	_, err := m.signal(ctx, f.Filing, workflows.ForecastSignal.Name, f)
	return err
}

func (m messenger) signal(ctx context.Context, workflow, name string, message any) (bool, error) {
	err := m.SignalWorkflow(ctx, workflow, "", name, message)
	if missing := (*serviceerror.NotFound)(nil); errors.As(err, &missing) {
		return false, nil
	}
	return err == nil, err
}
