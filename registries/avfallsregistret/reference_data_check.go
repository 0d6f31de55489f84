package avfallsregistret

import (
	"context"
	"encoding/json"

	"sluss"
)

// ReferenceCalls is how many calls of the quota one CheckReferenceData takes.
func (*Client) ReferenceCalls() int { return 5 }

// CheckReferenceData fetches the reference data and says how they differ from the waste codes
// that are given, and from what else Sluss carries; see Lists and Compare.
func (c *Client) CheckReferenceData(ctx context.Context, codes []string) (json.RawMessage, []sluss.Drift, error) {
	lists, err := c.ReferenceData(ctx)
	if err != nil {
		return nil, nil, err
	}
	data, err := json.Marshal(lists)
	return data, Compare(codes, lists), err
}
