package trackdechets

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"sluss"
)

// cleared asks whether the companies of a batch may be on its BSDD: Accepted
// where nothing blocks, with what a person should know all the same as Detail;
// Rejected with the reasons where the register would refuse them; Deferred where
// it cannot say now. It changes nothing there.
func (c *Client) cleared(ctx context.Context, d document) (sluss.Outcome, sluss.Exchange, error) {
	who, err := c.actor(d)
	if err != nil {
		return sluss.Outcome{}, notMade("companyInfos"), err
	}
	participants, err := Participants(d.Declaration, d.first)
	if err != nil {
		return sluss.Outcome{}, notMade("companyInfos"), err
	}
	found, made, err := c.lookAt(ctx, who.id, participants)
	if later, is := errors.AsType[*NotNowError](err); is {
		return later.Outcome(), made, nil
	}
	if err != nil {
		return sluss.Outcome{}, made, err
	}
	var blocking []sluss.Reason
	var notes []string
	for _, f := range found {
		if f.Blocks {
			blocking = append(blocking, sluss.Reason{Code: string(f.Code), Field: f.Field, Message: f.Problem, Remedy: f.Remedy})
		} else {
			notes = append(notes, f.String())
		}
	}
	detail := strings.Join(notes, "; ")
	if len(blocking) > 0 {
		return sluss.Outcome{Kind: sluss.Rejected, Reasons: blocking, Detail: detail}, made, nil
	}
	if detail == "" {
		detail = fmt.Sprintf("%d companies are registered as what they do on the BSDD", len(participants))
	}
	return sluss.Outcome{
		Kind: sluss.Accepted, Detail: detail,
		Receipt: &sluss.Receipt{Registry: sluss.Trackdechets, ID: "preflight-" + made.Ended.UTC().Format("20060102T150405Z"), Status: "looked up", At: made.Ended},
	}, made, nil
}
