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

// messenger tells workflows what activities have found out.
type messenger struct{ client.Client }

// Govern starts a registry's governor, or wakes it.
func (m messenger) Govern(ctx context.Context, registry string) error {
	_, err := m.SignalWithStartWorkflow(ctx, workflows.GovernorID(registry), workflows.GovernSignal.Name, "somebody waits", client.StartWorkflowOptions{
		TaskQueue: workflows.GovernorQueue, StaticSummary: "Hands out the turns at " + registry,
		TypedSearchAttributes: temporal.NewSearchAttributes(workflows.Registry.ValueSet(registry)),
	}, workflows.Governor, workflows.GovernorInput{Registry: registry})
	return err
}

// Promised tells a filing its slot; false where no such filing runs any more.
func (m messenger) Promised(ctx context.Context, p sluss.Promise) (bool, error) {
	return m.signal(ctx, p.Filing, workflows.TurnSignal.Name, p)
}

// Followed tells a batch that others have changed its document; false where no
// such batch runs any more.
func (m messenger) Followed(ctx context.Context, batch string, d sluss.Document) (bool, error) {
	return m.signal(ctx, batch, workflows.FollowedSignal.Name, d)
}

// Forecast tells a filing what will come of it. Who is gone needs no forecast.
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
