package avfallsregistret

import (
	"context"
	"encoding/json"

	"sluss"
)

// ReferenceCalls is the number of calls of the quota that one CheckReferenceData
// takes.
func (*Client) ReferenceCalls() int { return 5 }

// CheckReferenceData fetches the reference data and compares them with the given
// waste codes and with the other lists in Sluss. See ReferenceData and Compare.
func (c *Client) CheckReferenceData(ctx context.Context, codes []string) (json.RawMessage, []sluss.Drift, error) {
	lists, err := c.ReferenceData(ctx)
	if err != nil {
		return nil, nil, err
	}
	data, err := json.Marshal(lists)
	return data, Compare(codes, lists), err
}
