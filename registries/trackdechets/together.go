package trackdechets

import (
	"context"
	"encoding/json"

	"sluss"
)

// mostTogether is how many operations one request takes; it counts as one call.
const mostTogether = 5

// together asks several questions that change nothing in one request, at most
// mostTogether. Each session holds what its own question was answered; the
// exchange is that of the request. The error is that of the whole request, as of
// ask; understood reads what each was told.
func (c *Client) together(ctx context.Context, company, name string, questions []call) (each []*session, made sluss.Exchange, err error) {
	who, err := c.of(company)
	if err != nil {
		return nil, notMade(name), err
	}
	content := make([]any, len(questions))
	for i, q := range questions {
		content[i] = q.wire()
	}
	whole := c.as(who, name)
	whole.reply = c.post(ctx, whole.call, content)
	var answers []json.RawMessage
	if json.Unmarshal(whole.reply.Body, &answers) != nil || len(answers) != len(questions) {
		if err = whole.told(errNoData); err == nil {
			err = &NotNowError{Until: whole.reply.Ended.Add(shortPause), Detail: "its answer cannot be read"}
		}
		return nil, whole.exchange(), err
	}
	for i := range questions {
		one := c.as(who, name)
		one.reply = whole.reply
		one.reply.Body = answers[i]
		each = append(each, one)
	}
	return each, whole.exchange(), nil
}
