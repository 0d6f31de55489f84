package sluss

import "time"

// LoadWindow is how far apart the planned departures of batches may be that have a vehicle
// in common and are one load. It is a policy of this product: a lorry that calls at several
// places of one site leaves them within the hour, and the next tour of a shuttle is later.
const LoadWindow = time.Hour

// LoadPart is another batch that goes on a vehicle of a leg.
type LoadPart struct {
	Batch BatchID `json:"batch"`
	Leg   int     `json:"leg"`  // of that batch, counted from 1
	Mass  Mass    `json:"mass"` // kg, as declared and corrected
}

// LoadChange tells a batch what goes on the vehicles of one of its legs, since another batch
// has joined the load.
type LoadChange struct {
	Leg  int  `json:"leg"`  // of the batch that is told, counted from 1
	Mass Mass `json:"mass"` // of all batches of the load together, kg
}

// OwedRecord records obligations that follow from neither an event nor a correction.
type OwedRecord struct {
	Batch       BatchID      `json:"batch"`
	Obligations []Obligation `json:"obligations"`
	At          time.Time    `json:"at"`
}
