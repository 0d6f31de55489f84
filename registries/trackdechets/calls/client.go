// Package calls makes calls to Trackdéchets, each at most once, and says what its
// answer means: an outcome, or one of the few errors that only time or an operator
// can mend. It is the one place that does.
package calls

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"reflect"
	"regexp"
	"slices"
	"time"

	"sluss"
	"sluss/registries/once"
	"sluss/registries/trackdechets/wire"
)

// Options of a Client.
type Options struct {
	URL     string            // of the GraphQL endpoint
	Tokens  map[string]string // by SIRET, or VAT number, of the company whose user made it
	Timeout time.Duration     // of one call in all; zero means 15 s
	Window  time.Duration     // of the rate limit that the registry counts; zero means a minute
}

// Client calls one environment of Trackdéchets in the name of companies. It is safe
// for concurrent use. Make it with New.
type Client struct {
	options Options
	http    *once.Client
}

// New makes a client. It calls nobody.
func New(o Options) *Client {
	o.Tokens = maps.Clone(o.Tokens)
	if o.Timeout <= 0 {
		o.Timeout = 15 * time.Second
	}
	if o.Window <= 0 {
		o.Window = time.Minute
	}
	return &Client{o, once.New(once.Options{})}
}

// Patient is the same client for an answer that is larger, and takes longer, than
// others.
func (c *Client) Patient(limit int64, timeout time.Duration) *Client {
	patient := *c
	patient.options.Timeout, patient.http = timeout, once.New(once.Options{Limit: limit})
	return &patient
}

// Companies are those whose token we have, in order.
func (c *Client) Companies() []string { return slices.Sorted(maps.Keys(c.options.Tokens)) }

// WithToken is the first of the companies whose token we have; empty: none.
func (c *Client) WithToken(companies ...string) string {
	for _, company := range companies {
		if c.options.Tokens[company] != "" {
			return company
		}
	}
	return ""
}

// TokenVariable begins the names of environment variables that hold a token.
const TokenVariable = "SLUSS_TRACKDECHETS_TOKEN_"

// NoToken is the error that we have no token of a company; name several as "A or B".
func NoToken(company string) error {
	return fmt.Errorf("%w: there is no token of %s: configure it in tokens or tokens_dir, or set %s<SIRET>", sluss.ErrOperator, company, TokenVariable)
}

// Session makes one call in the name of a company, and keeps what came back. What that
// means is Outcome's to say, so the errors of Ask tell only whether there is data to look
// at. Without a token of the company, nothing is sent.
type Session struct {
	once.Reply
	client   *Client
	company  string
	name     string // of the root field that decides, such as "markAsSealed"
	request  string // without secrets
	noEffect bool   // see WithoutEffect
}

// Session begins a call; name is its root field that decides.
func (c *Client) Session(company, name string) *Session {
	return &Session{client: c, company: company, name: name}
}

// Another begins another call in the name of the same company.
func (s *Session) Another(name string) *Session { return s.client.Session(s.company, name) }

// WithoutEffect gives up the session's own call for one that came before it and
// failed. Whatever became of that, nothing was filed: an answer that was lost is
// sluss.ErrNotSent.
func (s *Session) WithoutEffect(before *Session) { *s = *before; s.noEffect = true }

// Request is a call as it goes out.
type Request struct {
	OperationName string `json:"operationName"`
	Query         string `json:"query"`
	Variables     any    `json:"variables,omitempty"`
}

// Ask makes the session's call, and reads the value of its root field. Variables are by
// the names of arguments; empty texts are left out. What goes before runs first in the same
// request, and is read where there is a place for it.
func (s *Session) Ask(ctx context.Context, variables map[string]any, into any, before ...wire.Root) error {
	roots := slices.Concat(before, []wire.Root{{Field: s.name, Into: into}})
	asked, err := request(variables, roots)
	if err != nil {
		s.Err = err
		return err
	}
	if err := s.Send(ctx, asked); err != nil {
		return err
	}
	for _, root := range roots {
		if reflect.TypeOf(root.Into).Kind() != reflect.Pointer {
			continue
		}
		if err := s.read(root.Field, root.Into); err != nil {
			return err
		}
	}
	return nil
}

func request(variables map[string]any, roots []wire.Root) (Request, error) {
	variables = maps.Clone(variables)
	maps.DeleteFunc(variables, func(_ string, value any) bool { return value == "" })
	text, err := wire.Operation(slices.Collect(maps.Keys(variables)), roots...)
	if err != nil {
		err = fmt.Errorf("%w: %w", sluss.ErrOperator, err)
	}
	return Request{roots[len(roots)-1].Field, text, variables}, err
}

// Read reads the value of the session's root field.
func (s *Session) Read(into any) error { return s.read(s.name, into) }

func (s *Session) read(field string, into any) error {
	a := readAnswer(s.Body)
	if value := a.Data[field]; len(a.Errors) == 0 && len(value) > 0 && string(value) != "null" {
		return json.Unmarshal(value, into)
	}
	return ErrNoData
}

// Send sends a Request, or a list of them, once, and waits for the whole answer. The error
// says that nothing was sent.
func (s *Session) Send(ctx context.Context, asked any) error {
	if !s.Started.IsZero() {
		return fmt.Errorf("%s: a session makes one call", s.name)
	}
	token, known := s.client.options.Tokens[s.company]
	if !known {
		s.Err = NoToken(s.company)
		return s.Err
	}
	body, err := json.Marshal(asked)
	if err != nil {
		s.Err = fmt.Errorf("%w: %w", sluss.ErrOperator, err)
		return s.Err
	}
	ctx, cancel := context.WithTimeout(ctx, s.client.options.Timeout)
	defer cancel()
	s.request = redacted(body)
	s.Reply = s.client.http.Do(ctx, http.MethodPost, s.client.options.URL, http.Header{
		"Content-Type": {"application/json"}, "Accept": {"application/json"}, "Authorization": {"Bearer " + token},
	}, body)
	return nil
}

// MostAtOnce is how many questions one request takes; it counts as one call.
const MostAtOnce = 5

// AskAll asks the session's root field several times in one request, at most MostAtOnce,
// for values like into, and gives a session with the answer to each. It changes nothing.
// The error is that of the whole request, as of Answered.
func (s *Session) AskAll(ctx context.Context, variables []map[string]any, into any) (each []*Session, err error) {
	questions := make([]Request, len(variables))
	for i, given := range variables {
		if questions[i], err = request(given, []wire.Root{{Field: s.name, Into: into}}); err != nil {
			return nil, err
		}
	}
	var answers []json.RawMessage
	if s.Send(ctx, questions) != nil || json.Unmarshal(s.Body, &answers) != nil || len(answers) != len(questions) {
		if err = s.Answered(ErrNoData); err == nil {
			err = s.NotNow("its answer cannot be read")
		}
		return nil, err
	}
	for _, answer := range answers {
		one := *s
		one.Body = answer
		each = append(each, &one)
	}
	return each, nil
}

// secret is what no record of a call may hold: codes that sign, tokens, and links
// that open a file to whoever has them.
var secret = regexp.MustCompile(`"(securityCode|token|downloadLink|signedUrl)"\s*:\s*(?:"(?:[^"\\]|\\.)*"|\d+)`)

func redacted(body []byte) string { return secret.ReplaceAllString(string(body), `"$1":"***"`) }
