package engine

import (
	"context"
	"errors"

	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"

	"sluss"
	"sluss/workflows"
)

// messenger tells workflows what activities and dispatchers have found out.
type messenger struct{ client.Client }

// Reserved tells a filing its reservation; false if its workflow does not run any more.
func (m messenger) Reserved(ctx context.Context, p sluss.Reservation) (bool, error) {
	return m.signal(ctx, sluss.FilingID(p.Filing).Workflow(), workflows.ReservedSignal.Name, p)
}

// DocumentChanged tells a batch that others have changed its document; false if the
// batch does not run any more.
func (m messenger) DocumentChanged(ctx context.Context, batch sluss.BatchID, d sluss.Document) (bool, error) {
	return m.signal(ctx, string(batch), workflows.DocumentChangedSignal.Name, d)
}

// Forecast tells a filing whether it will miss its due time. A filing that does not run
// any more needs no forecast.
func (m messenger) Forecast(ctx context.Context, f sluss.Forecast) error {
	_, err := m.signal(ctx, sluss.FilingID(f.Filing).Workflow(), workflows.ForecastSignal.Name, f)
	return err
}

func (m messenger) signal(ctx context.Context, workflow, name string, message any) (bool, error) {
	err := m.SignalWorkflow(ctx, workflow, "", name, message)
	if missing := (*serviceerror.NotFound)(nil); errors.As(err, &missing) {
		return false, nil
	}
	return err == nil, err
}
