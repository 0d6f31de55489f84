package avfallsregistret

import (
	"context"
	"encoding/json"

	"sluss"
)

// ListCalls is how many calls of the quota one CheckLists takes.
func (*Client) ListCalls() int { return 5 }

// CheckLists fetches the code lists and says how they differ from the waste codes
// that are given, and from what else Sluss carries; see Lists and Compare.
func (c *Client) CheckLists(ctx context.Context, codes []string) (json.RawMessage, []sluss.Drift, error) {
	lists, err := c.Lists(ctx)
	if err != nil {
		return nil, nil, err
	}
	data, err := json.Marshal(lists)
	return data, Compare(codes, lists), err
}
