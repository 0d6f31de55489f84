package activities

import (
	"context"

	"sluss"
)

// Loads knows which batches share a vehicle.
type Loads interface {
	// Beside returns the other open batches that go on a vehicle of a leg at about its
	// planned departure.
	Beside(ctx context.Context, batch sluss.BatchID, leg int) ([]sluss.LoadPart, error)
	// LoadChanged tells a batch that more goes on the vehicles of a leg; false if it does
	// not run any more.
	LoadChanged(ctx context.Context, batch sluss.BatchID, l sluss.LoadChange) (bool, error)
	// RecordOwed records obligations.
	RecordOwed(ctx context.Context, r sluss.OwedRecord) error
}

// RecordOwed records obligations that follow from neither an event nor a correction.
func (a *Activities) RecordOwed(ctx context.Context, r sluss.OwedRecord) error {
	return recorded(a.Loads.RecordOwed(ctx, r))
}

// beside is what goes on the vehicles with a submission; nothing, if it is not about the
// vehicles of a batch.
func (a *Activities) beside(ctx context.Context, s sluss.Submission) ([]sluss.LoadPart, error) {
	o := s.Content.Obligation
	batch, _, err := s.Filing.Split()
	if a.Loads == nil || err != nil || o.Report != sluss.ReportClearance {
		return nil, nil
	}
	return a.Loads.Beside(ctx, batch, o.Leg)
}

// tellBeside tells the other batches of a load what goes on its vehicles, once one of them
// was looked up with them. They may have been cleared for less.
func (a *Activities) tellBeside(ctx context.Context, beside []sluss.LoadPart, c *sluss.Clearance) error {
	if c == nil {
		return nil
	}
	for _, other := range beside {
		if _, err := a.Loads.LoadChanged(ctx, other.Batch, sluss.LoadChange{Leg: other.Leg, Mass: c.Load}); err != nil {
			return err
		}
	}
	return nil
}
