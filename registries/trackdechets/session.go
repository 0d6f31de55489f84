package trackdechets

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"

	"github.com/Khan/genqlient/graphql"

	"sluss"
)

// session makes one call of a generated operation on behalf of an organisation,
// by once, and keeps what came back: what it means is outcome's to say, so the
// errors of generated functions are not looked at but for "there is no data".
type session struct {
	client *Client
	call   call
	reply  reply
}

// as begins a call; name is its root field that decides, such as "markAsSealed".
func (c *Client) as(who actor, name string) *session {
	return &session{client: c, call: call{name: name, actor: who}}
}

var errNoData = errors.New("the answer holds no data")

// MakeRequest is what generated code calls. A session makes no second call.
func (s *session) MakeRequest(ctx context.Context, asked *graphql.Request, into *graphql.Response) error {
	if !s.reply.Started.IsZero() {
		return fmt.Errorf("%s: a session makes one call", s.call.name)
	}
	s.call.operation, s.call.query, s.call.variables = asked.OpName, asked.Query, asked.Variables
	s.reply = s.client.send(ctx, s.call)
	a := readAnswer(s.reply.Body)
	if len(a.Errors) > 0 || len(a.Data) == 0 {
		return errNoData
	}
	return json.Unmarshal(s.reply.Body, into)
}

// of is the organisation whose token a call takes.
func (c *Client) of(company string) (actor, error) {
	if token := c.tokens[company]; token != "" {
		return actor{company, token}, nil
	}
	return actor{}, fmt.Errorf("%w: there is no token of %s: configure it in tokens or tokens_dir, or set %s<SIRET>", sluss.ErrOperator, company, tokenVariable)
}

// secret is what no record of a call may hold: codes that sign, tokens, links
// that open a file to whoever has them.
var secret = regexp.MustCompile(`"(securityCode|token|downloadLink|signedUrl)"\s*:\s*(?:"(?:[^"\\]|\\.)*"|\d+)`)

func redacted(body []byte) string { return secret.ReplaceAllString(string(body), `"$1":"***"`) }
